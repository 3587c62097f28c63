"""The names of the lines, written at their ends instead of in a legend, and kept from covering each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from gui.charts.line import Line, to_axis
from gui.charts.plot_view import PlotView
from gui.live_series import Points

GAP_PX = 6


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A name, its colour, and the height (pixels from the top) where its line ends."""

    text: str
    color: str
    y: float


def spread(heights: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """The same heights moved apart to `distance` and into [low, high], in the same order and as near as possible.

    Blocks of labels that touch are moved as one to the mean of what they want; that is the least squares solution
    (pool adjacent violators).
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    # Each block: sum of wishes (reduced by the offset within the block), number of labels.
    blocks: list[tuple[float, int]] = []
    for place, index in enumerate(order):
        block = (heights[index] - place * distance, 1)
        while blocks and blocks[-1][0] / blocks[-1][1] > block[0] / block[1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1])
        blocks.append(block)
    room = max(low, high - distance * (len(heights) - 1))
    spots = [min(max(total / count, low), room) for total, count in blocks for _ in range(count)]
    result = [0.0] * len(heights)
    for place, index in enumerate(order):
        result[index] = spots[place] + place * distance
    return result


class EndLabels:
    """Labels over a widget; made once for as many lines as there ever are, then only moved."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._labels: list[QLabel] = []
        # The texts, with their font, that were measured last: asked for in every frame, and nearly always the same.
        self._measured: tuple[str, ...] = ()
        self._width = 0

    def width(self, texts: Sequence[str]) -> int:
        """Pixels that the widest text needs, with its distance from the line."""
        key = (self._parent.font().key(), *texts)
        if key != self._measured:
            metrics = QFontMetrics(self._parent.font())
            self._measured = key
            self._width = GAP_PX + max((metrics.horizontalAdvance(text) for text in texts), default=0) + 2
        return self._width

    def follow(self, view: PlotView, drawn: Sequence[tuple[Line, Points, Points]]) -> None:
        """Write the label of each line (as drawn: x, y) where it leaves the plot at the right."""
        low, high = view.y_range()
        _, right = view.x_range()
        area = view.area()
        wanted = []
        for line, x, y in drawn:
            inside = int(np.searchsorted(x, right, "right"))
            if line.label and inside:
                value = float(to_axis(y[inside - 1], view.logarithmic))
                if low <= value <= high:
                    height = area.top() + area.height() * (high - value) / (high - low)
                    wanted.append(EndLabel(line.label, line.color, height))
        self.show(wanted, area.right(), area.top(), area.bottom())

    def show(self, wanted: Sequence[EndLabel], left: float, top: float, bottom: float) -> None:
        """Write the labels at x = `left`, between `top` and `bottom`."""
        while len(self._labels) < len(wanted):
            label = QLabel(self._parent)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._labels.append(label)
        height = QFontMetrics(self._parent.font()).height()
        centres = spread([label.y for label in wanted], height - 1, top + height / 2, bottom - height / 2)
        for index, label in enumerate(self._labels):
            if index >= len(wanted):
                label.hide()
                continue
            item = wanted[index]
            if label.text() != item.text:
                label.setText(item.text)
                label.adjustSize()
            # A palette rather than a style sheet: it is set often, and parsing one each time is slow.
            palette = label.palette()
            if palette.windowText().color().name() != item.color:
                palette.setColor(label.foregroundRole(), item.color)
                label.setPalette(palette)
            label.move(round(left) + GAP_PX, round(centres[index] - label.height() / 2))
            label.show()

    def hide(self) -> None:
        """Write nothing."""
        for label in self._labels:
            label.hide()

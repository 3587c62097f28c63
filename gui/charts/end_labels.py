"""The names of the lines, written at their ends instead of in a legend, and kept from covering each other."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from gui.charts.line import Line
from gui.charts.plot_area import PlotArea

GAP_PX = 6
# So few names are written however low the plot is.
_ALWAYS = 4


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
    """The names in the gutter at the right of the curves."""

    def __init__(self, plot: PlotArea, box: pg.ViewBox) -> None:
        self._plot, self._box = plot, box
        self._items: list[QGraphicsSimpleTextItem] = []
        # Name, color and place of each.
        self._named: list[tuple[str, str, int, int]] = []
        # What was measured last, asked for in every frame and nearly always the same.
        self._measured: tuple[Sequence[str], QFont] = ((), QFont())
        self._width = 0

    @property
    def texts(self) -> list[str]:
        """The names that are written."""
        return [item.text() for item in self._items if item.isVisible()]

    def width(self, texts: Sequence[str], font: QFont) -> int:
        """Write in this font from now on; the pixels that the widest text needs, with its distance from the line."""
        if (texts, font) != self._measured:
            self._measured, metrics = (texts, QFont(font)), QFontMetricsF(font)
            self._width = GAP_PX + round(max((metrics.horizontalAdvance(text) for text in texts), default=0)) + 3
            for item in self._items:
                item.setFont(font)
        return self._width

    def follow(self, lines: Sequence[Line]) -> None:
        """Write each name where its line leaves the plot at the right."""
        (_, right), (low, high) = self._box.viewRange()
        area = self._plot.mapRectFromItem(self._box, self._box.rect())
        wanted: list[tuple[Line, float]] = []
        for line in lines:
            x, y = line.points
            inside = int(x.searchsorted(right, "right")) if line.label else 0
            if inside and low <= y[inside - 1] <= high:
                wanted.append((line, area.top() + (high - float(y[inside - 1])) / (high - low) * area.height()))
        height = QFontMetricsF(self._measured[1]).height()
        # Names below the plot would cover its axis; lines without one are read by pointing at them.
        del wanted[max(_ALWAYS, int(area.height() / (height - 1))) :]
        centers = spread([y for _, y in wanted], height - 1, area.top() + height / 2, area.bottom() - height / 2)
        # Whole pixels: letters that float up and down with a noisy curve are hard to read.
        tops, left = [round(center - height / 2) for center in centers], round(area.right()) + GAP_PX
        named = [(line.label, line.text_color, left, top) for (line, _), top in zip(wanted, tops, strict=True)]
        if named == self._named:
            return
        self._named = named
        while len(self._items) < len(wanted):
            self._items.append(QGraphicsSimpleTextItem(self._plot))
            self._items[-1].setFont(self._measured[1])
        for place, item in enumerate(self._items):
            item.setVisible(place < len(wanted))
        for item, (label, color, right, top) in zip(self._items, named, strict=False):
            item.setText(label)
            item.setBrush(QColor(color))
            item.setPos(right, top)

"""The names of the lines, written at their ends instead of in a legend, and kept from covering each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from gui.charts.axis_transform import Frame
from gui.charts.line import Line
from gui.charts.text_cache import TextCache

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
    """A mark of a plot: the names in the gutter at the right of the curves."""

    def __init__(self, widget: QWidget) -> None:
        # Last, since it draws beside the curves.
        self.z = 300.0
        self._widget = widget
        # The texts that were measured last, asked for in every frame and nearly always the same, and their font.
        self._measured: Sequence[str] = ()
        self._font: QFont | None = None
        self._width = self._height = 0
        self._wanted: list[EndLabel] = []
        self._letters = TextCache()

    @property
    def texts(self) -> list[str]:
        """The names that are written."""
        return [label.text for label in self._wanted]

    def width(self, texts: Sequence[str]) -> int:
        """Pixels that the widest text needs, with its distance from the line."""
        font = self._widget.font()
        if font != self._font or texts != self._measured:
            metrics = QFontMetrics(font)
            self._font, self._measured, self._height = font, texts, metrics.height()
            self._width = GAP_PX + max((metrics.horizontalAdvance(text) for text in texts), default=0) + 2
        return self._width

    def follow(self, frame: Frame, lines: Sequence[Line]) -> None:
        """Stand where each line leaves the plot at the right."""
        self._wanted = []
        for line in lines:
            x, y = line.points
            inside = int(x.searchsorted(frame.x[1], "right")) if line.label else 0
            if inside and frame.y[0] <= y[inside - 1] <= frame.y[1]:
                self._wanted.append(EndLabel(line.label, line.color, frame.row(float(y[inside - 1]))))

    def paint(self, painter: QPainter, frame: Frame, left: float, right: float) -> None:
        """Write the names."""
        if not self._wanted:
            return
        painter.setClipping(False)
        height, area = self._height, frame.area
        low, high = area.top() + height / 2, area.bottom() - height / 2
        centres = spread([label.y for label in self._wanted], height - 1, low, high)
        for label, centre in zip(self._wanted, centres, strict=True):
            painter.setPen(QColor(label.color))
            # Whole pixels: letters that float up and down with a noisy curve are hard to read.
            place = QPointF(round(area.right()) + GAP_PX, round(centre - height / 2))
            painter.drawStaticText(place, self._letters.of(label.text, painter.font()))

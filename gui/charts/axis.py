"""A quiet axis: few round numbers, no ticks, a hairline grid; plain decimals also on a logarithmic scale.

pyqtgraph's own axis takes 3.4 ms a frame (docs/decisions/0011-charts-of-pyqtgraph-items.md), more than all curves.
"""

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from gui.charts.line import LARGEST_EXPONENT
from gui.theme.tokens import Theme
from gui.widgets.number_text import short_number, short_numbers
from gui.widgets.wrapped_text import wrapped_text

# Pixels that one number wants on the axis.
_PIXELS_PER_TICK = {"left": 42.0, "bottom": 52.0}
_MOST_TICKS = 10.0
# Room for numbers and names, in heights of a line of text.
_LEFT_WIDTH_LINES = 2.8
_MOST_WIDTH_LINES = 8.0
_BOTTOM_HEIGHT_LINES = 1.5
# A name of several words may take so many lines below the plot.
_NAME_LINES = 3
_OVERHANG_PX = 9.0
_TEXT_DISTANCE_PX = 6.0
# From the end of the axis to its word: past half of the number that may stand there.
_WORD_DISTANCE_PX = 14.0


def round_ticks(low: float, high: float, count: float) -> list[float]:
    """About `count` multiples of 1, 2 or 5 times a power of ten in [low, high]."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    # A few more numbers than asked for are better than much fewer.
    rough = 0.8 * (high - low) / max(1.0, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * power for factor in (1, 2, 5) if factor * power >= rough), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 100) + 1)]


def log_ticks(low: float, high: float, count: float) -> list[float]:
    """About `count` exponents (base 10) in [low, high] whose powers are round numbers."""
    decades = high - low
    if decades <= 0 or not math.isfinite(decades):
        return []
    if decades < 0.7:
        return [math.log10(value) for value in round_ticks(10.0**low, 10.0**high, count) if value > 0]
    mantissas = (1, 2, 5) if decades < 0.35 * count else (1, 3) if decades < 0.6 * count else (1,)
    skip = max(1, math.ceil(decades / max(1.0, count) - 0.2))
    exponents = range(math.floor(low), math.ceil(high) + 1)
    ticks = [e + math.log10(m) for e in exponents if e % skip == 0 for m in mantissas]
    return [tick for tick in ticks if low <= tick <= high]


class PaintedAxis(pg.AxisItem):
    """One axis, painted whole: line, numbers or names, the grid of a left axis, and its word at its far end.

    Args:
        orientation: "left", which draws a hairline through the chart at every number, or "bottom".

    Attributes:
        word: what the axis counts, "" if that is plain.
        has_grid: whether it draws the hairlines.
        counts: whether there is nothing between two whole numbers, such as between two epochs.
    """

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=0)
        self._upright = orientation == "left"
        self.has_grid, self.counts = self._upright, False
        self.word = self._widest = ""
        self._names: tuple[str, ...] | None = None
        self._emphasized = -1
        # pyqtgraph makes its pens again each time that it is asked for them.
        self._line_pen = self._grid_pen = self._text_pen = self._emphasis_pen = QPen()
        self.fit_text()

    def set_names(self, names: Sequence[str], emphasized: int = -1) -> None:
        """Write names at 0, 1, 2, … in place of numbers, one of them bold."""
        names = tuple(names)
        if (names, emphasized) == (self._names, self._emphasized):
            return
        before, self._names, self._emphasized = self._names, names, emphasized
        if names != before:
            self.fit_text()
        self.update()

    def set_room(self, widest: str) -> None:
        """Let a left axis have room for this number or name, within limits."""
        if widest != self._widest:
            self._widest = widest
            self.fit_text()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._line_pen = QPen(QColor(theme.control_line if self._names is not None else theme.line), 1)
        self._grid_pen = QPen(QColor(theme.line), 1)
        self._text_pen, self._emphasis_pen = QPen(QColor(theme.muted)), QPen(QColor(theme.text))
        self.fit_text()
        self.update()

    def fit_text(self) -> None:
        """Take room by the size of the text, not by the numbers: the curve must not jump when these become longer.

        pyqtgraph gives a hidden axis none, so one that is shown again asks anew.
        """
        metrics = QFontMetricsF(QApplication.font())
        line = metrics.height()
        if self._upright:
            widest = math.ceil(metrics.horizontalAdvance(self._widest) + _TEXT_DISTANCE_PX + 1)
            width = max(round(_LEFT_WIDTH_LINES * line), min(widest, round(_MOST_WIDTH_LINES * line)))
            self.setWidth(width)
        else:
            lines = min(_NAME_LINES, max((name.count(" ") for name in self._names or ()), default=0) + 1)
            self.setHeight(round((_BOTTOM_HEIGHT_LINES + lines - 1) * line))

    def update(self, *area: Any) -> None:  # noqa: ANN401 — Qt's
        """Be painted anew, also where the plot keeps a picture of it."""
        super().update(*area)
        if (view := self.getViewWidget()) is not None:
            view.resetCachedContent()

    def ticks(self, length: float) -> tuple[list[float], list[str]]:
        """Where the numbers or names stand in axis units, and what they are, on an axis of so many pixels."""
        low, high = sorted(self.range)
        if self._names is not None:
            # As many names as there is room for, evenly.
            line = QFontMetricsF(QApplication.font()).height()
            longest = min(6, max(map(len, self._names), default=1))
            needed = line if self._upright else 0.46 * line * (1 + longest)
            skip = max(1, math.ceil(needed * (high - low) / max(1.0, length)))
            places = [place for place in range(0, len(self._names), skip) if low <= place <= high]
            return [float(place) for place in places], [self._names[place] for place in places]
        count = min(_MOST_TICKS, length / _PIXELS_PER_TICK[self.orientation])
        if self.logMode:
            # For a moment after the switch, the range is still that of plain numbers.
            values = log_ticks(max(low, -LARGEST_EXPONENT), min(high, LARGEST_EXPONENT), count)
            return values, [short_number(10.0**exponent) for exponent in values]
        values = round_ticks(low, high, count)
        if self.counts:
            values = [value for value in values if abs(value - round(value)) < 1e-9]
        return values, short_numbers(values)

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:  # noqa: ANN401 — Qt's and pyqtgraph's
        """Draw everything; called by the scene."""
        linked, box = self.linkedView(), self.mapRectFromParent(self.geometry())
        length = box.height() if self._upright else box.width()
        low, high = self.range
        if linked is None or length <= 0 or high == low:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        values, texts = self.ticks(length)
        places = [(value - low) / (high - low) * length for value in values]
        painter.setPen(self._grid_pen)
        if self.has_grid:
            left, right, bottom = box.right(), box.right() + linked.width(), box.bottom()
            painter.drawLines([QLineF(left, bottom - y, right, bottom - y) for y in places])
        painter.setPen(self._line_pen)
        if self._upright:
            painter.drawLine(QLineF(box.right() - 1, box.top() - 1, box.right() - 1, box.bottom() + 1))
        else:
            # Right below the data, so that bars stand on it.
            painter.drawLine(QLineF(box.left() - 1, box.top(), box.right() + 1, box.top()))
        plain, metrics = painter.font(), QFontMetricsF(painter.font())
        # How far a name may reach: to the next one that is written.
        room = places[1] - places[0] if len(places) > 1 else length
        for value, place, text in zip(values, places, texts, strict=True):
            bold = self._names is not None and value == self._emphasized
            painter.setPen(self._emphasis_pen if bold else self._text_pen)
            if bold and not self._upright:
                heavy = QFont(plain)
                heavy.setWeight(QFont.Weight.Bold)
                painter.setFont(heavy)
            self._write(painter, box, place, text, room)
            painter.setFont(plain)
        painter.setPen(self._text_pen)
        if self.word and self._upright:
            painter.drawText(QPointF(box.left(), box.top() - metrics.descent() - 6), self.word)
        elif self.word:
            painter.drawText(QPointF(box.right() + _WORD_DISTANCE_PX, box.top() + 4 + metrics.ascent()), self.word)

    def _write(self, painter: QPainter, box: QRectF, place: float, text: str, room: float) -> None:
        """Write one number or name; what would be cut off is left out."""
        metrics = QFontMetricsF(painter.font())
        if self._upright:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - _TEXT_DISTANCE_PX)
            left = box.right() - _TEXT_DISTANCE_PX - metrics.horizontalAdvance(text)
            center = box.bottom() - place - metrics.height() / 2
            painter.drawText(QPointF(left, center + metrics.ascent()), text)
            return
        lines = [text]
        if self._names is not None and len(self._names) > 1:
            room = max(room, 14.0) + 2
            wrapped = wrapped_text(text, metrics, room, _NAME_LINES)
            lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in wrapped]
        for number, line in enumerate(lines):
            half = metrics.horizontalAdvance(line) / 2
            if place - half >= -_OVERHANG_PX and place + half <= box.width() + _OVERHANG_PX:
                top = box.top() + 4 + number * metrics.height()
                painter.drawText(QPointF(box.left() + place - half, top + metrics.ascent()), line)

    def _updateLabel(self) -> None:
        """There is no label of pyqtgraph's, and laying out an empty one at each new range would cost most."""
        self.update()

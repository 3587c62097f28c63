"""A quiet axis: few round numbers, no ticks, a hairline grid; plain decimals also on a logarithmic scale."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from gui.charts.text_cache import TextCache
from gui.theme.tokens import Theme

# Pixels that one number wants on the axis.
_PIXELS_PER_TICK = {"left": 42.0, "bottom": 52.0}
_MOST_TICKS = 10.0
_LEFT_WIDTH_PX = 44
_BOTTOM_HEIGHT_PX = 24
_OVERHANG_PX = 9.0
_TEXT_DISTANCE_PX = 6.0


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
        values = round_ticks(10.0**low, 10.0**high, count)
        return [math.log10(value) for value in values if value > 0]
    if decades < 0.6 * count:
        mantissas: tuple[int, ...] = (1, 2, 5) if decades < 0.35 * count else (1, 3)
    else:
        mantissas = (1,)
    skip = max(1, math.ceil(decades / max(1.0, count)))
    exponents = range(math.floor(low), math.ceil(high) + 1)
    ticks = [e + math.log10(m) for e in exponents if e % skip == 0 for m in mantissas]
    return [tick for tick in ticks if low <= tick <= high]


def short_number(value: float) -> str:
    """At most about six characters: "0.05", "1200", "1e-6", "2.5e9"."""
    if value == 0 or 1e-3 * 0.999 <= abs(value) < 1e5:
        return f"{value:.4g}"
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


class PaintedAxis(pg.AxisItem):
    """The left axis draws the chart's horizontal grid; the bottom one only numbers."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=0)
        self.setStyle(maxTickLevel=0, maxTextLevel=0, autoReduceTextSpace=False)
        self.autoSIPrefix = False
        self._letters = TextCache()
        if orientation == "left":
            self.setGrid(255)
            # A fixed width: the curve must not jump when the numbers become longer.
            self.setWidth(_LEFT_WIDTH_PX)
        else:
            self.setHeight(_BOTTOM_HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setPen(pg.mkPen(theme.line, width=1))
        self.setTickPen(pg.mkPen(theme.line, width=1))
        self.setTextPen(pg.mkPen(theme.muted))

    def boundingRect(self) -> QRectF:
        """With room for half a number beyond either end."""
        rectangle: QRectF = super().boundingRect()
        if self.orientation == "left":
            return rectangle.adjusted(0, -_OVERHANG_PX, 0, _OVERHANG_PX)
        return rectangle.adjusted(-_OVERHANG_PX, 0, _OVERHANG_PX, 0)

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:  # noqa: ANN401 — Qt's and pyqtgraph's
        """Line, grid and numbers; pyqtgraph's own axis measures first what is fixed here, in ten times the time."""
        linked = self.linkedView()
        box = self.mapRectFromParent(self.geometry())
        upright = self.orientation == "left"
        length = box.height() if upright else box.width()
        low, high = self.range
        if linked is None or length <= 0 or high <= low:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        spacing, values = self.tickValues(low, high, length)[0]
        numbers = list(zip(values, self.tickStrings(values, 1.0, spacing), strict=True))
        if upright:
            right = linked.mapRectToItem(self, linked.boundingRect()).right()
            painter.setPen(self.pen())
            painter.drawLine(QLineF(box.right() - 1, box.top() - 1, box.right() - 1, box.bottom() + 1))
            rows = [box.bottom() - (value - low) / (high - low) * length for value in values]
            painter.setPen(self.tickPen())
            painter.drawLines([QLineF(box.right(), row, right, row) for row in rows])
            painter.setPen(self.textPen())
            for row, (_, text) in zip(rows, numbers, strict=True):
                letters = self._letters.of(text, painter.font())
                size = letters.size()
                left = box.right() - _TEXT_DISTANCE_PX - size.width()
                painter.drawStaticText(QPointF(left, row - size.height() / 2), letters)
            return
        painter.setPen(self.pen())
        painter.drawLine(QLineF(box.left() - 1, box.top() - 1, box.right() + 1, box.top() - 1))
        painter.setPen(self.textPen())
        for value, text in numbers:
            column = box.left() + (value - low) / (high - low) * length
            letters = self._letters.of(text, painter.font())
            half = letters.size().width() / 2
            # A number that would be cut off is left out.
            if box.left() - _OVERHANG_PX <= column - half and column + half <= box.right() + _OVERHANG_PX:
                painter.drawStaticText(QPointF(column - half, box.top() + _TEXT_DISTANCE_PX), letters)

    def _updateLabel(self) -> None:
        """There is no label, and laying out an empty one at each new range would be a tenth of the chart's time."""
        self.update()

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:
        """The ticks to draw, in one level; called by pyqtgraph."""
        low, high = sorted((minimum, maximum))
        count = min(_MOST_TICKS, size / _PIXELS_PER_TICK[self.orientation])
        ticks = log_ticks(low, high, count) if self.logMode else round_ticks(low, high, count)
        spacing = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
        return [(spacing, ticks)]

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:  # noqa: ANN401 — pyqtgraph's list
        """Short decimals, 0.001 rather than 10⁻³; called by pyqtgraph."""
        if self.logMode:
            return [short_number(10.0**exponent) for exponent in values]
        largest = max((abs(value) for value in values), default=0.0)
        places = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
        if largest >= 1e5 or places > 4:
            return [short_number(value) for value in values]
        return [f"{value:.{places}f}" for value in values]

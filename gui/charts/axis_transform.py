"""From the units of a chart's axes to the pixels of its widget."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF

from gui.charts.live_series import Points


@dataclass(slots=True)
class Frame:
    """Where the curves are, and which part of the axes is seen there; made anew rather than changed.

    Attributes:
        area: the place of the curves in pixels of the widget.
        x, y: lowest and highest value there, in axis units (exponents if logarithmic).
    """

    area: QRectF
    x: tuple[float, float]
    y: tuple[float, float]
    # Pixels a unit.
    _x_scale: float = field(init=False)
    _y_scale: float = field(init=False)

    def __post_init__(self) -> None:
        self._x_scale = (self.area.width() or 1.0) / ((self.x[1] - self.x[0]) or 1.0)
        self._y_scale = (self.area.height() or 1.0) / ((self.y[1] - self.y[0]) or 1.0)

    def column(self, x: float) -> float:
        """The pixel of a value, from the left of the widget."""
        return self.area.left() + (x - self.x[0]) * self._x_scale

    def row(self, y: float) -> float:
        """The pixel of a value in axis units, from the top of the widget."""
        return self.area.top() + (self.y[1] - y) * self._y_scale

    def columns(self, x: Points) -> Points:
        """`column` of many values, shape (points,)."""
        # The difference first: of values far from zero, scaled ones would lose the digits that count.
        return (x - self.x[0]) * self._x_scale + self.area.left()

    def rows(self, y: Points) -> Points:
        """`row` of many values, shape (points,)."""
        return (self.y[1] - y) * self._y_scale + self.area.top()

    def value(self, column: float) -> float:
        """The value of a pixel, counted from the left of the widget."""
        return self.x[0] + (column - self.area.left()) / self._x_scale

    def point(self, x: float, y: float) -> QPointF:
        """The place of a point in axis units."""
        return QPointF(self.column(x), self.row(y))

    def strip(self, x: float, reach: float, right: int) -> QRect:
        """The pixels from so many at the left of a value up to the column `right`."""
        area = self.area.toAlignedRect()
        left = max(area.left(), int(self.column(max(x, self.x[0])) - reach))
        return QRect(left, area.top(), right - left, area.height())

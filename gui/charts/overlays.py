"""What a plot draws over its ground: in front of the curves, a ring at the best epoch and a crosshair."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.charts.axis_transform import Frame
from gui.charts.line import axis_value

_RING_PX = 14.0
_RING_WIDTH_PX = 2.0
_DOT_PX = 8.0


class Mark(Protocol):
    """Something that a plot draws.

    Attributes:
        z: it covers what has a smaller z.
    """

    z: float

    def paint(self, painter: QPainter, frame: Frame, left: float, right: float) -> None:
        """Draw at least what can be seen between two columns of pixels."""


class Ring:
    """A ring around one point, or none."""

    def __init__(self) -> None:
        self.z = 100.0
        self._point: tuple[float, float] | None = None
        self._pen = QPen()

    def set_color(self, color: str) -> None:
        """Take a colour, "#rrggbb"."""
        self._pen = QPen(QColor(color), _RING_WIDTH_PX)

    def move(self, point: tuple[float, float] | None, logarithmic: bool) -> bool:
        """Be around a point, linear, or nowhere; whether that is news."""
        before = self._point
        self._point = None if point is None else (point[0], axis_value(point[1], logarithmic))
        return self._point != before

    def paint(self, painter: QPainter, frame: Frame, left: float, right: float) -> None:
        """Draw the ring."""
        if self._point is not None and left <= frame.column(self._point[0]) + _RING_PX:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(frame.point(*self._point), _RING_PX / 2, _RING_PX / 2)


class Crosshair:
    """A vertical line at what is read, with a dot on each curve."""

    def __init__(self) -> None:
        self.z = 200.0
        self._x: float | None = None
        self._dots: Sequence[tuple[float, float, str]] = ()
        self._line_pen = self._dot_pen = QPen()

    def set_colors(self, line: str, border: str) -> None:
        """Take the colours of the line and of the borders of the dots, "#rrggbb"."""
        self._line_pen, self._dot_pen = QPen(QColor(line), 1.0), QPen(QColor(border), 1.0)

    def move(self, x: float | None, dots: Sequence[tuple[float, float, str]] = ()) -> bool:
        """Read at x with these dots (x, y, colour), all in axis units, or nowhere; whether that is news."""
        news = (x, dots) != (self._x, self._dots)
        self._x, self._dots = x, dots
        return news

    def paint(self, painter: QPainter, frame: Frame, left: float, right: float) -> None:
        """Draw line and dots."""
        if self._x is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = np.floor(frame.column(self._x)) + 0.5
        painter.setPen(self._line_pen)
        painter.drawLine(QPointF(column, frame.area.top()), QPointF(column, frame.area.bottom()))
        painter.setPen(self._dot_pen)
        for x, y, color in self._dots:
            painter.setBrush(QColor(color))
            painter.drawEllipse(frame.point(x, y), _DOT_PX / 2, _DOT_PX / 2)

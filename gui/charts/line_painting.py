"""Draws curves with a painter from arrays of pixels, without an object of Python's for each point."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from shiboken6 import Shiboken

from gui.charts.live_series import Points


def make_pen(color: str, width: float, dash: Sequence[float] = ()) -> QPen:
    """A pen for curves; `dash` has the lengths of strokes and gaps in line widths, and nothing for a solid line."""
    pen = QPen(QColor(color), width)
    # Square ends close the joints between a line's pieces as round ones do, and Qt draws them seven times as fast.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.SquareCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(dash)
    return pen


def draw_segments(painter: QPainter, x: Points, y: Points) -> None:
    """A solid line through pixels, (points,) each: its pieces one by one, ten times as fast as one thick path."""
    if len(x) > 1:
        # Qt reads the array's memory as so many `QLineF`, each four numbers.
        lines = np.empty((len(x) - 1, 4))
        lines[:, 0], lines[:, 1], lines[:, 2], lines[:, 3] = x[:-1], y[:-1], x[1:], y[1:]
        painter.drawLines(cast(QLineF, Shiboken.wrapInstance(lines.ctypes.data, QLineF)), len(lines))


def draw_dashes(painter: QPainter, pen: QPen, x: Points, y: Points, first: int) -> None:
    """A dashed line through pixels, (points,) each, from the one numbered `first` on.

    The dashes are where they would be if the whole line was drawn.
    """
    if len(x) - first > 1:
        part = slice(0, first + 1)
        shifted = QPen(pen)
        shifted.setDashOffset(float(np.hypot(np.diff(x[part]), np.diff(y[part])).sum()) / pen.widthF())
        painter.setPen(shifted)
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x[first:], y[first:]))


def draw_dots(painter: QPainter, color: QColor, size: float, x: Points, y: Points) -> None:
    """Discs of `size` pixels around pixels, (points,) each."""
    painter.setPen(QPen(color, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(pg.functions.arrayToQPolygonF(x, y))

"""Paints strokes as smooth round ribbons, and keeps the finished ones in a pixmap.

A stroke is a chain of quadratic curves through the midpoints of its points (see `stroke_geometry.smooth_curve`), so
a new point settles one more piece and never moves an older one: painting while drawing costs the same however
much has been drawn. Long strokes are painted in chunks, because the cost of filling one path grows faster
than its length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from engine.drawing import Stroke
from gui.stroke_geometry import smooth_curve, width_factors

_CHUNK: Final = 48
# Distance between the discs of a ribbon of changing width, relative to the pen's width.
_DISC_SPACING: Final = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class PaintedStroke:
    """A finished stroke with what it takes to paint it, all in units of the canvas side.

    Attributes:
        stroke: the points.
        paths: centre lines to be stroked with a round pen, or outlines to be filled where the pen reported pressure.
        box: the ink's bounds, pen width included.
    """

    stroke: Stroke
    paths: tuple[QPainterPath, ...]
    box: QRectF

    @classmethod
    def of(cls, stroke: Stroke, paths: Sequence[QPainterPath] | None = None) -> "PaintedStroke":
        """Prepare a stroke of at least one point; `paths` where they are known already."""
        if paths is None:
            paths = _centre_lines(stroke) if stroke.pressures is None else _ribbons(stroke)
        left, top = stroke.points.min(axis=0) - stroke.width / 2
        right, bottom = stroke.points.max(axis=0) + stroke.width / 2
        return cls(stroke, tuple(paths), QRectF(QPointF(left, top), QPointF(right, bottom)))


def paint_strokes(painter: QPainter, strokes: Iterable[PaintedStroke], color: QColor) -> None:
    """Paint with a painter that maps the unit square to where the canvas is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush = QBrush(color)
    for painted in strokes:
        if painted.stroke.pressures is None:
            painter.setPen(round_pen(color, painted.stroke.width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
        for path in painted.paths:
            painter.drawPath(path)


def round_pen(color: QColor, width: float) -> QPen:
    """A pen with round ends and joins."""
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


class CentreLine:
    """The smooth curve through points that come one by one, in chunks of `_CHUNK` pieces."""

    def __init__(self, x: float, y: float) -> None:
        self._finished: list[QPainterPath] = []
        self._path = QPainterPath(QPointF(x, y))
        self._last = (x, y)

    def add(self, x: float, y: float) -> None:
        """One more point: the curve now reaches the middle between the last two."""
        last_x, last_y = self._last
        self._path.quadTo(last_x, last_y, (x + last_x) / 2, (y + last_y) / 2)
        self._last = (x, y)
        if self._path.elementCount() > 3 * _CHUNK:
            self._finished.append(self._path)
            self._path = QPainterPath(self._path.currentPosition())

    def paths(self) -> list[QPainterPath]:
        """The curve up to the last point."""
        end = QPainterPath(self._path)
        # A path of no length paints nothing: a dot is a line too short to see, with round ends.
        is_dot = end.elementCount() <= 1 and not self._finished
        end.lineTo(self._last[0] + (1e-4 if is_dot else 0.0), self._last[1])
        return [*self._finished, end]


def _centre_lines(stroke: Stroke) -> list[QPainterPath]:
    (x, y), *others = stroke.points.tolist()
    line = CentreLine(x, y)
    for point in others:
        line.add(*point)
    return line.paths()


def _ribbons(stroke: Stroke) -> list[QPainterPath]:
    """The union of discs along the curve and the quadrilaterals between them, by non-zero winding."""
    points, pressures = smooth_curve(stroke, max(1e-3, stroke.width * _DISC_SPACING))
    radii = stroke.width / 2 * width_factors(np.ones(len(points)) if pressures is None else pressures)
    paths: list[QPainterPath] = []
    for first in range(0, len(points), _CHUNK):
        # One point of overlap joins the chunks.
        part = slice(max(0, first - 1), first + _CHUNK)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        last: tuple[float, float, float] | None = None
        for (x, y), radius in zip(points[part].tolist(), radii[part].tolist(), strict=True):
            path.addEllipse(QPointF(x, y), radius, radius)
            if last is not None:
                _add_bridge(path, last, (x, y, radius))
            last = (x, y, radius)
        paths.append(path)
    return paths


def _add_bridge(path: QPainterPath, one: tuple[float, float, float], two: tuple[float, float, float]) -> None:
    """Fill the gap between two discs (x, y, radius), in the sense of rotation that ellipses have."""
    across = np.hypot(two[0] - one[0], two[1] - one[1])
    if across < 1e-9:
        return
    x, y = (two[1] - one[1]) / across, -(two[0] - one[0]) / across
    corners = [
        QPointF(one[0] + x * one[2], one[1] + y * one[2]),
        QPointF(two[0] + x * two[2], two[1] + y * two[2]),
        QPointF(two[0] - x * two[2], two[1] - y * two[2]),
        QPointF(one[0] - x * one[2], one[1] - y * one[2]),
    ]
    # In the sense in which Qt's ellipses run: a quadrilateral that ran against them would cut a hole.
    path.addPolygon(QPolygonF([*corners, corners[0]]))

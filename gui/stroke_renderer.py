"""Paints strokes as smooth round ribbons. All in units of the canvas side."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.drawing import Stroke
from gui.stroke_paths import StrokePath, path_of


@dataclass(frozen=True, slots=True, eq=False)
class PaintedStroke:
    """A finished stroke with what it takes to paint it.

    Attributes:
        stroke: the points.
        paths: centre lines to be stroked with a round pen, or outlines to be filled where the pen reported pressure.
        box: the ink's bounds, pen width included.
    """

    stroke: Stroke
    paths: tuple[QPainterPath, ...]
    box: QRectF

    @classmethod
    def of(cls, stroke: Stroke, path: StrokePath | None = None) -> "PaintedStroke":
        """Prepare a stroke of at least one point; `path` where its shape is known already."""
        shape = path if path is not None else path_of(stroke)
        left, top = stroke.points.min(axis=0) - stroke.width / 2
        right, bottom = stroke.points.max(axis=0) + stroke.width / 2
        return cls(stroke, (*shape.closed, shape.open()), QRectF(QPointF(left, top), QPointF(right, bottom)))


def paint_strokes(painter: QPainter, strokes: Iterable[PaintedStroke], color: QColor) -> None:
    """Paint with a painter that maps the unit square to where the canvas is."""
    for painted in strokes:
        paint_paths(painter, painted.paths, painted.stroke.width, painted.stroke.pressures is not None, color)


def paint_paths(
    painter: QPainter, paths: Iterable[QPainterPath], width: float, has_pressure: bool, color: QColor
) -> None:
    """Paint chunks of one stroke."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if has_pressure:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
    else:
        pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    for path in paths:
        painter.drawPath(path)

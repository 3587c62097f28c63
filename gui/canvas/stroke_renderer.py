"""Paints strokes as smooth round ribbons. All in units of the canvas side."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.ink.drawing import Stroke
from gui.canvas.stroke_outlines import PreprocessingSteps, path_of


class PaintedStroke:
    """A finished stroke with what it takes to paint it.

    Attributes:
        stroke: the points, at least one.
        box: the ink's bounds, pen width included.
    """

    __slots__ = ("_paths", "box", "stroke")

    def __init__(self, stroke: Stroke, path: PreprocessingSteps | None = None) -> None:
        """Prepare a stroke; `path` where its shape is known already."""
        left, top = stroke.points.min(axis=0) - stroke.width / 2
        right, bottom = stroke.points.max(axis=0) + stroke.width / 2
        self.stroke = stroke
        self.box = QRectF(QPointF(left, top), QPointF(right, bottom))
        self._paths = None if path is None else (*path.closed, path.open())

    @property
    def paths(self) -> tuple[QPainterPath, ...]:
        """Centre lines to be stroked with a round pen, or outlines to be filled where the pen reported pressure."""
        # Made when they are wanted: those of a file with thousands of strokes take seconds.
        if self._paths is None:
            shape = path_of(self.stroke)
            self._paths = (*shape.closed, shape.open())
        return self._paths


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

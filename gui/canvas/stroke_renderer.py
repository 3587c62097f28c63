"""Paints strokes as smooth round ribbons. All in units of the canvas side."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.ink.drawing import Stroke
from gui.canvas.stroke_outlines import StrokeOutline, begin_outline, begin_outline_of
from gui.lab.live_stroke import LiveStroke


class PaintedStroke:
    """A finished stroke with what it takes to paint it.

    Attributes:
        stroke: the points, at least one.
        box: the ink's bounds, pen width included.
    """

    __slots__ = ("_outline", "box", "stroke")

    def __init__(self, stroke: Stroke, outline: StrokeOutline | None = None) -> None:
        """Prepare a stroke; `outline` where its shape is known already."""
        self.stroke = stroke
        self.box = _box(stroke)
        self._outline = outline

    def paint(self, painter: QPainter, color: QColor) -> None:
        """Paint with a painter that maps the unit square to where the canvas is."""
        for paint in self.pieces(color):
            paint(painter)

    def pieces(self, color: QColor) -> Iterator[Callable[[QPainter], None]]:
        """What paints its shape, chunk by chunk, as it comes into being: that may take longer than a frame has."""
        outline = self._outline
        if outline is None:
            outline, given = begin_outline_of(self.stroke), 0
            pressures = self.stroke.pressures if self.stroke.pressures is not None else np.ones(len(self.stroke.points))
            for (x, y), pressure in zip(self.stroke.points.tolist(), pressures.tolist(), strict=True):
                outline.add(x, y, pressure)
                if len(outline.closed) > given:
                    yield partial(self._paint_piece, outline=outline, path=outline.closed[given], color=color)
                    given += 1
            self._outline = outline
        else:
            for path in outline.closed:
                yield partial(self._paint_piece, outline=outline, path=path, color=color)
        yield partial(self._paint_piece, outline=outline, path=outline.open(), color=color)

    def _paint_piece(self, painter: QPainter, outline: StrokeOutline, path: QPainterPath, color: QColor) -> None:
        _paint_paths(painter, (path,), self.stroke.width, outline, color)


class LiveInk:
    """The ink of the stroke that is being drawn, painted in chunks exactly as that of a finished stroke.

    Closed chunks are painted once, onto the finished ink; the open one with every frame.

    Attributes:
        points: the stroke.
    """

    def __init__(self, points: LiveStroke) -> None:
        self.points = points
        self._outline = begin_outline(points.width, has_pressure=points.has_pressure)
        self._followed = 0
        self._painted = 0

    def follow(self) -> QRectF:
        """Take over the points that are new; bounds of all that they changed."""
        rows = self.points.rows
        if self._followed == len(rows):
            return QRectF()
        first = max(0, self._followed - 2)
        for x, y, pressure in rows[self._followed :].tolist():
            self._outline.add(x, y, pressure)
        self._followed = len(rows)
        return _box(Stroke(rows[first:, :2], None, self.points.width))

    def box(self) -> QRectF:
        """Bounds of the whole stroke."""
        return _box(self.points.stroke()) if len(self.points) else QRectF()

    def finished(self, stroke: Stroke) -> PaintedStroke:
        """The same ink as a finished stroke."""
        self.follow()
        return PaintedStroke(stroke, self._outline)

    def paint_closed(self, painter: QPainter, color: QColor, *, again: bool = False) -> None:
        """Paint the chunks that were closed since the last call; `again`: all but those."""
        chunks = self._outline.closed[: self._painted] if again else self._outline.closed[self._painted :]
        self._paint(painter, chunks, color)
        if not again:
            self._painted = len(self._outline.closed)

    def paint_open(self, painter: QPainter, color: QColor) -> None:
        """Paint what is not in a closed chunk."""
        if self._followed:
            self._paint(painter, [self._outline.open()], color)

    def _paint(self, painter: QPainter, paths: Iterable[QPainterPath], color: QColor) -> None:
        _paint_paths(painter, paths, self.points.width, self._outline, color)


def _paint_paths(
    painter: QPainter, paths: Iterable[QPainterPath], width: float, outline: StrokeOutline, color: QColor
) -> None:
    """Paint chunks of one stroke."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if outline.is_filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
    else:
        pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    for path in paths:
        painter.drawPath(path)


def _box(stroke: Stroke) -> QRectF:
    left, top = stroke.points.min(axis=0) - stroke.width / 2
    right, bottom = stroke.points.max(axis=0) + stroke.width / 2
    return QRectF(QPointF(left, top), QPointF(right, bottom))

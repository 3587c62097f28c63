"""The stroke that is being drawn: its points, and which of its ink is settled."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from engine.ink.drawing import Stroke
from gui.canvas.stroke_outlines import begin_path
from gui.canvas.stroke_renderer import PaintedStroke, paint_paths

_FIRST_CAPACITY: Final = 256


class LiveStroke:
    """Points in units of the canvas side, in an array that grows by doubling.

    Its ink is painted in chunks, exactly as that of a finished stroke: closed ones once, onto the cache; the open one
    with every frame.
    """

    def __init__(self, width: float, has_pressure: bool) -> None:
        self.width = width
        self._has_pressure = has_pressure
        self._rows = np.empty((_FIRST_CAPACITY, 3))
        self._count = 0
        self._path = begin_path(width, has_pressure=has_pressure)
        self._painted = 0

    def __len__(self) -> int:
        return self._count

    def add(self, x: float, y: float, pressure: float | None) -> bool:
        """One more point; False where the pen hasn't moved, and nothing changes.

        A point without pressure has the one before it.
        """
        if self._count and self._rows[self._count - 1, 0] == x and self._rows[self._count - 1, 1] == y:
            return False
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        if pressure is None:
            pressure = float(self._rows[self._count - 1, 2]) if self._count else 1.0
        self._rows[self._count] = x, y, pressure
        self._count += 1
        self._path.add(x, y, pressure)
        return True

    def stroke(self) -> Stroke:
        """What has been drawn so far. The arrays are views that later points never change."""
        rows = self._rows[: self._count]
        return Stroke(rows[:, :2], rows[:, 2] if self._has_pressure else None, self.width)

    def finished(self) -> PaintedStroke:
        """The stroke in arrays of its own, ready to be painted."""
        rows = self._rows[: self._count]
        pressures = rows[:, 2].copy() if self._has_pressure else None
        return PaintedStroke(Stroke(rows[:, :2].copy(), pressures, self.width), self._path)

    @property
    def newest_area(self) -> QRectF:
        """Bounds of all that the newest point changed."""
        points = self._rows[max(0, self._count - 3) : self._count, :2]
        low, high = points.min(axis=0) - self.width / 2, points.max(axis=0) + self.width / 2
        return QRectF(QPointF(low[0], low[1]), QPointF(high[0], high[1]))

    @property
    def has_news_for_cache(self) -> bool:
        """Whether a chunk was closed that `paint_closed` has not painted."""
        return len(self._path.closed) > self._painted

    def paint_closed(self, painter: QPainter, color: QColor, *, again: bool = False) -> None:
        """Paint the chunks that were closed since the last call, or all of them, for a new cache."""
        first = 0 if again else self._painted
        paint_paths(painter, self._path.closed[first:], self.width, self._has_pressure, color)
        self._painted = len(self._path.closed)

    def paint_open(self, painter: QPainter, color: QColor) -> None:
        """Paint what is not in a closed chunk."""
        paint_paths(painter, [self._path.open()], self.width, self._has_pressure, color)

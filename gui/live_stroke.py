"""The stroke that is being drawn: it grows by points and says which piece of the curve each point settles."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from engine.drawing import Stroke
from gui.stroke_geometry import width_factors
from gui.stroke_renderer import CentreLine, PaintedStroke, round_pen

_FIRST_CAPACITY: Final = 256
Row = tuple[float, float, float]


class LiveStroke:
    """Points in units of the canvas side, in an array that grows by doubling.

    A piece of the curve is settled when the next point is known; until then the end of the stroke is a straight
    tail from the last midpoint to the last point, painted anew each time.
    """

    def __init__(self, width: float, has_pressure: bool) -> None:
        self.width = width
        self._has_pressure = has_pressure
        self._rows = np.empty((_FIRST_CAPACITY, 3))
        self._count = 0
        self._line: CentreLine | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def last(self) -> tuple[float, float]:
        """Where the pen is."""
        x, y, _ = self._row(self._count - 1)
        return x, y

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
        if not self._has_pressure:
            if self._line is None:
                self._line = CentreLine(x, y)
            else:
                self._line.add(x, y)
        return True

    def stroke(self) -> Stroke:
        """What has been drawn so far. The arrays are views that later points never change."""
        rows = self._rows[: self._count]
        return Stroke(rows[:, :2], rows[:, 2] if self._has_pressure else None, self.width)

    def finished(self) -> PaintedStroke:
        """The stroke in arrays of its own, ready to be painted."""
        rows = self._rows[: self._count]
        pressures = rows[:, 2].copy() if self._has_pressure else None
        stroke = Stroke(rows[:, :2].copy(), pressures, self.width)
        return PaintedStroke.of(stroke, self._line.paths() if self._line is not None else None)

    def paint_settled(self, painter: QPainter, color: QColor) -> QRectF:
        """Paint the piece that the newest point settled, if any; returns the bounds of all that looks different."""
        if self._count < 2:
            return self._bounds(self._count - 1, self._count)
        before = self._count - 2
        start = self._middle(before - 1) if before > 0 else self._row(before)
        self._paint_piece(painter, color, start, self._row(before), self._middle(before))
        return self._bounds(max(0, before - 1), self._count)

    def paint_tail(self, painter: QPainter, color: QColor) -> None:
        """Paint what is not settled yet."""
        last = self._row(self._count - 1)
        if self._count == 1:
            self._paint_piece(painter, color, last, last, (last[0] + 1e-4, last[1], last[2]))
        else:
            self._paint_piece(painter, color, self._middle(self._count - 2), last, last)

    def _row(self, index: int) -> Row:
        x, y, pressure = self._rows[index].tolist()
        return x, y, pressure

    def _middle(self, index: int) -> Row:
        one, two = self._row(index), self._row(index + 1)
        return (one[0] + two[0]) / 2, (one[1] + two[1]) / 2, (one[2] + two[2]) / 2

    def _bounds(self, first: int, last: int) -> QRectF:
        points = self._rows[first:last, :2]
        low, high = points.min(axis=0) - self.width / 2, points.max(axis=0) + self.width / 2
        return QRectF(QPointF(low[0], low[1]), QPointF(high[0], high[1]))

    def _paint_piece(self, painter: QPainter, color: QColor, start: Row, control: Row, end: Row) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not self._has_pressure:
            path = QPainterPath(QPointF(start[0], start[1]))
            path.quadTo(control[0], control[1], end[0], end[1])
            painter.setPen(round_pen(color, self.width))
            painter.drawPath(path)
            return
        # The width changes along the piece: short round lines, each of one width.
        reach = np.hypot(end[0] - start[0], end[1] - start[1])
        t = np.linspace(0.0, 1.0, 2 + int(4 * reach / self.width))[:, np.newaxis]
        rows = (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * np.array(control) + t**2 * np.array(end)
        widths = (self.width * width_factors(rows[1:, 2])).tolist()
        for one, two, width in zip(rows[:-1].tolist(), rows[1:].tolist(), widths, strict=True):
            painter.setPen(round_pen(color, width))
            painter.drawLine(QPointF(one[0], one[1]), QPointF(two[0] + 1e-5, two[1]))

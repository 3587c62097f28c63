"""The shapes of strokes as paths, built point by point and in chunks.

A stroke is a chain of quadratic curves through the midpoints of its points (see `stroke_geometry.smooth_curve`), so a
new point settles one more piece and never moves an older one. Pieces are joined to chunks, because the cost of filling
a path grows faster than its length; a closed chunk never changes, so it is painted once.
"""

import math
from typing import Final, Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from engine.ink.drawing import Stroke
from gui.canvas.stroke_geometry import sample_pieces, width_factors

_LINE_CHUNK: Final = 48
_LONGEST_CHUNK: Final = 1.0  # in canvas sides: a line that crosses itself takes far longer to stroke
_RIBBON_CHUNK: Final = 2
# Distance between the discs of a ribbon of changing width, relative to the pen's width.
_DISC_SPACING: Final = 0.15
# More than the longest stroke of a digit has.
_MOST_DISCS: Final = 400
Row = tuple[float, float, float]


class StrokeOutline(Protocol):
    """A stroke's shape while it grows.

    Attributes:
        closed: chunks that later points leave as they are.
        is_filled: whether the paths are outlines to be filled, not lines to be stroked.
    """

    is_filled: bool
    closed: list[QPainterPath]

    def add(self, x: float, y: float, pressure: float) -> None:
        """One more point."""

    def open(self) -> QPainterPath:
        """What follows the closed chunks, up to the last point."""


def begin_outline_of(stroke: Stroke) -> StrokeOutline:
    """The shape of a whole stroke, still without its points; of an endless scribble a centre line at any pressure."""
    steps = np.diff(stroke.points, axis=0)
    is_endless = float(np.hypot(steps[:, 0], steps[:, 1]).sum()) > _MOST_DISCS * _disc_spacing(stroke.width)
    return begin_outline(stroke.width, has_pressure=stroke.pressures is not None and not is_endless)


def _disc_spacing(width: float) -> float:
    return max(1e-3, width * _DISC_SPACING)


def begin_outline(width: float, *, has_pressure: bool) -> StrokeOutline:
    """A shape without points: a ribbon where the pen reports pressure, else a centre line."""
    return Ribbon(width) if has_pressure else CentreLine()


class CentreLine:
    """Lines to be stroked with a round pen."""

    is_filled = False

    def __init__(self) -> None:
        self.closed: list[QPainterPath] = []
        self._path = QPainterPath()
        self._last: tuple[float, float] | None = None
        self._length = 0.0

    def add(self, x: float, y: float, _pressure: float) -> None:
        """One more point: the curve is settled up to the middle between the last two."""
        if self._last is None:
            self._path.moveTo(x, y)
        else:
            last_x, last_y = self._last
            self._path.quadTo(last_x, last_y, (x + last_x) / 2, (y + last_y) / 2)
            self._length += math.hypot(x - last_x, y - last_y)
        self._last = (x, y)
        if self._path.elementCount() > 3 * _LINE_CHUNK or self._length > _LONGEST_CHUNK:
            self._length = 0.0
            self.closed.append(self._path)
            self._path = QPainterPath(self._path.currentPosition())

    def open(self) -> QPainterPath:
        """The last pieces and the straight tail to the last point."""
        path = QPainterPath(self._path)
        if self._last is not None:
            # A path of no length paints nothing: a dot is a line too short to see, with round ends.
            is_dot = path.elementCount() <= 1 and not self.closed
            path.lineTo(self._last[0] + (1e-4 if is_dot else 0.0), self._last[1])
        return path


class Ribbon:
    """Outlines to be filled: discs along the curve, as wide as the pressure says, and the gaps between them."""

    is_filled = True

    def __init__(self, width: float) -> None:
        self.closed: list[QPainterPath] = []
        self._width = width
        # The points whose pieces are not in a closed chunk, and the one before them.
        self._rows: list[Row] = []
        self._at_start = True

    def add(self, x: float, y: float, pressure: float) -> None:
        """One more point: the piece of the one before it is settled."""
        self._rows.append((x, y, pressure))
        if len(self._rows) > _RIBBON_CHUNK + 2:
            self.closed.append(self._outline(tail=False))
            self._rows = self._rows[-2:]
            self._at_start = False

    def open(self) -> QPainterPath:
        """The last pieces and the tail."""
        return self._outline(tail=True)

    def _outline(self, *, tail: bool) -> QPainterPath:
        rows = np.array(self._rows)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        if len(rows) > 1:
            middles = (rows[:-1] + rows[1:]) / 2
            starts = np.concatenate([rows[:1], middles]) if self._at_start else middles
            controls = rows if self._at_start else rows[1:]
            ends = np.concatenate([middles if self._at_start else middles[1:], rows[-1:]])
            last = len(controls) if tail else len(controls) - 1
            rows = sample_pieces(starts[:last], controls[:last], ends[:last], _disc_spacing(self._width))
        radii = self._width / 2 * width_factors(rows[:, 2])
        before: Row | None = None
        for (x, y), radius in zip(rows[:, :2].tolist(), radii.tolist(), strict=True):
            path.addEllipse(QPointF(x, y), radius, radius)
            if before is not None:
                _add_bridge(path, before, (x, y, radius))
            before = (x, y, radius)
        return path


def _add_bridge(path: QPainterPath, one: Row, two: Row) -> None:
    """Fill the gap between two discs (x, y, radius), in the sense of rotation that ellipses have."""
    across = math.hypot(two[0] - one[0], two[1] - one[1])
    if across < 1e-9:
        return
    x, y = (two[1] - one[1]) / across, -(two[0] - one[0]) / across
    corners = [
        QPointF(one[0] + x * one[2], one[1] + y * one[2]),
        QPointF(two[0] + x * two[2], two[1] + y * two[2]),
        QPointF(two[0] - x * two[2], two[1] - y * two[2]),
        QPointF(one[0] - x * one[2], one[1] - y * one[2]),
    ]
    # A quadrilateral that ran against the discs' sense would cut a hole.
    path.addPolygon(QPolygonF([*corners, corners[0]]))

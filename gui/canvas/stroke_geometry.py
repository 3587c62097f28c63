"""The geometry of strokes: the smooth curve through the pen's points, and what an eraser leaves of it.

Everything is in the unit of the points (for the canvas: its side is 1). Nothing here knows Qt.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import PointArray, Stroke

ScalarArray = NDArray[np.float64]

# A stroke that an eraser touches is first sampled this finely, so that it is cut where the eraser passed
# and not at the nearest point that the pen happened to report.
ERASE_SPACING: Final = 0.004
# How much of the width a pen without any pressure still draws.
THINNEST: Final = 0.35


def width_factors(pressures: ScalarArray) -> ScalarArray:
    """How wide a stroke is at each of (points,), relative to the pen: from `THINNEST` at no pressure to 1 at full."""
    return np.asarray(THINNEST + (1.0 - THINNEST) * np.clip(pressures, 0.0, 1.0))


def sample_pieces(starts: ScalarArray, controls: ScalarArray, ends: ScalarArray, spacing: float) -> ScalarArray:
    """Samples along quadratic Bézier pieces B(t) = (1−t)²·start + 2t(1−t)·control + t²·end that follow each other.

    The arrays are (pieces, columns) with x and y in the first two columns; whatever else there is (the pressure) is
    interpolated alike. The samples, (n, columns), are at most `spacing` apart; the last end is one of them.
    """
    # |B′| is at most twice the longer leg.
    legs = np.maximum(np.hypot(*(controls - starts)[:, :2].T), np.hypot(*(ends - controls)[:, :2].T))
    counts = np.maximum(1, np.ceil(2 * legs / spacing)).astype(np.int64)
    piece = np.repeat(np.arange(len(controls)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    t = ((np.arange(len(piece)) - first) / counts[piece])[:, np.newaxis]
    samples = (1 - t) ** 2 * starts[piece] + 2 * t * (1 - t) * controls[piece] + t**2 * ends[piece]
    return np.concatenate([samples, ends[-1:]])


def smooth_curve(stroke: Stroke, spacing: float) -> tuple[PointArray, ScalarArray | None]:
    """Points along the smooth curve, at most `spacing` apart, and the pressures there.

    The curve is the one that the canvas paints: one piece (see `sample_pieces`) for each pen point, which is its
    control point, from the midpoint before to the midpoint after it, so that neighbours share tangents. Shapes (n, 2)
    and (n,); the stroke's own ends are kept.
    """
    columns = stroke.points if stroke.pressures is None else np.column_stack([stroke.points, stroke.pressures])
    if len(columns) >= 2:
        middles = (columns[:-1] + columns[1:]) / 2
        starts = np.concatenate([columns[:1], middles])
        ends = np.concatenate([middles, columns[-1:]])
        columns = sample_pieces(starts, columns, ends, spacing)
    pressures = None if stroke.pressures is None else columns[:, 2].copy()
    return np.ascontiguousarray(columns[:, :2]), pressures


def distance_to_segment(points: PointArray, start: PointArray, end: PointArray) -> ScalarArray:
    """The distance of each of (n, 2) points to the line from `start` to `end`, shape (n,)."""
    along = end - start
    length_squared = float(along @ along)
    position = (points - start) @ along / length_squared if length_squared > 0 else np.zeros(len(points))
    nearest = start + np.clip(position, 0.0, 1.0)[:, np.newaxis] * along
    return np.asarray(np.hypot(*(points - nearest).T))


def erase(stroke: Stroke, start: PointArray, end: PointArray, radius: float) -> list[Stroke] | None:
    """What remains when a round eraser moves from `start` to `end`, (2,) each; None where it doesn't touch the stroke.

    The ink has its own width, so all of the centre line closer than radius + width / 2 goes.
    """
    reach = radius + stroke.width / 2
    low = np.minimum(start, end) - reach
    high = np.maximum(start, end) + reach
    if (stroke.points.max(axis=0) < low).any() or (stroke.points.min(axis=0) > high).any():
        return None
    points, pressures = smooth_curve(stroke, ERASE_SPACING)
    kept = distance_to_segment(points, start, end) >= reach
    if kept.all():
        return None
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
    return [
        Stroke(points[first:last], None if pressures is None else pressures[first:last], stroke.width)
        for first, last in edges.reshape(-1, 2)
        # One lone sample between two cuts is a speck that nobody drew.
        if last - first > 1
    ]

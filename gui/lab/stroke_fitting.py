"""Brings strokes of any unit and any number to what a canvas can hold."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Stroke

# Twice what the engine reads as a number.
MOST_STROKES: Final = 64
# A minute of a fast pen.
MOST_POINTS: Final = 12_000
# In canvas sides: ink of the usual width covers the canvas twenty times over.
_MOST_LENGTH: Final = 300.0
# Beside fitted ink.
_MARGIN: Final = 0.15


def fit_to_canvas(strokes: tuple[Stroke, ...], default_width: float) -> tuple[Stroke, ...]:
    """Strokes of any unit as strokes of the unit square; those that lie in it already stay where they are.

    Each has points. Where a stroke's width is unknown it gets `default_width`.
    """
    if not strokes:
        return ()
    low = np.min([stroke.points.min(axis=0) for stroke in strokes], axis=0)
    high = np.max([stroke.points.max(axis=0) for stroke in strokes], axis=0)
    scale, offset = 1.0, np.zeros(2)
    if (low < 0).any() or (high > 1).any():
        extent = float((high - low).max())
        scale = (1 - 2 * _MARGIN) / extent if extent > 0 else 1.0
        offset = 0.5 - scale * (low + high) / 2
    return tuple(
        Stroke(
            np.clip(stroke.points * scale + offset, 0.0, 1.0),
            stroke.pressures,
            stroke.width * scale if stroke.width > 0 else default_width,
        )
        for stroke in strokes
    )


def longest_strokes(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """The longest strokes, as many as a canvas takes, in the order in which they were made."""
    if len(strokes) <= MOST_STROKES:
        return strokes
    kept = sorted(np.argsort(-_lengths(strokes), kind="stable")[:MOST_STROKES])
    return tuple(strokes[place] for place in kept)


def thinned(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """Strokes that a canvas can paint: of too many points, or too long ones, every n-th of each stroke and its last."""
    if not strokes:
        return strokes
    points = sum(len(stroke.points) for stroke in strokes)
    step = math.ceil(max(points / MOST_POINTS, _lengths(strokes).sum() / _MOST_LENGTH))
    return tuple(_every(stroke, step) for stroke in strokes) if step > 1 else strokes


def _lengths(strokes: tuple[Stroke, ...]) -> NDArray[np.float64]:
    """(strokes,): how far the pen went; all at once, for there may be thousands."""
    starts = np.cumsum([0, *(len(stroke.points) for stroke in strokes)])
    steps = np.diff(np.concatenate([stroke.points for stroke in strokes]), axis=0)
    ways = np.append(np.hypot(steps[:, 0], steps[:, 1]), 0.0)
    ways[starts[1:] - 1] = 0.0
    return np.add.reduceat(ways, starts[:-1])


def _every(stroke: Stroke, step: int) -> Stroke:
    places = np.unique(np.append(np.arange(0, len(stroke.points), step), len(stroke.points) - 1))
    pressures = None if stroke.pressures is None else stroke.pressures[places]
    return Stroke(stroke.points[places], pressures, stroke.width)

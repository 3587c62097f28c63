"""Brings strokes of any unit and any number to what a canvas can hold."""

from typing import Final

import numpy as np

from engine.ink.drawing import Stroke

# The engine reads no number of more strokes; a digit has one to four.
MOST_STROKES: Final = 64
# A minute of a fast pen. With this many, all ink is painted within a frame.
MOST_POINTS: Final = 12_000


def fit_to_canvas(strokes: tuple[Stroke, ...], default_width: float, margin: float = 0.15) -> tuple[Stroke, ...]:
    """Strokes of any unit as strokes of the unit square; those that lie in it already stay where they are.

    Where a stroke's width is unknown it gets `default_width`.
    """
    filled = [stroke for stroke in strokes if len(stroke.points)]
    if not filled:
        return ()
    low = np.min([stroke.points.min(axis=0) for stroke in filled], axis=0)
    high = np.max([stroke.points.max(axis=0) for stroke in filled], axis=0)
    scale, offset = 1.0, np.zeros(2)
    if (low < 0).any() or (high > 1).any():
        extent = float((high - low).max())
        scale = (1 - 2 * margin) / extent if extent > 0 else 1.0
        offset = 0.5 - scale * (low + high) / 2
    return tuple(
        Stroke(
            np.clip(stroke.points * scale + offset, 0.0, 1.0),
            stroke.pressures,
            stroke.width * scale if stroke.width > 0 else default_width,
        )
        for stroke in filled
    )


def longest_strokes(strokes: tuple[Stroke, ...], count: int = MOST_STROKES) -> tuple[Stroke, ...]:
    """The `count` longest strokes, in the order in which they were made."""
    if len(strokes) <= count:
        return strokes
    lengths = [float(np.hypot(*np.diff(stroke.points, axis=0).T).sum()) for stroke in strokes]
    kept = sorted(np.argsort([-length for length in lengths], kind="stable")[:count])
    return tuple(strokes[place] for place in kept)


def thinned(strokes: tuple[Stroke, ...], count: int = MOST_POINTS) -> tuple[Stroke, ...]:
    """The strokes with about `count` points in all: every n-th point of each, and its last one."""
    total = sum(len(stroke.points) for stroke in strokes)
    if total <= count:
        return strokes
    step = -(-total // count)
    return tuple(_every(stroke, step) for stroke in strokes)


def _every(stroke: Stroke, step: int) -> Stroke:
    places = np.unique(np.append(np.arange(0, len(stroke.points), step), len(stroke.points) - 1))
    pressures = None if stroke.pressures is None else stroke.pressures[places]
    return Stroke(stroke.points[places], pressures, stroke.width)

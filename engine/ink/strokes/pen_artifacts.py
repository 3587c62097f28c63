"""What the pen did by mistake: the hooks that it makes as it lands and lifts."""

import math
import operator

import numpy as np
from numpy.typing import NDArray

from engine.ink.strokes.curves import Curve, Curves, boxes_of, joined, smoothstep

# A hook is at most the first share of its stroke's size long; up to the second it fades into a part of the line.
_HOOK = (0.06, 0.14)
# A turn of about 100 degrees belongs to the line and one of 135 to a hook; between them to both.
_HOOK_COSINES = (-0.2, -0.7)
_LEAST = 0.05  # of a point: less is not worth cutting


def without_hooks(curves: Curves, turns: NDArray[np.float64]) -> Curves:
    """The curves without a short start or end from which the pen turned back sharply.

    The more certain a hook, the more of it is cut: a device that reports more often, or a moment later, moves the
    cut a little and never turns a yes into a no. Lines without hooks come back as they are;
    otherwise the first and the last piece may be shorter than the others.

    Args:
        curves: evenly spaced.
        turns: (n,), the cosine of the turn at each point.
    """
    sharp = np.flatnonzero(turns <= _HOOK_COSINES[0])
    owners = curves.owners[sharp]
    from_end = np.minimum(sharp - curves.firsts[owners], curves.lasts[owners] - sharp)
    # A stroke's size is less than its length.
    suspects = set(owners[from_end <= _HOOK[1] * curves.counts[owners]].tolist())
    if not suspects:
        return curves
    every = curves.apart()
    turns_apart = np.split(turns, curves.firsts[1:])
    tidy = list(every)
    for place in suspects:
        tidy[place] = _without_hooks(every[place], turns_apart[place])
    return curves if all(map(operator.is_, tidy, every)) else joined(tidy)


def _without_hooks(points: Curve, turns: NDArray[np.float64]) -> Curve:
    steps = points[1:] - points[:-1]
    spacing = float(np.hypot(steps[:, 0], steps[:, 1]).mean())
    if not spacing > 0:
        return points
    (lower,), (upper,) = boxes_of([[points]])
    size = float((upper - lower).max()) / spacing
    first = _hook(turns, size)
    last = len(points) - 1 - _hook(turns[::-1], size)
    if first + len(points) - 1 - last < _LEAST:
        return points
    index = np.arange(len(points))
    ends = np.stack([np.interp([first, last], index, points[:, axis]) for axis in (0, 1)], axis=1)
    return np.concatenate([ends[:1], points[math.floor(first) + 1 : math.ceil(last)], ends[1:]])


def _hook(turns: NDArray[np.float64], size: float) -> float:
    """How much of the start is a hook; it and the stroke's size are in points."""
    sure, longest = _HOOK[0] * size, _HOOK[1] * size
    count = min(int(longest), len(turns) // 2 - 1)
    if count < 1 or turns[1 : count + 1].min() > _HOOK_COSINES[0]:
        return 0.0
    corner = np.arange(1.0, count + 1)
    certainty = smoothstep(turns[1 : count + 1], *_HOOK_COSINES) * smoothstep(corner, longest, sure)
    total = float(certainty.sum())
    if not total > 0:
        return 0.0
    # Around a sharp turn the certainty is even on both sides: its mean is where the pen turned.
    return float((corner * certainty).sum() / total * certainty.max())

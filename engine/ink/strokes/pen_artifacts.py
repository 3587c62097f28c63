"""What the pen did by mistake: stray dots, and the hooks that it makes as it lands and lifts."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.ink.strokes.turning_angles import Curve, smoothstep

_STRAY = 0.12  # a stroke smaller than this share of the largest stroke is a slip of the pen
# A hook is at most the first share of its stroke's size long; up to the second it fades into a part of the line.
_HOOK = (0.06, 0.14)
# A turn of about 100 degrees belongs to the line and one of 135 to a hook; between them to both.
_HOOK_COSINES = (-0.2, -0.7)
_LEAST = 0.05  # of a point: less is not worth cutting


def without_strays(curves: list[Curve], sizes: list[float]) -> list[Curve]:
    """The curves that are not much smaller than the largest one, so a drawing of dots alone is kept.

    Args:
        curves: the curves, at least one.
        sizes: the longer side of the box around each.
    """
    least = _STRAY * max(sizes)
    return [curve for curve, size in zip(curves, sizes, strict=True) if size >= least]


def without_hooks(points: Curve, turns: NDArray[np.float64]) -> Curve:
    """The curve without a short start or end from which the pen turned back sharply.

    The more certain a hook, the more of it is cut: a device that reports more often, or a moment later, moves the
    cut a little and never turns a yes into a no. A line without hooks comes back as it is;
    otherwise the first and the last piece may be shorter than the others.

    Args:
        points: (n, 2), evenly spaced.
        turns: (n,), the cosine of the turn at each point.
    """
    if turns.min() > _HOOK_COSINES[0]:
        return points
    steps = np.diff(points, axis=0)
    spacing = float(np.hypot(steps[:, 0], steps[:, 1]).mean())
    if not spacing > 0:
        return points
    size = float(np.ptp(points, axis=0).max()) / spacing
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

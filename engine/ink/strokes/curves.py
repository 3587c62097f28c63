"""Many curves in one array, so that one call of NumPy does for all of them, and how sharply they turn.

A curve is (n, 2) float64, x to the right and y down. Each result is to the bit what the curve alone would give.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Indices = NDArray[np.intp]


class Curves:
    """Curves one after the other.

    Args:
        points: (n, 2), all points.
        counts: (curves,), how many of them each has, ≥ 1.

    Attributes:
        points: the same.
        counts: the same.
        firsts: (curves,), the place of each curve's first point.
        lasts: (curves,), the place of each curve's last point.
    """

    def __init__(self, points: Curve, counts: Indices) -> None:
        self.points, self.counts = points, counts
        ends = counts.cumsum()
        self.firsts, self.lasts = ends - counts, ends - 1

    @cached_property
    def owners(self) -> Indices:
        """(n,), the curve of each point."""
        return np.arange(len(self.counts)).repeat(self.counts)

    def apart(self) -> list[Curve]:
        """The curves one by one, as views."""
        bounds = zip(self.firsts.tolist(), (self.lasts + 1).tolist(), strict=True)
        return [self.points[first:end] for first, end in bounds]


class Pieces:
    """The straight pieces between neighbouring points of curves that have at least two points each.

    Args:
        curves: the curves.

    Attributes:
        owners: (pieces,), the curve of each.
        starts: (pieces,), the point where each begins; the next one is where it ends.
        firsts: (curves,), the first piece of each curve.
        lasts: (curves,), the last one.
        joints: the pieces that another one of their curve follows.
        steps: (pieces, 2), from begin to end.
        lengths: (pieces,).
    """

    def __init__(self, curves: Curves) -> None:
        points, numbers = curves.points, np.arange(len(curves.counts))
        self.starts = _without(curves.lasts, len(points))
        self.owners = curves.owners[self.starts]
        self.firsts, self.lasts = curves.firsts - numbers, curves.lasts - numbers - 1
        self.joints = _without(self.lasts, len(self.starts))
        self.steps = points[self.starts + 1] - points[self.starts]
        self.lengths = np.hypot(self.steps[:, 0], self.steps[:, 1])


def _without(places: Indices, count: int) -> Indices:
    """0, 1, … `count` − 1 without some."""
    kept = np.ones(count, bool)
    kept[places] = False
    return kept.nonzero()[0]


def joined(curves: list[Curve]) -> Curves:
    """Curves (n, 2) in one array; at least one, none empty."""
    return Curves(np.concatenate(curves), np.fromiter(map(len, curves), np.intp, len(curves)))


def boxes_of(groups: list[list[Curve]]) -> tuple[Curve, Curve]:
    """Upper left and lower right corners, each (groups, 2), of the box around all curves of each group."""
    points = np.concatenate([curve for group in groups for curve in group])
    firsts = np.cumsum([0, *(sum(map(len, group)) for group in groups[:-1])])
    # Much faster over two columns than `min`.
    return np.minimum.reduceat(points, firsts), np.maximum.reduceat(points, firsts)


def turning_cosines(curves: Curves, window: int) -> NDArray[np.float64]:
    """Cosine of the turn at each point: 1 is straight on, -1 is straight back.

    The turn is the one between the chords over the `window` points before and after, fewer at the ends; the ends
    themselves count as straight.

    Args:
        curves: evenly spaced.
        window: in points, ≥ 1.

    Returns:
        (n,) in [-1, 1], and 1 also where the pen stood still.
    """
    points = curves.points
    index = np.arange(len(points))
    before = points - points[np.maximum(index - window, curves.firsts[curves.owners])]
    after = points[np.minimum(index + window, curves.lasts[curves.owners])] - points
    lengths = np.sqrt(row_dots(before, before) * row_dots(after, after))
    cosines = np.ones(len(points))
    np.divide(row_dots(before, after), lengths, out=cosines, where=lengths > 0)
    return cosines


def row_dots(first: Curve, second: Curve) -> NDArray[np.float64]:
    """(n,): the scalar product of each pair of rows."""
    return np.asarray(np.einsum("ij,ij->i", first, second))


def smoothstep(values: NDArray[np.float64], none: float, full: float) -> NDArray[np.float64]:
    """Smoothstep, elementwise: 0 up to `none`, 1 from `full` on, t²·(3 − 2t) between them."""
    share = np.clip((values - none) / (full - none), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share))

"""A curve that grows for hours and is drawn in milliseconds.

Points go into buffers that double when they are full. What reaches the screen is a decimation: the points are cut
into buckets and each bucket gives its lowest and its highest point, so that no peak is ever lost. Bucket borders are
fixed multiples of a power of two, not of the window's width; otherwise the curve would shimmer while it grows. The
extremes of every full block are remembered when the block fills up, so a million points cost no more than a few
thousand.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

# Points in a block whose extremes are remembered; a power of two.
_BLOCK = 64


class LiveSeries:
    """Points (x, y) in order of x; every point is finite."""

    def __init__(self, capacity: int = 1024) -> None:
        self._capacity = max(_BLOCK, capacity)
        # The last window and what was asked for: of a curve that grows with the epochs it is the same in most frames.
        self._asked: tuple[float, float, int] | None = None
        self._window: tuple[Points, Points] = (np.empty(0), np.empty(0))
        self.clear()

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Points:
        """All x values, shape (points,): a view that the next `append` may leave behind."""
        return self._x[: self._count]

    @property
    def y(self) -> Points:
        """All y values, shape (points,): a view that the next `append` may leave behind."""
        return self._y[: self._count]

    def clear(self) -> None:
        """Forget all points."""
        self._count = self._folded = 0
        self._asked = None
        self._x: Points = np.empty(self._capacity)
        self._y: Points = np.empty(self._capacity)
        # Where each full block is lowest and highest, (2, blocks), and the values there: looking them up one by one
        # would miss the cache each time.
        self._places: NDArray[np.int64] = np.empty((2, self._capacity // _BLOCK), np.int64)
        self._extremes: Points = np.empty((2, self._capacity // _BLOCK))

    def append(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points at the end; those with a NaN or an infinity are left out.

        Points that lie further back replace what was there from their first x on: a run that was taken back to an
        earlier moment is drawn from there.

        Raises:
            ValueError: `x` and `y` differ in shape, or `x` is not sorted.
        """
        new_x, new_y = np.atleast_1d(np.asarray(x, np.float64)), np.atleast_1d(np.asarray(y, np.float64))
        if new_x.shape != new_y.shape or new_x.ndim != 1:
            raise ValueError(f"x and y must be vectors of one length, not {new_x.shape} and {new_y.shape}.")
        # A product with anything that is not finite is not finite either.
        if not math.isfinite(new_x.dot(new_y)):
            finite = np.isfinite(new_x) & np.isfinite(new_y)
            new_x, new_y = new_x[finite], new_y[finite]
        if new_x.size == 0:
            return
        self._asked = None
        if (new_x[1:] < new_x[:-1]).any():
            raise ValueError("x must be sorted.")
        if self._count and new_x[0] < self._x[self._count - 1]:
            self._count = int(np.searchsorted(self.x, new_x[0], "left"))
            self._folded = min(self._folded, self._count // _BLOCK)
        end = self._count + new_x.size
        while end > self._x.size:
            self._x, self._y = _doubled(self._x), _doubled(self._y)
            self._places, self._extremes = _doubled(self._places), _doubled(self._extremes)
        self._x[self._count : end], self._y[self._count : end] = new_x, new_y
        self._count = end
        self._fold()

    def window(self, low: float, high: float, points: int) -> tuple[Points, Points]:
        """At most `points` (≥ 16) points that draw the curve between x = `low` and `high` with all its extremes.

        One point beyond either side is included, so that the line reaches the border. The arrays are not the caller's:
        as long as the series and the wish are the same, so are they.
        """
        if self._asked != (low, high, points):
            self._asked = (low, high, points)
            start = max(0, int(np.searchsorted(self.x, low, "left")) - 1)
            stop = min(self._count, int(np.searchsorted(self.x, high, "right")) + 1)
            index = np.arange(start, stop) if stop - start <= points else self._decimated(start, stop, points)
            self._window = self._x[index], self._y[index]
        return self._window

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The point whose x is nearest, or None without points."""
        if self._count == 0:
            return None
        right = min(int(np.searchsorted(self.x, x)), self._count - 1)
        left = max(0, right - 1)
        index = left if abs(self._x[left] - x) <= abs(self._x[right] - x) else right
        return float(self._x[index]), float(self._y[index])

    def beside(self, x: float, right: int) -> float | None:
        """The next x at the right (`right` > 0) or left of `x`, or None."""
        place = int(np.searchsorted(self.x, x, "right")) if right > 0 else int(np.searchsorted(self.x, x, "left")) - 1
        return float(self._x[place]) if 0 <= place < self._count else None

    def last(self) -> tuple[float, float] | None:
        """The newest point, or None without points."""
        return (float(self._x[self._count - 1]), float(self._y[self._count - 1])) if self._count else None

    def _fold(self) -> None:
        """Remember the extremes of the blocks that have become full."""
        full = self._count // _BLOCK
        if full > self._folded:
            part = slice(self._folded, full)
            self._places[:, part] = self._rows_extremes(self._folded * _BLOCK, full * _BLOCK, _BLOCK)
            self._extremes[:, part] = self._y[self._places[:, part]]
            self._folded = full

    def _rows_extremes(self, start: int, stop: int, size: int) -> NDArray[np.int64]:
        """Where each `size` points in [start, stop) are lowest and highest, (2, rows)."""
        rows = self._y[start:stop].reshape(-1, size)
        return np.asarray(np.arange(start, stop, size) + np.array((rows.argmin(axis=1), rows.argmax(axis=1))))

    def _decimated(self, start: int, stop: int, points: int) -> NDArray[np.int64]:
        """Indices of the lowest and highest point of every bucket in [start, stop), and of both end points."""
        # Two points a bucket, two end points, and two buckets that the borders of the range cut off.
        buckets = max(1, (points - 2) // 2 - 2)
        size = 2
        while size * buckets < stop - start:
            size *= 2
        inner_start, inner_stop = -(-start // size) * size, stop // size * size
        parts = [np.array([start, stop - 1])]
        for low, high in ((start, min(inner_start, stop)), (max(inner_stop, start), stop)):
            if high > low:
                parts.append(self._rows_extremes(low, high, high - low).ravel())
        if inner_stop > inner_start and size < _BLOCK:
            parts.append(self._rows_extremes(inner_start, inner_stop, size).ravel())
        elif inner_stop > inner_start:
            # From the remembered blocks, since a bucket holds whole ones.
            blocks = slice(inner_start // _BLOCK, inner_stop // _BLOCK)
            for places, values, find in zip(self._places, self._extremes, (np.argmin, np.argmax), strict=True):
                best = find(values[blocks].reshape(-1, size // _BLOCK), axis=1)
                parts.append(places[blocks].reshape(-1, size // _BLOCK)[np.arange(best.size), best])
        # As `np.unique`, which takes five times as long for a few thousand indices.
        index = np.sort(np.concatenate(parts))
        return index[np.concatenate(([True], index[1:] > index[:-1]))]


def _doubled(array: NDArray[Any]) -> NDArray[Any]:
    """An array with twice as many columns, which starts with the old one's values."""
    return np.concatenate((array, np.empty_like(array)), axis=-1)

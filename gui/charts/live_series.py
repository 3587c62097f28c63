"""A curve that grows for hours and is drawn in milliseconds.

Points go into buffers that double when they are full. What reaches the screen is a decimation: the points are cut
into buckets and each bucket gives its lowest and its highest point, so that no peak is ever lost. Bucket borders are
fixed multiples of a power of two, not of the window's width; otherwise the curve would shimmer while it grows. The
extremes of every full block are remembered when the block fills up, so a million points cost no more than a few
thousand.
"""

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
        self._lowest: NDArray[np.int64] = np.empty(self._capacity // _BLOCK, np.int64)
        self._highest: NDArray[np.int64] = np.empty(self._capacity // _BLOCK, np.int64)
        # The values at those indices, side by side: looking them up one by one would miss the cache each time.
        self._lowest_y: Points = np.empty(self._capacity // _BLOCK)
        self._highest_y: Points = np.empty(self._capacity // _BLOCK)

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
        finite = np.isfinite(new_x) & np.isfinite(new_y)
        if not finite.all():
            new_x, new_y = new_x[finite], new_y[finite]
        if new_x.size == 0:
            return
        self._asked = None
        if np.any(new_x[1:] < new_x[:-1]):
            raise ValueError("x must be sorted.")
        if self._count and new_x[0] < self._x[self._count - 1]:
            self._count = int(np.searchsorted(self.x, new_x[0], "left"))
            self._folded = min(self._folded, self._count // _BLOCK)
        end = self._count + new_x.size
        if end > self._x.size:
            self._grow(end)
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
            self._window = self._find_window(low, high, points)
        return self._window

    def _find_window(self, low: float, high: float, points: int) -> tuple[Points, Points]:
        start = max(0, int(np.searchsorted(self.x, low, "left")) - 1)
        stop = min(self._count, int(np.searchsorted(self.x, high, "right")) + 1)
        if stop - start <= points:
            return self.x[start:stop].copy(), self.y[start:stop].copy()
        index = self._extremes(start, stop, points)
        return self._x[index], self._y[index]

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

    def _grow(self, needed: int) -> None:
        size = self._x.size
        while size < needed:
            size *= 2
        self._x, self._y = _resized(self._x, size), _resized(self._y, size)
        blocks = size // _BLOCK
        self._lowest, self._highest = _resized(self._lowest, blocks), _resized(self._highest, blocks)
        self._lowest_y, self._highest_y = _resized(self._lowest_y, blocks), _resized(self._highest_y, blocks)

    def _fold(self) -> None:
        """Remember the extremes of the blocks that have become full."""
        full = self._count // _BLOCK
        if full > self._folded:
            blocks = self._y[self._folded * _BLOCK : full * _BLOCK].reshape(-1, _BLOCK)
            part, first = slice(self._folded, full), np.arange(self._folded, full) * _BLOCK
            self._lowest[part] = first + blocks.argmin(axis=1)
            self._highest[part] = first + blocks.argmax(axis=1)
            self._lowest_y[part] = self._y[self._lowest[part]]
            self._highest_y[part] = self._y[self._highest[part]]
            self._folded = full

    def _extremes(self, start: int, stop: int, points: int) -> NDArray[np.int64]:
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
                part = self._y[low:high]
                parts.append(np.array([low + part.argmin(), low + part.argmax()]))
        if inner_stop > inner_start:
            parts.extend(self._bucket_extremes(inner_start, inner_stop, size))
        # As `np.unique`, which takes five times as long for a few thousand indices.
        index = np.sort(np.concatenate(parts))
        return index[np.concatenate(([True], index[1:] > index[:-1]))]

    def _bucket_extremes(self, start: int, stop: int, size: int) -> list[NDArray[np.int64]]:
        """The same for full buckets; from the remembered blocks where a bucket holds whole blocks."""
        if size < _BLOCK:
            rows = self._y[start:stop].reshape(-1, size)
            first = np.arange(start, stop, size)
            return [first + rows.argmin(axis=1), first + rows.argmax(axis=1)]
        part, width = slice(start // _BLOCK, stop // _BLOCK), size // _BLOCK
        lowest, highest = self._lowest[part].reshape(-1, width), self._highest[part].reshape(-1, width)
        row = np.arange(lowest.shape[0])
        return [
            lowest[row, self._lowest_y[part].reshape(-1, width).argmin(axis=1)],
            highest[row, self._highest_y[part].reshape(-1, width).argmax(axis=1)],
        ]


def _resized(array: NDArray[Any], size: int) -> NDArray[Any]:
    """A longer array that starts with the old one's values."""
    longer = np.empty(size, array.dtype)
    longer[: array.size] = array
    return longer

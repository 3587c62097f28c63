"""How sharply a line turns, measured along it: no matter where and how often the device reported a point."""

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


def turning_cosines(points: Curve, window: int) -> NDArray[np.float64]:
    """Cosine of the turn at each point: 1 is straight on, -1 is straight back.

    The turn is the one between the chords over the `window` points before and after, fewer at the ends; the ends
    themselves count as straight.

    Args:
        points: (n, 2), evenly spaced, n ≥ 1.
        window: in points, ≥ 1.

    Returns:
        (n,) in [-1, 1], and 1 also where the pen stood still.
    """
    last = len(points) - 1
    index = np.arange(1, last)
    here = points[1:-1]
    before = here - points[np.maximum(index - window, 0)]
    after = points[np.minimum(index + window, last)] - here
    lengths = np.sqrt(row_dots(before, before) * row_dots(after, after))
    cosines = np.ones(last + 1)
    np.divide(row_dots(before, after), lengths, out=cosines[1:-1], where=lengths > 0)
    return cosines


def row_dots(first: Curve, second: Curve) -> NDArray[np.float64]:
    """(n,): the scalar product of each pair of rows."""
    return np.asarray(np.einsum("ij,ij->i", first, second))


def smoothstep(values: NDArray[np.float64], none: float, full: float) -> NDArray[np.float64]:
    """Smoothstep, elementwise: 0 up to `none`, 1 from `full` on, t²·(3 − 2t) between them."""
    share = np.clip((values - none) / (full - none), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share))

"""2×2 max-pooling in two halves: the larger of each horizontal pair, then the larger of two such winners.

Two comparisons and two maxima, the second of each on half the data, tell all that the gradient's way back needs. Of
equal members the first in reading order wins, as everywhere: ≥ prefers left and upper.
"""

import numpy as np
from numpy.typing import NDArray

from engine.parameters import FloatArray

BoolArray = NDArray[np.bool_]


def pool_pairs(
    left: FloatArray,
    right: FloatArray,
    larger: FloatArray,
    pooled: FloatArray,
    left_won: BoolArray | None,
    upper_won: BoolArray | None,
) -> None:
    """The largest of four members.

    Args:
        left: of the pairs, (2, …): of the upper ones, of the lower ones.
        right: likewise.
        larger: (2, …), receives the larger of each pair; may be `left` or `right` without `left_won`.
        pooled: (…), receives the larger of those.
        left_won: of the shape of `left`, receives who won; None when nobody will ask.
        upper_won: of the shape of `pooled`, likewise.
    """
    if left_won is not None:
        np.greater_equal(left, right, out=left_won)
    np.maximum(left, right, out=larger)
    if upper_won is not None:
        np.greater_equal(larger[0], larger[1], out=upper_won)
    np.maximum(larger[0], larger[1], out=pooled)


def spread_over_pairs(
    gradient: FloatArray,
    left_won: BoolArray,
    upper_won: BoolArray,
    larger: FloatArray,
    left: FloatArray,
    right: FloatArray,
) -> None:
    """The way back: a window's gradient goes to the member that won, the others get zero.

    Args:
        gradient: at the pooled outputs, (…).
        left_won: what `pool_pairs` found.
        upper_won: likewise.
        larger: (2, …), receives the gradient at each pair's larger member.
        left: (2, …), receives the gradient at the left members.
        right: likewise.
    """
    np.multiply(gradient, upper_won, out=larger[0])
    np.subtract(gradient, larger[0], out=larger[1])
    np.multiply(larger, left_won, out=left)
    np.subtract(larger, left, out=right)

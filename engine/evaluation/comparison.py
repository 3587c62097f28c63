"""How sure a share is, and whether one model is better than another on the same examples."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.errors import DataError, ShapeError

# The standard normal distribution's 97.5 % quantile: both sides together leave out 5 %.
_Z95 = 1.959963984540054


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, such as accuracy: it stays within [0, 1] and means something near both ends.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.

    Raises:
        DataError: `right` is not from 0 to `count`, or there is nothing to count.
    """
    if not 0 <= right <= count or count < 1:
        raise DataError(f"A share needs 0 to n of n ≥ 1 examples, not {right} of {count}.")
    share, square = right / count, _Z95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (0.0 if right == 0 else middle - half), (1.0 if right == count else middle + half)


def mcnemar_p(only_first: int, only_second: int) -> float:
    """How often two equally good models would differ at least this much: the exact two-sided test.

    Only examples that exactly one of the two has right tell them apart; under the null hypothesis each of those is a
    toss of a fair coin. Q. McNemar, "Note on the sampling error of the difference between correlated proportions",
    Psychometrika 1947.
    """
    total, fewer = only_first + only_second, min(only_first, only_second)
    if not total:
        return 1.0
    # Logarithms, as the terms of a few thousand tosses underflow.
    logs = [math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) for k in range(fewer + 1)]
    top = max(logs)
    tail = math.exp(top - total * math.log(2)) * math.fsum(math.exp(value - top) for value in logs)
    return min(1.0, 2 * tail)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same examples.

    Attributes:
        count: examples.
        both_right, only_first_right, only_second_right, both_wrong: how many of them.
        difference: accuracy of the first less that of the second.
        low, high: its 95 % interval.
        p: McNemar's.
    """

    count: int
    both_right: int
    only_first_right: int
    only_second_right: int
    both_wrong: int
    difference: float
    low: float
    high: float
    p: float


def compare(first_right: ArrayLike, second_right: ArrayLike) -> Comparison:
    """Compare which examples, (n,) truth values each, two models have right.

    The interval is that for paired shares with half an example added to each of the four cells: A. Agresti and Y. Min,
    "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine 2005.

    Raises:
        ShapeError: the two are not of one length.
        DataError: there are no examples.
    """
    first, second = np.asarray(first_right, bool), np.asarray(second_right, bool)
    if first.shape != second.shape or first.ndim != 1:
        raise ShapeError(f"Two models are compared on the same examples, not on {first.shape} and {second.shape}.")
    count = len(first)
    if not count:
        raise DataError("Two models cannot be compared without examples.")
    both, one, other = (int(np.count_nonzero(part)) for part in (first & second, first & ~second, ~first & second))
    total, padded_one, padded_other = count + 2, one + 0.5, other + 0.5
    middle = (padded_one - padded_other) / total
    half = _Z95 / total * math.sqrt(padded_one + padded_other - (padded_one - padded_other) ** 2 / total)
    low, high = max(-1.0, middle - half), min(1.0, middle + half)
    return Comparison(
        count, both, one, other, count - both - one - other, (one - other) / count, low, high, mcnemar_p(one, other)
    )

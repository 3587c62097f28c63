"""Two models on the same digits."""

import numpy as np

from engine.core.parameters import IntArray
from engine.errors import DataError
from engine.evaluation.comparison import Comparison, compare
from models.scoring.answers import Answers


def common_digits(first: Answers, second: Answers) -> tuple[IntArray, IntArray]:
    """The digits that both know, as places in either's answers, (m,) each."""
    if np.array_equal(first.places, second.places):
        every = np.arange(len(first))
        return every, every
    _, in_first, in_second = np.intersect1d(first.places, second.places, assume_unique=True, return_indices=True)
    return in_first, in_second


def compare_answers(first: Answers, second: Answers) -> Comparison:
    """Who is right where, on the digits that both know.

    Raises:
        DataError: there are no such digits.
    """
    in_first, in_second = common_digits(first, second)
    if not len(in_first):
        raise DataError("The two models know no digit in common, so they cannot be compared.")
    return compare(first.right[in_first], second.right[in_second])

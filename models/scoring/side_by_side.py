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


def same_question(first: str, second: str) -> bool:
    """Whether models of these two tasks can be compared: being right must mean the same, on the same pictures."""
    return first == second or {first, second} <= {"binary", "multiclass"}


def compare_answers(first: Answers, second: Answers) -> Comparison:
    """Who is right where, on the digits that both know.

    Raises:
        DataError: there are no such digits, or being right is not the same for both.
    """
    if not same_question(first.task, second.task):
        raise DataError(
            f"The two models answer different questions ({first.task} and {second.task}), so they cannot be compared: "
            "choose a second one of the same task."
        )
    in_first, in_second = common_digits(first, second)
    if not len(in_first):
        raise DataError("The two models know no digit in common, so they cannot be compared.")
    return compare(first.right[in_first], second.right[in_second])

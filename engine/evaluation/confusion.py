"""Further readings of a confusion matrix, and lists of the examples behind it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import IntArray

Floats = NDArray[np.float64]


def share_of_truth(confusion: ArrayLike) -> Floats:
    """Each cell as a share of its row, (K, K): of what is truly class i, how much was answered j; 0 in empty rows."""
    return _shares(np.asarray(confusion, np.float64), 1)


def share_of_answer(confusion: ArrayLike) -> Floats:
    """Each cell as a share of its column, (K, K): of the answers j, how many were truly i; 0 in empty columns."""
    return _shares(np.asarray(confusion, np.float64), 0)


def probability_sums(targets: IntArray, probabilities: ArrayLike, classes: int) -> Floats:
    """The probability that class j got from the examples of class i, (K, K): a matrix that also sees near misses.

    Args:
        targets: (n,) class numbers.
        probabilities: (n, columns).
        classes: rows of the result.
    """
    table = np.asarray(probabilities, np.float64)
    columns = [np.bincount(targets, weights=column, minlength=classes) for column in table.T]
    return np.stack(columns, axis=1)


def most_confused(confusion: ArrayLike, least: int = 1) -> list[tuple[int, int, int]]:
    """(truth, answer, count) of the cells beside the diagonal with at least so many, the largest first."""
    counts = np.array(confusion, np.int64)
    np.fill_diagonal(counts, 0)
    rows, columns = np.nonzero(counts >= max(1, least))
    order = np.argsort(-counts[rows, columns], kind="stable")
    return [(int(rows[k]), int(columns[k]), int(counts[rows[k], columns[k]])) for k in order]


def margins(probabilities: ArrayLike) -> Floats:
    """The largest probability less the second largest, (n, K) → (n,): small where the model is unsure."""
    top = np.partition(np.asarray(probabilities, np.float64), -2, axis=1)[:, -2:]
    return np.asarray(top[:, 1] - top[:, 0])


def suspicious_labels(targets: IntArray, probabilities: ArrayLike) -> IntArray:
    """Examples whose label may be wrong, as places, the most suspicious first.

    A class's threshold is the mean probability that examples of this label have for it. An example is suspicious where
    another class is the most probable one and reaches its own threshold; the lower the probability of the label, the
    more. The probabilities must come from a model that was not trained on these examples.

    C. Northcutt, L. Jiang and I. Chuang, "Confident learning", Journal of Artificial Intelligence Research 2021.

    Args:
        targets: (n,) class numbers.
        probabilities: (n, K).
    """
    table, count = np.asarray(probabilities, np.float64), len(targets)
    own = table[np.arange(count), targets]
    numbers = np.bincount(targets, minlength=table.shape[1])
    sums = np.bincount(targets, weights=own, minlength=table.shape[1])
    thresholds = np.where(numbers > 0, sums / np.maximum(numbers, 1), np.inf)
    answers = table.argmax(axis=1)
    found = np.flatnonzero((answers != targets) & (table.max(axis=1) >= thresholds[answers]))
    return np.asarray(found[np.argsort(own[found], kind="stable")])


def _shares(counts: Floats, axis: int) -> Floats:
    sums = counts.sum(axis=axis, keepdims=True)
    return np.asarray(np.divide(counts, sums, out=np.zeros_like(counts), where=sums > 0))

"""Further readings of a confusion matrix, and lists of the examples behind it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import IntArray

Floats = NDArray[np.float64]


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


def most_confused(confusion: ArrayLike) -> list[tuple[int, int, int]]:
    """(truth, answer, count) of the cells beside the diagonal that are not empty, the largest first."""
    counts = np.array(confusion, np.int64)
    np.fill_diagonal(counts, 0)
    rows, columns = np.nonzero(counts)
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

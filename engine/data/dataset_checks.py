"""What can be wrong with a data set and its split, found without any model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.data.dataset import Dataset

# Of a class: fewer digits teach hardly anything; or the share of an ordinary class below which it is rare.
_FEW, _RARE = 20, 0.1
# Neighbours of different class, as a share of those that shuffled digits would have.
_SORTED = 0.2
_FEWEST_FOR_ORDER = 50
_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Something that a person should know.

    Attributes:
        kind: "blank", "contradiction", "across", "within", "sorted", "missing", "few", "lacking".
        sentence: what it is and what follows from it.
        places: the digits that it is about, in an order in which they can be looked through; may be empty.
    """

    kind: str
    sentence: str
    places: IntArray


def class_counts(labels: NDArray[np.int64]) -> IntArray:
    """(10,): how many digits of each class labels (n,) hold."""
    return np.bincount(labels, minlength=10)


def class_averages(dataset: Dataset) -> FloatArray:
    """(10, 20, 20) float32: the average image of each class, 0 where there is none."""
    averages = np.zeros((10, *dataset.images.shape[1:]), np.float32)
    for digit in range(10):
        places = np.flatnonzero(dataset.labels == digit)
        if len(places):
            averages[digit] = dataset.images[places].mean(axis=0)
    return averages


def equal_groups(images: FloatArray) -> IntArray:
    """(n,): for each of images (n, 20, 20) the place of the first one that has the same 256 grey levels."""
    first: dict[bytes, int] = {}
    groups = np.empty(len(images), np.intp)
    for start in range(0, len(images), _CHUNK):
        levels = np.rint(255 * images[start : start + _CHUNK]).astype(np.uint8)
        for place, level in enumerate(levels, start):
            groups[place] = first.setdefault(level.tobytes(), place)
    return groups


def check_dataset(dataset: Dataset, training: IntArray, validation: IntArray) -> list[Finding]:
    """What a person should know about a data set and its split, the gravest first.

    Args:
        dataset: at least one digit.
        training: (n,), the places of the training digits.
        validation: (m,), those of the validation digits.
    """
    labels = dataset.labels
    blank = np.flatnonzero(~dataset.images.any(axis=(1, 2)))
    found = [_finding("blank", blank, "{} without any ink: there is nothing to learn from.")]
    found += _duplicates(dataset, training, validation, blank)
    if _is_sorted(labels):
        found.append(
            Finding(
                "sorted", "The digits come sorted by class; they are shuffled before the split.", np.zeros(0, np.intp)
            )
        )
    found += _rare_classes(labels)
    for part, name, other in ((training, "training", validation), (validation, "validation", training)):
        lacking = np.setdiff1d(labels[other], labels[part])
        if len(lacking):
            places = other[np.isin(labels[other], lacking)]
            words = ", ".join(map(str, lacking))
            found.append(Finding("lacking", f"The {name} digits hold no {words}, the others do.", places))
    return [finding for finding in found if finding is not None]


def _duplicates(dataset: Dataset, training: IntArray, validation: IntArray, blank: IntArray) -> list[Finding | None]:
    groups = equal_groups(dataset.images)
    counts = np.bincount(groups, minlength=len(groups))
    repeated = np.flatnonzero(counts[groups] > 1)
    repeated = np.setdiff1d(repeated, blank)
    # Equal ones stand beside each other.
    repeated = repeated[np.lexsort((repeated, groups[repeated]))]
    part = np.zeros(len(groups), np.int8)
    part[training], part[validation] = 1, 2
    in_both = np.intersect1d(groups[repeated][part[repeated] == 1], groups[repeated][part[repeated] == 2])
    across = np.isin(groups[repeated], in_both)
    labels = dataset.labels[repeated]
    differing = groups[repeated][labels != dataset.labels[groups[repeated]]]
    contradicting = np.isin(groups[repeated], differing)
    return [
        _finding("contradiction", repeated[contradicting], "{} that equal others but have another label."),
        _finding(
            "across",
            repeated[across],
            "{} that are equal in training and validation: validation metrics look better than they are.",
        ),
        _finding("within", repeated[~across & ~contradicting], "{} that occur more than once in the same part."),
    ]


def _is_sorted(labels: NDArray[np.int64]) -> bool:
    if len(labels) < _FEWEST_FOR_ORDER:
        return False
    shares = np.bincount(labels) / len(labels)
    expected = (1 - float((shares**2).sum())) * (len(labels) - 1)
    return bool(expected > 0 and np.count_nonzero(np.diff(labels)) < _SORTED * expected)


def _rare_classes(labels: NDArray[np.int64]) -> list[Finding | None]:
    counts = class_counts(labels)
    missing = np.flatnonzero(counts == 0)
    found: list[Finding | None] = []
    if len(missing):
        words = ", ".join(map(str, missing))
        found.append(Finding("missing", f"There is no {words}: a model will not learn it.", np.zeros(0, np.intp)))
    usual = float(np.median(counts[counts > 0]))
    for digit in np.flatnonzero((counts > 0) & ((counts < _FEW) | (counts < _RARE * usual))):
        sentence = f"There are only {counts[digit]:,} of class {digit}; a model will hardly learn it."
        found.append(Finding("few", sentence, np.flatnonzero(labels == digit)))
    return found


def _finding(kind: str, places: IntArray, sentence: str) -> Finding | None:
    if not len(places):
        return None
    return Finding(kind, sentence.format(f"{len(places):,} digit{'s' if len(places) > 1 else ''}"), places)

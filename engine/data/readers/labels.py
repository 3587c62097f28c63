"""Labels as files hold them, numbers, text, bytes or one-hot rows, as whole numbers from 0 to 9."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.ink.digit_names import digit_named

_LONGEST_TEXT = 64
MOST_CLASSES = 62  # digits, and letters of both cases
_NUMBERED = 8  # columns of QMNIST's labels: the digit, then where it comes from


def label_count(labels: NDArray[Any]) -> int:
    """For how many images there are labels, (n,), (n, 1) or (n, 10): the longest axis, one-hot or not."""
    if labels.ndim == 2 and labels.shape[0] == 10 and labels.shape[1] != 10 and 1 not in labels.shape:
        return int(labels.shape[1])
    if labels.ndim == 2 and labels.shape[0] == 1:
        return int(labels.shape[1])
    return int(labels.shape[0]) if labels.ndim else 0


def whole_labels(
    path: Path, labels: NDArray[Any], shift: int | None = None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The labels as (count,) int64 from 0 to 9, and what was guessed.

    Args:
        path: for messages.
        labels: (count,), (count, 1), (1, count), or one-hot (count, 10) or (10, count); numbers, bools, text, bytes.
        shift: is added to each, after which 10 is read as 0 and −1 as 9; None adds nothing but reads 10 as 0 where
            there is no label 0.

    Raises:
        DataError: a label is no digit; the text names it and counts images from 1.
    """
    guesses: tuple[str, ...] = ()
    count = label_count(labels)
    if labels.ndim == 2 and 10 in labels.shape and 1 not in labels.shape:
        labels = _from_one_hot(path, labels if labels.shape[0] == count else labels.T)
        guesses += ("one-hot labels",)
    elif labels.ndim == 2 and 1 in labels.shape:
        labels = labels.ravel()
    elif labels.ndim == 2 and labels.shape[1] == _NUMBERED and labels.dtype.kind in "ui":
        labels = labels[:, 0]
        guesses += ("labels: the first of eight columns",)
    if labels.ndim != 1:
        raise DataError(f"{path}: the labels have the shape {labels.shape}; one number for each image is needed.")
    if labels.dtype.kind in "US":
        labels = _from_text(path, labels)
        guesses += ("labels as text",)
    if labels.dtype.kind not in "buif":
        raise DataError(f"{path}: the labels have to be whole numbers from 0 to 9, not {labels.dtype}.")
    numbers = labels.astype(np.float64)
    if shift is not None:
        numbers = np.where(numbers + shift == 10, 0, np.where(numbers + shift == -1, 9, numbers + shift))
        guesses += (f"labels {shift:+d}",) if shift else ()
    elif len(numbers) and numbers.max() == 10 and numbers.min() >= 1:
        numbers[numbers == 10] = 0
        guesses += ("10 read as 0",)
    wrong = np.flatnonzero(~((numbers >= 0) & (numbers <= 9) & (numbers == np.floor(numbers))))
    if len(wrong):
        if 10 < numbers.max() <= MOST_CLASSES and len(np.unique(numbers)) > 11 and not (numbers % 1).any():
            raise DataError(
                f"{path}: the labels go from {numbers.min():g} to {numbers.max():g}, as where letters have classes "
                "(EMNIST); only digits from 0 to 9 are read: take EMNIST's part “digits” or “mnist”."
            )
        raise DataError(f"{path}: label {numbers[wrong[0]]:g} of image {wrong[0] + 1} is not a digit from 0 to 9.")
    return numbers.astype(np.int64), guesses


def _from_one_hot(path: Path, rows: NDArray[Any]) -> NDArray[np.int64]:
    """Ten numbers for each image, of which one stands out: 1 among 0, 1 among −1, 0.99 among 0.01."""
    if rows.dtype.kind not in "buif":
        raise DataError(f"{path}: the labels have to be whole numbers from 0 to 9, not {rows.dtype}.")
    high, low = rows.max(), rows.min()
    wrong = np.flatnonzero(((rows == high).sum(axis=1) != 1) | ((rows == low).sum(axis=1) != 9))
    if len(wrong):
        raise DataError(f"{path}: the ten labels of image {wrong[0] + 1} are not nine times 0 and once 1.")
    return np.asarray(rows.argmax(axis=1), np.int64)


def _from_text(path: Path, labels: NDArray[Any]) -> NDArray[np.int64]:
    """Text such as "5", "5.0" or "five", also as bytes."""
    if labels.dtype.itemsize > 4 * _LONGEST_TEXT:
        raise DataError(f"{path}: the labels are long texts; digits from 0 to 9 are needed.")
    texts, places = np.unique(labels, return_inverse=True)
    digits = np.empty(len(texts), np.int64)
    for index, text in enumerate(texts.tolist()):
        word = text.decode("ascii", "replace") if isinstance(text, bytes) else text
        digit = digit_named(word)
        if digit is None:
            place = int(np.flatnonzero(places == index)[0])
            raise DataError(f"{path}: label “{word.strip()[:20]}” of image {place + 1} is not a digit from 0 to 9.")
        digits[index] = digit
    return digits[places]

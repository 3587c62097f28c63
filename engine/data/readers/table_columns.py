"""Which columns of a table are pixels, which the label, and which neither."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.readers.array_names import LABELS, meaning_of
from engine.data.readers.labels import MOST_CLASSES
from engine.data.readers.layout import LEAST_SIDE, MAX_SIDE
from engine.data.readers.options import ReadOptions
from engine.errors import DataError

_WRITER_NAMES = ("writer", "writers")
# Columns that number the rows: pandas writes one without a name.
_INDEX_NAMES = ("", "id", "index", "unnamed: 0", "imageid", "rowid")
_ONE_HOT = 10
_PEN_COLUMNS = 17


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Positions of columns, from 0.

    Attributes:
        pixels: row by row.
        labels: one, ten of a one-hot label, or none.
        writers: one or none.
        guesses: what was guessed.
    """

    pixels: tuple[int, ...]
    labels: tuple[int, ...] = ()
    writers: tuple[int, ...] = ()
    guesses: tuple[str, ...] = ()


def find_columns(
    path: Path, names: Sequence[str], blocks: Sequence[NDArray[Any]], options: ReadOptions
) -> TableColumns:
    """What each column is, from its name or, without names, from what the columns hold.

    Args:
        path: for messages.
        names: of the columns in lower case, or empty.
        blocks: (rows, columns) arrays, at least one.
        options: may name the label's column.

    Raises:
        DataError: there is no square number of pixels beside the label, or no such column.
    """
    count, first_line = blocks[0].shape[1], 2 if names else 1
    if len(names) != count:
        # R gives its first column, the numbers of the rows, no name; anything else is a remark and no names.
        names = ("", *names) if len(names) == count - 1 else ()
    left = list(range(count))
    given = _given(path, names, count, options.labels_column)
    writers = tuple(place for place, name in enumerate(names) if name in _WRITER_NAMES)[:1]
    left = [place for place in left if place not in writers]
    if given is not None:
        left = [place for place in left if place not in given]
        shown = "none" if not given else f"{given[0] + 1}"
        found = TableColumns((), given, writers, (f"label column: {shown}",))
    elif labels := tuple(place for place, name in enumerate(names) if meaning_of(name).role == LABELS)[:1]:
        left = [place for place in left if place not in labels]
        found = TableColumns((), labels, writers, () if labels == (0,) else (f"label column: {names[labels[0]]}",))
    else:
        index = [place for place in left if names and names[place] in _INDEX_NAMES]
        left = [place for place in left if place not in index]
        found = _guessed(left, blocks, writers)
        left = [place for place in left if place not in found.labels]
    if not _is_square(len(left)):
        left = _without_index(left, names, blocks)
    if not _is_square(len(left)):
        if count == _PEN_COLUMNS:
            raise DataError(
                f"{path}: 17 columns look like UCI's pen digits, eight points of a pen and a label, which are no "
                "pictures; write the points as a drawing file."
            )
        raise DataError(
            f"{path}: line {first_line} has {count} columns; a label and a square number of pixels, such as "
            "784, 400, 256 or 64, are needed."
        )
    return replace(found, pixels=tuple(left))


def has_label_column(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is a table of pixels with one label a row, (count, height·width + 1)."""
    return len(shape) == 2 and _is_square(shape[1] - 1) and not any(map(_is_square, shape))


def _given(path: Path, names: Sequence[str], count: int, wanted: str | None) -> tuple[int, ...] | None:
    """The label's column that the options name; () for none."""
    if wanted is None:
        return None
    word = wanted.strip().lower()
    if word in ("first", "last", "none"):
        return {"first": (0,), "last": (count - 1,), "none": ()}[word]
    if word in names:
        return (list(names).index(word),)
    if word.isascii() and word.isdigit() and 1 <= int(word) <= count:
        return (int(word) - 1,)
    raise DataError(f"{path}: there is no column {wanted!r}; give first, last, none, a name, or 1 to {count}.")


def _guessed(left: list[int], blocks: Sequence[NDArray[Any]], writers: tuple[int, ...]) -> TableColumns:
    if _is_square(len(left)):
        return TableColumns((), (), writers, ("no label column",))
    if _is_square(len(left) - _ONE_HOT):
        for places, words in ((left[-_ONE_HOT:], "the last ten"), (left[:_ONE_HOT], "the first ten")):
            if all(_is_one_hot(block[:, places]) for block in blocks):
                return TableColumns((), tuple(places), writers, (f"label columns: {words}",))
    if not left:
        return TableColumns((), (), writers)
    # A column that numbers the rows may stand before the label.
    first = left[1] if _is_square(len(left) - 2) and _counts_up(blocks, left[0]) else left[0]
    last = left[-1]
    told = {place: _information(blocks, place) for place in (first, last)}
    label = last if told[last] > told[first] else first
    for other in (first, last):
        # Where one column is a dark corner of all pictures, the other holds labels, if only letters' ones.
        if told[label] == 0 and told[other] < 0 and _is_whole(blocks, other):
            label = other
    return TableColumns((), (label,), writers, ("label column: last",) if label == last else ())


def _information(blocks: Sequence[NDArray[Any]], column: int) -> float:
    """How many classes a column of labels tells apart, as entropy; −1 where it cannot hold labels."""
    values = np.concatenate([block[:, column] for block in blocks]).astype(np.float64)
    if values.min() < 0 or values.max() > _ONE_HOT or (values % 1).any():
        return -1.0
    counts = np.bincount(values.astype(np.int64))
    shares = counts[counts > 0] / len(values)
    entropy = -float((shares * np.log(shares)).sum())
    # Of two columns that tell nothing, the one that is not a dark corner.
    return entropy + (1e-9 if values.any() else 0.0)


def _is_whole(blocks: Sequence[NDArray[Any]], column: int) -> bool:
    return all(bool((block[:, column] % 1 == 0).all() and block[:, column].max() <= MOST_CLASSES) for block in blocks)


def _is_one_hot(columns: NDArray[Any]) -> bool:
    return bool((columns.sum(axis=1) == 1).all() and ((columns == 0) | (columns == 1)).all())


def _without_index(left: list[int], names: Sequence[str], blocks: Sequence[NDArray[Any]]) -> list[int]:
    """The columns without one that numbers the rows."""
    if (
        left
        and _is_square(len(left) - 1)
        and ((names and names[left[0]] in _INDEX_NAMES) or _counts_up(blocks, left[0]))
    ):
        return left[1:]
    return left


def _counts_up(blocks: Sequence[NDArray[Any]], column: int) -> bool:
    values = np.concatenate([block[:, column] for block in blocks]).astype(np.float64)
    return len(values) > 1 and bool((np.diff(values) == 1).all())


def _is_square(count: int) -> bool:
    side = math.isqrt(max(count, 0))
    return side * side == count and LEAST_SIDE <= side <= MAX_SIDE

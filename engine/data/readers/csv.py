"""Tables: one digit a row, its pixels and its label; commas, semicolons, tabs or blanks; with or without names."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.array_names import LABELS
from engine.data.readers.file_pairs import labels_beside, partner_of
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.layout import LEAST_SIDE, MAX_SIDE
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.data.readers.table_columns import TableColumns, find_columns
from engine.data.readers.table_text import TableText, is_arff

_MNIST_SIDE = 28
# Above what C libraries ever keep for themselves.
_RETURNED_BYTES = 33_000_000


def is_csv(head: bytes) -> bool:
    """Whether these bytes begin like text with a separator in its first line."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    begin = head[:512]
    if min(begin, default=0) < 9:
        return False
    return any(mark in begin for mark in (b",", b";", b"\t", b"|")) or is_arff(head) or _is_blank_separated(head)


def _is_blank_separated(head: bytes) -> bool:
    words = head[:512].split()[:-1]
    try:
        return len(words) > 8 and bool([float(word.replace(b",", b".")) for word in words])
    except ValueError:
        return False


def read_csv(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of a table.

    The label's column is the one that is called label, class, digit, target or y; without names it is the first or
    the last, whichever can hold labels and tells more digits apart; ten last columns may be one-hot labels.
    """
    table = TableText(source)
    blocks: list[NDArray[Any]] = []
    for block in _larger(table.blocks()):
        source.charge(block.nbytes)
        blocks.append(block)
    columns = find_columns(source.path, table.dialect.names, blocks, options)
    labels = _gathered(blocks, columns.labels) if columns.labels else None
    if labels is not None and len(columns.labels) == 1:
        labels = labels[:, 0]
    elif labels is None and options.labels_needed and (other := partner_of(source.path, LABELS)):
        labels, table.left_out = labels_beside(source.path), (*table.left_out, f"labels: {other.name}")
    writers = _gathered(blocks, columns.writers)[:, 0].astype(np.int64) if columns.writers else None
    # Nobody here keeps the pixels: they are given up as soon as the features are made.
    return reading_from_arrays(
        RawDigits(source.path, _pixels(blocks, columns), labels, writers, table.left_out + columns.guesses),
        options,
        source,
    )


def _larger(blocks: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """The same rows in blocks that the system takes back at once when they are given up; small ones it keeps."""
    kept: list[NDArray[Any]] = []
    for block in blocks:
        kept.append(block)
        if sum(part.nbytes for part in kept) > _RETURNED_BYTES:
            yield np.concatenate(kept)
            kept.clear()
    if kept:
        yield np.concatenate(kept)


def _gathered(blocks: list[NDArray[Any]], columns: tuple[int, ...]) -> NDArray[np.float64]:
    return np.concatenate([block[:, columns] for block in blocks]).astype(np.float64)


def _pixels(blocks: list[NDArray[Any]], columns: TableColumns) -> NDArray[Any]:
    """(rows, side, side) of the pixel columns; each block is given up as soon as it has been copied."""
    side = math.isqrt(len(columns.pixels))
    assert LEAST_SIDE <= side <= MAX_SIDE
    first, last = columns.pixels[0], columns.pixels[-1]
    chosen: Any = slice(first, last + 1) if last - first + 1 == len(columns.pixels) else list(columns.pixels)
    dtype = np.result_type(*{block.dtype for block in blocks})
    # What is kept as bytes in the end need not lie about as floats before.
    is_unit = side == _MNIST_SIDE and dtype == np.float32 and all(_is_unit(block[:, chosen]) for block in blocks)
    dtype = np.dtype(np.uint8) if is_unit else dtype
    pixels = np.empty((sum(map(len, blocks)), len(columns.pixels)), dtype)
    start = 0
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        part = block[:, chosen]
        pixels[start : start + len(block)] = np.rint(part * np.float32(255)) if is_unit else part
        start += len(block)
    return pixels.reshape(-1, side, side)


def _is_unit(pixels: NDArray[Any]) -> bool:
    return bool(pixels.min() >= 0 and pixels.max() <= 1)

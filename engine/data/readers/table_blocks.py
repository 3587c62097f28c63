"""Rows of numbers, of which some columns are pixels and perhaps one is the label, brought to features."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.data.readers.table_columns import TableColumns

_MNIST_SIDE = 28


def reading_from_blocks(
    source: SourceFile,
    columns: TableColumns,
    blocks: list[NDArray[Any]],
    options: ReadOptions,
    labels: NDArray[Any] | None = None,
    guesses: tuple[str, ...] = (),
) -> Reading:
    """The digits of a table.

    Args:
        source: where it comes from.
        columns: what each column is.
        blocks: (rows, columns) arrays; the list is emptied, as nobody needs the pixels beside the features.
        options: what is known better than guessed.
        labels: (rows,) from elsewhere, where no column holds them.
        guesses: what has been guessed so far.

    Raises:
        DataError: as `reading_from_arrays`.
    """
    if columns.labels:
        labels = _gathered(blocks, columns.labels)
        labels = labels[:, 0] if len(columns.labels) == 1 else labels
    writers = _gathered(blocks, columns.writers)[:, 0].astype(np.int64) if columns.writers else None
    return reading_from_arrays(
        RawDigits(source.path, _pixels(blocks, columns), labels, writers, guesses + columns.guesses), options, source
    )


def _gathered(blocks: list[NDArray[Any]], columns: tuple[int, ...]) -> NDArray[np.float64]:
    return np.concatenate([block[:, columns] for block in blocks]).astype(np.float64)


def _pixels(blocks: list[NDArray[Any]], columns: TableColumns) -> NDArray[Any]:
    """(rows, side, side) of the pixel columns; each block is given up as soon as it has been copied."""
    side = math.isqrt(len(columns.pixels))
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

"""LIBSVM's tables: a label, then only the pixels that are not 0, each as index:value."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.errors import DataError

_ROW = re.compile(rb"\s*[-+.\de]+(?: +\d+:[-+.\de]+){2}", re.IGNORECASE)
_LONGEST_LINE = 1_000_000
_SIDES = (8, 16, 20, 28, 32, 64)


def is_sparse(head: bytes) -> bool:
    """Whether these bytes begin like such a table, remarks before it left aside."""
    rows = [line for line in head.split(b"\n") if line.strip() and not line.startswith(b"#")]
    return bool(rows) and _ROW.match(rows[0]) is not None


def read_sparse(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of a LIBSVM table; indices count from 0 where one is 0, otherwise from 1.

    The pictures are as large as the smallest usual square that holds the largest index.

    Raises:
        DataError: a line is no row of a label and pairs, or the indices are too large for a picture.
    """
    labels: list[float] = []
    rows: list[tuple[NDArray[np.int32], NDArray[np.float32]]] = []
    for number, line in enumerate(source.lines(_LONGEST_LINE), 1):
        numbers = line.partition(b"#")[0].replace(b":", b" ").split()
        if not numbers:
            continue
        try:
            values = np.array(numbers, np.float64)
        except ValueError:
            values = np.empty(0)
        places = values[1::2]
        if len(values) % 2 == 0 or not ((places >= 0) & (places < _SIDES[-1] ** 2 + 1) & (places % 1 == 0)).all():
            raise DataError(f"{source.path}: line {number} is not a label and pairs of index:value.")
        source.charge(4 * len(values))
        labels.append(values[0])
        rows.append((places.astype(np.int32), values[2::2].astype(np.float32)))
    filled = [places for places, _ in rows if len(places)]
    if not filled:
        raise DataError(f"{source.path}: the file holds no digits.")
    first = min(1, *(int(places.min()) for places in filled))
    most = max(int(places.max()) for places in filled) - first + 1
    side = next(side for side in _SIDES if side * side >= most)
    source.charge(4 * side * side * len(rows))
    lowest = min(float(levels.min()) for places, levels in rows if len(places))
    lowest = -1.0 if -1 < lowest < -0.5 else lowest
    # From −1 to 1, what most pixels leave out is no mid-grey.
    is_dark = lowest < 0 and 2 * sum(map(len, filled)) < len(rows) * side * side
    images: NDArray[Any] = np.full((len(rows), side * side), lowest if is_dark else 0, np.float32)
    for image, (filled_places, levels) in zip(images, rows, strict=True):
        image[filled_places - first] = levels
    del rows
    guesses: tuple[str, ...] = (f"sparse rows: {side}×{side} pixels counted from {first}",)
    guesses += (f"pixels left out taken as {lowest:g}".replace("-", "−"),) if is_dark else ()
    raw = RawDigits(source.path, images.reshape(-1, side, side), np.array(labels), None, guesses)
    return reading_from_arrays(raw, options, source)

"""Lines of numbers as an array, many at once: each step works on all bytes or all numbers of a block together.

`numpy.loadtxt` needs 9 seconds for the 47 million numbers of MNIST's training set; this needs one.
"""

import io

import numpy as np
from numpy.typing import NDArray

from engine.data.readers.number_memo import NumberMemo

Table = NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int32]

_ZERO, _NINE, _NEWLINE = b"0"[0], b"9"[0], b"\n"[0]
_SIGNS = (b"+"[0], b"-"[0])
_LONGEST = 16  # bytes of a number whose digits a float64 holds exactly
_LONGEST_WHOLE = 9  # digits that an int32 holds


def parse_block(block: bytes, separator: bytes, decimal: bytes, memo: NumberMemo | None = None) -> Table | None:
    """(rows, columns) of the numbers in whole lines, or None where they are no table of finite numbers.

    Args:
        block: lines that end in a newline each, none of them blank, without quotes.
        separator: one byte; a blank stands for any row of blanks and tabs.
        decimal: the byte before the decimals, b"." or b",".
        memo: knows numbers of the blocks before.

    Returns:
        int32 where all are whole numbers of up to nine digits without sign, float32 with a memo, otherwise float64.
    """
    if separator == b" ":
        block = b"\n".join(b" ".join(line.split()) for line in block.split(b"\n"))
    data = np.frombuffer(block, np.uint8)
    rows = block.count(b"\n")
    count = block.count(separator) + rows
    columns = count // rows if rows else 0
    if not columns or count != rows * columns:
        return None
    if (even := _of_even_width(data, rows, columns, separator[0], decimal[0])) is not None:
        return even if memo is None else even.astype(np.float32)
    low = np.flatnonzero(data < _ZERO)
    is_whole = len(low) == count and int(data.max()) <= _NINE
    ends = low if is_whole else np.flatnonzero((data == separator[0]) | (data == _NEWLINE))
    if (data[ends[columns - 1 :: columns]] != _NEWLINE).any():
        return None
    lengths = np.empty_like(ends)
    lengths[0] = ends[0]
    np.subtract(ends[1:], ends[:-1] + 1, out=lengths[1:])
    shortest, longest = int(lengths.min()), int(lengths.max())
    if shortest < 1:
        return None
    if is_whole and longest <= _LONGEST_WHOLE:
        return _whole(data, ends, lengths).reshape(rows, columns)
    values: NDArray[np.float32] | NDArray[np.float64] | None = None
    if longest <= _LONGEST:
        known = memo if memo is not None and memo.is_useful else None
        values = (
            _decimals(data, ends, lengths, decimal[0])
            if known is None
            else _known(data, ends, lengths, decimal[0], known)
        )
    return _by_loadtxt(block, separator, decimal) if values is None else values.reshape(rows, columns)


def _of_even_width(
    data: NDArray[np.uint8], rows: int, columns: int, separator: int, point: int
) -> NDArray[np.float64] | None:
    """(rows, columns) where each column is as wide in all rows and most have decimals at one place, such as 0.0000."""
    if len(data) % rows or rows < 2:
        return None
    lines = data.reshape(rows, -1)
    marks = np.flatnonzero(lines[0] == separator)
    points = np.flatnonzero(lines[0] == point)
    starts, ends = np.append(0, marks + 1), np.append(marks, lines.shape[1] - 1)
    widths = ends - starts
    if 2 * len(points) < columns or len(marks) + 1 != columns or not 0 < widths.min() <= widths.max() < _LONGEST_WHOLE:
        return None
    # Nothing but digits between the marks, and those of the first line in every line.
    others = columns + len(points)
    if int(data.max()) > _NINE or np.count_nonzero(data < _ZERO) != rows * others:
        return None
    for byte, places in ((separator, marks), (point, points), (_NEWLINE, ends[-1:])):
        if (lines[:, places] != byte).any():
            return None
    values = np.empty((rows, columns))
    decimals = np.full(columns, -1)
    owners = np.searchsorted(ends, points)
    decimals[owners] = ends[owners] - 1 - points
    if len(np.unique(owners)) < len(points) or (widths[owners] < 2).any():
        return None
    changes = np.flatnonzero(np.diff(widths) | np.diff(decimals)) + 1
    for first, last in zip([0, *changes], [*changes, columns], strict=True):
        width, shift = int(widths[first]), int(decimals[first])
        letters = lines[:, starts[first] : ends[last - 1] + 1].reshape(rows, last - first, width + 1)
        sums, ones = np.zeros(letters.shape[:2], np.int32), 0
        for place in range(width):
            if place != width - 1 - shift or shift < 0:
                sums *= 10
                sums += letters[:, :, place]
                ones = 10 * ones + 1
        values[:, first:last] = (sums - ones * _ZERO) / 10.0 ** max(shift, 0)
    return values


def _whole(data: NDArray[np.uint8], ends: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.int32]:
    """Numbers of digits alone, from their last digit to their first; most have one or a few."""
    values = (data[ends - 1] - np.uint8(_ZERO)).astype(np.int32)
    longer = np.flatnonzero(lengths > 1)
    place, factor = 2, 10
    while len(longer):
        values[longer] += factor * (data[ends[longer] - place].astype(np.int32) - _ZERO)
        longer = longer[lengths[longer] > place]
        place, factor = place + 1, factor * 10
    return values


def _known(
    data: NDArray[np.uint8], ends: NDArray[np.intp], lengths: NDArray[np.intp], point: int, memo: NumberMemo
) -> NDArray[np.float32] | None:
    """As `_decimals`: only numbers that have not been met are worked out."""
    values = (data[ends - 1] - np.uint8(_ZERO)).astype(np.float32)
    if int(values[lengths == 1].max(initial=0)) > 9:
        return None
    longer = np.flatnonzero(lengths > 1)
    if not len(longer):
        return values
    low, high = memo.words(data, ends[longer], lengths[longer])
    values[longer], is_known = memo.find(low, high)
    new = np.flatnonzero(~is_known)
    if len(new):
        places = longer[new]
        found = _decimals(data, ends[places], lengths[places], point)
        if found is None:
            return None
        values[places] = found
        memo.learn(low[new], high[new], values[places])
    return values


def _decimals(
    data: NDArray[np.uint8], ends: NDArray[np.intp], lengths: NDArray[np.intp], point: int
) -> NDArray[np.float64] | None:
    """Numbers with sign and decimals, those of one length together; None where one is written in another way."""
    values = np.empty(len(ends))
    for length in np.flatnonzero(np.bincount(lengths)).tolist():
        which = np.flatnonzero(lengths == length)
        found = _of_one_length(data[ends[which, None] - np.arange(length, 0, -1)], point)
        if found is None:
            return None
        values[which] = found
    return values


def _of_one_length(letters: NDArray[np.uint8], point: int) -> NDArray[np.float64] | None:
    """(count,) values of the numbers in the rows of (count, length) bytes."""
    count, length = letters.shape
    digits = letters - np.uint8(_ZERO)
    points = letters == point
    signed = (letters[:, 0] == _SIGNS[0]) | (letters[:, 0] == _SIGNS[1])
    digits[points] = 0
    digits[signed, 0] = 0
    point_counts = points.sum(axis=1)
    if int(digits.max()) > 9 or int(point_counts.max()) > 1 or (point_counts + signed >= length).any():
        return None
    decimals = np.where(point_counts, length - 1 - points.argmax(axis=1), -1)
    values = np.empty(count)
    for shift in np.unique(decimals).tolist():
        rows = decimals == shift
        # Digits before the point are one place lower than they stand, since the point takes a place.
        powers = np.arange(length - 1, -1, -1)
        powers = powers - (powers > shift) if shift >= 0 else powers
        values[rows] = digits[rows].astype(np.float64) @ 10.0**powers / 10.0 ** max(shift, 0)
    return np.where(letters[:, 0] == _SIGNS[1], -values, values)


def _by_loadtxt(block: bytes, separator: bytes, decimal: bytes) -> NDArray[np.float64] | None:
    """The rare spellings: exponents, blanks around numbers, very many digits."""
    text = block.decode("ascii", "replace")
    if decimal == b",":
        text = text.replace(",", ".")
    try:
        table = np.loadtxt(io.StringIO(text), np.float64, delimiter=separator.decode(), comments=None, ndmin=2)
    except (ValueError, OverflowError):
        return None
    return table if np.isfinite(table).all() else None

"""A text as a table of numbers: separator, decimal point, line of names, then the rows block by block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text
from engine.core.source_file import SourceFile
from engine.data.readers.number_memo import NumberMemo
from engine.data.readers.table_numbers import parse_block
from engine.errors import DataError

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 1 << 20
_LONGEST_LINE = 8_000_000
_BLANK_STARTS = re.compile(rb"\n[\n \t]")
_BLANK_LINES = re.compile(rb"\n[ \t]*(?=\n)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    Attributes:
        separator: one byte between numbers; a blank stands for any row of blanks and tabs.
        decimal: the byte before decimals.
        names: of the columns, in lower case; empty where the first line holds numbers.
    """

    separator: bytes
    decimal: bytes
    names: tuple[str, ...]


class TableText:
    """The rows of a text file; each block is parsed as it is read.

    Attributes:
        dialect: how the table is written.
        columns: numbers in each row.

    Raises:
        DataError: there is no row, or the first one is no row of numbers.
    """

    def __init__(self, source: SourceFile) -> None:
        self._path = source.path
        self._blocks = _whole_lines(source)
        self._number = 1
        first = self._next_block()
        line, _, rest = first.partition(b"\n")
        self.dialect, is_names = _dialect(line, rest.partition(b"\n")[0])
        if is_names:
            self._number += 1
            first = rest or self._next_block()
        if not first.strip():
            raise DataError(f"{self._path}: the file holds no digits.")
        self._first = first
        self.columns = len(self._cells(first.partition(b"\n")[0]))

    def blocks(self) -> Iterator[NDArray[Any]]:
        """The rows, (rows, columns) at a time, uint8 where the numbers allow it, otherwise float32.

        Raises:
            DataError: a line has another number of columns, or holds something else than a finite number; the text
                names the line.
        """
        block, memo = self._first, NumberMemo()
        while block:
            table = parse_block(block, self.dialect.separator, self.dialect.decimal, memo)
            if table is None or table.shape[1] != self.columns:
                self._complain(block)
            whole = table.dtype == np.int32 and int(table.max()) <= 255
            yield table.astype(np.uint8 if whole else np.float32, copy=False)
            self._number += block.count(b"\n")
            block = self._next_block()

    def _next_block(self) -> bytes:
        """Whole lines without blank ones; b"" at the end."""
        for block in self._blocks:
            tidy = block
            if b"\r" in tidy:
                tidy = tidy.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if b'"' in tidy:
                tidy = tidy.replace(b'"', b"")
            whole = tidy
            if tidy[0] in b"\n \t" or _BLANK_STARTS.search(tidy):
                tidy = _BLANK_LINES.sub(b"", b"\n" + tidy)[1:].lstrip(b"\n")
            if tidy is not whole:
                self._number += whole.count(b"\n") - tidy.count(b"\n")
            if tidy.strip(b"\n \t"):
                return tidy
        return b""

    def _cells(self, line: bytes) -> list[str]:
        return _cells(line, self.dialect.separator)

    def _complain(self, block: bytes) -> NoReturn:
        for number, line in enumerate(block.rstrip(b"\n").split(b"\n"), self._number):
            cells = self._cells(line)
            if len(cells) != self.columns:
                raise DataError(
                    f"{self._path}: line {number} has {len(cells)} columns, the lines before have {self.columns}."
                )
            for cell in cells:
                if not _is_number(cell, self.dialect.decimal):
                    raise DataError(
                        f"{self._path}: line {number} holds “{cell.strip()[:20]}”, which is not a finite number."
                    )
        raise DataError(f"{self._path}: the file cannot be read as a table of numbers.")


def _whole_lines(source: SourceFile) -> Iterator[bytes]:
    """The text as UTF-8 in blocks that end with the end of a line."""
    if source.head[:2] in _UTF_16:
        text = decode_text(source.path, source.rest()).encode()
        pieces: Iterator[bytes] = (text[start : start + _BLOCK] for start in range(0, len(text), _BLOCK))
    else:
        pieces = source.pieces()
    left = b""
    is_first = True
    for piece in pieces:
        if is_first:
            piece, is_first = piece.removeprefix(b"\xef\xbb\xbf"), False
        if b"\x00" in piece:
            raise DataError(f"{source.path}: this is not a text file.")
        whole, end, rest = piece.rpartition(b"\n")
        if end:
            yield left + whole + end
            left = rest
        else:
            left += rest
        if len(left) > _LONGEST_LINE:
            raise DataError(f"{source.path}: a line is longer than a row of pixels can be.")
    if left.strip():
        yield left + b"\n"


def _dialect(first: bytes, second: bytes) -> tuple[Dialect, bool]:
    """How the table is written, from its first two lines, and whether the first one holds names."""
    named = first.lstrip(b"# ")
    for line in (second, first):
        for separator in (b";", b"\t", b",", b" "):
            # Between semicolons, tabs and blanks a comma is a decimal comma.
            decimal = b"," if separator != b"," and b"," in line and b"." not in line else b"."
            cells = _cells(line, separator)
            if len(cells) > 1 and all(_is_number(cell, decimal) for cell in cells):
                is_names = not all(_is_number(cell, decimal) for cell in _cells(first, separator))
                names = tuple(cell.strip().strip("'").lower() for cell in _cells(named, separator)) if is_names else ()
                return Dialect(separator, decimal, names), is_names
    separator = max((b",", b";", b"\t"), key=first.count)
    has_names = not any(_is_number(cell, b".") for cell in _cells(first, separator))
    names = tuple(cell.strip().lower() for cell in _cells(named, separator)) if has_names else ()
    return Dialect(separator, b".", names), has_names


def _cells(line: bytes, separator: bytes) -> list[str]:
    text = line.decode("utf-8", "replace").replace('"', "")
    return text.split() if separator == b" " else text.split(separator.decode())


def _is_number(cell: str, decimal: bytes) -> bool:
    try:
        return bool(np.isfinite(float(cell.replace(",", ".") if decimal == b"," else cell)))
    except (ValueError, OverflowError):
        return False

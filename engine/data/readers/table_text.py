"""A text as a table of numbers: separator, decimal point, line of names, then the rows block by block."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import LABELS, meaning_of
from engine.data.readers.number_memo import NumberMemo
from engine.data.readers.table_numbers import parse_block
from engine.data.readers.table_unfolding import unfolding_of
from engine.errors import DataError
from engine.ink.digit_names import DIGIT_WORDS, digit_named

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 1 << 20
_LONGEST_LINE = 8_000_000
LEAST_CELLS = 64
_SEPARATORS = (b";", b"\t", b",", b"|", b" ")
_MOST_TEXTS = 4  # columns of text among those of numbers, such as names of files
# Weka's tables, as OpenML has them, name their columns one a line.
_ARFF = re.compile(rb"(?i)\s*(?:%[^\n]*\n\s*)*@relation")
_ATTRIBUTE = re.compile(rb"(?im)^\s*@attribute\s+[\"']?([^\"'\s]+)")
_ARFF_DATA = re.compile(rb"(?im)^\s*@data[ \t]*\n")
# Excel's word about the separator, and remarks above the table.
_PREFACE = re.compile(rb"\A(?:(?:sep=.|#[^,;\t\n]*)\r?\n)+")
_DECIMAL_COMMA = re.compile(rb'"(-?\d+),(\d+)"')
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


def is_arff(head: bytes) -> bool:
    """Whether these bytes begin like a table of Weka."""
    return _ARFF.match(head) is not None


class TableText:
    """The rows of a text file; each block is parsed as it is read.

    Attributes:
        dialect: how the table is written; without the columns of text that are left out.
        columns: numbers in each row.
        left_out: a few words about columns of text that say no digit.

    Raises:
        DataError: there is no row, or the first one is no row of numbers.
    """

    def __init__(self, source: SourceFile) -> None:
        self._path = source.path
        self._blocks = _whole_lines(source)
        self._number = 1
        self._begun = False
        self._unfold: Callable[[bytes], bytes] = lambda block: block
        first = self._next_block()
        while is_arff(first) and not _ARFF_DATA.search(first) and (more := self._next_block()):
            first += more
        if is_arff(first):
            data = _ARFF_DATA.search(first)
            first = b",".join(_ATTRIBUTE.findall(first)) + b"\n" + (first[data.end() :] if data else b"")
        line, _, rest = first.partition(b"\n")
        if unfolding := unfolding_of(line, rest.partition(b"\n")[0] or line):
            above, self._unfold = unfolding
            is_row = unfolding_of(line, line) is not None
            line, _, rest = (self._unfold(first) if is_row else above + b"\n" + self._unfold(rest)).partition(b"\n")
            first = line + b"\n" + rest
        self.dialect, is_names = _dialect(line, rest.partition(b"\n")[0])
        if is_names:
            self._number += 1
            first = rest or self._unfold(self._next_block())
        if not first.strip():
            raise DataError(f"{self._path}: the file holds no digits.")
        begin, separator = first.partition(b"\n")[0], self.dialect.separator
        self._ends = separator if separator != b" " and begin.endswith(separator) else b""
        self._texts = self._find_texts(self._cells(begin.removesuffix(self._ends)))
        gone = [place for place, is_label in self._texts.items() if not is_label]
        names = self.dialect.names
        self.left_out = ("columns of text left out",) if gone else ()
        kept = tuple(name for place, name in enumerate(names) if place not in gone)
        self.dialect = replace(self.dialect, names=kept[: -1 if self._ends and kept and not kept[-1] else None])
        self._first = self._in_numbers(first)
        self.columns = len(self._cells(self._first.partition(b"\n")[0]))

    def _find_texts(self, cells: list[str]) -> dict[int, bool]:
        """The columns of text, and whether they say digits."""
        texts = [place for place, cell in enumerate(cells) if not _is_number(cell, self.dialect.decimal)]
        if not 0 < len(texts) <= _MOST_TEXTS or len(cells) < LEAST_CELLS:
            return {}
        names = self.dialect.names
        return {
            place: meaning_of(names[place]).role == LABELS if place < len(names) else cells[place] in DIGIT_WORDS
            for place in texts
        }

    def _in_numbers(self, block: bytes) -> bytes:
        """The lines without a separator at their ends; labels in words become numbers, other text is left out."""
        if self._ends:
            block = block.replace(self._ends + b"\n", b"\n")
        if not self._texts or not block:
            return block
        separator, lines = self.dialect.separator, []
        for line in block.rstrip(b"\n").split(b"\n"):
            cells = line.split() if separator == b" " else line.split(separator)
            for place in sorted(self._texts, reverse=True):
                digit = digit_named(cells[place].decode("utf-8", "replace")) if place < len(cells) else None
                if not self._texts[place]:
                    del cells[place : place + 1]
                elif digit is not None:
                    cells[place] = str(digit).encode()
            lines.append(separator.join(cells))
        return b"\n".join(lines) + b"\n"

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
            with np.errstate(over="ignore"):
                # What no float32 holds becomes infinite, and is refused as such.
                rows = table.astype(np.uint8 if whole else np.float32, copy=False)
            yield rows
            self._number += block.count(b"\n")
            block = self._in_numbers(self._unfold(self._next_block()))

    def _next_block(self) -> bytes:
        """Whole lines without blank ones; b"" at the end."""
        for block in self._blocks:
            tidy = block if self._begun else _PREFACE.sub(b"", block)
            self._number += block.count(b"\n") - tidy.count(b"\n")
            if b'"' in tidy:
                tidy = _DECIMAL_COMMA.sub(rb"\1.\2", tidy)
            if b"\r" in tidy:
                tidy = tidy.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            for quote in (b'"', b"'"):
                tidy = tidy.replace(quote, b"") if quote in tidy else tidy
            whole = tidy
            if tidy[:1] in (b"\n", b" ", b"\t") or _BLANK_STARTS.search(tidy):
                tidy = _BLANK_LINES.sub(b"", b"\n" + tidy)[1:].lstrip(b"\n")
            if tidy is not whole:
                self._number += whole.count(b"\n") - tidy.count(b"\n")
            if tidy.strip(b"\n \t"):
                self._begun = True
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
    for most_texts in (0, _MOST_TEXTS):
        for line in (second, first):
            for separator in _SEPARATORS:
                # Between semicolons, tabs and blanks a comma is a decimal comma.
                decimal = b"," if separator != b"," and b"," in line and b"." not in line else b"."
                cells = _cells(line.removesuffix(separator), separator)
                texts = sum(not _is_number(cell, decimal) for cell in cells)
                if len(cells) > (LEAST_CELLS if most_texts else 1) and texts <= most_texts:
                    above = _cells(first.removesuffix(separator), separator)
                    is_names = sum(not _is_number(cell, decimal) for cell in above) > texts
                    names = tuple(cell.strip().lower() for cell in _cells(named, separator)) if is_names else ()
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

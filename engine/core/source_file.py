"""A file from outside, unpacked while it is read, that is refused as soon as it costs more than it is worth."""

import contextlib
import gzip
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from engine.core.file_io import MAX_FILE_BYTES, check_regular_file, reason_of
from engine.errors import DataError

HEAD_BYTES = 4096
_PIECE = 1 << 20
# What a file may cost in memory: as much as a small one ever needs, or in proportion to its size. Tables of black and
# white digits, the most packable data that people have, take about 50 times their packed size as arrays.
_SMALL_COST = 100_000_000
_MOST_EXPANSION = 60
# Drawings as text are packed to a third or a tenth.
_SMALL_TEXT, _MOST_TEXT_EXPANSION = 2_000_000, 40


class SourceFile:
    """The unpacked bytes of a file, read once from front to back, and the account of what they cost.

    Attributes:
        path: of the file, for messages.
        head: the first 4,096 unpacked bytes, fewer where the file is shorter.
        is_packed: whether the file is gzipped.
        size: of the file on the disk, in bytes.

    Raises:
        DataError: the file is missing, empty, a folder, a pipe, unreadable, damaged, or larger than 400 MB.
    """

    def __init__(self, path: Path) -> None:
        check_regular_file(path)
        self.path = path
        try:
            self._raw: BinaryIO = path.open("rb")
        except OSError as error:
            raise DataError(f"{path}: the file cannot be read ({reason_of(error)}).") from None
        try:
            self.size = os.fstat(self._raw.fileno()).st_size
            if self.size > MAX_FILE_BYTES:
                raise DataError(f"{path}: the file is larger than {_megabytes(MAX_FILE_BYTES)}, too large to be read.")
            self.is_packed = self._raw.read(2) == b"\x1f\x8b"
            self._raw.seek(0)
            self._stream: BinaryIO = gzip.GzipFile(fileobj=self._raw) if self.is_packed else self._raw  # type: ignore[assignment]
            self._budget = max(_SMALL_COST, _MOST_EXPANSION * self.size)
            self._unpacked = 0
            self.head = self._take(HEAD_BYTES)
            if not self.head:
                raise DataError(f"{path}: the file is empty.")
        except BaseException:
            self._raw.close()
            raise
        self._rest = self.head

    def __enter__(self) -> "SourceFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()

    @property
    def raw(self) -> BinaryIO:
        """The file as it lies on the disk, for formats that are read at any place; not for gzipped ones."""
        return self._raw

    def charge(self, count: int) -> None:
        """Account for `count` bytes of memory that the file's contents need.

        Raises:
            DataError: all in all the file wants more than can be meant.
        """
        self._budget -= count
        if self._budget < 0:
            raise DataError(
                f"{self.path}: the file of {_megabytes(self.size)} unpacks to far more than digits of this size need, "
                "too much to be read; cut it into smaller files."
            )

    def read(self, count: int) -> bytes:
        """The next `count` unpacked bytes, fewer only at the end of the file; they are not charged.

        Raises:
            DataError: as `pieces`.
        """
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken if len(taken) == count else taken + self._take(count - len(taken))

    def pieces(self) -> Iterator[bytes]:
        """The unpacked bytes, about a megabyte at a time.

        Raises:
            DataError: the file is damaged, or unpacks to more than 400 MB.
        """
        piece, self._rest = self._rest, b""
        while piece:
            yield piece
            piece = self._take(_PIECE)

    def lines(self, longest: int) -> Iterator[bytes]:
        """The unpacked bytes line by line, without the ends of the lines.

        Raises:
            DataError: as `pieces`, a line has more than `longest` bytes, or the text repeats itself more than anything
                that people or pens write.
        """
        number, start = 0, b""
        for piece in self._written_pieces():
            *whole, start = (start + piece).split(b"\n")
            if len(start) > longest or any(len(line) > longest for line in whole):
                place = number + 1 + next((i for i, line in enumerate(whole) if len(line) > longest), len(whole))
                raise DataError(f"{self.path}, line {place}: the line is longer than {_megabytes(longest)}.")
            number += len(whole)
            yield from whole
        if start:
            yield start

    def _written_pieces(self) -> Iterator[bytes]:
        """The pieces of a text of which each line costs time: a bomb is known before the first one is worked on."""
        if self.is_packed and self._is_longer_than(max(_SMALL_TEXT, _MOST_TEXT_EXPANSION * self.size)):
            raise DataError(
                f"{self.path}: the file of {_megabytes(self.size)} unpacks to far more text than that can hold, "
                "too much to be read; unpack it and look at it."
            )
        return self.pieces()

    def _is_longer_than(self, limit: int) -> bool:
        """Whether the file unpacks to more than so many bytes; nothing is kept, and damage is found when it is read."""
        count = 0
        with contextlib.suppress(OSError, EOFError, zlib.error), gzip.open(self.path) as stream:
            while count <= limit and (piece := stream.read(_PIECE)):
                count += len(piece)
        return count > limit

    def rest(self) -> bytes:
        """All the unpacked bytes that are left; each is charged."""
        parts: list[bytes] = []
        for part in self.pieces():
            self.charge(len(part))
            parts.append(part)
        return b"".join(parts)

    def _take(self, count: int) -> bytes:
        try:
            piece = self._stream.read(count)
        except (OSError, EOFError, zlib.error):
            fault = "the gzip file is damaged or cut off" if self.is_packed else "the file cannot be read"
            raise DataError(f"{self.path}: {fault}; get a fresh copy.") from None
        self._unpacked += len(piece)
        if self._unpacked > MAX_FILE_BYTES:
            raise DataError(
                f"{self.path}: the file unpacks to more than {_megabytes(MAX_FILE_BYTES)}, too much to be read."
            )
        return piece


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB" if count >= 10**6 else f"{max(1, round(count / 1e3))} kB"

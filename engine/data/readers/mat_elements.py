"""The arrays of a MATLAB file of version 5 to 7.2: numbers, text and structs of them; every length is checked.

SciPy's parser may end the whole process on a damaged file, so this one reads the few types that digits come in.
Format: MathWorks, "MAT-File Format", level 5.
"""

import math
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
    16: "u1",
    17: "u2",
}
# Array classes as NumPy types; text is kept as the numbers of its letters.
_CLASSES = {
    4: "u2", 6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
_CELL, _STRUCT, _CHAR, _SPARSE = 1, 2, 4, 5
_COMPLEX, _LOGICAL = 0x08, 0x02
_MOST_AXES, _MOST_FIELDS, _MOST_VARIABLES, _LONGEST_NAME, _DEEPEST = 8, 200, 1000, 64, 4
_PIECE = 1 << 20


class MatDamage(Exception):
    """The bytes are no MATLAB file, or a damaged one."""


def mat_arrays(data: bytes, charge: Callable[[int], None]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Names and arrays of a file's variables; fields of a struct are named such as "training.images".

    Args:
        data: the whole file.
        charge: is told what each unpacked variable costs, piece by piece.

    Yields:
        The name, and an array of any shape in MATLAB's (Fortran's) order; text as (count,) of strings, one for each
        row. Cells of anything but text or equal matrices, objects and functions are left out.

    Raises:
        MatDamage: a length or type in the file cannot be right.
    """
    if len(data) < _HEADER_BYTES or data[126:128] not in (b"IM", b"MI"):
        raise MatDamage
    order = "<" if data[126:128] == b"IM" else ">"
    reader = _Reader(memoryview(data), _HEADER_BYTES, order, charge)
    variables = 0
    while reader.left >= 8 and variables < _MOST_VARIABLES:
        kind, content = reader.element(padded=False)
        if kind == _COMPRESSED:
            kind, content = reader.inside(memoryview(_inflated(content, charge))).element(padded=False)
        if kind != _MATRIX:
            raise MatDamage
        variables += 1
        yield from _matrix(reader.inside(content), "", 0)


@dataclass
class _Reader:
    """A place in some bytes; nothing is ever read beyond their end."""

    data: memoryview
    place: int
    order: str
    charge: Callable[[int], None]

    def inside(self, content: memoryview) -> "_Reader":
        """The begin of an element's content."""
        return _Reader(content, 0, self.order, self.charge)

    @property
    def left(self) -> int:
        return len(self.data) - self.place

    def element(self, padded: bool = True) -> tuple[int, memoryview]:
        """Type and content of the next element."""
        if self.left < 8:
            raise MatDamage
        kind, size = struct.unpack_from(self.order + "II", self.data, self.place)
        start = self.place + 8
        if kind >> 16:
            kind, size, start = kind & 0xFFFF, kind >> 16, self.place + 4
            if size > 4:
                raise MatDamage
        if size > len(self.data) - start:
            raise MatDamage
        end = start + size
        # The last element of a file may lack its padding; a compressed variable has none.
        step = self.place + 8 if start == self.place + 4 else end + (-size % 8 if padded or kind == _MATRIX else 0)
        self.place = min(step, len(self.data))
        return kind, self.data[start:end]

    def numbers(self) -> NDArray[Any]:
        """The next element as an array of its own type."""
        kind, content = self.element()
        if kind not in _TYPES:
            raise MatDamage
        dtype = np.dtype(self.order + _TYPES[kind])
        if len(content) % dtype.itemsize:
            raise MatDamage
        return np.frombuffer(content, dtype)


def _inflated(content: memoryview, charge: Callable[[int], None]) -> bytes:
    engine = zlib.decompressobj()
    parts = []
    rest: bytes | memoryview = content
    try:
        while rest and not engine.eof:
            part = engine.decompress(rest, _PIECE)
            charge(len(part))
            parts.append(part)
            rest = engine.unconsumed_tail
            if not part and not rest:
                break
        if not engine.eof:
            raise MatDamage
    except zlib.error:
        raise MatDamage from None
    return b"".join(parts)


def _matrix(reader: _Reader, prefix: str, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
    if reader.left == 0:
        return  # an empty element stands for an empty array
    flags = reader.numbers()
    if len(flags) < 1 or flags.dtype.itemsize != 4:
        raise MatDamage
    kind, bits = int(flags[0]) & 0xFF, int(flags[0]) >> 8 & 0xFF
    shape = tuple(int(length) for length in reader.numbers()[: _MOST_AXES + 1])
    name = prefix + _text(reader.numbers())
    if not 2 <= len(shape) <= _MOST_AXES or any(length < 0 for length in shape):
        raise MatDamage
    if kind == _STRUCT:
        if depth < _DEEPEST:
            yield from _fields(reader, name, math.prod(shape), depth)
        return
    if kind == _CELL:
        if depth < _DEEPEST:
            yield from _in_cells(reader, name, math.prod(shape), depth)
        return
    if kind == _SPARSE and not bits & _COMPLEX:
        yield name, _filled(reader, shape)
        return
    if kind not in _CLASSES or bits & _COMPLEX:
        return
    values = reader.numbers()
    if len(values) != math.prod(shape):
        raise MatDamage
    if kind == _CHAR:
        rows = values.reshape(shape[::-1]).T.reshape(shape[0], -1)
        yield name, np.array(["".join(map(chr, row)) for row in rows[:_PIECE, :_LONGEST_NAME].tolist()])
        return
    dtype = np.dtype(bool if bits & _LOGICAL else _CLASSES[kind])
    # Whole numbers stay as small as they are stored; MATLAB calls them doubles all the same.
    small = values.dtype.kind in "ui" and dtype.kind == "f"
    array = values.astype(values.dtype.newbyteorder("=") if small else dtype, copy=False)
    yield name, array.reshape(shape[::-1]).T


def _in_cells(reader: _Reader, name: str, count: int, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Cells of one text each as (count,) of strings, cells of equal matrices as (count, rows, columns)."""
    found: list[NDArray[Any]] = []
    for _ in range(min(count, _PIECE)):
        kind, content = reader.element()
        if kind != _MATRIX:
            raise MatDamage
        found += [array for _, array in _matrix(reader.inside(content), "", depth + 1)]
    if len(found) == count and (whole := _together(found)) is not None:
        yield name, whole


def _together(found: list[NDArray[Any]]) -> NDArray[Any] | None:
    """Texts of one row each, or arrays of equal shape, as one array; None of anything else."""
    if found and all(array.dtype.kind == "U" and len(array) == 1 for array in found):
        return np.concatenate(found)
    if len({array.shape for array in found}) != 1 or any(array.dtype.kind == "U" for array in found):
        return None
    whole = np.stack(found)
    return whole.reshape(-1) if found[0].size == 1 else whole


def _filled(reader: _Reader, shape: tuple[int, ...]) -> NDArray[Any]:
    """A sparse matrix with its zeros: the row of each value, where each column begins, the values."""
    rows, starts, values = (reader.numbers() for _ in range(3))
    if len(shape) != 2 or len(starts) != shape[1] + 1 or len(values) > len(rows) or values.dtype.kind not in "uif":
        raise MatDamage
    values = values if values.dtype.itemsize == 1 else values.astype(np.float32)
    ends = starts.astype(np.int64)
    lengths = ends[1:] - ends[:-1]
    if (lengths < 0).any() or lengths.sum() != len(values):
        raise MatDamage
    rows = rows[: len(values)].astype(np.int64)
    if len(rows) and not 0 <= rows.min() <= rows.max() < shape[0]:
        raise MatDamage
    reader.charge(math.prod(shape) * values.dtype.itemsize)
    array = np.zeros(shape, values.dtype)
    array[rows, np.repeat(np.arange(shape[1]), lengths)] = values
    return array


def _fields(reader: _Reader, name: str, count: int, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """The fields of a struct; those of an array of structs as one array each."""
    lengths = reader.numbers()
    length = int(lengths[0]) if len(lengths) else 0
    letters = reader.numbers()
    if not 1 <= length <= _LONGEST_NAME or len(letters) % length or len(letters) // length > _MOST_FIELDS:
        raise MatDamage
    names = [f"{name}.{_text(field)}" for field in letters.reshape(-1, length)]
    of_each: dict[str, list[NDArray[Any]]] = {}
    for _ in range(min(count, _PIECE)):
        for field in names:
            kind, content = reader.element()
            if kind != _MATRIX:
                raise MatDamage
            # Fields have no name of their own inside.
            for inner, array in _matrix(reader.inside(content), field, depth + 1):
                of_each.setdefault(inner, []).append(array)
    for inner, arrays in of_each.items():
        whole = arrays[0] if count == 1 else _together(arrays)
        if whole is not None and len(arrays) == count:
            yield inner, whole


def _text(letters: NDArray[Any]) -> str:
    if letters.dtype.itemsize != 1:
        raise MatDamage
    return letters[:_LONGEST_NAME].tobytes().split(b"\0")[0].decode("latin-1")

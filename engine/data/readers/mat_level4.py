"""The arrays of a MATLAB file of version 4, which Octave's `save -v4` writes, too: matrices of numbers or text.

Format: MathWorks, "MAT-File Format", level 4: five whole numbers, the name, the numbers column by column.
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.readers.mat_elements import MatDamage

_HEADER = 20
_TYPES = ("f8", "f4", "i4", "i2", "u2", "u1")
_FULL, _TEXT, _SPARSE = 0, 1, 2
_LONGEST_NAME, _MOST_VARIABLES = 64, 1000


def is_level4(head: bytes) -> bool:
    """Whether these bytes begin like such a file: it has no mark of its own, but hardly anything looks like it."""
    try:
        length = _header(head)[2]
    except MatDamage:
        return False
    name = head[_HEADER : _HEADER + length]
    return len(name) == length and name.endswith(b"\0") and name[:-1].isascii() and name[:-1].decode().isidentifier()


def level4_arrays(data: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    """Names and arrays of a file's variables; text as (count,) of strings, one for each row; sparse ones are left out.

    Raises:
        MatDamage: a length or type in the file cannot be right.
    """
    view = memoryview(data)
    for _ in range(_MOST_VARIABLES):
        if not view:
            return
        dtype, shape, length, kind, parts = _header(view)
        start, size = _HEADER + length, shape[0] * shape[1] * dtype.itemsize
        if start + parts * size > len(view):
            raise MatDamage
        name = bytes(view[_HEADER : start - 1]).decode("latin-1")
        array = np.frombuffer(view[start : start + size], dtype).reshape(shape[::-1]).T
        view = view[start + parts * size :]
        if kind == _TEXT:
            yield name, np.array(["".join(map(chr, row)) for row in array.astype(np.uint8).tolist()])
        elif kind == _FULL:
            yield name, array.astype(dtype.newbyteorder("="), copy=False)


def _header(data: bytes | memoryview) -> tuple[np.dtype[Any], tuple[int, int], int, int, int]:
    """Type, (rows, columns), length of the name, kind, and how many parts (real, imaginary) follow."""
    for order in "<>":
        if len(data) < _HEADER:
            break
        mopt, rows, columns, imaginary, length = struct.unpack_from(f"{order}5I", data)
        machine, zero, number, kind = mopt // 1000, mopt // 100 % 10, mopt // 10 % 10, mopt % 10
        is_right = machine == "<>".index(order) and zero == 0 and number < len(_TYPES) and kind <= _SPARSE
        if is_right and imaginary <= 1 and 1 < length <= _LONGEST_NAME:
            return np.dtype(order + _TYPES[number]), (rows, columns), length, kind, 1 + imaginary
    raise MatDamage

"""One array in NumPy's own format, read without ever unpickling and without trusting a size it announces."""

import io
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import MAX_FILE_BYTES
from engine.core.source_file import SourceFile
from engine.errors import DataError

_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 10_000
_KINDS = "buifSU"


def is_npy(head: bytes) -> bool:
    """Whether these bytes begin like an array of NumPy."""
    return head[:6] == _MAGIC


def read_npy_file(source: SourceFile) -> NDArray[Any]:
    """The array of a `.npy` file, of any shape; raises `DataError` as `read_npy`."""
    size = None if source.is_packed else source.size
    return read_npy(f"{source.path}: the array", size, source.read, source.charge, MAX_FILE_BYTES)


def read_npy(
    what: str, size: int | None, read: Callable[[int], bytes], charge: Callable[[int], None], most_bytes: int
) -> NDArray[Any]:
    """The array, of any shape, of a stream in NumPy's format.

    Args:
        what: begins each message: the file, and the array's name where it has one.
        size: of the stream in bytes, as the file announces it; None where that is not known before the end.
        read: gives the next so many bytes, fewer at the end.
        charge: is told what the array costs before it is allocated.
        most_bytes: that an array may have.

    Raises:
        DataError: the header is damaged, or announces another size than is there, or objects that would have to be
            unpickled.
    """
    shape, fortran_order, dtype, start = _header(what, read)
    expected = math.prod(shape) * dtype.itemsize
    if any(length < 0 for length in shape) or (size is not None and expected != size - start):
        raise DataError(f"{what} is damaged: its header announces another size than is there.")
    if expected > most_bytes:
        raise DataError(f"{what} is too large to be read ({expected / 1e9:.1f} GB).")
    charge(expected)
    # Not a bytearray: to fill tens of megabytes with zeros would keep all other threads waiting.
    content = np.empty(expected, np.uint8)
    filled = 0
    while filled < expected:
        piece = read(min(1 << 20, expected - filled))
        if not piece:
            raise DataError(f"{what} is cut off; get a fresh copy.")
        content[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
        filled += len(piece)
    if size is None and read(1):
        raise DataError(f"{what} is damaged: its header announces another size than is there.")
    values: NDArray[Any] = content.view(dtype)
    array = values.reshape(shape[::-1]).T if fortran_order else values.reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def npy_shape(what: str, read: Callable[[int], bytes]) -> tuple[int, ...]:
    """The shape that the header announces; raises `DataError` as `read_npy`."""
    return _header(what, read)[0]


def _header(what: str, read: Callable[[int], bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    begin = read(12)
    if begin[:6] != _MAGIC or len(begin) < 12 or begin[6] not in (1, 2, 3):
        raise DataError(f"{what} is damaged or not NumPy's.")
    length, extra = (begin[8] + 256 * begin[9], begin[10:]) if begin[6] == 1 else (_wide(begin), b"")
    if length > _MAX_HEADER:
        raise DataError(f"{what} is damaged or not NumPy's.")
    text = extra + read(length - len(extra))
    stream = io.BytesIO(struct.pack("<I", length) + text)
    try:
        shape, fortran_order, dtype = np.lib.format.read_array_header_2_0(stream, max_header_size=_MAX_HEADER)
    except Exception:  # NumPy parses the header as Python text, which fails in a dozen ways.
        raise DataError(f"{what} is damaged or not NumPy's.") from None
    if dtype.kind == "O":
        raise DataError(
            f"{what} holds Python objects, which can run code when they are unpickled, so they are never read; "
            "only arrays of numbers are: save it again as numbers."
        )
    if dtype.kind not in _KINDS:
        raise DataError(
            f"{what} holds {str(dtype)[:40]}; only arrays of numbers or text are read: save "
            "pixels and labels as two arrays with numpy.savez."
        )
    return shape, fortran_order, dtype, (10 if begin[6] == 1 else 12) + length


def _wide(begin: bytes) -> int:
    length: int = struct.unpack("<I", begin[8:12])[0]
    return length

"""IDX, the format of MNIST's own files: a big-endian header, then numbers; images and labels in two files."""

import math
import struct

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.errors import DataError

# Codes of the header; digits come as bytes, now and then as other numbers.
_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_MOST_AXES = 4


def is_idx(head: bytes) -> bool:
    """Whether these bytes begin like an IDX file: two zeros, a type code, a count of axes from 1 to 4."""
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in _TYPES and 1 <= head[3] <= _MOST_AXES


def read_idx(source: SourceFile) -> NDArray[np.generic]:
    """The array of an IDX file; sizes are checked before anything is allocated.

    Returns:
        An array of the file's own shape, such as (count, height, width) or (count,).

    Raises:
        DataError: the file is no IDX file, cut off or too long.
    """
    path, head = source.path, source.head
    if not is_idx(head):
        raise DataError(f"{path}: this is not an IDX file; it begins with {head[:4].hex(' ')} instead of 00 00 08.")
    axes, dtype = head[3], np.dtype(_TYPES[head[2]])
    start = 4 + 4 * axes
    if len(head) < start:
        raise DataError(f"{path}: the IDX file is cut off in its header, at byte {len(head)}.")
    shape = struct.unpack(f">{axes}I", head[4:start])
    if 0 in shape:
        raise DataError(f"{path}: the IDX file is empty: its header announces {_announced(shape)}.")
    expected = start + math.prod(shape) * dtype.itemsize
    if not source.is_packed and source.size < expected:
        raise DataError(
            f"{path}: the IDX file is cut off: its header announces {expected:,} bytes in all, "
            f"there are {source.size:,}."
        )
    data = source.rest()
    if len(data) != expected:
        found = "is cut off" if len(data) < expected else "is too long"
        raise DataError(
            f"{path}: the IDX file {found}: its header announces {expected:,} bytes in all, there are {len(data):,}."
        )
    return np.frombuffer(data, dtype, offset=start).reshape(shape)


def _announced(shape: tuple[int, ...]) -> str:
    return f"{shape[0]:,} images of {'×'.join(map(str, shape[1:]))}" if len(shape) > 1 else f"{shape[0]:,} labels"

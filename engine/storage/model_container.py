"""The outer shell of a model file: bytes to one text and named arrays, and back.

It is a safetensors file (https://github.com/huggingface/safetensors): 8 bytes with the length of a JSON header, the
header, the numbers. The header's `__metadata__` holds one entry, "digitlab": the text. Nothing is allocated before
the header has been found to describe exactly the bytes that are there.

The text holds a checksum: the SHA-256 of the text itself, with zeros in place of the checksum, and of every array's
name and bytes in alphabetical order. A flipped bit anywhere is noticed.
"""

import hashlib
import math
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray
from engine.errors import ModelFileError
from engine.storage.model_document import parse_json

_METADATA = "__metadata__"
_ENTRY = "digitlab"
_LARGEST_HEADER_BYTES = 1 << 20
_LARGEST_FILE_BYTES = 1 << 28
_ITEM_BYTES = {"F32": 4, "F64": 8}


def read_model_bytes(path: Path) -> bytes:
    """The bytes of a file that looks like a model file from its first bytes on.

    Raises:
        ModelFileError: it is no ordinary file, too short, too large, or its header does not fit its length.
        OSError: it is missing or may not be read.
    """
    # Looking before opening: opening a pipe would wait for its other end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ModelFileError("is a folder or a device, not a file." if path.is_dir() else "is not an ordinary file.")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > _LARGEST_FILE_BYTES:
            raise ModelFileError(f"is larger than {_LARGEST_FILE_BYTES >> 20} MB: it is no model of DigitLab.")
        start = file.read(8)
        start += file.read(_header_length(start, size))
        parse_header(start, size)
        return start + file.read(size)


def parse_header(start: bytes, size: int) -> tuple[str, dict[str, tuple[int, ...]]]:
    """The text and the shape of every array, by name.

    Args:
        start: the file's first bytes, at least up to the end of the header.
        size: bytes of the whole file.

    Raises:
        ModelFileError: the header is damaged, or describes other bytes than the file's.
    """
    length = _header_length(start, size)
    header = parse_json(start[8 : 8 + length], "its header")
    metadata = header.pop(_METADATA, None)
    if not isinstance(metadata, dict) or set(metadata) != {_ENTRY} or not isinstance(metadata[_ENTRY], str):
        raise ModelFileError("is no DigitLab model file (its description is missing).")
    shapes = {}
    end = 0
    for name, entry in header.items():
        shapes[name], stop = _check_array(name, entry)
        end = max(end, stop)
    if 8 + length + end != size:
        raise ModelFileError("is cut short or has bytes too many.")
    return metadata[_ENTRY], shapes


def _header_length(start: bytes, size: int) -> int:
    length = int.from_bytes(start[:8], "little")
    if size < 8 or not 2 <= length <= min(_LARGEST_HEADER_BYTES, size - 8):
        raise ModelFileError("is empty." if size == 0 else "is cut short or no model file.")
    return length


def _check_array(name: str, entry: Any) -> tuple[tuple[int, ...], int]:  # noqa: ANN401 (what JSON gave)
    """Shape and end of one array; raises unless its shape is that of its bytes."""
    fault = ModelFileError(f"is damaged (its header describes {name!r} wrongly).")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise fault
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not (isinstance(shape, list) and isinstance(offsets, list) and len(offsets) == 2 and len(shape) <= 8):
        raise fault
    if not all(is_whole_number(number, 0) for number in shape + offsets):
        raise fault
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in _ITEM_BYTES:
        raise fault
    if math.prod(shape) * _ITEM_BYTES[entry["dtype"]] != offsets[1] - offsets[0]:
        raise fault
    return tuple(shape), offsets[1]


def read_arrays(data: bytes) -> dict[str, FloatArray]:
    """The arrays by name, of any shape: read-only views of `data`, which `parse_header` has accepted.

    Raises:
        ModelFileError: the arrays are not what the header says.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(data))
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelFileError("is damaged (its numbers cannot be read).") from error


def pack(text: str, arrays: Mapping[str, FloatArray]) -> bytes:
    """The contents of a file with this text and these arrays of any shape, which have to be C-contiguous.

    Raises:
        ModelFileError: the text is too long to be read back.
    """
    from safetensors.numpy import save

    # safetensors reads the memory as it lies and would silently scramble any other layout.
    assert all(array.flags.c_contiguous for array in arrays.values())
    if len(text.encode()) > _LARGEST_HEADER_BYTES // 2:
        raise ModelFileError("has a training summary that is too long.")
    return bytes(save(dict(arrays), {_ENTRY: text}))


def checksum(text: str, arrays: Mapping[str, FloatArray]) -> str:
    """64 hexadecimal digits for a text (its own checksum blanked out with zeros) and the arrays, of any shape."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name}\0{array.dtype.str}\0".encode("utf-8", "surrogatepass"))
        digest.update(array.data)
    return digest.hexdigest()

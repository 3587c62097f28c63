"""IDX, the format of MNIST's own files: a big-endian header, then bytes; images and labels in two files."""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import read_file
from engine.data.dataset import Dataset
from engine.data.readers.image_arrays import dataset_from_arrays
from engine.errors import DataError

_UNSIGNED_BYTE = 8


def is_idx(data: bytes) -> bool:
    """Whether these bytes begin like an IDX file: two zeros, a type code, a count of axes from 1 to 3."""
    return len(data) >= 4 and data[:2] == b"\0\0" and data[2] in range(8, 15) and data[3] in (1, 2, 3)


def read_idx_pair(path: Path, data: bytes) -> Dataset:
    """The digits of an IDX pair, given either of the two files; both may be gzipped."""
    array = parse_idx(path, data)
    if array.ndim == 1:
        other = _partner(path, "label", "image")
        return dataset_from_arrays(other, parse_idx(other, read_file(other)), array)
    if array.ndim != 3:
        raise DataError(f"{path}: this IDX file has {array.ndim} axes; images have 3 (count, height, width).")
    other = _partner(path, "image", "label")
    labels = parse_idx(other, read_file(other))
    if labels.ndim != 1:
        raise DataError(f"{other}: this IDX file has {labels.ndim} axes; labels have 1.")
    return dataset_from_arrays(path, array, labels)


def parse_idx(path: Path, data: bytes) -> NDArray[np.uint8]:
    """The array of an IDX file of unsigned bytes; sizes are checked before anything is allocated."""
    if not is_idx(data):
        raise DataError(f"{path}: this is not an IDX file; it begins with {data[:4].hex(' ')} instead of 00 00 08.")
    if data[2] != _UNSIGNED_BYTE:
        raise DataError(f"{path}: this IDX file holds another type than unsigned bytes (code {data[2]}).")
    axes = data[3]
    start = 4 + 4 * axes
    if len(data) < start:
        raise DataError(f"{path}: the IDX file is cut off in its header, at byte {len(data)}.")
    shape: tuple[Any, ...] = struct.unpack(f">{axes}I", data[4:start])
    expected = start + math.prod(shape)
    if len(data) != expected:
        found = "is cut off" if len(data) < expected else "is too long"
        raise DataError(
            f"{path}: the IDX file {found}: its header announces {expected:,} bytes in all, there are {len(data):,}."
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _partner(path: Path, own: str, other: str) -> Path:
    """The file beside `path` that holds the other half of the pair."""
    candidates = []
    for plural in ("s", ""):
        name = path.name
        for old, new in ((own + plural, other + plural), ("idx3", "idx1") if own == "image" else ("idx1", "idx3")):
            name = _replace_word(name, old, new)
        if name != path.name:
            bare = name.removesuffix(".gz")
            candidates += [path.with_name(name), path.with_name(bare), path.with_name(bare + ".gz")]
    for candidate in candidates:
        if candidate != path and candidate.is_file():
            return candidate
    expected = candidates[0].name if candidates else f"a name with “{other}s”"
    raise DataError(f"{path}: the file with the {other}s ({expected}) is not beside it.")


def _replace_word(name: str, old: str, new: str) -> str:
    for before, after in ((old, new), (old.capitalize(), new.capitalize()), (old.upper(), new.upper())):
        name = name.replace(before, after)
    return name

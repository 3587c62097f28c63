"""IDX, the format of MNIST's own files: a big-endian header, then bytes; images and labels in two files."""

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import reason_of
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import choose_part
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.errors import DataError

_UNSIGNED_BYTE = 8
_MOST_AXES = 4
_PARTS = {"train": ("train",), "test": ("t10k", "test")}


def is_idx(head: bytes) -> bool:
    """Whether these bytes begin like an IDX file: two zeros, a type code, a count of axes from 1 to 4."""
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in range(8, 15) and 1 <= head[3] <= _MOST_AXES


def read_idx_pair(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of an IDX pair, given either of the two files; both may be gzipped.

    Raises:
        DataError: the pair cannot be read; the sentence names the file.
    """
    path = source.path
    array = read_idx(source)
    if array.ndim == 1:
        other = _partner(path, "label", "image")
        with SourceFile(other) as images:
            return reading_from_arrays(RawDigits(other, read_idx(images), array), options, images)
    if array.ndim == 2:
        raise DataError(f"{path}: this IDX file has 2 axes; images have 3 (count, height, width).")
    if options.labels_needed:
        other = _partner(path, "image", "label")
        with SourceFile(other) as source_of_labels:
            labels = read_idx(source_of_labels)
        if labels.ndim != 1:
            raise DataError(f"{other}: this IDX file has {labels.ndim} axes; labels have 1.")
    else:
        labels = None
    return reading_from_arrays(RawDigits(path, array, labels), options, source)


def read_idx(source: SourceFile) -> NDArray[np.uint8]:
    """The array of an IDX file of unsigned bytes; sizes are checked before anything is allocated.

    Returns:
        An array of the file's own shape, such as (count, height, width) or (count,).

    Raises:
        DataError: the file is no IDX file, of another type, cut off or too long.
    """
    path, head = source.path, source.head
    if not is_idx(head):
        raise DataError(f"{path}: this is not an IDX file; it begins with {head[:4].hex(' ')} instead of 00 00 08.")
    if head[2] != _UNSIGNED_BYTE:
        raise DataError(f"{path}: this IDX file holds another type than unsigned bytes (code {head[2]}).")
    axes = head[3]
    start = 4 + 4 * axes
    if len(head) < start:
        raise DataError(f"{path}: the IDX file is cut off in its header, at byte {len(head)}.")
    shape = struct.unpack(f">{axes}I", head[4:start])
    if 0 in shape:
        raise DataError(f"{path}: the IDX file is empty: its header announces {_announced(shape)}.")
    expected = start + math.prod(shape)
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
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _announced(shape: tuple[int, ...]) -> str:
    return f"{shape[0]:,} images of {'×'.join(map(str, shape[1:]))}" if len(shape) > 1 else f"{shape[0]:,} labels"


def find_idx_parts(folder: Path) -> dict[str, Path]:
    """The image files of a folder with MNIST's own files, by "train" and "test", as they are called there.

    Raises:
        DataError: the folder cannot be read.
    """
    parts: dict[str, Path] = {}
    try:
        files = sorted(path for path in folder.iterdir() if "images" in path.name.lower() and path.is_file())
    except OSError as error:
        raise DataError(f"{folder}: the folder cannot be read ({reason_of(error)}).") from None
    for part, words in _PARTS.items():
        for file in files:
            if any(word in file.name.lower() for word in words) and _begins_like_idx(file):
                parts.setdefault(part, file)
    return parts


def read_idx_folder(folder: Path, parts: dict[str, Path], options: ReadOptions) -> Reading:
    """The digits of the part that is wanted."""
    part, guesses = choose_part(folder, parts, options)
    with SourceFile(parts[part]) as source:
        array = read_idx(source)
        other = _partner(source.path, "image", "label")
        with SourceFile(other) as labels:
            return reading_from_arrays(RawDigits(source.path, array, read_idx(labels), None, guesses), options, source)


def _begins_like_idx(file: Path) -> bool:
    try:
        with SourceFile(file) as source:
            return is_idx(source.head)
    except DataError:
        return False


def _partner(path: Path, own: str, other: str) -> Path:
    """The file beside `path` that holds the other half of the pair."""
    candidates = []
    for plural in ("s", ""):
        name = _replace_word(path.name, own + plural, other + plural)
        if name == path.name:
            continue
        # The number of axes is part of the name, and the dot before it may have become a dash in one of the two.
        before, after = ("idx3", "idx1") if own == "image" else ("idx1", "idx3")
        for variant in (_replace_word(name, before, after), name):
            bare = variant.removesuffix(".gz")
            for dotted in (bare, bare.replace("-idx", ".idx"), bare.replace(".idx", "-idx")):
                candidates += [path.with_name(dotted), path.with_name(dotted + ".gz")]
    for candidate in candidates:
        if candidate != path and candidate.is_file():
            return candidate
    expected = candidates[0].name if candidates else f"a name with “{other}s”"
    raise DataError(f"{path}: the file with the {other}s ({expected}) is not beside it.")


def _replace_word(name: str, old: str, new: str) -> str:
    for before, after in ((old, new), (old.capitalize(), new.capitalize()), (old.upper(), new.upper())):
        name = name.replace(before, after)
    return name

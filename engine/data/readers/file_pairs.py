"""Images in one file and their labels in another beside it, such as `X.npy` and `y.npy`, known by their names."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import reason_of
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import IMAGES, LABELS, meaning_of
from engine.data.readers.idx import is_idx, read_idx
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.npy_array import is_npy, read_npy_file
from engine.data.readers.npz_members import is_zip, only_array
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.data.readers.table_blocks import reading_from_blocks
from engine.data.readers.table_columns import find_columns, has_label_column
from engine.data.readers.table_text import TableText
from engine.errors import DataError

_ENDINGS = re.compile(r"(?:\.np[yz]|\.csv|\.tsv|\.txt|[-.]?idx\d?|-ubyte|\.gz)+", re.IGNORECASE)
_MOST_FILES = 500
_MOST_LABELS = 10  # for each image: one, or ten of a one-hot label


def read_array_pair(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of two files with an array each, IDX or `.npy`, given either of the two.

    Raises:
        DataError: a file is missing or cannot be read; the sentence names the file.
    """
    path, array = source.path, _array(source)
    if array.ndim == 1 or (array.ndim == 2 and min(array.shape) <= _MOST_LABELS):
        other = partner_of(path, IMAGES)
        if other is None:
            raise DataError(f"{path}: these are labels; the file with their images (X beside y) is not beside it.")
        with SourceFile(other) as images:
            return reading_from_arrays(_raw(other, _array(images), array), options, images)
    labels = labels_beside(path) if options.labels_needed else None
    if labels is None and has_label_column(array.shape):
        return reading_from_blocks(source, find_columns(path, (), [array], options), [array], options)
    if labels is None and options.labels_needed:
        raise DataError(f"{path}: the file with the labels (y beside X, labels beside images) is not beside it.")
    return reading_from_arrays(_raw(path, array, labels), options, source)


def _raw(path: Path, images: NDArray[Any], labels: NDArray[Any] | None) -> RawDigits:
    """Courses write 20×20 pixels as MATLAB does, column by column, in one row of floats."""
    by_column = images.ndim == 2 and images.shape[1] == 400 and images.dtype.kind == "f"
    return RawDigits(path, images, labels, columns_first=by_column)


def _array(source: SourceFile) -> NDArray[Any]:
    if is_zip(source.head):
        return only_array(source)
    return read_npy_file(source) if is_npy(source.head) else read_idx(source)


def find_file_pairs(folder: Path) -> dict[str, Path]:
    """The file with the images of each part of a folder that has one with the labels, too.

    Raises:
        DataError: the folder cannot be read.
    """
    found: dict[str, Path] = {}
    # EMNIST's folder holds letters, too.
    for file in sorted(_files(folder), key=lambda file: ("digits" not in file.name.lower(), file.name)):
        meaning = meaning_of(_stem(file))
        if meaning.role == IMAGES and meaning.part not in found and partner_of(file, LABELS) is not None:
            found[meaning.part] = file
    return dict(sorted(found.items(), key=lambda item: item[0] != "train"))


def partner_of(path: Path, role: str) -> Path | None:
    """The file beside this one that holds its images or labels, None where there is none.

    Args:
        path: the other half of the pair.
        role: `IMAGES` or `LABELS`.
    """
    own = meaning_of(_stem(path))
    folder = path.parent.parent if path.parent.name == path.name else path.parent
    others = {file: meaning_of(_stem(file)) for file in _files(folder) if file.name != path.name}
    fitting = [file for file, meaning in others.items() if (meaning.role, meaning.part) == (role, own.part)]
    same = [file for file in fitting if others[file].rest == own.rest]
    # Of a file and its packed twin either will do.
    return same[0] if same else fitting[0] if len({_stem(file) for file in fitting}) == 1 else None


def labels_beside(path: Path) -> NDArray[Any] | None:
    """The labels, (count,) or one-hot (count, 10), in the file beside one with images; None where there is none.

    Raises:
        DataError: that file is damaged.
    """
    other = partner_of(path, LABELS)
    if other is None:
        return None
    with SourceFile(other) as source:
        if is_npy(source.head) or is_idx(source.head) or is_zip(source.head):
            return _array(source)
        table = TableText(source)
        names, rows = table.dialect.names, np.concatenate(list(table.blocks()))
        # "id,label" as well as one column alone, or ten of one-hot labels.
        place = next((k for k, name in enumerate(names) if meaning_of(name).role == LABELS), -1)
        return rows if rows.shape[1] >= 10 else rows[:, place]


def _files(folder: Path) -> list[Path]:
    try:
        # Kaggle's copy of MNIST has each file in a folder of its own name.
        found = [file / file.name if file.is_dir() else file for file in folder.iterdir() if _ENDINGS.search(file.name)]
        files = sorted(file for file in found if file.is_file())
    except OSError as error:
        raise DataError(f"{folder}: the folder cannot be read ({reason_of(error)}).") from None
    return files[:_MOST_FILES]


def _stem(path: Path) -> str:
    return _ENDINGS.sub("", path.name)

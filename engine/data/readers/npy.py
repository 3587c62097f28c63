"""`.npy`: the images in one file, the labels in another beside it, such as `X.npy` and `y.npy`."""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.core.file_io import MAX_FILE_BYTES, reason_of
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import ArrayPair, choose_part, find_pairs
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.npy_array import npy_shape, read_npy
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.errors import DataError

_MOST_FILES = 50


def is_npy(head: bytes) -> bool:
    """Whether these bytes begin like an array of NumPy."""
    return head[:6] == b"\x93NUMPY"


def read_npy_pair(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of a pair of `.npy` files, given either of the two.

    Raises:
        DataError: a file is missing or cannot be read.
    """
    path = source.path
    for pair in find_npy_pairs(path.parent):
        if path.name in (pair.images, pair.labels):
            return _read(path.parent, pair, options, ())
    if options.labels_needed:
        raise DataError(f"{path}: the file with the labels (y.npy beside X.npy) is not beside it.")
    images = _array(source)
    return reading_from_arrays(RawDigits(path, images, None, columns_first=_by_column(images)), options, source)


def find_npy_pairs(folder: Path) -> list[ArrayPair]:
    """The pairs of `.npy` files in a folder; their names are those of the files.

    Raises:
        DataError: the folder cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".npy" and path.is_file())
    except OSError as error:
        raise DataError(f"{folder}: the folder cannot be read ({reason_of(error)}).") from None
    shapes = {}
    for file in files[:_MOST_FILES]:
        with SourceFile(file) as source:
            shapes[file.stem] = npy_shape(f"{file}: the array", source.read)
    return [
        ArrayPair(f"{pair.images}.npy", f"{pair.labels}.npy", pair.part)
        for pair in find_pairs(shapes)
        if pair.labels is not None
    ]


def read_npy_folder(folder: Path, pairs: list[ArrayPair], options: ReadOptions) -> Reading:
    """The digits of the pair that is wanted."""
    by_part = {pair.part: pair for pair in pairs}
    part, guesses = choose_part(folder, by_part, options)
    return _read(folder, by_part[part], options, guesses)


def _read(folder: Path, pair: ArrayPair, options: ReadOptions, guesses: tuple[str, ...]) -> Reading:
    with SourceFile(folder / str(pair.labels)) as labels_source:
        labels = _array(labels_source)
    with SourceFile(folder / pair.images) as source:
        images = _array(source)
        raw = RawDigits(source.path, images, labels, None, guesses, _by_column(images))
        return reading_from_arrays(raw, options, source)


def _array(source: SourceFile) -> NDArray[Any]:
    size = None if source.is_packed else source.size
    return read_npy(f"{source.path}: the array", size, source.read, source.charge, MAX_FILE_BYTES)


def _by_column(images: NDArray[Any]) -> bool:
    """Courses write 20×20 pixels as MATLAB does, column by column, in one row of floats."""
    return images.ndim == 2 and images.shape[1] == 400 and images.dtype.kind == "f"

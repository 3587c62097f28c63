"""One function that reads labelled digits from any file we know, and the table of the formats behind it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.core.file_io import read_file
from engine.data.bundled_digits import load_bundled
from engine.data.dataset import Dataset
from engine.data.readers.csv import is_csv, read_csv
from engine.data.readers.drawings import is_drawing_file, read_drawing_dataset
from engine.data.readers.folder import read_folder
from engine.data.readers.idx import is_idx, read_idx_pair
from engine.data.readers.mat import is_mat, read_mat
from engine.data.readers.npz import is_npz, read_npz
from engine.errors import DataError

BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Reader:
    """A file format.

    Attributes:
        title: what to call it, with its usual file names.
        matches: whether the (unpacked) bytes of a file look like it; the first match in `READERS` reads the file.
        read: the data set of a file, given its path and its unpacked bytes; raises `DataError`.
    """

    title: str
    matches: Callable[[bytes], bool]
    read: Callable[[Path, bytes], Dataset]


READERS: dict[str, Reader] = {
    "npz": Reader("NumPy archive (.npz)", is_npz, read_npz),
    "idx": Reader("IDX pair (MNIST's own files)", is_idx, read_idx_pair),
    "mat": Reader("Coursera's exercise data (.mat)", is_mat, read_mat),
    "drawings": Reader("Drawing file (.jsonl, .jsonl.gz)", is_drawing_file, read_drawing_dataset),
    "csv": Reader("Table (.csv)", is_csv, read_csv),
}


def read_dataset(path: str | os.PathLike[str]) -> Dataset:
    """Labelled digits from a file, a folder with one folder of images a class, or the word "bundled".

    The format is known by the file's contents, not by its name; gzipped files are unpacked.

    Raises:
        DataError: there is no such file, or it is damaged, or of a format that we don't read.
    """
    if str(path) == BUNDLED and not Path(path).exists():
        return load_bundled()
    path = Path(path)
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return read_folder(path)
    data = read_file(path)
    for reader in READERS.values():
        if reader.matches(data):
            return reader.read(path, data)
    titles = "; ".join(reader.title for reader in READERS.values())
    raise DataError(f"{path}: this is not a data file that can be read ({titles}; folder of images by class).")

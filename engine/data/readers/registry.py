"""One function that reads digits from any file we know, and the table of the formats behind it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.core.source_file import SourceFile
from engine.data.bundled_digits import load_bundled
from engine.data.dataset import Dataset
from engine.data.readers.archives import is_tar, read_tar, read_zip
from engine.data.readers.csv import is_csv, read_csv
from engine.data.readers.drawings import is_drawing_file, read_drawing_dataset
from engine.data.readers.file_pairs import read_array_pair
from engine.data.readers.folder import read_folder, read_listed
from engine.data.readers.foreign import sentence_of
from engine.data.readers.idx import is_idx
from engine.data.readers.json_arrays import is_json_arrays, read_json_arrays
from engine.data.readers.mat import is_mat, read_mat
from engine.data.readers.npy_array import is_npy
from engine.data.readers.npz import read_npz
from engine.data.readers.npz_members import is_zip
from engine.data.readers.octave_text import is_octave_text, read_octave_text
from engine.data.readers.options import DEFAULT_OPTIONS, ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.sparse_rows import is_sparse, read_sparse
from engine.errors import DataError

BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Reader:
    """A file format.

    Attributes:
        title: what to call it, with its usual file names.
        matches: whether the first (unpacked) bytes of a file look like it; the first match in `READERS` reads it.
        read: the digits of a file, given its unpacked bytes and the options; raises `DataError`.
    """

    title: str
    matches: Callable[[bytes], bool]
    read: Callable[[SourceFile, ReadOptions], Reading]


def _read_zip(source: SourceFile, options: ReadOptions) -> Reading:
    return read_npz(source, options, lambda archive: read_zip(source.path, archive, lambda f: _unpacked(f, options)))


def _read_tar(source: SourceFile, options: ReadOptions) -> Reading:
    return read_tar(source, lambda folder: _unpacked(folder, options))


def _unpacked(folder: Path, options: ReadOptions) -> Reading:
    """The digits of an unpacked archive, in which arrays of NumPy are read, but no other archive is unpacked."""

    def is_data(path: Path) -> bool:
        kind = _kind_of(path)
        return kind not in (None, "zip", "tar") or path.suffix == ".npz"

    def read(path: Path, options: ReadOptions) -> Reading:
        if path.suffix != ".npz":
            return _read_file(path, options)
        with SourceFile(path) as source:
            return read_npz(source, options)

    return read_folder(folder, options, read, is_data)


def _read_table(source: SourceFile, options: ReadOptions) -> Reading:
    """A table of pixels, or one that names images beside it."""
    names_images = any(end in source.head.lower() for end in (b".png", b".jpg", b".jpeg", b".bmp", b".tif"))
    listed = read_listed(source.path, options) if names_images else None
    return listed if listed is not None else read_csv(source, options)


READERS: dict[str, Reader] = {
    "zip": Reader("NumPy archive (.npz), or a packed folder (.zip)", is_zip, _read_zip),
    "tar": Reader("Packed folder (.tar, .tar.gz)", is_tar, _read_tar),
    "npy": Reader("NumPy arrays (X.npy with y.npy)", is_npy, read_array_pair),
    "idx": Reader("IDX pair (MNIST's own files)", is_idx, read_array_pair),
    "mat": Reader("MATLAB file (.mat)", is_mat, read_mat),
    "octave": Reader("Octave's text file", is_octave_text, read_octave_text),
    "json": Reader("JSON with pixels", is_json_arrays, read_json_arrays),
    "drawings": Reader("Drawing file (.jsonl, .jsonl.gz)", is_drawing_file, read_drawing_dataset),
    "sparse": Reader("LIBSVM table", is_sparse, read_sparse),
    "csv": Reader("Table (.csv, .tsv, .txt)", is_csv, _read_table),
}


def holds_arrays(path: str | os.PathLike[str]) -> bool:
    """Whether `read_digits` reads a file or folder, and it is neither a drawing file nor a single image.

    Raises:
        DataError: there is no such file, or it cannot be read.
    """
    path = Path(path)
    return path.is_dir() or _kind_of(path) not in (None, "drawings")


def _kind_of(path: Path) -> str | None:
    """The key of the reader for a file, None where there is none."""
    with SourceFile(path) as source:
        return next((key for key, reader in READERS.items() if reader.matches(source.head)), None)


def _is_data(path: Path) -> bool:
    try:
        return _kind_of(path) is not None
    except DataError:
        return False


def read_dataset(path: str | os.PathLike[str], options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Labelled digits from a file or folder, or from the word "bundled"; `read_digits` also tells the guesses.

    Raises:
        DataError: as `read_digits`, and where there are no labels.
    """
    if str(path) == BUNDLED and not Path(path).exists():
        return load_bundled()
    return read_digits(path, options).dataset()


def read_digits(path: str | os.PathLike[str], options: ReadOptions = DEFAULT_OPTIONS) -> Reading:
    """The digits of a file or folder, and what was guessed to read them.

    The format is known by the file's contents, not by its name; gzipped files are unpacked. Nothing in a file is ever
    executed, and a file that would cost far more than its size is refused.

    Args:
        path: a file of one of the `READERS`, a folder as `read_folder` knows, or the word "bundled".
        options: what is known better than guessed.

    Raises:
        DataError: there is no such file, or it is damaged, or of a format that we don't read.
    """
    if str(path) == BUNDLED and not Path(path).exists():
        bundled = load_bundled()
        return Reading(bundled.images, bundled.labels, bundled.name)
    path = Path(path)
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return read_folder(path, options, _read_file, _is_data)
    return _read_file(path, options)


def _read_file(path: Path, options: ReadOptions) -> Reading:
    with SourceFile(path) as source:
        foreign = sentence_of(source.head)
        if foreign is not None:
            raise DataError(f"{path}: {foreign}")
        for reader in READERS.values():
            if reader.matches(source.head):
                return reader.read(source, options)
    titles = "; ".join(reader.title for reader in READERS.values())
    raise DataError(f"{path}: this is not a data file that can be read ({titles}; folder of images by class).")

"""`.npz`: NumPy's archive of arrays; every size is checked before anything is unpacked."""

import contextlib
import io
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from engine.core.file_io import MAX_FILE_BYTES
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import choose_part, find_pairs
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.npy_array import npy_shape, read_npy
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.errors import DataError

# A directory of more bytes belongs to thousands of files, which is no data set of ours.
_MAX_DIRECTORY = 1_000_000
_END_RECORD = b"PK\x05\x06"
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_npz(head: bytes) -> bool:
    """Whether these bytes begin like a zip archive."""
    return head[:4] in (b"PK\x03\x04", _END_RECORD)


def read_npz(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of an archive of images, labels and perhaps `writers`; of several parts the one that is wanted.

    Raises:
        DataError: the archive cannot be read; the sentence names it and the way out.
    """
    path = source.path
    stream = io.BytesIO(source.rest()) if source.is_packed else source.raw
    try:
        check_directory(path, stream)
        with zipfile.ZipFile(stream) as archive:
            return _read(path, archive, source, options)
    except DataError:
        raise
    except Exception:  # zipfile raises errors of a dozen types on damaged archives.
        raise DataError(f"{path}: the .npz file is damaged or cut off; get a fresh copy.") from None


def _read(path: Path, archive: zipfile.ZipFile, source: SourceFile, options: ReadOptions) -> Reading:
    members = {
        info.filename.removesuffix(".npy"): info for info in archive.infolist() if info.filename.endswith(".npy")
    }
    if not members:
        raise DataError(f"{path}: this is a zip archive without arrays of NumPy; unpack it and open what is inside.")
    shapes: dict[str, tuple[int, ...]] = {}
    for name, info in members.items():
        if info.compress_type not in _PLAIN_METHODS or info.flag_bits & 1:
            raise DataError(f"{path}: the array “{_shown(name)}” is encrypted or packed in an unknown way.")
        shapes[name] = ()
        # Whatever is wrong with an array is told when it is read, if it is one of those that are needed.
        with archive.open(info) as file, contextlib.suppress(DataError):
            shapes[name] = npy_shape("", file.read)
    pairs = {pair.part: pair for pair in find_pairs({k: v for k, v in shapes.items() if k != "writers"})}
    if not pairs:
        names = ", ".join(_shown(name) for name in list(members)[:5])
        raise DataError(f"{path}: an .npz file needs the arrays “images” and “labels”; this one holds {names}.")
    part, guesses = choose_part(path, pairs, options)
    pair = pairs[part]
    if pair.labels is None and options.labels_needed:
        raise DataError(
            f"{path}: an .npz file needs the arrays “images” and “labels”; this one has no labels for “{pair.images}”."
        )
    images = _member(path, archive, pair.images, members, source)
    labels = None if pair.labels is None else _member(path, archive, pair.labels, members, source)
    writers = _member(path, archive, "writers", members, source) if "writers" in members and len(pairs) == 1 else None
    return reading_from_arrays(RawDigits(path, images, labels, writers, guesses), options, source)


def _member(
    path: Path, archive: zipfile.ZipFile, name: str, members: dict[str, zipfile.ZipInfo], source: SourceFile
) -> NDArray[Any]:
    info = members[name]
    with archive.open(info) as file:
        what = f"{path}: the array “{_shown(name)}”"
        return read_npy(what, info.file_size, file.read, source.charge, MAX_FILE_BYTES)


def check_directory(path: Path, stream: BinaryIO) -> None:
    """Refuse an archive whose list of files alone is large; zipfile would read all of it; raises `DataError`."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    place = tail.rfind(_END_RECORD)
    if place < 0 or len(tail) - place < 22:
        raise DataError(f"{path}: the .npz file is damaged or cut off; get a fresh copy.")
    if struct.unpack_from("<I", tail, place + 12)[0] > _MAX_DIRECTORY:
        raise DataError(f"{path}: this archive holds too many files for a data set.")


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:40])

"""The arrays in an archive of NumPy; every size is checked before anything is unpacked."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from engine.core.file_io import MAX_FILE_BYTES
from engine.core.source_file import SourceFile
from engine.data.readers.npy_array import read_npy
from engine.errors import DataError

# Room for 60,000 images; a directory of more bytes is refused, as zipfile reads it at once.
_MAX_DIRECTORY = 6_000_000
_END_RECORD = b"PK\x05\x06"


def is_zip(head: bytes) -> bool:
    """Whether these bytes begin like a zip archive."""
    return head[:4] in (b"PK\x03\x04", _END_RECORD)


def check_directory(path: Path, stream: BinaryIO) -> None:
    """Refuse an archive whose list of files alone is large; zipfile would read all of it; raises `DataError`."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    place = tail.rfind(_END_RECORD)
    if place < 0 or len(tail) - place < 22:
        raise DataError(f"{path}: the archive is damaged or cut off; get a fresh copy.")
    if struct.unpack_from("<I", tail, place + 12)[0] > _MAX_DIRECTORY:
        raise DataError(f"{path}: this archive holds too many files for a data set.")


def members_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays by name."""
    return {info.filename[:-4]: info for info in archive.infolist() if info.filename.endswith(".npy")}


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: SourceFile) -> NDArray[Any]:
    """An array, of any shape, of the archive in `source`; raises `DataError` as `read_npy`."""
    with archive.open(info) as file:
        what = f"{source.path}: the array “{shown(info.filename[:-4])}”"
        return read_npy(what, info.file_size, file.read, source.charge, MAX_FILE_BYTES)


def only_array(source: SourceFile) -> NDArray[Any]:
    """The array, of any shape, of an archive that holds one, such as the labels of KMNIST.

    Raises:
        DataError: it holds none or several, or is damaged.
    """
    try:
        check_directory(source.path, source.raw)
        with zipfile.ZipFile(source.raw) as archive:
            (info,) = members_of(archive).values()
            return read_member(archive, info, source)
    except DataError:
        raise
    except Exception:  # zipfile raises errors of a dozen types on damaged archives.
        raise DataError(f"{source.path}: the archive is damaged, or holds more than one array.") from None


def shown(name: str) -> str:
    """A name from outside, safe to be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:40])

"""Archives of data files and folders, zip or tar: unpacked for the time of reading, within bounds."""

import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from engine.core.source_file import SourceFile
from engine.data.readers.reading import Reading
from engine.errors import DataError

ReadFolder = Callable[[Path], Reading]
MOST_BYTES = 200_000_000
_SMALL_BYTES, _MOST_EXPANSION = 20_000_000, 60
_MANY, _LEAST_PICTURE = 1000, 50  # so many files with fewer bytes each in the mean are no pictures
_PIECE = 1 << 20
# What other programs keep in a zip archive: the name of a file in it, and the sentence.
_FOREIGN_ZIPS = (
    ("xl/workbook.xml", "this is an Excel workbook, which is not read; save the sheet as CSV."),
    ("word/document.xml", "this is a Word document, not data."),
    ("content.xml", "this is an OpenDocument file, which is not read; save the sheet as CSV."),
    (
        "data.pkl",
        "this is a PyTorch file, which holds a pickle that can run any code when it is opened, so it is never read; "
        "load it where it was made and save the arrays with numpy.savez.",
    ),
    ("model.weights.h5", "this is a Keras model, not data."),
)


def is_tar(head: bytes) -> bool:
    """Whether these bytes begin like a tar archive."""
    return head[257:262] == b"ustar"


def read_zip(path: Path, archive: zipfile.ZipFile, read: ReadFolder) -> Reading:
    """What `read` finds in the folder of the unpacked files; what it says names the archive.

    Raises:
        DataError: the archive unpacks to more than 200 MB, a file whose name leads out of its folder, or nothing that
            can be read.
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    names = [info.filename for info in infos]
    for end, sentence in _FOREIGN_ZIPS:
        if any(f"/{name}".endswith(f"/{end}") for name in names):
            raise DataError(f"{path}: {sentence}")
    size = sum(info.file_size for info in infos)
    _check_mean(path, len(infos), size)
    if size > _most_bytes(path):
        raise _too_much(path)
    return _read(path, ((info.filename, archive.open(info)) for info in infos), read)


def read_tar(source: SourceFile, read: ReadFolder) -> Reading:
    """As `read_zip`; raises `DataError` also where the archive is damaged."""
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:  # type: ignore[call-overload]
            members = (one for one in archive if one.isfile())
            streams = ((one.name, stream) for one in members if (stream := archive.extractfile(one)))
            return _read(source.path, streams, read)
    except tarfile.TarError:
        raise DataError(f"{source.path}: the archive is damaged or cut off; get a fresh copy.") from None


def _read(path: Path, files: Iterator[tuple[str, IO[bytes]]], read: ReadFolder) -> Reading:
    with tempfile.TemporaryDirectory(prefix="digits-") as name:
        _write(path, Path(name), files)
        try:
            return replace(read(Path(name)), name=path.name)
        except DataError as error:
            raise DataError(str(error).replace(name, str(path))) from None


def _write(path: Path, folder: Path, files: Iterator[tuple[str, IO[bytes]]]) -> None:
    most, count = _most_bytes(path), 0
    for number, (name, stream) in enumerate(files):
        place = PurePosixPath(name.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in name:
            raise DataError(f"{path}: the archive holds “{name[:40]}”, a name that leads out of its folder.")
        _check_mean(path, number, count)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        with stream, target.open("wb") as file:
            while piece := stream.read(_PIECE):
                count += len(piece)
                if count > most:
                    raise _too_much(path)
                file.write(piece)


def _check_mean(path: Path, count: int, size: int) -> None:
    if count >= _MANY and size < _LEAST_PICTURE * count:
        raise DataError(f"{path}: the archive holds many files that are too small for pictures.")


def _most_bytes(path: Path) -> int:
    """Pictures hardly pack, tables to a tenth, bits to a fiftieth."""
    return min(MOST_BYTES, max(_SMALL_BYTES, _MOST_EXPANSION * path.stat().st_size))


def _too_much(path: Path) -> DataError:
    return DataError(
        f"{path}: the archive unpacks to more than {_most_bytes(path) / 1e6:.0f} MB; unpack it and open what is inside."
    )

"""`.npz`: NumPy's archive of arrays; every size is checked before anything is unpacked."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.array_names import choose_part, find_pairs
from engine.data.readers.file_pairs import labels_beside
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.npy_array import npy_shape
from engine.data.readers.npz_members import check_directory, members_of, read_member, shown
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.data.readers.table_blocks import reading_from_blocks
from engine.data.readers.table_columns import find_columns, has_label_column
from engine.errors import DataError

_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_npz(
    source: SourceFile, options: ReadOptions, otherwise: Callable[[zipfile.ZipFile], Reading] | None = None
) -> Reading:
    """The digits of an archive of images, labels and perhaps `writers`; of several parts the one that is wanted.

    Args:
        source: the file.
        options: what is known better than guessed.
        otherwise: reads a zip archive of anything but arrays of NumPy.

    Raises:
        DataError: the archive cannot be read; the sentence names it and the way out.
    """
    path = source.path
    stream = io.BytesIO(source.rest()) if source.is_packed else source.raw
    try:
        check_directory(path, stream)
        with zipfile.ZipFile(stream) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
            members = members_of(archive)
            if otherwise and files and (not members or 2 * len(members) < len(files)):
                return otherwise(archive)
            return _read(path, archive, members, source, options)
    except DataError:
        raise
    except Exception:  # zipfile raises errors of a dozen types on damaged archives.
        raise DataError(f"{path}: the archive is damaged, cut off or encrypted; get a fresh copy.") from None


def _read(
    path: Path,
    archive: zipfile.ZipFile,
    members: dict[str, zipfile.ZipInfo],
    source: SourceFile,
    options: ReadOptions,
) -> Reading:
    if not members:
        raise DataError(f"{path}: the archive is empty.")
    shapes: dict[str, tuple[int, ...]] = {}
    for name, info in members.items():
        if info.compress_type not in _PLAIN_METHODS or info.flag_bits & 1:
            raise DataError(f"{path}: the array “{shown(name)}” is encrypted or packed in an unknown way.")
        shapes[name] = ()
        # Whatever is wrong with an array is told when it is read, if it is one of those that are needed.
        with archive.open(info) as file, contextlib.suppress(DataError):
            shapes[name] = npy_shape("", file.read)
    pairs = {pair.part: pair for pair in find_pairs({k: v for k, v in shapes.items() if k != "writers"})}
    if not pairs:
        names = ", ".join(shown(name) for name in list(members)[:5])
        raise DataError(f"{path}: an .npz file needs the arrays “images” and “labels”; this one holds {names}.")
    part, guesses = choose_part(path, pairs, options)
    pair = pairs[part]
    images = read_member(archive, members[pair.images], source)
    if pair.labels is not None:
        labels: NDArray[Any] | None = read_member(archive, members[pair.labels], source)
    elif has_label_column(images.shape):
        return reading_from_blocks(source, find_columns(path, (), [images], options), [images], options, None, guesses)
    else:
        # KMNIST's archives hold one array each.
        labels = labels_beside(path) if options.labels_needed and len(members) == 1 else None
        if labels is None and options.labels_needed:
            raise DataError(
                f"{path}: an .npz file needs the arrays “images” and “labels”; this one has no labels for "
                f"“{shown(pair.images)}”."
            )
    alone = "writers" in members and len(pairs) == 1
    writers = read_member(archive, members["writers"], source) if alone else None
    return reading_from_arrays(RawDigits(path, images, labels, writers, guesses), options, source)

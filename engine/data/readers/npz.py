"""`.npz`: NumPy's archive of arrays; read without ever unpickling and without trusting a size it announces."""

import io
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import MAX_FILE_BYTES
from engine.data.dataset import Dataset
from engine.data.readers.image_arrays import dataset_from_arrays
from engine.errors import DataError

# Pairs of names in use: ours, Keras' mnist.npz, scikit-learn's habit.
_NAMES = (("images", "labels"), ("x_train", "y_train"), ("X", "y"), ("x", "y"), ("data", "target"))
_MAX_HEADER = 10_000


def is_npz(data: bytes) -> bool:
    """Whether these bytes begin like a zip archive."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def read_npz(path: Path, data: bytes) -> Dataset:
    """The digits of an archive with `images` (count, height, width), `labels` (count,) and perhaps `writers`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()}
            for images, labels in _NAMES:
                if {f"{images}.npy", f"{labels}.npy"} <= names:
                    writers = _member(path, archive, "writers") if "writers.npy" in names else None
                    return dataset_from_arrays(
                        path, _as_images(_member(path, archive, images)), _member(path, archive, labels), writers
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise DataError(f"{path}: the .npz file is damaged or cut off; get a fresh copy.") from None
    raise DataError(f"{path}: an .npz file needs the arrays “images” and “labels”.")


def _as_images(array: NDArray[Any]) -> NDArray[Any]:
    """Rows of 784 or 400 pixels as square images; everything else as it is."""
    if array.ndim == 2 and array.shape[1] in (400, 784):
        side = math.isqrt(array.shape[1])
        return array.reshape(-1, side, side)
    return array


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array; its announced size has to be the size of what is there, and reasonable."""
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > MAX_FILE_BYTES:
        raise DataError(f"{path}: the array “{name}” is too large to be read ({info.file_size / 1e9:.1f} GB).")
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran_order, dtype = read_header(stream, max_header_size=_MAX_HEADER)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise DataError(f"{path}: the array “{name}” is damaged or not NumPy's.") from None
    if dtype.kind not in "buif":
        raise DataError(f"{path}: the array “{name}” holds {dtype}; only arrays of numbers are read.")
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise DataError(f"{path}: the array “{name}” is damaged: its header announces another size than is there.")
    array = np.frombuffer(content, dtype, offset=stream.tell())
    array = array.reshape(shape[::-1]).T if fortran_order else array.reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)

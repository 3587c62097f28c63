"""Weights in NumPy's archive: what `numpy.savez` writes, and our own exports."""

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.npy_array import npy_shape, read_npy
from engine.data.readers.npz_members import check_directory
from engine.errors import DataError, ModelFileError
from engine.storage.importers.importer import quoted
from engine.storage.importers.weight_arrays import HeldArray, WeightArrays
from engine.storage.model_document import MODEL_ENTRY

_MOST_ARRAYS = 2_000
_MOST_BYTES = 100_000_000
_MOST_TEXT_BYTES = 4_000_000


class NpzArrays(WeightArrays):
    """The arrays of an archive.

    Args:
        source: the open file.

    Raises:
        ModelFileError, DataError: it is damaged, or no archive of arrays.
    """

    in_order = True

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._path: Path = source.path
        stream = io.BytesIO(source.rest()) if source.is_packed else source.raw
        check_directory(self._path, stream)
        self._archive = zipfile.ZipFile(stream)
        members = [info for info in self._archive.infolist() if info.filename.endswith(".npy")]
        if not members:
            raise ModelFileError("is a zip archive without arrays of NumPy.")
        if len(members) > _MOST_ARRAYS:
            raise ModelFileError(f"holds more than {_MOST_ARRAYS:,} arrays, which no network of digits does.")
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.held = []
        for info in members:
            name = info.filename.removesuffix(".npy")
            if name in self._members:
                raise ModelFileError(f"is damaged (the array {quoted(name)} is there twice).")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ModelFileError(f"is packed in a way that is not read ({quoted(name)}): save it with numpy.savez.")
            self._members[name] = info
            with self._archive.open(info) as file, contextlib.suppress(EOFError):
                shape = npy_shape(f"{self._path}: the array {quoted(name)}", file.read)
            if name == MODEL_ENTRY and shape == ():
                self.document = str(self._read(name, _MOST_TEXT_BYTES))
            else:
                self.held.append(HeldArray(name, shape))

    def load(self, name: str) -> NDArray[Any]:
        """The array of this name, of any shape; raises `DataError`."""
        array = self._read(name, _MOST_BYTES)
        if array.dtype.kind not in "fiu":
            raise DataError(f"{self._path}: the array {quoted(name)} holds {array.dtype}, where numbers belong.")
        return array

    def _read(self, name: str, most: int) -> NDArray[Any]:
        info = self._members[name]
        with self._archive.open(info) as file:
            what = f"{self._path}: the array {quoted(name)}"
            return read_npy(what, info.file_size, file.read, self._source.charge, most)

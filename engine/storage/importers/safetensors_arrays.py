"""Weights in safetensors files of other programs: a JSON header with names, types and places, then the numbers."""

import json
import math
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import check_regular_file, reason_of
from engine.errors import DataError, ModelFileError
from engine.storage.importers.importer import quoted
from engine.storage.importers.weight_arrays import HeldArray, WeightArrays

_LARGEST_HEADER_BYTES = 1 << 20
_LARGEST_ARRAY_BYTES = 100_000_000
_MOST_ARRAYS = 2_000
_MOST_AXES = 8
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


class SafetensorsArrays(WeightArrays):
    """The arrays of a file; it stays open until `close`.

    Args:
        path: of the file.

    Raises:
        ModelFileError, DataError: it is damaged or no such file.
    """

    # The writers sort by type and name.
    in_order = False

    def __init__(self, path: Path) -> None:
        check_regular_file(path)
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise DataError(f"{path}: the file cannot be read ({reason_of(error)}).") from None
        try:
            self.held = self._header()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def load(self, name: str) -> NDArray[Any]:
        """The array of this name, of any shape; raises `ModelFileError` where it is cut off."""
        kind, shape, start, end = self._places[name]
        self._file.seek(self._start + start)
        data = self._file.read(end - start)
        if len(data) != end - start:
            raise ModelFileError("is cut off.")
        array: NDArray[Any] = np.frombuffer(data, _TYPES[kind])
        if kind == "BF16":
            # The upper half of a float32.
            array = (array.astype(np.uint32) << 16).view(np.float32)
        return array.reshape(shape)

    def _header(self) -> list[HeldArray]:
        size = os.fstat(self._file.fileno()).st_size
        length = int.from_bytes(self._file.read(8), "little")
        if size < 10 or not 2 <= length <= min(_LARGEST_HEADER_BYTES, size - 8):
            raise ModelFileError("is empty." if not size else "is cut off or no safetensors file.")
        self._start = 8 + length
        try:
            header = json.loads(self._file.read(length))
        except (ValueError, RecursionError):
            raise ModelFileError("is damaged (its header cannot be read).") from None
        if not isinstance(header, dict):
            raise ModelFileError("is damaged (its header is no list of arrays).")
        header.pop("__metadata__", None)
        if len(header) > _MOST_ARRAYS:
            raise ModelFileError(f"holds more than {_MOST_ARRAYS:,} arrays, which no network of digits does.")
        self._places: dict[str, tuple[str, tuple[int, ...], int, int]] = {}
        for name, entry in header.items():
            self._places[name] = self._place(name, entry, size - self._start)
        return [HeldArray(name, shape) for name, (_, shape, _, _) in self._places.items()]

    def _place(self, name: str, entry: object, size: int) -> tuple[str, tuple[int, ...], int, int]:
        damaged = ModelFileError(f"is damaged (its header describes {quoted(name)} wrongly).")
        if not isinstance(entry, dict):
            raise damaged
        kind, shape, places = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
        if not isinstance(shape, list) or not isinstance(places, list) or len(places) != 2 or len(shape) > _MOST_AXES:
            raise damaged
        if not all(isinstance(number, int) and 0 <= number < 1 << 40 for number in [*shape, *places]):
            raise damaged
        if not isinstance(kind, str) or kind not in _TYPES:
            raise ModelFileError(f"holds {quoted(name)} as numbers of a kind that is not read ({str(kind)[:20]}).")
        if math.prod(shape) * np.dtype(_TYPES[kind]).itemsize != places[1] - places[0] or places[1] > size:
            raise damaged
        if places[1] - places[0] > _LARGEST_ARRAY_BYTES:
            raise ModelFileError(f"holds {quoted(name)} of more than 100 MB, which no network of digits does.")
        return kind, tuple(shape), places[0], places[1]

"""Named arrays in one piece of memory that several processes see."""

import mmap
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Shape and name of the type of each array, by name.
Layout = Mapping[str, tuple[tuple[int, ...], str]]

# Arrays begin on pages of their own: two processes never write to the same line of the cache.
_ALIGNMENT = 4096


class SharedArrays:
    """Arrays over a file that every process maps into its memory.

    On Linux the file lies in memory itself; elsewhere it is a temporary file, whose pages the system keeps in memory.
    The memory is given back when the last array is gone, in all processes.

    Args:
        path: of the file, which has at least the size of the layout.
        layout: what lies in it, in order.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        with path.open("r+b") as file:
            memory = mmap.mmap(file.fileno(), _size(layout))
        self._arrays: dict[str, NDArray[Any]] = {}
        start = 0
        for name, (shape, kind) in layout.items():
            count = int(np.prod(shape))
            self._arrays[name] = np.frombuffer(memory, kind, count, start).reshape(shape)
            start = _after(start, count, kind)

    @classmethod
    def create(cls, layout: Layout) -> "SharedArrays":
        """New arrays of zeros; `OSError` when there is no room for them."""
        folder = Path("/dev/shm")
        handle, name = tempfile.mkstemp(prefix="digitlab-", dir=folder if os.access(folder, os.W_OK) else None)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                if hasattr(os, "posix_fallocate"):
                    # Reserved now: a file that grew on use would end the process where memory is short.
                    os.posix_fallocate(file.fileno(), 0, _size(layout))
                else:
                    file.write(bytes(_size(layout)))
            return cls(path, layout)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def remove_name(self) -> None:
        """Take the file out of its folder; those who have mapped it keep it. May be called twice."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            # Windows keeps the name of a file in use; its folder of temporary files is emptied by the system.
            return


def _after(start: int, count: int, kind: str) -> int:
    """Where the next array begins."""
    return start + -(-count * np.dtype(kind).itemsize // _ALIGNMENT) * _ALIGNMENT


def _size(layout: Layout) -> int:
    end = 0
    for shape, kind in layout.values():
        end = _after(end, int(np.prod(shape)), kind)
    return max(end, 1)

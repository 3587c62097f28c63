"""Named arrays in one piece of memory that several processes see."""

import mmap
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Shape and name of the type of each array, by name.
Layout = Mapping[str, tuple[tuple[int, ...], str]]

# Arrays begin on pages of their own: two processes never write to the same line of the cache.
_ALIGNMENT = 4096


class SharedArrays:
    """Arrays over an anonymous memory file, which has no name that could stay behind.

    The system takes the memory back when the last process that uses it has ended, however that happens, and no limit
    on `/dev/shm` counts.

    Args:
        descriptor: of the memory, which has at least the size of the layout; it may be closed afterwards.
        layout: the arrays, in order.
    """

    def __init__(self, descriptor: int, layout: Layout) -> None:
        memory = mmap.mmap(descriptor, _size(layout))
        self._arrays: dict[str, NDArray[Any]] = {}
        start = 0
        for name, (shape, kind) in layout.items():
            count = int(np.prod(shape))
            self._arrays[name] = np.frombuffer(memory, kind, count, start).reshape(shape)
            start = _after(start, count, kind)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]


def create_memory(layout: Layout) -> int:
    """A descriptor of new memory for such arrays, all zeros; `OSError` when there is no room for it."""
    descriptor = os.memfd_create("digitlab")
    try:
        # Reserved now: memory that grew on use would end the process where it is short.
        os.posix_fallocate(descriptor, 0, _size(layout))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _after(start: int, count: int, kind: str) -> int:
    """Where the next array begins."""
    return start + -(-count * np.dtype(kind).itemsize // _ALIGNMENT) * _ALIGNMENT


def _size(layout: Layout) -> int:
    end = 0
    for shape, kind in layout.values():
        end = _after(end, int(np.prod(shape)), kind)
    return max(end, 1)

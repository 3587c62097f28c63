"""A kernel for patches: as each column of a pooling window's elements sees it, with zeros for what it doesn't see."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.fused.base import Geometry


class PatchKernels:
    """Copies of a kernel, each a column further to the right on the patch.

    Attributes:
        side_by_side: (pool width · filters, patch_size), a view; kernel height · patch width · channels.
    """

    def __init__(self, geometry: Geometry, dtype: np.dtype[np.generic]) -> None:
        g = geometry
        self._run = g.kernel_width * g.channels
        self._kernel_height, self._channels, self._filters = g.kernel_height, g.channels, g.filters
        line = (g.pool_width + g.kernel_width - 1) * g.channels
        # The zeros stay; what stands between them is written anew for every batch.
        room = np.zeros((g.kernel_height, line, g.pool_width, g.filters), dtype)
        row, number, across, one = room.strides
        self._places = as_strided(
            room,
            (g.pool_width, g.kernel_height, self._run, g.filters),
            (across + g.channels * number, row, number, one),
        )
        self.side_by_side: FloatArray = room.reshape(-1, g.pool_width * g.filters).T
        self._written = b""

    def write(self, kernel: FloatArray) -> None:
        """Take a kernel, (kernel height, kernel width, channels, filters)."""
        # Few numbers are quicker compared than spread.
        numbers = kernel.tobytes()
        if numbers != self._written:
            self._written = numbers
            np.copyto(self._places, kernel.reshape(self._kernel_height, self._run, self._filters))

    def collect(self, gradient: FloatArray, result: FloatArray) -> None:
        """The gradient at the kernel, into `result`, from the one at `kernels`."""
        by_row = gradient.reshape(len(gradient), self._kernel_height, -1, self._filters)
        result = result.reshape(self._kernel_height, self._run, self._filters)
        np.copyto(result, by_row[0, :, : self._run])
        for number, copy in enumerate(by_row[1:], start=1):
            start = number * self._channels
            result += copy[:, start : start + self._run]


def apart(side_by_side: FloatArray, copies: int) -> FloatArray:
    """A matrix (patch_size, copies · filters) as (copies, patch_size, filters), a view."""
    return side_by_side.reshape(len(side_by_side), copies, -1).swapaxes(0, 1)

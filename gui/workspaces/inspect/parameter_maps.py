"""Arrays of weights as maps (n, height, width)."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.layers import DepthwiseConv2D, Layer, Permute
from engine.network.network import Network

# A vector of so few numbers is looked at in one row, such as the biases of ten classes.
_IN_ONE_ROW: Final = 32


def first_maps(network: Network) -> tuple[int, FloatArray]:
    """The first layer with a kernel, and that as maps (units, height, width): what each unit looks for.

    Raises:
        StopIteration: no layer has a kernel.
    """
    number, layer = next((n, one) for n, one in enumerate(network.layers) if has_kernel(one))
    kernel = layer.parameters[0].value
    if isinstance(layer, DepthwiseConv2D):
        return number, kernel.reshape(*kernel.shape[:2], -1).transpose(2, 0, 1)
    if kernel.ndim == 4:
        # Channels stand side by side.
        return number, kernel.transpose(3, 0, 2, 1).reshape(kernel.shape[3], kernel.shape[0], -1)
    if kernel.ndim == 2:
        # As a picture where each weight belongs to a pixel.
        in_place = not any(isinstance(before, Permute) for before in network.layers[:number])
        if in_place and kernel.shape[0] == math.prod(network.example_shape):
            return number, kernel.T.reshape(kernel.shape[1], *network.example_shape[:2])
        return number, in_rows(kernel.T)
    return number, np.moveaxis(kernel, -1, 0)


def has_kernel(layer: Layer) -> bool:
    """Whether a layer has weights to look at."""
    return bool(layer.parameters) and layer.parameters[0].value.ndim > 1


def in_rows(values: NDArray[Any]) -> NDArray[Any]:
    """Long vectors (n, count) as maps (n, height, width) that are about square, read like text; what is left is NaN."""
    count = values.shape[1]
    if count <= _IN_ONE_ROW:
        return values[:, np.newaxis]
    root = math.isqrt(count)
    height = next((high for high in range(root, root // 2, -1) if count % high == 0), root)
    width = -(-count // height)
    if left := height * width - count:
        values = np.pad(values.astype(np.float64), ((0, 0), (0, left)), constant_values=np.nan)
    return values.reshape(len(values), height, width)


def as_maps(values: NDArray[Any]) -> NDArray[Any]:
    """A parameter as maps (n, height, width): a map an output, or one map of inputs and outputs."""
    if values.size == max(values.shape):
        return in_rows(values.reshape(1, -1))
    if values.ndim == 2:
        side = int(np.sqrt(values.shape[0]))
        if side * side == values.shape[0] and side > 2:
            return values.reshape(side, side, -1).transpose(2, 0, 1)
        return values.T[np.newaxis]
    return values.reshape(values.shape[0], -1, values.shape[-1]).transpose(2, 0, 1)


def place_in(shape: tuple[int, ...], cell: tuple[int, int, int]) -> tuple[int, ...] | None:
    """The index in a parameter of this shape of a cell (map, row, column) of `as_maps`; None where it has none."""
    number = as_maps(np.arange(math.prod(shape)).reshape(shape))[cell]
    return None if np.isnan(number) else tuple(int(part) for part in np.unravel_index(int(number), shape))

"""Layers that change height and width without a kernel: zero padding and upsampling."""

from collections.abc import Iterable, Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layer_support.picture_sampling import axis_matrix, resized
from engine.layer_support.window_axis import check_data_format, pair
from engine.layers.base import Layer, LayerOptions


class ZeroPadding2D(Layer):
    """A border of zeros around every image; the gradient loses its border again.

    Args:
        padding: one number, (rows, columns), or ((top, bottom), (left, right)), each ≥ 0.
        data_format: only (height, width, channels) here.
    """

    kind = "zero_padding2d"

    def __init__(
        self,
        padding: int | Sequence[int | Sequence[int]] = 1,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        check_data_format(data_format)
        sides = tuple(padding) if isinstance(padding, Iterable) else (padding, padding)
        self.padding = tuple(tuple(side) if isinstance(side, Iterable) else (side, side) for side in sides)
        numbers = [number for side in self.padding for number in side]
        if [len(side) for side in self.padding] != [2, 2] or not all(is_whole_number(number, 0) for number in numbers):
            raise ConfigurationError(
                f"Padding is one whole number, two, or two pairs, none negative, not {padding!r}.", "padding"
            )

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 3:
            raise self.refuse_input("(batch, height, width, channels)")
        rows, columns = (sum(side) for side in self.padding)
        return input_shape[0] + rows, input_shape[1] + columns, input_shape[2]

    def _interior(self, padded: FloatArray) -> FloatArray:
        (top, _), (left, _) = self.padding
        return padded[:, top : top + self.input_shape[0], left : left + self.input_shape[1]]

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs inside zeros."""
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape), zeroed=True)
        self._interior(outputs)[...] = inputs
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The interior of the gradient."""
        return np.ascontiguousarray(self._interior(output_gradient))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"padding": [list(side) for side in self.padding], **super().config()}


class UpSampling2D(Layer):
    """Every pixel becomes a block of equal pixels; its gradient is the sum over the block.

    Args:
        size: height and width of a block.
        data_format: only (height, width, channels) here.
        interpolation: "nearest" for blocks of equal pixels, or "bilinear" for values between.
    """

    kind = "up_sampling2d"

    def __init__(
        self,
        size: int | Sequence[int] = 2,
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        check_data_format(data_format)
        if interpolation not in ("nearest", "bilinear"):
            raise ConfigurationError(f'Upsampling is "nearest" or "bilinear", not {interpolation!r}.', "interpolation")
        self.interpolation = interpolation
        self.size = pair(size, "size")

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 3:
            raise self.refuse_input("(batch, height, width, channels)")
        return input_shape[0] * self.size[0], input_shape[1] * self.size[1], input_shape[2]

    def _blocks(self, values: FloatArray) -> FloatArray:
        height, width, channels = self.input_shape
        return values.reshape(len(values), height, self.size[0], width, self.size[1], channels)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Every pixel repeated, or values between the pixels."""
        if self.interpolation == "bilinear":
            return np.asarray(resized(inputs, self.output_shape[0], self.output_shape[1]))
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        self._blocks(outputs)[...] = inputs[:, :, np.newaxis, :, np.newaxis]
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The sums over the blocks; or each value's share goes back to the pixels that it lies between."""
        if self.interpolation == "bilinear":
            down, across = (
                axis_matrix(before, after).astype(output_gradient.dtype)
                for before, after in zip(self.input_shape, self.output_shape[:2], strict=False)
            )
            shared: FloatArray = np.einsum("nrcf,ri,cj->nijf", output_gradient, down, across, optimize=True)
            return shared
        result: FloatArray = self._blocks(np.ascontiguousarray(output_gradient)).sum(axis=(2, 4))
        return result

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {} if self.interpolation == "nearest" else {"interpolation": self.interpolation}
        return {"size": list(self.size), **own, **super().config()}

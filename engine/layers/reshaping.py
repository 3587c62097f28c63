"""Layers that only rearrange: no numbers change, gradients take the way back."""

from collections.abc import Sequence
from math import prod
from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layer_support.window_axis import check_data_format
from engine.layers.base import Layer, LayerOptions


class Flatten(Layer):
    """(batch, …) → (batch, product of the rest), in row-major order."""

    kind = "flatten"

    def __init__(self, data_format: str | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        check_data_format(data_format)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return (prod(input_shape),)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs as one row an example."""
        return inputs.reshape(len(inputs), *self.output_shape)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient in the inputs' shape."""
        return output_gradient.reshape(len(output_gradient), *self.input_shape)


class Reshape(Layer):
    """(batch, …) → (batch, *target_shape), in row-major order; one axis may be −1 and takes what is left."""

    kind = "reshape"

    def __init__(self, target_shape: Sequence[int], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        try:
            self.target_shape = tuple(int(size) for size in target_shape)
        except (TypeError, ValueError):
            raise ConfigurationError(
                f"A target shape is a sequence of whole numbers such as (20, 20, 1), not {target_shape!r}.",
                "target_shape",
            ) from None
        if self.target_shape.count(-1) > 1 or any(size < 1 and size != -1 for size in self.target_shape):
            raise ConfigurationError(
                f"A target shape has sizes of at least 1 and at most one −1, unlike {self.target_shape}.",
                "target_shape",
            )

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        size, known = prod(input_shape), prod(n for n in self.target_shape if n != -1)
        fits = size % known == 0 if -1 in self.target_shape else size == known
        if not fits:
            raise self.refuse_input(f"(batch, …) with sizes that fill {self.target_shape}")
        return tuple(size // known if n == -1 else n for n in self.target_shape)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs in the target shape."""
        return inputs.reshape(len(inputs), *self.output_shape)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient in the inputs' shape."""
        return output_gradient.reshape(len(output_gradient), *self.input_shape)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"target_shape": list(self.target_shape), **super().config()}


class Permute(Layer):
    """(batch, …) with its axes in another order: `dims` counts them from 1, the batch axis left out."""

    kind = "permute"

    def __init__(self, dims: Sequence[int], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.dims = tuple(int(axis) for axis in dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ConfigurationError(f"A permutation names each axis from 1 once, unlike {self.dims}.", "dims")

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != len(self.dims):
            raise self.refuse_input(f"of {len(self.dims)} axes beside the batch")
        return tuple(input_shape[axis - 1] for axis in self.dims)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs with their axes in the new order."""
        return np.ascontiguousarray(inputs.transpose(0, *self.dims))

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient with its axes in the old order."""
        order = [0, *(self.dims.index(axis) + 1 for axis in range(1, len(self.dims) + 1))]
        return np.ascontiguousarray(output_gradient.transpose(order))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"dims": list(self.dims), **super().config()}


class RepeatVector(Layer):
    """(batch, features) → (batch, n, features): n copies; their gradients add up."""

    kind = "repeat_vector"

    def __init__(self, n: int, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if not is_whole_number(n, 1):
            raise ConfigurationError(f"A vector is repeated a whole number of times, at least 1, not {n!r}.", "n")
        self.n = int(n)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 1:
            raise self.refuse_input("(batch, features)")
        return self.n, *input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The copies."""
        return np.repeat(inputs[:, np.newaxis], self.n, axis=1)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The sum over the copies."""
        gradient: FloatArray = output_gradient.sum(axis=1)
        return gradient

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"n": self.n, **super().config()}

"""Layers that only rearrange: no numbers change, gradients take the way back."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.base import Layer


class Flatten(Layer):
    """(batch, …) → (batch, product of the rest), in row-major order."""

    kind = "flatten"

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

    def __init__(self, target_shape: Sequence[int], name: str = "") -> None:
        super().__init__(name)
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
        return {"target_shape": list(self.target_shape), "name": self.name}

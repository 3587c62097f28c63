"""A function of one's own as an activation; its derivative follows from what is recorded."""

from collections.abc import Callable, Mapping
from typing import Any, Self, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.tensor import as_tensor
from engine.layers.activation import ActivationLayer
from engine.layers.base import LayerOptions


class OwnActivation(ActivationLayer):
    """a = f(z) for a function of arrays (batch, …) that keeps their shape.

    Args:
        function: f; it may use NumPy, `keras.ops` and `tf`.
    """

    kind = "own_activation"
    derivative_from_outputs = False

    def __init__(self, function: Callable[..., Any], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.function = function

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """The function's values."""
        outputs[...] = np.asarray(self.function(as_tensor(inputs)))

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Through what the function does with these inputs."""
        from engine.core.tape import GradientTape

        with GradientTape() as tape:
            z = as_tensor(remembered.copy())
            tape.watch(z)
            values = self.function(z)
        found = tape.gradient(values, z, output_gradients=gradient.copy())
        gradient[...] = 0 if found is None else np.asarray(found)

    def config(self) -> dict[str, Any]:
        """The function, which no file holds."""
        return {"function": self.function, **super().config()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The same activation."""
        return cls(**config)

"""Further activations as layers, each by its function and derivative of `engine.core.activations`, or by one's own."""

from collections.abc import Callable, Mapping
from typing import Any, Self, Unpack

import numpy as np

from engine.core import activations
from engine.core.parameters import FloatArray
from engine.core.tensor import as_tensor
from engine.layers.activation import ActivationLayer
from engine.layers.base import LayerOptions


class FunctionLayer(ActivationLayer):
    """Base of the activations whose derivative follows from the input: function and derivative of the same kind."""

    derivative_from_outputs = False

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See the function of this kind in `engine.core.activations`."""
        activations.ACTIVATIONS[self.kind][0](inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by the derivative at the inputs."""
        gradient *= activations.ACTIVATIONS[self.kind][1](remembered)


class GELU(FunctionLayer):
    """a = z·Φ(z), Φ the normal distribution function; derivative Φ(z) + z·φ(z)."""

    kind = "gelu"


class ReLU6(FunctionLayer):
    """a = min(max(z, 0), 6)."""

    kind = "relu6"


class SELU(FunctionLayer):
    """a = λ·z for z > 0, else λ·α·(eᶻ − 1)."""

    kind = "selu"


class CELU(FunctionLayer):
    """a = z for z > 0, else eᶻ − 1."""

    kind = "celu"


class SiLU(FunctionLayer):
    """a = z·σ(z)."""

    kind = "silu"


class HardSiLU(FunctionLayer):
    """a = z·hard_sigmoid(z)."""

    kind = "hard_silu"


class HardSigmoid(FunctionLayer):
    """a = z/6 + ½, cut off at 0 and 1."""

    kind = "hard_sigmoid"


class LogSigmoid(FunctionLayer):
    """a = ln σ(z)."""

    kind = "log_sigmoid"


class Softsign(FunctionLayer):
    """a = z / (1 + |z|)."""

    kind = "softsign"


class Mish(FunctionLayer):
    """a = z·tanh(ln(1 + eᶻ))."""

    kind = "mish"


class Exponential(FunctionLayer):
    """a = eᶻ."""

    kind = "exponential"


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

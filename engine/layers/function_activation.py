"""Further activations as layers, each by its function and derivative of `engine.core.activations`."""

from engine.core import activations
from engine.core.parameters import FloatArray
from engine.layers.activation import ActivationLayer


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

"""Activations as layers: each applies a function of `engine.core.activations`, times its derivative backwards.

Most derivatives follow from the activation's *output* alone (tanh′ = 1 − a²), so that an activation that
belongs to a dense or convolutional layer overwrites that layer's result and nothing else is remembered.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from engine.core import activations
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.base import Layer


class Activation(Layer):
    """Base of the activation layers: same shape out as in, no parameters.

    A subclass writes `apply` and `multiply_by_derivative`.
    """

    # False where the derivative needs the input itself (GELU).
    derivative_from_outputs: ClassVar[bool] = True

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._remembered: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The activation of each element."""
        in_place = self.works_in_place and self.derivative_from_outputs
        outputs = inputs if in_place else self.buffer("outputs", inputs.shape)
        self.apply(inputs, outputs)
        self._remembered = (outputs if self.derivative_from_outputs else inputs) if training else None
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The output gradient times the derivative, element by element, in place."""
        self.multiply_by_derivative(output_gradient, self.recall(self._remembered))
        return output_gradient

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered array."""
        super().release_buffers()
        self._remembered = None

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """Write the activation of `inputs` into `outputs`, which may be the same array."""
        raise NotImplementedError

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply `gradient` by the derivative, given the outputs (or the inputs: `derivative_from_outputs`)."""
        raise NotImplementedError

    def _multiply_where_positive(self, gradient: FloatArray, outputs: FloatArray) -> None:
        positive = self.buffer("positive", outputs.shape, np.bool_)
        np.greater(outputs, 0, out=positive)
        np.multiply(gradient, positive, out=gradient)


class Linear(Activation):
    """a = z; derivative 1."""

    kind = "linear"

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs themselves."""
        return inputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The output gradient itself."""
        return output_gradient


class ReLU(Activation):
    """a = max(z, 0); derivative 1 where a > 0, else 0."""

    kind = "relu"

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.relu`."""
        np.maximum(inputs, 0, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Keep the gradient where the output is positive."""
        self._multiply_where_positive(gradient, remembered)


class LeakyReLU(Activation):
    """a = z for z > 0, else α·z; derivative 1 or α. The sign of a is the sign of z, since 0 ≤ α < 1."""

    kind = "leaky_relu"

    def __init__(self, alpha: float = 0.3, name: str = "") -> None:
        super().__init__(name)
        if not 0 <= alpha < 1:
            raise ConfigurationError(f"Leaky ReLU needs an alpha from 0 to below 1, not {alpha}.", "alpha")
        self.alpha = float(alpha)

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.leaky_relu`."""
        scaled = self.buffer("scaled", inputs.shape)
        np.multiply(inputs, self.alpha, out=scaled)
        np.maximum(inputs, scaled, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Scale the gradient by α where the output is not positive."""
        positive = self.buffer("positive", remembered.shape, np.bool_)
        np.greater(remembered, 0, out=positive)
        scaled = self.buffer("scaled", remembered.shape)
        np.multiply(gradient, self.alpha, out=scaled)
        np.copyto(scaled, gradient, where=positive)
        gradient[...] = scaled

    def config(self) -> dict[str, Any]:
        """Name and α."""
        return {"alpha": self.alpha, "name": self.name}


class Sigmoid(Activation):
    """a = 1 / (1 + e⁻ᶻ); derivative a·(1 − a). For classification prefer logits and a loss with `from_logits`."""

    kind = "sigmoid"

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.sigmoid`."""
        activations.sigmoid(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by a·(1 − a)."""
        complement = self.buffer("complement", remembered.shape)
        np.subtract(1, remembered, out=complement)
        gradient *= complement
        gradient *= remembered


class Tanh(Activation):
    """a = tanh(z); derivative 1 − a²."""

    kind = "tanh"

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.tanh`."""
        np.tanh(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by 1 − a²."""
        slope = self.buffer("slope", remembered.shape)
        np.square(remembered, out=slope)
        np.subtract(1, slope, out=slope)
        gradient *= slope


class Softplus(Activation):
    """a = ln(1 + eᶻ); derivative sigmoid(z) = 1 − e⁻ᵃ."""

    kind = "softplus"

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.softplus`."""
        activations.softplus(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by 1 − e⁻ᵃ."""
        slope = self.buffer("slope", remembered.shape)
        np.negative(remembered, out=slope)
        np.expm1(slope, out=slope)
        np.negative(slope, out=slope)
        gradient *= slope


class ELU(Activation):
    """a = z for z > 0, else α·(eᶻ − 1); derivative 1, or α·eᶻ = a + α."""

    kind = "elu"

    def __init__(self, alpha: float = 1.0, name: str = "") -> None:
        super().__init__(name)
        if not alpha > 0:
            raise ConfigurationError(f"ELU needs an alpha greater than 0, not {alpha}.", "alpha")
        self.alpha = float(alpha)

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.elu`."""
        positive_part = self.buffer("slope", inputs.shape)
        np.maximum(inputs, 0, out=positive_part)
        np.minimum(inputs, 0, out=outputs)
        np.expm1(outputs, out=outputs)
        outputs *= self.alpha
        outputs += positive_part

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by 1 where a > 0, else by a + α."""
        slope = self.buffer("slope", remembered.shape)
        positive = self.buffer("positive", remembered.shape, np.bool_)
        np.greater(remembered, 0, out=positive)
        np.add(remembered, self.alpha, out=slope)
        np.copyto(slope, 1, where=positive)
        gradient *= slope

    def config(self) -> dict[str, Any]:
        """Name and α."""
        return {"alpha": self.alpha, "name": self.name}


class GELU(Activation):
    """a = z·Φ(z), Φ the normal distribution function; derivative Φ(z) + z·φ(z), from the input."""

    kind = "gelu"
    derivative_from_outputs = False

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.gelu`."""
        activations.gelu(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by Φ(z) + z·φ(z)."""
        gradient *= activations.gelu_derivative(remembered)


class Softmax(Activation):
    """aⱼ = e^zⱼ / Σₖ e^zₖ along the last axis; gradient a ∘ (g − Σⱼ gⱼ·aⱼ).

    For a course's first version of a classifier, with a loss `from_logits=False`. Prefer a linear output and
    `from_logits=True`, which is exact where the softmax rounds to 0 or 1.
    """

    kind = "softmax"

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.softmax`."""
        activations.softmax(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by the Jacobian: aᵢ·(gᵢ − Σⱼ gⱼ·aⱼ)."""
        weighted = self.buffer("weighted", remembered.shape)
        np.multiply(gradient, remembered, out=weighted)
        gradient -= weighted.sum(axis=-1, keepdims=True)
        gradient *= remembered


ACTIVATION_LAYERS: dict[str, type[Activation]] = {
    layer.kind: layer for layer in (Linear, ReLU, LeakyReLU, Sigmoid, Tanh, Softplus, ELU, GELU, Softmax)
}

# What `Dense(…, activation=…)` takes: a kind, a layer, a layer's configuration with its kind, or nothing.
ActivationLike = str | Activation | Mapping[str, Any] | None


def make_activation(activation: ActivationLike) -> Activation | None:
    """The activation that a layer was asked to end with, or None for "linear" and None.

    An activation layer is copied, since each one remembers its own inputs: two layers may be given the same one.
    Raises `ConfigurationError` for an unknown kind or a wrong setting.
    """
    if activation is None or isinstance(activation, Linear):
        return None
    if isinstance(activation, Activation):
        return type(activation).from_config(activation.config())
    if not isinstance(activation, str | Mapping):
        raise ConfigurationError(
            f'An activation is a name such as "relu" or an activation layer, not {activation!r}.', "activation"
        )
    settings = {"kind": activation} if isinstance(activation, str) else dict(activation)
    kind = settings.pop("kind", None)
    if kind not in ACTIVATION_LAYERS:
        raise ConfigurationError(f"Unknown activation {kind!r}; known are {', '.join(ACTIVATION_LAYERS)}.")
    if kind == Linear.kind:
        return None
    try:
        return ACTIVATION_LAYERS[kind](**settings)
    except TypeError:
        raise ConfigurationError(f"Activation {kind!r} does not take the settings {settings}.") from None


def activation_config(activation: Activation | None) -> str | dict[str, Any] | None:
    """What `make_activation` needs to make it again: its kind, with its settings where it has any."""
    if activation is None:
        return None
    settings = {key: value for key, value in activation.config().items() if key != "name"}
    return {"kind": activation.kind, **settings} if settings else activation.kind

"""Activations as layers: each applies a function of `engine.core.activations`, times its derivative backwards.

Most derivatives follow from the activation's *output* alone (tanh′ = 1 − a²), so that an activation that
belongs to a dense or convolutional layer overwrites that layer's result and nothing else is remembered.
"""

from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core import activations
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class ActivationLayer(Layer):
    """Base of the activation layers: same shape out as in, no parameters.

    A subclass writes `apply` and `multiply_by_derivative`.
    """

    # False where the derivative needs the input itself (GELU).
    derivative_from_outputs: ClassVar[bool] = True

    def __init__(self, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
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


class Linear(ActivationLayer):
    """a = z; derivative 1."""

    kind = "linear"

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs themselves."""
        return inputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The output gradient itself."""
        return output_gradient


class ReLU(ActivationLayer):
    """a = max(z, 0); derivative 1 where a > 0, else 0. In general see `engine.core.activations.relu`.

    Args:
        max_value: the largest output, or None.
        negative_slope: slope below the threshold, ≥ 0.
        threshold: from where on a = z.
    """

    kind = "relu"

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float | None = 0.0,
        threshold: float | None = 0.0,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.negative_slope, self.threshold = float(negative_slope or 0.0), float(threshold or 0.0)
        if self.negative_slope < 0 or self.threshold < 0:
            raise ConfigurationError(
                f"ReLU's slope and threshold must not be negative: {negative_slope}, {threshold}.", "negative_slope"
            )
        # With a slope or a threshold the derivative needs the input itself.
        self.derivative_from_outputs = not (self.negative_slope or self.threshold)  # type: ignore[misc]
        if max_value is not None and not max_value > 0:
            raise ConfigurationError(f"ReLU's largest value must be greater than 0, not {max_value}.", "max_value")
        self.max_value = None if max_value is None else float(max_value)

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.relu`."""
        if not self.derivative_from_outputs:
            activations.relu(inputs, self.negative_slope, self.max_value, self.threshold, out=outputs)
            return
        np.maximum(inputs, 0, out=outputs)
        if self.max_value is not None:
            np.minimum(outputs, self.max_value, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Keep the gradient where the output is positive and not cut off."""
        if not self.derivative_from_outputs:
            gradient *= activations.relu_derivative(remembered, self.negative_slope, self.max_value, self.threshold)
            return
        self._multiply_where_positive(gradient, remembered)
        if self.max_value is not None:
            gradient *= remembered < self.max_value

    def config(self) -> dict[str, Any]:
        """The settings that are not the usual ones."""
        given = {name: getattr(self, name) for name in ("max_value", "negative_slope", "threshold")}
        return {name: value for name, value in given.items() if value} | super().config()


class LeakyReLU(ActivationLayer):
    """a = z for z > 0, else α·z; derivative 1 or α. The sign of a is the sign of z, since 0 ≤ α < 1."""

    kind = "leaky_relu"

    def __init__(
        self, negative_slope: float = 0.3, *, alpha: float | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        slope = negative_slope if alpha is None else alpha
        if not isinstance(slope, int | float | np.number) or not 0 <= slope < 1:
            raise ConfigurationError(f"Leaky ReLU needs a slope from 0 to below 1, not {slope!r}.", "negative_slope")
        # Called alpha in model files, as Keras 2 did.
        self.negative_slope = self.alpha = float(slope)

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
        return {"alpha": self.alpha, **super().config()}


class Sigmoid(ActivationLayer):
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


class Tanh(ActivationLayer):
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


class Softplus(ActivationLayer):
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


class ELU(ActivationLayer):
    """a = z for z > 0, else α·(eᶻ − 1); derivative 1, or α·eᶻ = a + α."""

    kind = "elu"

    def __init__(self, alpha: float = 1.0, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if not isinstance(alpha, int | float | np.number) or not alpha > 0:
            raise ConfigurationError(f"ELU needs an alpha greater than 0, not {alpha!r}.", "alpha")
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
        return {"alpha": self.alpha, **super().config()}


class Softmax(ActivationLayer):
    """aⱼ = e^zⱼ / Σₖ e^zₖ along the last axis; gradient a ∘ (g − Σⱼ gⱼ·aⱼ).

    For a course's first version of a classifier, with a loss `from_logits=False`. Prefer a linear output and
    `from_logits=True`, which is exact where the softmax rounds to 0 or 1.
    """

    kind = "softmax"

    def __init__(self, axis: int = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if axis != -1:
            raise ConfigurationError(f"Softmax works along the last axis, not along {axis!r}.", "axis")

    def apply(self, inputs: FloatArray, outputs: FloatArray) -> None:
        """See `engine.core.activations.softmax`."""
        activations.softmax(inputs, out=outputs)

    def multiply_by_derivative(self, gradient: FloatArray, remembered: FloatArray) -> None:
        """Multiply by the Jacobian: aᵢ·(gᵢ − Σⱼ gⱼ·aⱼ)."""
        weighted = self.buffer("weighted", remembered.shape)
        np.multiply(gradient, remembered, out=weighted)
        gradient -= weighted.sum(axis=-1, keepdims=True)
        gradient *= remembered

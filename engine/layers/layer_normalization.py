"""Layer normalization: each example brought to mean 0 and variance 1 by itself."""

from math import prod
from typing import Any, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.parameters import FloatArray, Parameter, Shape
from engine.core.regularizers import RegularizerLike, get_regularizer
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class LayerNormalization(Layer):
    """outputs = gamma ∘ x̂ + beta with x̂ = (inputs − mean) / √(variance + ε), over the last axis of each example.

    With n values on that axis and g = gamma ∘ ∂L/∂outputs:
    ∂L/∂inputs = (g − mean(g) − x̂ ∘ mean(g ∘ x̂)) / √(variance + ε).

    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.

    Args:
        axis: only −1 here.
        epsilon: ε > 0.
        center, scale: whether there are beta and gamma.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer: of these two.
    """

    kind = "layer_normalization"

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if axis != -1:
            raise ConfigurationError(f"Layer normalization works on the last axis, not on {axis!r}.", "axis")
        if not epsilon > 0:
            raise ConfigurationError(f"Layer normalization needs an epsilon greater than 0, not {epsilon}.", "epsilon")
        self.epsilon = float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.initializers = {"gamma": get_initializer(gamma_initializer), "beta": get_initializer(beta_initializer)}
        self.regularizers = {"gamma": get_regularizer(gamma_regularizer), "beta": get_regularizer(beta_regularizer)}
        self._remembered: tuple[FloatArray, FloatArray] | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape or not prod(input_shape):
            raise self.refuse_input("(batch, …, features)")
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                self.add_parameter(
                    name, input_shape[-1:], self.initializers[name], rng, regularizer=self.regularizers[name]
                )
        return input_shape

    def bind(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the parameters, and keep those apart that may be missing."""
        super().bind(parameters)
        named = {parameter.name: parameter for parameter in parameters}
        self._gamma, self._beta = named.get("gamma"), named.get("beta")

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The formula above."""
        normalized = self.buffer("normalized", inputs.shape)
        np.subtract(inputs, inputs.mean(axis=-1, keepdims=True), out=normalized)
        variance = np.square(normalized).mean(axis=-1, keepdims=True)
        inverse = 1 / np.sqrt(variance + self.dtype.type(self.epsilon))
        normalized *= inverse
        outputs = self.buffer("outputs", inputs.shape)
        np.multiply(normalized, 1 if self._gamma is None else self._gamma.value, out=outputs)
        if self._beta is not None:
            outputs += self._beta.value
        self._remembered = (normalized, inverse) if training else None
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Through scale and normalization."""
        if self._remembered is None:
            raise self.refuse_backward()
        normalized, inverse = self._remembered
        axes = tuple(range(output_gradient.ndim - 1))
        if self._gamma is not None:
            self._gamma.gradient[...] = (output_gradient * normalized).sum(axis=axes)
        if self._beta is not None:
            self._beta.gradient[...] = output_gradient.sum(axis=axes)
        if not self.needs_input_gradient:
            return self.no_gradient()
        if self._gamma is not None:
            output_gradient *= self._gamma.value
        along = (output_gradient * normalized).mean(axis=-1, keepdims=True)
        output_gradient -= output_gradient.mean(axis=-1, keepdims=True)
        output_gradient -= normalized * along
        output_gradient *= inverse
        return output_gradient

    def release_buffers(self) -> None:
        """Forget every buffer and what was remembered."""
        super().release_buffers()
        self._remembered = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **{f"{name}_initializer": initializer_config(one) for name, one in self.initializers.items()},
            **{f"{name}_regularizer": one.config() for name, one in self.regularizers.items() if one is not None},
            **super().config(),
        }

"""Batch normalization: each channel brought to mean 0 and variance 1, then scaled and shifted by parameters."""

from math import prod
from typing import Any, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.parameters import FloatArray, Parameter, Shape
from engine.core.regularizers import RegularizerLike, get_regularizer
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class BatchNormalization(Layer):
    """outputs = gamma ∘ x̂ + beta with x̂ = (inputs − mean) / √(variance + ε), per channel of the last axis.

    While training, mean and (biased) variance are those of the batch over all other axes, and moving averages
    follow them: moving ← momentum · moving + (1 − momentum) · batch. Prediction uses the moving averages.
    With m values a channel and g = gamma ∘ ∂L/∂outputs:
    ∂L/∂inputs = (g − mean(g) − x̂ ∘ mean(g ∘ x̂)) / √(variance + ε),
    ∂L/∂gamma = Σ ∂L/∂outputs ∘ x̂, ∂L/∂beta = Σ ∂L/∂outputs. Defaults are Keras'.

    S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
    shift", 2015.
    """

    kind = "batch_normalization"
    couples_examples = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        moving_mean_initializer: InitializerLike = "zeros",
        moving_variance_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if axis != -1:
            raise ConfigurationError(f"Batch normalization works on the last axis, not on {axis!r}.", "axis")
        if not 0 <= momentum < 1:
            raise ConfigurationError(
                f"Batch normalization needs a momentum of at least 0 and less than 1, not {momentum}.", "momentum"
            )
        if not epsilon > 0:
            raise ConfigurationError(f"Batch normalization needs an epsilon greater than 0, not {epsilon}.", "epsilon")
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.initializers = {
            "gamma": get_initializer(gamma_initializer),
            "beta": get_initializer(beta_initializer),
            "moving_mean": get_initializer(moving_mean_initializer),
            "moving_variance": get_initializer(moving_variance_initializer),
        }
        self.regularizers = {"gamma": get_regularizer(gamma_regularizer), "beta": get_regularizer(beta_regularizer)}
        self._normalized: FloatArray | None = None
        self._inverse_deviation: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape or not prod(input_shape):
            raise self.refuse_input("(batch, …, channels)")
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                self.add_parameter(
                    name, input_shape[-1:], self.initializers[name], rng, regularizer=self.regularizers[name]
                )
        for name in ("moving_mean", "moving_variance"):
            self.add_parameter(name, input_shape[-1:], self.initializers[name], rng, trainable=False)
        return input_shape

    def bind(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the parameters, and keep those apart that may be missing."""
        super().bind(parameters)
        named = {parameter.name: parameter for parameter in parameters}
        self._gamma, self._beta = named.get("gamma"), named.get("beta")
        self._moving = named["moving_mean"].value, named["moving_variance"].value

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Normalize with the batch's statistics while training, else (and when frozen) with the moving averages."""
        moving_mean, moving_variance = self._moving
        outputs = self.buffer("outputs", inputs.shape)
        self._normalized = self._inverse_deviation = None
        if not (self.works_as_training(training) and self.trainable):
            inverse = 1 / np.sqrt(moving_variance + self.epsilon)
            scale = inverse if self._gamma is None else self._gamma.value * inverse
            np.multiply(inputs, scale, out=outputs)
            outputs -= moving_mean * scale
            if self._beta is not None:
                outputs += self._beta.value
            if training:
                self._normalized, self._inverse_deviation = (inputs - moving_mean) * inverse, inverse
            return outputs
        axes = tuple(range(inputs.ndim - 1))
        normalized = self.buffer("normalized", inputs.shape)
        mean = inputs.mean(axis=axes)
        np.subtract(inputs, mean, out=normalized)
        np.square(normalized, out=outputs)
        variance = outputs.mean(axis=axes)
        inverse_deviation = 1 / np.sqrt(variance + self.epsilon)
        normalized *= inverse_deviation
        np.multiply(normalized, 1 if self._gamma is None else self._gamma.value, out=outputs)
        if self._beta is not None:
            outputs += self._beta.value
        for moving, batch in ((moving_mean, mean), (moving_variance, variance)):
            moving *= self.momentum
            moving += (1 - self.momentum) * batch
        self._normalized, self._inverse_deviation = normalized, inverse_deviation
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Through the scale, the normalization and the batch's own mean and variance."""
        normalized, inverse_deviation = self.recall(self._normalized), self.recall(self._inverse_deviation)
        axes = tuple(range(output_gradient.ndim - 1))
        count = normalized.size // normalized.shape[-1]
        # Not the buffer of the outputs: as a network's last layer they are still to be compared with the targets.
        product = self.buffer("product", normalized.shape)
        np.multiply(output_gradient, normalized, out=product)
        toward_gamma, toward_beta = product.sum(axis=axes), output_gradient.sum(axis=axes)
        for parameter, gradient in ((self._gamma, toward_gamma), (self._beta, toward_beta)):
            if parameter is not None:
                parameter.gradient[...] = gradient
        if not self.needs_input_gradient:
            return self.no_gradient()
        if self.trainable and self.works_as_training(True):
            # The sums over g are gamma times the two gradients just found.
            np.multiply(normalized, toward_gamma / count, out=product)
            output_gradient -= product
            output_gradient -= toward_beta / count
        output_gradient *= inverse_deviation if self._gamma is None else self._gamma.value * inverse_deviation
        return output_gradient

    def release_buffers(self) -> None:
        """Forget every buffer and what was remembered."""
        super().release_buffers()
        self._normalized = self._inverse_deviation = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        usual = {"gamma": "ones", "beta": "zeros", "moving_mean": "zeros", "moving_variance": "ones"}
        starts = {name: initializer_config(initializer) for name, initializer in self.initializers.items()}
        penalties = {f"{name}_regularizer": one.config() for name, one in self.regularizers.items() if one is not None}
        return {
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            **{name: False for name in ("center", "scale") if not getattr(self, name)},
            **{f"{name}_initializer": start for name, start in starts.items() if start != usual[name]},
            **penalties,
            **super().config(),
        }

    gamma = property(lambda self: self.weight("gamma"), doc="The learned scale.")
    beta = property(lambda self: self.weight("beta"), doc="The learned shift.")
    moving_mean = property(lambda self: self.weight("moving_mean"), doc="Of the inputs, for prediction.")
    moving_variance = property(lambda self: self.weight("moving_variance"), doc="Of the inputs, for prediction.")

"""Batch normalization: each channel brought to mean 0 and variance 1, then scaled and shifted by learned numbers."""

from math import prod
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.base import Layer


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

    def __init__(self, momentum: float = 0.99, epsilon: float = 1e-3, name: str = "") -> None:
        super().__init__(name)
        if not 0 <= momentum < 1:
            raise ConfigurationError(
                f"Batch normalization needs a momentum of at least 0 and less than 1, not {momentum}.", "momentum"
            )
        if not epsilon > 0:
            raise ConfigurationError(f"Batch normalization needs an epsilon greater than 0, not {epsilon}.", "epsilon")
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self._normalized: FloatArray | None = None
        self._inverse_deviation: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape or not prod(input_shape):
            raise self.refuse_input("(batch, …, channels)")
        channels = (input_shape[-1],)
        self.add_parameter("gamma", channels, "ones", rng)
        self.add_parameter("beta", channels, "zeros", rng)
        self.add_parameter("moving_mean", channels, "zeros", rng, trainable=False)
        self.add_parameter("moving_variance", channels, "ones", rng, trainable=False)
        return input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Normalize with the batch's mean and variance while training, else with the moving averages."""
        gamma, beta, moving_mean, moving_variance = (parameter.value for parameter in self.parameters)
        outputs = self.buffer("outputs", inputs.shape)
        if not training:
            scale = gamma / np.sqrt(moving_variance + self.epsilon)
            np.multiply(inputs, scale, out=outputs)
            outputs += beta - moving_mean * scale
            self._normalized = self._inverse_deviation = None
            return outputs
        axes = tuple(range(inputs.ndim - 1))
        normalized = self.buffer("normalized", inputs.shape)
        mean = inputs.mean(axis=axes)
        np.subtract(inputs, mean, out=normalized)
        np.square(normalized, out=outputs)
        variance = outputs.mean(axis=axes)
        inverse_deviation = 1 / np.sqrt(variance + self.epsilon)
        normalized *= inverse_deviation
        np.multiply(normalized, gamma, out=outputs)
        outputs += beta
        for moving, batch in ((moving_mean, mean), (moving_variance, variance)):
            moving *= self.momentum
            moving += (1 - self.momentum) * batch
        self._normalized, self._inverse_deviation = normalized, inverse_deviation
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Through the scale, the normalization and the batch's own mean and variance."""
        normalized = self.recall(self._normalized)
        gamma = self.parameters[0].value
        axes = tuple(range(output_gradient.ndim - 1))
        count = normalized.size // normalized.shape[-1]
        # Not the buffer of the outputs: as a network's last layer they are still to be compared with the targets.
        product = self.buffer("product", normalized.shape)
        np.multiply(output_gradient, normalized, out=product)
        product.sum(axis=axes, out=self.parameters[0].gradient)
        output_gradient.sum(axis=axes, out=self.parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        # The sums over g are gamma times the two gradients just found.
        np.multiply(normalized, self.parameters[0].gradient / count, out=product)
        output_gradient -= product
        output_gradient -= self.parameters[1].gradient / count
        output_gradient *= gamma * self.recall(self._inverse_deviation)
        return output_gradient

    def release_buffers(self) -> None:
        """Forget every buffer and what was remembered."""
        super().release_buffers()
        self._normalized = self._inverse_deviation = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"momentum": self.momentum, "epsilon": self.epsilon, "name": self.name}

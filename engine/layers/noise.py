"""Gaussian noise: a little disturbance while training, nothing at prediction."""

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.core.random_streams import RandomSource
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class GaussianNoise(Layer):
    """outputs = inputs + N(0, σ²) while training; the gradient passes unchanged.

    C. M. Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995.

    Args:
        stddev: σ ≥ 0.
        seed: of this layer's noise; None for the network's.
    """

    kind = "gaussian_noise"
    random_effect = "shift"

    def __init__(self, stddev: float, seed: int | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if not isinstance(stddev, int | float | np.number) or not stddev >= 0:
            raise ConfigurationError(f"The deviation of noise must not be negative, unlike {stddev!r}.", "stddev")
        self.stddev, self.seed = float(stddev), seed
        self._source = RandomSource()

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return input_shape

    def draw_from(self, source: RandomSource) -> None:
        """Take the network's source of noise."""
        self._source = source if self.seed is None else replace(source, seed=self.seed)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Inputs and fresh noise while training, else the inputs themselves."""
        if not self.works_as_training(training):
            return inputs
        outputs = self.buffer("outputs", inputs.shape)
        # Drawn in float32 whatever the network's type, so that a float64 network sees the same noise.
        draws = self.buffer("draws", inputs.shape, np.float32)
        self._source.generator().standard_normal(out=draws, dtype=np.float32)
        np.multiply(draws, self.stddev, out=outputs)
        outputs += inputs
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient itself."""
        return output_gradient

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"stddev": self.stddev, **({} if self.seed is None else {"seed": self.seed}), **super().config()}

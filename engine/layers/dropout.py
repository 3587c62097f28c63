"""Dropout: random silence during training, nothing at prediction."""

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_finite_number
from engine.core.parameters import FloatArray, Shape
from engine.core.random_streams import RandomSource
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class Dropout(Layer):
    """outputs = inputs ∘ mask / (1 − rate), each mask entry 0 with probability `rate`, else 1.

    Dividing while training keeps the expected value, so that prediction is the identity. The gradient takes the same
    mask. Masks follow from the network's seed, the training step and the replica: see
    `RandomSource`.

    Args:
        rate: part of the inputs that is silenced, in [0, 1).
        noise_shape: only None here.
        seed: of this layer's masks; None for the network's.

    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
    """

    kind = "dropout"
    random_effect = "factor"

    def __init__(
        self, rate: float, noise_shape: None = None, seed: int | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        if noise_shape is not None:
            raise ConfigurationError("Dropout silences single numbers here: noise_shape is None.", "noise_shape")
        self.seed = seed
        if not is_finite_number(rate) or not 0 <= rate < 1:
            raise ConfigurationError(f"A dropout rate is at least 0 and less than 1, not {rate!r}.", "rate")
        self.rate = float(rate)
        self._source = RandomSource()
        self._mask: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return input_shape

    def draw_from(self, source: RandomSource) -> None:
        """Take the network's source of masks."""
        self._source = source if self.seed is None else replace(source, seed=self.seed)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Inputs times a fresh mask while training, else the inputs themselves."""
        if not self.works_as_training(training):
            self._mask = None
            return inputs
        mask = self.buffer("mask", inputs.shape)
        # Drawn in float32 whatever the network's type, so that a float64 network sees the same masks.
        draws = self.buffer("draws", inputs.shape, np.float32)
        self._source.generator().random(out=draws, dtype=np.float32)
        np.greater_equal(draws, self.rate, out=mask, casting="unsafe")
        mask *= 1 / (1 - self.rate)
        outputs = self.buffer("outputs", inputs.shape)
        np.multiply(inputs, mask, out=outputs)
        self._mask = mask
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient times the mask of the last forward pass, in place."""
        if self.works_as_training(True):
            output_gradient *= self.recall(self._mask)
        return output_gradient

    def release_buffers(self) -> None:
        """Forget every buffer and the mask."""
        super().release_buffers()
        self._mask = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"rate": self.rate, **({} if self.seed is None else {"seed": self.seed}), **super().config()}

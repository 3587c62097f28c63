"""Softmax regression: one weight a pixel and a digit, ten digits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.layers import Dense, Flatten, Layer
from engine.losses import Loss, SparseCategoricalCrossentropy
from engine.training.config import TrainingConfig
from models.presets.preset import ModelPreset

DIGITS = tuple(str(digit) for digit in range(10))


@dataclass(frozen=True, eq=False)
class DigitPreset(ModelPreset):
    """The part that all presets with ten classes share: targets and loss."""

    def loss(self) -> Loss:
        """Cross-entropy of the softmax of ten logits, targets given as class numbers."""
        return SparseCategoricalCrossentropy(from_logits=True)

    def targets(self, labels: NDArray[np.int64]) -> NDArray[Any]:
        """The labels themselves, (n,)."""
        return labels


@dataclass(frozen=True, eq=False)
class SoftmaxPreset(DigitPreset):
    """p = softmax(Wᵀx + b). W starts at zero: the loss has a single minimum."""

    def layers(self) -> list[Layer]:
        """Ten dense units on the flattened image."""
        return [Flatten(), Dense(10, kernel_initializer="zeros")]


SOFTMAX = SoftmaxPreset(
    name="softmax",
    title="Softmax regression",
    description="Softmax regression: one weight for each pixel and digit, the digit with the largest sum wins.",
    labels=DIGITS,
    task="multiclass",
    parameter_count=4_010,
    defaults=TrainingConfig(optimizer="adam", learning_rate=0.003, batch_size=128, epochs=20, l2=1e-4),
)

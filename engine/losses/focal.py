"""Focal loss: examples that are easy already count less."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.activations import sigmoid
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.losses.base import Loss, mean_of_outputs, outputs_per_example
from engine.losses.crossentropy import PROBABILITY_GUARD, BinaryCrossentropy


class BinaryFocalCrossentropy(Loss):
    """l = (1 − q)^γ · h with h = −t·ln p − (1−t)·ln(1−p) and q = t·p + (1−t)·(1−p), the share of the right answer.

    T.-Y. Lin et al., "Focal loss for dense object detection", 2017.

    Args:
        apply_class_balancing: whether examples of 1 are weighed with α and those of 0 with 1 − α.
        alpha: α in [0, 1].
        gamma: γ ≥ 0.
        from_logits, label_smoothing, axis, reduction, name, dtype: as for `BinaryCrossentropy`.
    """

    kind: ClassVar[str] = "binary_focal_crossentropy"
    task: ClassVar[str] = "labels"

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not (0 <= alpha <= 1 and gamma >= 0):
            raise ConfigurationError(f"A focal loss needs alpha from 0 to 1 and gamma from 0, not {alpha} and {gamma}.")
        self.apply_class_balancing, self.alpha, self.gamma = bool(apply_class_balancing), float(alpha), float(gamma)
        self.plain = BinaryCrossentropy(from_logits, label_smoothing, axis)
        self.from_logits = self.plain.from_logits

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        smoothing = self.plain.label_smoothing
        targets = targets * (1 - smoothing) + smoothing / 2
        given = np.asarray(self.to_predictions(outputs))
        p = np.clip(given, PROBABILITY_GUARD, 1 - PROBABILITY_GUARD)
        entropy = -targets * np.log(p) - (1 - targets) * np.log1p(-p)
        wrong = 1 - targets * given - (1 - targets) * (1 - given)
        balance = targets * self.alpha + (1 - targets) * (1 - self.alpha) if self.apply_class_balancing else 1.0
        focus = wrong**self.gamma
        slope = np.where(p == given, (p - targets) / (p * (1 - p)), 0) * focus
        if self.gamma:
            slope = slope + entropy * self.gamma * wrong ** (self.gamma - 1) * (1 - 2 * targets)
        if self.from_logits:
            slope = slope * given * (1 - given)
        gradient = (balance * slope / outputs_per_example(outputs)).astype(outputs.dtype)
        return mean_of_outputs(balance * focus * entropy), gradient

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """Probabilities that each label is true."""
        return sigmoid(outputs) if self.from_logits else outputs

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """As for `BinaryCrossentropy`."""
        return self.plain.prepare_targets(targets, output_shape, dtype)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "apply_class_balancing": self.apply_class_balancing,
            "alpha": self.alpha,
            "gamma": self.gamma,
            **self.plain.config(),
            **super().config(),
        }

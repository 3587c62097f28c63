"""Losses between distributions, counts and directions."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError
from engine.losses.base import EPSILON, Loss, mean_of_outputs, outputs_per_example


class KLDivergence(Loss):
    """l = Σ t·ln(t / y) over the outputs, both kept within [1e-7, 1];  ∂l/∂y = −t / y inside.

    S. Kullback and R. A. Leibler, "On information and sufficiency", 1951.
    """

    kind: ClassVar[str] = "kl_divergence"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        true, shares = np.clip(targets, EPSILON, 1), np.clip(outputs, EPSILON, 1)
        losses: FloatArray = (true * np.log(true / shares)).reshape(len(outputs), -1).sum(axis=1)
        return losses, np.where(shares == outputs, -true / shares, outputs.dtype.type(0))


class Poisson(Loss):
    """l = mean over the outputs of y − t·ln(y + 1e-7), for counts t;  ∂l/∂y = (1 − t / (y + 1e-7)) / outputs."""

    kind: ClassVar[str] = "poisson"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        guarded = outputs + outputs.dtype.type(EPSILON)
        losses = mean_of_outputs((outputs - targets * np.log(guarded)).astype(np.float64))
        return losses, (1 - targets / guarded) / outputs_per_example(outputs)


class CosineSimilarity(Loss):
    """l = −cos of the angle between outputs and targets: −1 where both point the same way.

    With u = y/|y| and v = t/|t|:  ∂l/∂y = −(v − (u·v)·u) / |y|. Squared lengths below 1e-12 count as 1e-12.
    """

    kind: ClassVar[str] = "cosine_similarity"
    task: ClassVar[str] = "values"

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not is_whole_number(axis) or axis == 0:
            raise ConfigurationError(f"Directions are compared along an axis after the first, not {axis!r}.", "axis")
        self.axis = int(axis)

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        (u, length), (v, _) = _direction(outputs, self.axis), _direction(targets, self.axis)
        cosine = (u * v).sum(axis=self.axis, keepdims=True)
        gradient = (cosine * u - v) / length
        count = outputs_per_example(outputs) // outputs.shape[self.axis]
        return -mean_of_outputs(cosine), gradient / count

    def config(self) -> dict[str, Any]:
        """The axis and what every loss has."""
        return super().config() if self.axis == -1 else {"axis": self.axis, **super().config()}


def _direction(values: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    squared = np.square(values, dtype=np.float64).sum(axis=axis, keepdims=True)
    length = np.sqrt(np.maximum(squared, 1e-12)).astype(values.dtype)
    return values / length, length

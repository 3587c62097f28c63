"""Losses for numbers rather than classes: squared, absolute and Huber's mixture of both."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError
from engine.losses.base import Loss


def _mean_of_outputs(values: FloatArray) -> FloatArray:
    """(batch, …) → (batch,), in float64: the square of 1e30 has no place in float32."""
    result: FloatArray = values.reshape(len(values), -1).mean(axis=1)
    return result


def _outputs_per_example(outputs: FloatArray) -> int:
    return max(1, int(np.prod(outputs.shape[1:])))


class MeanSquaredError(Loss):
    """l = mean over the outputs of (y − t)²;  ∂l/∂y = 2·(y − t) / outputs.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 3.1.1.
    """

    kind: ClassVar[str] = "mean_squared_error"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        losses = _mean_of_outputs(np.square(difference, dtype=np.float64))
        difference *= 2 / _outputs_per_example(outputs)
        return losses, difference


class MeanAbsoluteError(Loss):
    """l = mean over the outputs of |y − t|;  ∂l/∂y = sign(y − t) / outputs, 0 at the kink.

    T. Hastie, R. Tibshirani and J. Friedman, "The Elements of Statistical Learning", 2009, section 10.6.
    """

    kind: ClassVar[str] = "mean_absolute_error"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        losses = _mean_of_outputs(np.abs(difference).astype(np.float64))
        gradient = np.sign(difference)
        gradient /= _outputs_per_example(outputs)
        return losses, gradient


class Huber(Loss):
    """Squared near the target, absolute far from it, so that outliers pull with a bounded force.

    With d = y − t:  l = ½·d² where |d| ≤ δ, else δ·|d| − ½·δ²;  ∂l/∂y = clip(d, −δ, δ). Averaged over the outputs.
    P. J. Huber, "Robust estimation of a location parameter", 1964.

    Args:
        delta: δ > 0, where the parabola becomes a line.
    """

    kind: ClassVar[str] = "huber"
    task: ClassVar[str] = "values"

    def __init__(self, delta: float = 1.0) -> None:
        if not (delta > 0 and np.isfinite(delta)):
            raise ConfigurationError(f"Huber's delta must be greater than 0, not {delta}.")
        self.delta = delta

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        clipped = np.clip(difference, -self.delta, self.delta)
        # c·(d − c/2) with c = clip(d) is ½d² inside and δ|d| − ½δ² outside.
        losses = _mean_of_outputs(clipped.astype(np.float64) * (difference - clipped / 2))
        clipped /= _outputs_per_example(outputs)
        return losses, clipped

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"delta": self.delta}

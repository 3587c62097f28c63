"""Losses for numbers rather than classes: squared, absolute and Huber's mixture of both."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError
from engine.losses.base import EPSILON, Loss, mean_of_outputs, outputs_per_example


class MeanSquaredError(Loss):
    """l = mean over the outputs of (y − t)²;  ∂l/∂y = 2·(y − t) / outputs.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 3.1.1.
    """

    kind: ClassVar[str] = "mean_squared_error"
    symmetric = True
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        losses = mean_of_outputs(np.square(difference, dtype=np.float64))
        difference *= 2 / outputs_per_example(outputs)
        return losses, difference


class MeanAbsoluteError(Loss):
    """l = mean over the outputs of |y − t|;  ∂l/∂y = sign(y − t) / outputs, 0 at the kink.

    T. Hastie, R. Tibshirani and J. Friedman, "The Elements of Statistical Learning", 2009, section 10.6.
    """

    kind: ClassVar[str] = "mean_absolute_error"
    symmetric = True
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        losses = mean_of_outputs(np.abs(difference).astype(np.float64))
        gradient = np.sign(difference)
        gradient /= outputs_per_example(outputs)
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

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not (isinstance(delta, int | float | np.number) and delta > 0 and np.isfinite(delta)):
            raise ConfigurationError(f"Huber's delta must be greater than 0, not {delta!r}.")
        self.delta = delta

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        clipped = np.clip(difference, -self.delta, self.delta)
        # c·(d − c/2) with c = clip(d) is ½d² inside and δ|d| − ½δ² outside.
        losses = mean_of_outputs(clipped.astype(np.float64) * (difference - clipped / 2))
        clipped /= outputs_per_example(outputs)
        return losses, clipped

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"delta": self.delta, **super().config()}


class MeanAbsolutePercentageError(Loss):
    """l = 100 · mean over the outputs of |y − t| / s,  ∂l/∂y = 100 · sign(y − t) / s / outputs,  s = max(|t|, 1e-7)."""

    kind: ClassVar[str] = "mean_absolute_percentage_error"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        slopes = 100 * np.sign(difference) / np.maximum(np.abs(targets), outputs.dtype.type(EPSILON))
        losses = mean_of_outputs((slopes * difference).astype(np.float64))
        slopes /= outputs_per_example(outputs)
        return losses, slopes


class MeanSquaredLogarithmicError(Loss):
    """l = mean over the outputs of (ln(1 + y) − ln(1 + t))²; numbers below 1e-7 count as 1e-7."""

    kind: ClassVar[str] = "mean_squared_logarithmic_error"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        guard = outputs.dtype.type(EPSILON)
        kept = np.maximum(outputs, guard)
        difference = np.log1p(kept) - np.log1p(np.maximum(targets, guard))
        losses = mean_of_outputs(np.square(difference, dtype=np.float64))
        gradient = np.where(outputs > guard, 2 * difference / (1 + kept), outputs.dtype.type(0))
        gradient /= outputs_per_example(outputs)
        return losses, gradient


class LogCosh(Loss):
    """l = mean over the outputs of ln cosh(y − t), smooth like a square near 0;  ∂l/∂y = tanh(y − t) / outputs."""

    kind: ClassVar[str] = "log_cosh"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        difference = outputs - targets
        losses = mean_of_outputs(np.logaddexp(difference, -difference, dtype=np.float64) - np.log(2.0))
        return losses, np.tanh(difference) / outputs_per_example(outputs)

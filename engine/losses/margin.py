"""Hinge losses: right answers have to be right by a margin. Targets are −1 and 1, or 0 and 1."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.losses.base import Loss, mean_of_outputs, outputs_per_example


def _signs(targets: NDArray[Any]) -> NDArray[Any]:
    """Targets of 0 and 1 as −1 and 1; others as they are."""
    signs: NDArray[Any] = 2 * targets - 1 if np.isin(targets, (0, 1)).all() else targets
    return signs


class Hinge(Loss):
    """l = mean over the outputs of max(1 − t·y, 0);  ∂l/∂y = −t / outputs where the margin is missed.

    C. Cortes and V. Vapnik, "Support-vector networks", 1995.
    """

    kind: ClassVar[str] = "hinge"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        signs = _signs(targets)
        missing = np.maximum(1 - signs * outputs, 0)
        gradient = np.where(missing > 0, -signs, outputs.dtype.type(0)) / outputs_per_example(outputs)
        return mean_of_outputs(missing.astype(np.float64)), gradient


class SquaredHinge(Loss):
    """l = mean over the outputs of max(1 − t·y, 0)²;  ∂l/∂y = −2·t·max(1 − t·y, 0) / outputs."""

    kind: ClassVar[str] = "squared_hinge"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        signs = _signs(targets)
        missing = np.maximum(1 - signs * outputs, 0)
        losses = mean_of_outputs(np.square(missing, dtype=np.float64))
        return losses, -2 * signs * missing / outputs_per_example(outputs)


class CategoricalHinge(Loss):
    """l = max(largest wrong output − right output + 1, 0), with targets that are rows with one 1.

    J. Weston and C. Watkins, "Support vector machines for multi-class pattern recognition", 1999.
    """

    kind: ClassVar[str] = "categorical_hinge"
    task: ClassVar[str] = "values"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        others = (1 - targets) * outputs
        rows, largest = np.arange(len(outputs)), others.argmax(axis=1)
        losses = np.maximum(others[rows, largest] - (targets * outputs).sum(axis=1) + 1, 0)
        gradient = -targets.copy()
        gradient[rows, largest] += 1 - targets[rows, largest]
        gradient *= (losses > 0)[:, np.newaxis]
        return losses, gradient

"""Metrics of plain values, (n,) or (n, K): how far answers are from the truth."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import ShapeError

Array = NDArray[Any]


def mean_squared_error(targets: Array, predictions: Array) -> float:
    """Mean of (y − t)², in the squared unit of the targets."""
    return float(np.mean(_differences(targets, predictions) ** 2))


def root_mean_squared_error(targets: Array, predictions: Array) -> float:
    """√(mean (y − t)²), in the unit of the targets."""
    return math.sqrt(mean_squared_error(targets, predictions))


def mean_absolute_error(targets: Array, predictions: Array) -> float:
    """Mean of |y − t|, in the unit of the targets."""
    return float(np.mean(np.abs(_differences(targets, predictions))))


def r_squared(targets: Array, predictions: Array) -> float:
    """R² = 1 − Σ(y − t)² / Σ(t − t̄)²: 1 is perfect, 0 is no better than the mean; NaN for constant targets."""
    left = float((_differences(targets, predictions) ** 2).sum())
    true = np.asarray(targets, np.float64).reshape(len(targets), -1)
    spread = float(((true - true.mean(axis=0)) ** 2).sum())
    return 1 - left / spread if spread else math.nan


def _differences(targets: Array, predictions: Array) -> FloatArray:
    true, predicted = same_tables(np.asarray(targets, np.float64), np.asarray(predictions, np.float64))
    return predicted - true


def same_tables(targets: Array, predictions: Array) -> tuple[Array, Array]:
    """Both with one row an example; never broadcast: class numbers (n,) beside probabilities (n, K) mean nothing.

    Raises:
        ShapeError: they are not equally many.
    """
    require_same_length(targets, predictions)
    if targets.size != predictions.size:
        raise ShapeError(
            f"This metric compares number with number: targets of shape {targets.shape} do not fit "
            f"predictions of shape {predictions.shape}."
        )
    rows, columns = len(targets), targets.size // max(1, len(targets))
    return targets.reshape(rows, columns), predictions.reshape(rows, columns)


def require_same_length(first: Array, second: Array) -> None:
    """Refuse targets and predictions that are not equally many; raises `ShapeError`."""
    if len(first) != len(second):
        raise ShapeError(f"There are {len(first)} targets but {len(second)} predictions.")

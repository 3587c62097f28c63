"""Inputs and targets in the form that the training loop and the loss compute with."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, DataError
from engine.evaluation.metrics import class_numbers
from engine.losses import Loss
from engine.network.network import Network

# One factor a class, or "balanced" for factors with which each class counts the same, or None.
ClassWeights = tuple[float, ...] | Literal["balanced"] | None


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Checked examples.

    Attributes:
        inputs: (n, *input_shape) in the network's dtype.
        targets: (n, …) as the loss prepared them.
        weights: (n,) float64 factor of each example's loss, or None for 1.
    """

    inputs: FloatArray
    targets: NDArray[Any]
    weights: FloatArray | None


def prepare_data(
    network: Network,
    inputs: ArrayLike,
    targets: ArrayLike,
    class_weights: ClassWeights = None,
    sample_weights: ArrayLike | None = None,
) -> TrainingData:
    """Check and convert examples for a network.

    Args:
        network: built, with a loss.
        inputs: (count, *input_shape); a channel axis of one may be left out.
        targets: (count, …), what the loss compares outputs with.
        class_weights: factor of the loss for each class, "balanced" for factors with which each class counts the same,
            or None.
        sample_weights: factor of each example's loss, (count,), or None.

    Raises:
        ShapeError: a shape does not fit the network.
        DataError: no examples, different numbers of inputs and targets, or values that are not finite.
        ConfigurationError: class weights that do not fit the task.
    """
    loss = network.require_loss()
    checked = network.prepare_inputs(inputs)
    prepared = loss.prepare_targets(targets, network.answer_shape, network.dtype)
    if len(checked) != len(prepared):
        raise DataError(f"There are {len(checked)} inputs but {len(prepared)} targets.")
    if not len(checked):
        raise DataError("There are no examples.")
    # One pass without a temporary of the data's size: a NaN or an infinity survives in the sum of squares.
    with np.errstate(all="ignore"):
        squares = np.dot(checked.reshape(-1), checked.reshape(-1))
    if not np.isfinite(squares) and not np.isfinite(checked).all():
        raise DataError("The inputs contain values that are not finite numbers.")
    weights = None if class_weights is None else _example_weights(loss, prepared, class_weights, network.answer_shape)
    if sample_weights is not None:
        own = np.asarray(sample_weights, np.float64).reshape(-1)
        if own.shape != (len(checked),) or not np.isfinite(own).all():
            raise DataError(f"There are {len(checked)} examples, but {own.size} finite weights for them.")
        weights = own if weights is None else weights * own
    return TrainingData(checked, prepared, weights)


def _example_weights(
    loss: Loss,
    targets: NDArray[Any],
    class_weights: tuple[float, ...] | Literal["balanced"],
    output_shape: tuple[int, ...],
) -> FloatArray:
    """Each example's weight: that of its class, or 1 for an example of none of the classes (target −1)."""
    if loss.task == "values" or (loss.task == "labels" and output_shape[-1] > 1):
        raise ConfigurationError("Class weights need a task in which every example has one class.", "class_weights")
    classes = output_shape[-1] if loss.task == "classes" else 2
    if class_weights == "balanced":
        return _balanced(class_numbers(targets), classes)
    if len(class_weights) != classes:
        raise ConfigurationError(
            f"Class weights must be {classes} numbers, one a class, not {len(class_weights)}.", "class_weights"
        )
    table = np.array(class_weights, np.float64)
    if not np.isfinite(table).all() or table.min() < 0 or table.max() == 0:
        raise ConfigurationError("Class weights must not be negative, and not all zero.", "class_weights")
    numbers = class_numbers(targets)
    result: FloatArray = np.where(numbers < 0, 1.0, table[numbers])
    return result


def _balanced(numbers: NDArray[np.intp], classes: int) -> FloatArray:
    """Weights (n,) with which each class that occurs counts the same: n / (classes that occur · its examples)."""
    known = numbers[numbers >= 0]
    counts = np.bincount(known, minlength=classes)
    table = len(known) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    result: FloatArray = np.where(numbers < 0, 1.0, table[numbers])
    return result


def copied_examples(inputs: FloatArray, held_out: FloatArray) -> NDArray[np.bool_]:
    """Which of some examples, (m, …), are number by number also among others, (n, …): (m,)."""
    known: dict[bytes, bool] = {one.tobytes(): False for one in held_out}
    for one in inputs:
        if (text := one.tobytes()) in known:
            known[text] = True
    return np.array([known[one.tobytes()] for one in held_out], np.bool_)


def without_copies(data: TrainingData, held_out: TrainingData) -> TrainingData:
    """The held-out examples that are not also trained on; raises `DataError` when none is left."""
    own = ~copied_examples(data.inputs, held_out.inputs)
    if not own.any():
        raise DataError("Every validation digit is also a training digit, so that none is left to validate on.")
    weights = None if held_out.weights is None else held_out.weights[own]
    return TrainingData(held_out.inputs[own], held_out.targets[own], weights)

"""Inputs and targets in the form that the training loop and the loss compute with."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, DataError
from engine.evaluation.metrics import class_numbers
from engine.losses import Loss
from engine.network.network import Network


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
    class_weights: tuple[float, ...] | None = None,
    sample_weights: ArrayLike | None = None,
) -> TrainingData:
    """Check and convert examples for a network.

    Args:
        network: built, with a loss.
        inputs: (count, *input_shape); a channel axis of one may be left out.
        targets: (count, …), what the loss compares outputs with.
        class_weights: factor of the loss for each class, or None.
        sample_weights: factor of each example's loss, (count,), or None.

    Raises:
        ShapeError: a shape does not fit the network.
        DataError: no examples, different numbers of inputs and targets, or values that are not finite.
        ConfigurationError: class weights that do not fit the task.
    """
    loss = network.require_loss()
    checked = network.prepare_inputs(inputs)
    prepared = loss.prepare_targets(targets, network.output_shape, network.dtype)
    if len(checked) != len(prepared):
        raise DataError(f"There are {len(checked)} inputs but {len(prepared)} targets.")
    if not len(checked):
        raise DataError("There are no examples.")
    # One pass without a temporary of the data's size: a NaN or an infinity survives in the sum of squares.
    with np.errstate(all="ignore"):
        squares = np.dot(checked.reshape(-1), checked.reshape(-1))
    if not np.isfinite(squares) and not np.isfinite(checked).all():
        raise DataError("The inputs contain values that are not finite numbers.")
    weights = None if class_weights is None else _example_weights(loss, prepared, class_weights, network.output_shape)
    if sample_weights is not None:
        own = np.asarray(sample_weights, np.float64).reshape(-1)
        if own.shape != (len(checked),) or not np.isfinite(own).all():
            raise DataError(f"There are {len(checked)} examples, but {own.size} finite weights for them.")
        weights = own if weights is None else weights * own
    return TrainingData(checked, prepared, weights)


def _example_weights(
    loss: Loss, targets: NDArray[Any], class_weights: tuple[float, ...], output_shape: tuple[int, ...]
) -> FloatArray:
    """Each example's weight: that of its class, or 1 for an example of none of the classes (target −1)."""
    if loss.task == "values" or (loss.task == "labels" and output_shape[-1] > 1):
        raise ConfigurationError("Class weights need a task in which every example has one class.", "class_weights")
    classes = output_shape[-1] if loss.task == "classes" else 2
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

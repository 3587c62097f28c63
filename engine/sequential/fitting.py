"""What `fit` needs beside the training loop: callbacks, the split of the data, a try of the metrics, single steps."""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, ShapeError
from engine.layer_support.added_losses import gathered
from engine.losses import WeightPenalty
from engine.network.network import Network
from engine.sequential.callbacks import Callback
from engine.sequential.own_rules import add_own_penalties, constrain

if TYPE_CHECKING:
    from engine.evaluation.metric_choice import CompiledMetric
    from engine.optimizers import Optimizer


def as_callbacks(given: Sequence[Callback] | Callback | None, network: Any = None) -> list[Callback]:  # noqa: ANN401
    """The callbacks as a list, told of the network if one is given; `ConfigurationError` for what is none."""
    callbacks = [given] if isinstance(given, Callback) else list(given or ())
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise ConfigurationError(
                f"A callback is made of engine.keras.callbacks.Callback, not {callback!r}.", "callbacks"
            )
        if network is not None:
            callback.set_model(network)
    return callbacks


def class_weights(given: Any, outputs: int) -> tuple[float, ...] | None:  # noqa: ANN401 — checked here
    """One weight a class; classes that a mapping leaves out have 1. `ConfigurationError` for anything else."""
    if given is None:
        return None
    classes = max(2, outputs)
    if isinstance(given, Mapping):
        if any(number not in range(classes) for number in given):
            raise ConfigurationError(f"Class weights are for the classes 0 to {classes - 1}, not {list(given)}.")
        return tuple(float(given.get(number, 1.0)) for number in range(classes))
    if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray):
        raise ConfigurationError(
            f"Class weights are a mapping such as {{0: 1.0, 1: 5.0}} or one number a class, not {given!r}.",
            "class_weight",
        )
    return tuple(float(weight) for weight in given)


def split_end(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None, part: float) -> tuple[Any, Any]:
    """The examples (n, …) without their last part, and that part; targets and weights with them.

    Raises:
        ConfigurationError: the part is not from 0 to below 1.
    """
    if not 0 < part < 1:
        raise ConfigurationError(f"The validation split is a part from 0 to below 1, not {part}.", "validation_split")
    inputs, targets = np.asarray(x), np.asarray(y)
    first = int(len(inputs) * (1 - part))
    numbers = targets.argmax(axis=1) if targets.ndim == 2 and targets.shape[1] > 1 else targets.reshape(-1)
    kinds = np.unique(numbers)
    classes = 1 < len(kinds) <= 100 and np.array_equal(kinds, np.rint(kinds))
    unseen = not np.isin(numbers[first:], numbers[:first]).all()
    if classes and (unseen or (np.diff(numbers) >= 0).all()):
        warnings.warn(
            "The validation split takes the last examples, and the data are sorted by class: "
            "shuffle the data before fit.",
            UserWarning,
            stacklevel=3,
        )
    own = None if weights is None else np.asarray(weights)
    before = inputs[:first], targets[:first], None if own is None else own[:first]
    return before, (inputs[first:], targets[first:], None if own is None else own[first:])


def try_metrics(metrics: "Sequence[CompiledMetric]", network: Network, data: TrainingData) -> None:
    """Compute the metrics on two examples, so that one that does not fit is refused before the first step.

    Raises:
        ConfigurationError: a metric does not fit the outputs; the sentence names it.
    """
    if not metrics:
        return
    outputs, targets = network.logits(data.inputs[:2]), data.targets[:2]
    for metric in metrics:
        try:
            metric.value(network.require_loss(), outputs, targets)
        except (ShapeError, ValueError, IndexError, TypeError) as error:
            raise ConfigurationError(
                f"The metric {metric.name!r} does not fit outputs of shape {outputs.shape} and targets of "
                f"shape {targets.shape}: {error}",
                "metrics",
            ) from error


def single_step(
    network: Network, optimizer: "Optimizer", data: TrainingData, l1: float = 0.0, l2: float = 0.0
) -> tuple[float, FloatArray]:
    """One step on these examples; the loss before it, and the outputs (n, *output_shape)."""
    loss, penalty = network.require_loss(), WeightPenalty(network.store, l1, l2)
    given: list[FloatArray] = []

    def evaluate() -> float:
        with gathered() as added:
            outputs = network.propagate(data.inputs, training=True)
        value, gradient = loss.value_and_gradient(outputs, data.targets, sample_weights=data.weights)
        given[:] = [outputs.copy()]
        network.backward(gradient)
        value += sum(float(np.sum(np.asarray(one))) for one in added)
        return value + penalty.add() + add_own_penalties(network)

    network.clock.step = optimizer.steps
    value = optimizer.step(network.store, evaluate)
    constrain(network)
    return value, given[0]

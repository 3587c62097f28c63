"""What `compile` makes of its arguments, and what it has to warn of."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from engine.errors import ConfigurationError
from engine.evaluation.metric_choice import CompiledMetric, MetricLike
from engine.layers import Dense, Layer, Sigmoid, Softmax
from engine.layers.activation import ActivationLayer
from engine.layers.activation_choice import Activation
from engine.layers.kernel_layer import KernelLayer
from engine.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from engine.optimizers import Optimizer, optimizer_named


def compiled_optimizer(optimizer: str | Optimizer | Callable[..., Any]) -> Optimizer:
    """The optimizer that is meant by a name, a class or an object; `ConfigurationError` for anything else."""
    if isinstance(optimizer, str):
        return optimizer_named(optimizer)
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        made: Callable[..., Optimizer] = optimizer
        return made()
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise ConfigurationError(f"An optimizer is a name or an optimizer object, not {optimizer!r}.", "optimizer")


def compiled_metrics(metrics: Sequence[Any] | MetricLike | None) -> tuple[CompiledMetric, ...]:
    """The metrics, their names made different from each other; `ConfigurationError` for unknown ones."""
    if metrics is None:
        return ()
    given = list(metrics) if isinstance(metrics, Sequence | set) and not isinstance(metrics, str) else [metrics]
    if len(given) == 1 and isinstance(given[0], list | tuple):
        # Keras takes a list an output; here there is one output.
        given = list(given[0])
    made = [CompiledMetric(metric) for metric in given]
    names: set[str] = set()
    for metric in made:
        first, number = metric.name, 0
        while metric.name in names:
            number += 1
            metric.name = f"{first}_{number}"
        names.add(metric.name)
    return tuple(made)


def warn_of_misfit(layers: Sequence[Layer], loss: Loss | None) -> None:
    """Say in one sentence when the network's end and the loss do not mean the same by its outputs."""
    if not layers or not isinstance(loss, BinaryCrossentropy | CategoricalCrossentropy | SparseCategoricalCrossentropy):
        return
    last = layers[-1]
    end = last.end if isinstance(last, KernelLayer | Activation) else last
    squashes = isinstance(end, Sigmoid | Softmax)
    name = type(loss).__name__
    if isinstance(end, Softmax) and isinstance(last, Dense) and last.units == 1:
        told = 'A softmax over one unit is always 1: use Dense(1, activation="sigmoid").'
    elif squashes and loss.from_logits:
        kind = "sigmoid" if isinstance(end, Sigmoid) else "softmax"
        told = f"The network ends with a {kind}, and {name}(from_logits=True) applies it again: leave one of them out."
    elif not squashes and not loss.from_logits and (end is None or not isinstance(end, ActivationLayer)):
        told = (
            f"The network gives any numbers, but {name}() expects probabilities: end with "
            f"{'a sigmoid' if isinstance(loss, BinaryCrossentropy) else 'a softmax'}, or say from_logits=True."
        )
    else:
        return
    warnings.warn(told, UserWarning, stacklevel=3)

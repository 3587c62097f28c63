"""Runs networks whose class says itself what a step is: batch by batch, told to the callbacks."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.errors import DataError, EngineError
from engine.evaluation.metric_choice import CompiledMetric
from engine.evaluation.metric_objects import Mean, Metric
from engine.layer_support.structures import flatten
from engine.losses.base import Loss
from engine.losses.choice import make_loss
from engine.sequential.callbacks import Callback
from engine.sequential.streaming import gives_batches


class GatheredMetric(Metric):
    """A compiled metric as an object that takes batches.

    Args:
        compiled: computes the metric.
        loss: of the network.
    """

    def __init__(self, compiled: CompiledMetric, loss: Loss) -> None:
        super().__init__(compiled.name)
        self.compiled, self.loss = compiled, loss
        self._batches: list[tuple[Any, Any, Any]] = []

    def reset_state(self) -> None:
        """Forget all batches."""
        self._batches = []

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # noqa: ANN401
        """Take a batch: targets, outputs (n, …), and weights (n,) or None."""
        outputs = np.array(y_pred)
        targets = self.loss.prepare_targets(np.asarray(y_true), outputs.shape[1:], outputs.dtype)
        self._batches.append((outputs, targets, None if sample_weight is None else np.asarray(sample_weight)))

    def result(self) -> Any:  # noqa: ANN401 — a number
        """The metric of all batches."""
        if not self._batches:
            return as_tensor(0.0)
        outputs, targets, weights = zip(*self._batches, strict=True)
        together = None if weights[0] is None else np.concatenate(weights)
        return as_tensor(self.compiled.value(self.loss, np.concatenate(outputs), np.concatenate(targets), together))


def step_metrics(compiled: Sequence[CompiledMetric] | None, loss: Loss | None) -> list[Metric]:
    """The mean loss, and the compiled metrics as objects that take batches."""
    own = make_loss("mse") if loss is None else loss
    return [Mean(name="loss"), *(GatheredMetric(one, own) for one in compiled or ())]


def batches_of(
    data: Any,  # noqa: ANN401 — batches, or (x, y, weights)
    size: int,
    order: np.random.Generator | None = None,
    steps: int | None = None,
) -> Iterator[Any]:
    """Batches of tensors in the structure in which they came, mixed by `order`.

    Raises:
        DataError: there are no batches.
    """
    if gives_batches(data):
        parts = (data[number] for number in range(len(data))) if hasattr(data, "__getitem__") else iter(data)
    else:
        given = tuple(part for part in data if part is not None)
        leaves, again = flatten(given if len(given) > 1 else given[0])
        arrays = [np.asarray(leaf) for leaf in leaves]
        rows = np.arange(len(arrays[0])) if order is None else order.permutation(len(arrays[0]))
        parts = (again([array[rows[start : start + size]] for array in arrays]) for start in range(0, len(rows), size))
    count = 0
    for part in parts:
        leaves, again = flatten(part)
        yield again([_tensor(leaf) for leaf in leaves])
        count += 1
        if count == steps:
            return
    if not count:
        raise DataError("The data gave no batches.")


def _tensor(leaf: Any) -> Any:  # noqa: ANN401 — an array
    array = np.asarray(leaf)
    return as_tensor(
        array.astype(np.float32) if array.dtype == np.float64 and not isinstance(leaf, np.generic) else array
    )


def plain_metrics(told: Any) -> dict[str, float]:  # noqa: ANN401 — what a step gave
    """Numbers by name; `EngineError` where a step gives no mapping."""
    if not isinstance(told, dict):
        raise EngineError('A step gives its metrics by name: return {"loss": …}.')
    found: dict[str, float] = {}
    for name, value in told.items():
        found |= plain_metrics(value) if isinstance(value, dict) else {name: float(np.mean(np.asarray(value)))}
    return found


def evaluated(network: Any, data: Any, size: int, steps: int | None = None) -> dict[str, float]:  # noqa: ANN401
    """The metrics of `test_step` over all batches."""
    network.reset_metrics()
    metrics: dict[str, float] = {}
    for batch in batches_of(data, size, steps=steps):
        metrics = plain_metrics(network.test_step(batch))
    return metrics


def fitted(
    network: Any,  # noqa: ANN401 — a network with steps of its own
    data: Any,  # noqa: ANN401 — batches, or (x, y, weights)
    validation: Any,  # noqa: ANN401 — the same, or None
    callbacks: Sequence[Callback],
    epochs: range,
    size: int,
    order: np.random.Generator | None,
    steps: int | None,
) -> int:
    """Train by `train_step`, tell the callbacks, and say how many epochs were done."""

    def tell(hook: str, *given: Any) -> None:  # noqa: ANN401
        for callback in callbacks:
            getattr(callback, hook)(*given)

    logs: dict[str, float] = {}
    done = 0
    tell("on_train_begin", {})
    for epoch in epochs:
        tell("on_epoch_begin", epoch, {})
        network.reset_metrics()
        for number, batch in enumerate(batches_of(data, size, order, steps)):
            tell("on_train_batch_begin", number, {})
            logs = plain_metrics(network.train_step(batch))
            tell("on_train_batch_end", number, dict(logs))
            if network.stop_training:
                break
        logs, done = dict(logs), done + 1
        if validation is not None:
            tell("on_test_begin", {})
            held_out = evaluated(network, validation, size)
            logs |= {f"val_{name}": value for name, value in held_out.items()}
            tell("on_test_end", held_out)
        tell("on_epoch_end", epoch, logs)
        if network.stop_training:
            break
    tell("on_train_end", dict(logs))
    return done

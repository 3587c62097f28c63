"""Which examples a step sees: the order of an epoch, and augmentation one batch ahead on a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.parameters import FloatArray, IntArray
from engine.training.data import TrainingData
from engine.training.seeds import augmentation_generator, epoch_order

Augment = Callable[[FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The examples of one step.

    Attributes:
        examples: their rows in the training data, (batch,).
        inputs, targets, weights: arrays to take them from.
        indices: rows in these arrays, (batch,).
    """

    examples: IntArray
    inputs: FloatArray
    targets: NDArray[Any]
    weights: FloatArray | None
    indices: IntArray


class BatchSource:
    """Gives the batch of any step; a batch is a function of the seed and the step alone.

    Args:
        data: the training data.
        batch_size: examples in a step; the last one of an epoch may be smaller.
        epochs: of the whole run.
        seed: of order and augmentation.
        shuffle: whether each epoch has a new order.
        augment: makes a new, varied array from a batch of inputs, or None.
    """

    def __init__(
        self,
        data: TrainingData,
        batch_size: int,
        epochs: int,
        seed: int,
        *,
        shuffle: bool,
        augment: Augment | None = None,
    ) -> None:
        self._data, self._batch_size, self._seed = data, batch_size, seed
        self._shuffle, self._augment = shuffle, augment
        self.steps_per_epoch = -(-len(data.inputs) // batch_size)
        self._steps = self.steps_per_epoch * epochs
        self._orders: dict[int, IntArray] = {}
        # Augmentation of the next batch runs while this one is trained on.
        self._ahead = None if augment is None else ThreadPoolExecutor(1, thread_name_prefix="engine-augment")
        self._coming: tuple[int, Future[Batch]] | None = None

    def order(self, epoch: int) -> IntArray:
        """The order of an epoch (from 0), shape (examples,)."""
        order = self._orders.get(epoch)
        if order is None:
            order = epoch_order(self._seed, epoch, len(self._data.inputs), shuffle=self._shuffle)
            # The thread may be one epoch ahead, never more.
            self._orders = {known: kept for known, kept in self._orders.items() if known >= epoch - 1} | {epoch: order}
        return order

    def batch(self, step: int) -> Batch:
        """The batch of a step (from 0)."""
        if self._ahead is None:
            return self._make(step)
        coming, self._coming = self._coming, None
        batch = coming[1].result() if coming is not None and coming[0] == step else self._make(step)
        if step + 1 < self._steps:
            self._coming = step + 1, self._ahead.submit(self._make, step + 1)
        return batch

    def _make(self, step: int) -> Batch:
        epoch, number = divmod(step, self.steps_per_epoch)
        examples = self.order(epoch)[number * self._batch_size : (number + 1) * self._batch_size]
        data = self._data
        if self._augment is None:
            return Batch(examples, data.inputs, data.targets, data.weights, examples)
        with np.errstate(all="ignore"):
            inputs = self._augment(data.inputs[examples], augmentation_generator(self._seed, step))
        weights = None if data.weights is None else data.weights[examples]
        return Batch(examples, inputs, data.targets[examples], weights, np.arange(len(examples)))

    def close(self) -> None:
        """End the thread."""
        if self._ahead is not None:
            self._ahead.shutdown(cancel_futures=True)

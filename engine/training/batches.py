"""Which examples a step sees: the order of an epoch, and batches that a thread of their own gets ready ahead."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.parameters import FloatArray, IntArray
from engine.training.data import TrainingData
from engine.training.seeds import augmentation_generator, epoch_order
from engine.training.workers import lower_thread_priority

Augment = Callable[[FloatArray, np.random.Generator], FloatArray]


# Examples that are gathered ahead at once: enough steps to make waking the other thread worth while.
_GATHERED_EXAMPLES = 2048


@dataclass(slots=True, eq=False)
class Batch:
    """The examples of one step.

    Attributes:
        examples: their rows in the training data, (batch,).
        inputs, targets, weights: arrays to take them from.
        indices: rows in these arrays, (batch,); None when the arrays are the batch, in order.
    """

    examples: IntArray
    inputs: FloatArray
    targets: NDArray[Any]
    weights: FloatArray | None
    indices: IntArray | None

    def part(self, part: slice) -> "Batch":
        """Some examples of the batch."""
        if self.indices is not None:
            return Batch(self.examples[part], self.inputs, self.targets, self.weights, self.indices[part])
        weights = None if self.weights is None else self.weights[part]
        return Batch(self.examples[part], self.inputs[part], self.targets[part], weights, None)


@dataclass(slots=True)
class _Stretch:
    """Some steps in a row whose examples lie ready: number of the first, how many, and all their examples."""

    first: int
    steps: int
    whole: Batch


class BatchSource:
    """Gives the batch of any step; a batch is a function of the seed and the step alone.

    Args:
        data: the training data.
        batch_size: examples in a step; the last one of an epoch may be smaller.
        epochs: of the whole run.
        seed: of order and augmentation.
        shuffle: whether each epoch has a new order.
        augment: makes a new, varied array from a batch of inputs, or None. The next batch is varied while this one is
            trained on.
        gather_ahead: whether another thread collects the examples of the coming steps. It pays where a network is so
            small that its steps are computed on one thread: fetching scattered rows is a good part of them.
        polite: whether that thread runs at a lower priority.
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
        gather_ahead: bool = False,
        polite: bool = False,
    ) -> None:
        self._data, self._batch_size, self._seed = data, batch_size, seed
        self._shuffle, self._augment = shuffle, augment
        self.steps_per_epoch = -(-len(data.inputs) // batch_size)
        self._steps = self.steps_per_epoch * epochs
        self._orders: dict[int, IntArray] = {}
        ahead = augment is not None or (gather_ahead and shuffle)
        prepare = lower_thread_priority if polite else None
        self._ahead = ThreadPoolExecutor(1, "engine-batches", prepare) if ahead else None
        self._stretch = 1 if augment is not None else max(1, _GATHERED_EXAMPLES // batch_size)
        self._ready: _Stretch | None = None
        self._coming: Future[_Stretch] | None = None
        # Two sets of arrays: one is trained on while the other is filled.
        self._arrays: dict[int, TrainingData] = {}
        self._turn = 0

    def order(self, epoch: int) -> IntArray:
        """The order of an epoch (from 0), shape (examples,)."""
        order = self._orders.get(epoch)
        if order is None:
            order = epoch_order(self._seed, epoch, len(self._data.inputs), shuffle=self._shuffle)
            # The thread may be one epoch ahead, never more.
            self._orders = {known: kept for known, kept in self._orders.items() if known >= epoch - 1} | {epoch: order}
        return order

    def batch(self, step: int) -> Batch:
        """The batch of a step (from 0); its arrays are valid until the batch of another step is asked for."""
        if self._ahead is None:
            return self._plain(step)
        ready = self._ready
        if ready is None or not 0 <= step - ready.first < ready.steps:
            ready = self._ready = self._take_stretch(step)
            following = ready.first + ready.steps
            if following < self._steps:
                self._coming = self._ahead.submit(self._make_stretch, following)
        start = (step - ready.first) * self._batch_size
        return ready.whole.part(slice(start, start + self._batch_size))

    def _take_stretch(self, step: int) -> _Stretch:
        """The steps around this one, made ahead or now."""
        coming, self._coming = self._coming, None
        if coming is not None:
            ready = coming.result()
            if 0 <= step - ready.first < ready.steps:
                return ready
        return self._make_stretch(step)

    def _make_stretch(self, step: int) -> _Stretch:
        if self._augment is not None:
            return _Stretch(step, 1, self._varied(step))
        epoch, number = divmod(step, self.steps_per_epoch)
        last = min(number + self._stretch, self.steps_per_epoch)
        order = self.order(epoch)[number * self._batch_size : last * self._batch_size]
        arrays = self._next_arrays()
        data = self._data
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        data.inputs.take(order, axis=0, out=arrays.inputs[: len(order)], mode="clip")
        data.targets.take(order, axis=0, out=arrays.targets[: len(order)], mode="clip")
        if data.weights is not None and arrays.weights is not None:
            data.weights.take(order, axis=0, out=arrays.weights[: len(order)], mode="clip")
        whole = Batch(
            order,
            arrays.inputs[: len(order)],
            arrays.targets[: len(order)],
            None if arrays.weights is None else arrays.weights[: len(order)],
            None,
        )
        return _Stretch(step, last - number, whole)

    def _next_arrays(self) -> TrainingData:
        data, rows = self._data, self._stretch * self._batch_size
        self._turn ^= 1
        if self._turn not in self._arrays:
            self._arrays[self._turn] = TrainingData(
                np.empty((rows, *data.inputs.shape[1:]), data.inputs.dtype),
                np.empty((rows, *data.targets.shape[1:]), data.targets.dtype),
                None if data.weights is None else np.empty(rows, data.weights.dtype),
            )
        return self._arrays[self._turn]

    def _examples(self, step: int) -> IntArray:
        epoch, number = divmod(step, self.steps_per_epoch)
        return self.order(epoch)[number * self._batch_size : (number + 1) * self._batch_size]

    def _plain(self, step: int) -> Batch:
        examples, data = self._examples(step), self._data
        # All the data in its own order needs no gathering.
        whole = not self._shuffle and self.steps_per_epoch == 1
        return Batch(examples, data.inputs, data.targets, data.weights, None if whole else examples)

    def _varied(self, step: int) -> Batch:
        assert self._augment is not None
        examples, data = self._examples(step), self._data
        with np.errstate(all="ignore"):
            inputs = self._augment(data.inputs[examples], augmentation_generator(self._seed, step))
        weights = None if data.weights is None else data.weights[examples]
        return Batch(examples, inputs, data.targets[examples], weights, None)

    def close(self) -> None:
        """End the thread."""
        if self._ahead is not None:
            self._ahead.shutdown(cancel_futures=True)

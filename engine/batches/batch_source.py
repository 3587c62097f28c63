"""Which examples a step sees: the order of an epoch, and batches that a thread of their own gets ready ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.examples import TrainingData
from engine.batches.seeds import augmentation_generator, epoch_order
from engine.core.parameters import FloatArray, IntArray
from engine.threads.prefetch import Prefetcher

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

    def __len__(self) -> int:
        return len(self.examples)

    def part(self, part: slice) -> "Batch":
        """Some examples of the batch."""
        if self.indices is not None:
            return Batch(self.examples[part], self.inputs, self.targets, self.weights, self.indices[part])
        weights = None if self.weights is None else self.weights[part]
        return Batch(self.examples[part], self.inputs[part], self.targets[part], weights, None)


@dataclass(slots=True)
class _PrefetchedSteps:
    """Some steps in a row whose examples lie ready: number of the first, how many, and all their examples."""

    first: int
    steps: int
    whole: Batch

    def holds(self, step: int) -> bool:
        """Whether the step is one of these."""
        return self.first <= step < self.first + self.steps


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
        low_priority: whether that thread runs at a lower priority.
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
        low_priority: bool = False,
    ) -> None:
        self._data, self._batch_size, self._seed = data, batch_size, seed
        self._shuffle, self._augment = shuffle, augment
        self.steps_per_epoch = -(-len(data.inputs) // batch_size)
        self._steps = self.steps_per_epoch * epochs
        self._orders: dict[int, IntArray] = {}
        ahead = augment is not None or (gather_ahead and shuffle)
        self._ahead: Prefetcher[FloatArray] | None = Prefetcher(low_priority) if ahead else None
        self._stretch = 1 if augment is not None else max(1, _GATHERED_EXAMPLES // batch_size)
        self._ready: _PrefetchedSteps | None = None
        # What the thread is making the inputs for: first step, number of steps, and their examples.
        self._coming: tuple[int, int, IntArray] | None = None
        # Two arrays: one is trained on while the other is filled.
        self._arrays: list[FloatArray] = []

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
        if ready is None or not ready.holds(step):
            ready = self._ready = self._take_stretch(self._ahead, step)
            self._begin(self._ahead, ready.first + ready.steps)
        start = (step - ready.first) * self._batch_size
        return ready.whole.part(slice(start, start + self._batch_size))

    def _take_stretch(self, ahead: Prefetcher[FloatArray], step: int) -> _PrefetchedSteps:
        """The steps around this one, made ahead; else, as at the start of a run, this one alone, made now."""
        if self._coming is not None:
            (first, steps, examples), self._coming = self._coming, None
            ready = _PrefetchedSteps(first, steps, self._with_inputs(examples, ahead.result()))
            if ready.holds(step):
                return ready
        if self._augment is None:
            return _PrefetchedSteps(step, 1, self._plain(step))
        examples = self._examples(step)
        return _PrefetchedSteps(step, 1, self._with_inputs(examples, self._vary(self._augment, examples, step)))

    def _begin(self, ahead: Prefetcher[FloatArray], step: int) -> None:
        """Have the inputs made for a step and those after it, unless the run is over."""
        if step >= self._steps:
            return
        epoch, number = divmod(step, self.steps_per_epoch)
        steps = min(self._stretch, self.steps_per_epoch - number)
        examples = self._examples(step, steps)
        self._coming = step, steps, examples
        # To shuffle anew takes as long as ten steps of a small network.
        unknown = step + self.steps_per_epoch < self._steps and epoch + 1 not in self._orders
        afterwards = partial(self.order, epoch + 1) if unknown else None
        if self._augment is not None:
            ahead.begin(partial(self._vary, self._augment, examples, step), afterwards)
        else:
            ahead.begin(partial(self._gather, examples, self._next_array(len(examples))), afterwards)

    def _gather(self, examples: IntArray, out: FloatArray) -> FloatArray:
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        return self._data.inputs.take(examples, axis=0, out=out, mode="clip")

    def _next_array(self, rows: int) -> FloatArray:
        inputs = self._data.inputs
        if not self._arrays:
            shape = (self._stretch * self._batch_size, *inputs.shape[1:])
            self._arrays = [np.empty(shape, inputs.dtype), np.empty(shape, inputs.dtype)]
        self._arrays.reverse()
        return self._arrays[0][:rows]

    def _with_inputs(self, examples: IntArray, inputs: FloatArray) -> Batch:
        """A batch of these inputs, with what belongs to them."""
        data = self._data
        weights = None if data.weights is None else data.weights.take(examples)
        return Batch(examples, inputs, data.targets.take(examples, axis=0), weights, None)

    def _examples(self, step: int, steps: int = 1) -> IntArray:
        """The rows of a step, or of some steps of one epoch."""
        epoch, number = divmod(step, self.steps_per_epoch)
        return self.order(epoch)[number * self._batch_size : (number + steps) * self._batch_size]

    def _plain(self, step: int) -> Batch:
        examples, data = self._examples(step), self._data
        # All the data in its own order needs no gathering.
        whole = not self._shuffle and self.steps_per_epoch == 1
        return Batch(examples, data.inputs, data.targets, data.weights, None if whole else examples)

    def _vary(self, augment: Augment, examples: IntArray, step: int) -> FloatArray:
        with np.errstate(all="ignore"):
            return augment(self._data.inputs[examples], augmentation_generator(self._seed, step))

    def close(self) -> None:
        """End the thread."""
        if self._ahead is not None:
            self._ahead.close()

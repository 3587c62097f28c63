"""The rows of coming batches, gathered by a thread where a core has nothing else to do."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch import Batch
from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray, IntArray
from engine.threads.thread_pool import lower_thread_priority

# Steps whose rows are gathered at once: asking the thread takes time from a step, and a small network has short ones.
STEPS = 16


@dataclass(slots=True, eq=False)
class _Rows:
    """The rows of the steps [first, stop), in order."""

    first: int
    stop: int
    examples: IntArray
    inputs: FloatArray
    targets: NDArray[Any]
    weights: FloatArray | None


class PrefetchedRows:
    """Gives batches whose rows lie ready, side by side; nobody ever waits for them.

    Args:
        data: the training data.
        batch_size: examples in a step.
        steps: of the whole run.
        steps_per_epoch: as many of them make an epoch.
        order: of an epoch (from 0), (examples,).
        low_priority: whether the thread runs at a lower priority.
    """

    def __init__(
        self,
        data: TrainingData,
        batch_size: int,
        steps: int,
        steps_per_epoch: int,
        order: Callable[[int], IntArray],
        low_priority: bool,
    ) -> None:
        self._data, self._batch_size, self._order = data, batch_size, order
        self._steps, self._steps_per_epoch = steps, steps_per_epoch
        initializer = lower_thread_priority if low_priority else None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine-rows", initializer=initializer)
        self._ready: _Rows | None = None
        self._next: Future[_Rows] | None = None
        # Two in turn: the thread fills one while the batches of the other are trained on.
        self._buffers = [self._allocate(), self._allocate()]

    def _allocate(self) -> tuple[FloatArray, NDArray[Any]]:
        count, inputs, targets = STEPS * self._batch_size, self._data.inputs, self._data.targets
        return np.empty((count, *inputs.shape[1:]), inputs.dtype), np.empty((count, *targets.shape[1:]), targets.dtype)

    def batch(self, step: int) -> Batch | None:
        """The batch of a step, a view that lasts until the next `STEPS` are over; None where it does not lie ready."""
        if self._next is not None and self._next.done() and (self._ready is None or step >= self._ready.stop):
            self._ready, self._next = self._next.result(), None
            self._buffers.reverse()
        ready = self._ready
        is_there = ready is not None and ready.first <= step < ready.stop
        if self._next is None:
            self._ask(ready.stop if ready is not None and is_there else step + 1)
        if ready is None or not is_there:
            return None
        start = (step - ready.first) * self._batch_size
        rows = slice(start, min(start + self._batch_size, len(ready.examples)))
        weights = None if ready.weights is None else ready.weights[rows]
        return Batch(ready.examples[rows], ready.inputs[rows], ready.targets[rows], weights, None)

    def _ask(self, first: int) -> None:
        """Have the rows of the steps from `first` on gathered, within an epoch."""
        if first < self._steps:
            epoch, number = divmod(first, self._steps_per_epoch)
            stop = min(number + STEPS, self._steps_per_epoch)
            examples = self._order(epoch)[number * self._batch_size : stop * self._batch_size]
            self._next = self._thread.submit(self._gather, first, first + stop - number, examples, *self._buffers[1])

    def _gather(self, first: int, stop: int, examples: IntArray, inputs: FloatArray, targets: NDArray[Any]) -> _Rows:
        data, count = self._data, len(examples)
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        data.inputs.take(examples, axis=0, out=inputs[:count], mode="clip")
        data.targets.take(examples, axis=0, out=targets[:count], mode="clip")
        weights = None if data.weights is None else data.weights.take(examples)
        return _Rows(first, stop, examples, inputs, targets, weights)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

"""Which examples a step sees: the order of an epoch, and batches whose augmentation is prefetched."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from engine.batches.batch import Batch
from engine.batches.examples import TrainingData
from engine.batches.prefetched_rows import PrefetchedRows
from engine.batches.seeds import augmentation_generator, epoch_order
from engine.core.parameters import FloatArray, IntArray
from engine.threads.thread_pool import lower_thread_priority

Augment = Callable[[FloatArray, np.random.Generator], FloatArray]


class BatchSource:
    """Gives the batch of any step; a batch is a function of the seed and the step alone.

    Args:
        data: the training data.
        batch_size: examples in a step; the last one of an epoch may be smaller.
        epochs: of the whole run.
        seed: of order and augmentation.
        shuffle: whether each epoch has a new order.
        augment: makes a new, varied array from a batch of inputs, or None. A thread varies the next batch while this
            one is trained on.
        low_priority: whether threads run at a lower priority.
        prefetch_rows: whether a thread gathers the rows of coming batches, too.

    Attributes:
        steps_per_epoch: batches in an epoch.
        augment: as above.
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
        low_priority: bool = False,
        prefetch_rows: bool = False,
    ) -> None:
        self._data, self._batch_size, self._seed = data, batch_size, seed
        self._shuffle = shuffle
        self.steps_per_epoch = -(-len(data.inputs) // batch_size)
        self._steps = self.steps_per_epoch * epochs
        self._orders: dict[int, IntArray] = {}
        self._low_priority = low_priority
        self._thread: ThreadPoolExecutor | None = None
        self._prefetched: PrefetchedRows | None = None
        if prefetch_rows and shuffle:
            self._prefetched = PrefetchedRows(
                data, batch_size, self._steps, self.steps_per_epoch, self.order, low_priority
            )
        # The prefetched step, and its batch.
        self._next: tuple[int, Future[Batch]] | None = None
        # The step that was asked for as upcoming, and its batch.
        self._upcoming: tuple[int, Batch] | None = None
        self.set_augment(augment)

    def set_augment(self, augment: Augment | None) -> None:
        """Vary the batches to come in another way, or not at all; one that is prefetched is made anew."""
        self.augment, self._upcoming = augment, None
        if self._next is not None:
            self._next[1].cancel()
            self._next = None
        if augment is not None and self._thread is None:
            initializer = lower_thread_priority if self._low_priority else None
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine-batches", initializer=initializer)

    def order(self, epoch: int) -> IntArray:
        """The order of an epoch (from 0), shape (examples,)."""
        order = self._orders.get(epoch)
        if order is None:
            order = epoch_order(self._seed, epoch, len(self._data.inputs), shuffle=self._shuffle)
            # Prefetching may be one epoch ahead, never more.
            self._orders = {known: kept for known, kept in self._orders.items() if known >= epoch - 1} | {epoch: order}
        return order

    def batch(self, step: int) -> Batch:
        """The batch of a step (from 0); raises what augmentation raises."""
        if self._upcoming is not None and self._upcoming[0] == step:
            return self._upcoming[1]
        if self._prefetched is not None and self.augment is None:
            ready = self._prefetched.batch(step)
            if ready is not None:
                return ready
        examples = self._examples(step)
        if self._thread is None or self.augment is None:
            # All the data in its own order needs no gathering.
            whole = not self._shuffle and self.steps_per_epoch == 1
            data = self._data
            return Batch(examples, data.inputs, data.targets, data.weights, None if whole else examples)
        if self._next is not None and self._next[0] == step:
            batch = self._next[1].result()
        else:
            batch = self._augmented(self.augment, examples, step)
        self._next = None
        if step + 1 < self._steps:
            following = self._examples(step + 1)
            self._next = step + 1, self._thread.submit(self._augmented, self.augment, following, step + 1)
        return batch

    def upcoming(self, step: int) -> Batch | None:
        """The batch that `batch` will give for the next step, if there is one, and it need not be augmented."""
        self._upcoming = None
        if self.augment is None and step < self._steps:
            self._upcoming = step, self.batch(step)
        return None if self._upcoming is None else self._upcoming[1]

    def _examples(self, step: int) -> IntArray:
        """The rows of a step."""
        epoch, number = divmod(step, self.steps_per_epoch)
        return self.order(epoch)[number * self._batch_size : (number + 1) * self._batch_size]

    def _augmented(self, augment: Augment, examples: IntArray, step: int) -> Batch:
        """A batch of varied inputs."""
        data = self._data
        with np.errstate(all="ignore"):
            inputs = augment(data.inputs[examples], augmentation_generator(self._seed, step))
        weights = None if data.weights is None else data.weights.take(examples)
        return Batch(examples, inputs, data.targets.take(examples, axis=0), weights, None)

    def close(self) -> None:
        """End the threads."""
        if self._prefetched is not None:
            self._prefetched.close()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

"""Data that come in batches: generators, `PyDataset`, and passes over arrays that are cut by numbers of steps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from engine.core.number_check import is_whole_number
from engine.errors import ConfigurationError, DataError
from engine.sequential.datasets import Dataset

# Inputs, targets or None, and weights or None, of one batch.
Batch = tuple[Any, Any, Any]


class PyDataset:
    """Batches by number: a subclass writes `__len__` and `__getitem__`, which gives (inputs, targets[, weights]).

    Args:
        workers, use_multiprocessing, max_queue_size: Keras' and without effect: batches are made when they are needed.
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401 — a tuple of arrays
        """One batch."""
        raise NotImplementedError

    @property
    def num_batches(self) -> int:
        """How many batches there are."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Before each pass."""

    def on_epoch_end(self) -> None:
        """After each pass: the place to shuffle."""


def gives_batches(data: object) -> bool:
    """Whether data are batches that come one after the other, instead of arrays."""
    return isinstance(data, PyDataset | Iterator | Dataset)


def _goes_on(data: object) -> bool:
    """Whether the next pass begins where the last one ended; batches with numbers have an end, also as an iterator."""
    return isinstance(data, Iterator) and not isinstance(data, PyDataset)


class BatchStream:
    """Batches of data, pass after pass.

    Args:
        data: a generator, a `PyDataset`, or arrays (inputs, targets, weights) of (n, …).
        size: examples in a batch of arrays.
        order: gives the order of n things in the next pass.
        steps: batches in a pass; None for all.

    A generator goes on where the last pass ended, and so do arrays whose passes are cut by `steps`.

    Raises:
        ConfigurationError: the number of steps is no whole number of at least 1.
    """

    def __init__(
        self,
        data: Any,  # noqa: ANN401 — see above
        size: int,
        order: Callable[[int], Iterable[int]] = range,
        steps: int | None = None,
    ) -> None:
        if steps is not None and not is_whole_number(steps, 1):
            raise ConfigurationError(f"The steps of a pass are a whole number of at least 1, not {steps!r}.", "steps")
        self._data, self._size, self._order, self._steps = data, size, order, steps
        self._batches: Iterator[Batch] | None = None

    def epoch(self) -> Iterator[Batch]:
        """The batches of one pass."""
        if self._steps is None and not _goes_on(self._data):
            yield from self._pass()
            return
        if self._batches is None:
            self._batches = self._pass() if _goes_on(self._data) else self._endless()
        yield from islice(self._batches, self._steps)

    def gathered(self) -> Batch:
        """One pass as arrays; `DataError` where there are no batches."""
        parts = list(self.epoch())
        if not parts:
            raise DataError("The data gave no batches.")
        joined = [
            None if any(p is None for p in column) else np.concatenate(column) for column in zip(*parts, strict=True)
        ]
        return joined[0], joined[1], joined[2]

    def _endless(self) -> Iterator[Batch]:
        while True:
            yield from self._pass()

    def _pass(self) -> Iterator[Batch]:
        data = self._data
        if isinstance(data, PyDataset):
            data.on_epoch_begin()
            for number in self._order(len(data)):
                yield _parted(data[number])
            data.on_epoch_end()
        elif gives_batches(data):
            yield from map(_parted, data)
        else:
            inputs, targets, weights = (None if part is None else np.asarray(part) for part in data)
            order = np.fromiter(self._order(len(data[0])), np.intp)
            for first in range(0, len(order), self._size):
                chosen = order[first : first + self._size]
                batch = [None if part is None else part[chosen] for part in (inputs, targets, weights)]
                yield batch[0], batch[1], batch[2]


def _parted(batch: Any) -> Batch:  # noqa: ANN401 — what a user's generator gives
    if not isinstance(batch, tuple):
        return np.asarray(batch), None, None
    if not 1 <= len(batch) <= 3:
        raise DataError(f"A batch is (inputs, targets) or (inputs, targets, weights), not {len(batch)} parts.")
    parts = [None if part is None else np.asarray(part) for part in (*batch, None, None)[:3]]
    return parts[0], parts[1], parts[2]


def as_arrays(x: Any, y: Any, weights: Any, size: int | None, steps: int | None) -> Batch:  # noqa: ANN401
    """Inputs, targets and weights for a question: of arrays as they are, of batches one pass.

    Raises:
        DataError: targets beside batches, which bring their own.
    """
    if not gives_batches(x):
        if steps is None:
            return x, y, weights
        return BatchStream((x, y, weights), size or 32, steps=steps).gathered()
    if y is not None:
        raise DataError("Data that come in batches bring their targets with them: leave y out.")
    return BatchStream(x, 1, steps=steps).gathered()


def validates(epoch: int, frequency: int | Sequence[int]) -> bool:
    """Whether the epoch (from 1) ends with a validation: every `frequency` epochs, or in those that are listed."""
    return epoch % frequency == 0 if isinstance(frequency, int) else epoch in frequency


def built_for(network: Any, data: Any) -> Any:  # noqa: ANN401 — a `Sequential` and batches
    """Build the network for the first batch; the batches, none of them lost.

    Raises:
        DataError: there are no batches.
    """
    network.build_if_declared()
    if network.built:
        return data
    if isinstance(data, PyDataset):
        network.build(_parted(data[0])[0].shape[1:] or (1,))
        return data
    if isinstance(data, Dataset):
        network.build(_parted(next(iter(data)))[0].shape[1:] or (1,))
        return data
    first = next(data, None)
    if first is None:
        raise DataError("The data gave no batches.")
    network.build(_parted(first)[0].shape[1:] or (1,))
    return chain([first], data)


def steps_known(data: Any) -> int:  # noqa: ANN401 — batches
    """How many batches a pass has; 0 where only its end will tell."""
    if isinstance(data, Dataset):
        return max(0, int(data.cardinality()))
    return len(data) if isinstance(data, PyDataset) else 0


def validation_stream(data: Any, size: int, steps: int | None) -> BatchStream | None:  # noqa: ANN401
    """The batches of validation data: arrays (x, y[, weights]), or batches; None for none."""
    if data is None or gives_batches(data):
        return None if data is None else BatchStream(data, size, steps=steps)
    if steps is not None:
        # The first ones each time, as in Keras.
        return BatchStream(BatchStream((*data, None)[:3], size, steps=steps).gathered(), size)
    return BatchStream((*data, None)[:3], size)

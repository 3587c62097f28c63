"""The part of a batch that one worker, a thread or a process, takes through the network."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch_source import Batch
from engine.core.parameters import FloatArray, IntArray
from engine.losses import Loss
from engine.network.network import Network


class ShardWorker:
    """One worker's own: a replica of the network and the arrays of its part of a batch.

    The part goes through in chunks that fit into the processor's cache. The loss of a chunk is its sum divided by the
    size of the *whole* batch, so that the chunks' losses and gradients add up to those of the batch:

        L = (1/B) Σᵢ lᵢ = Σ_chunks (1/B) Σ_{i in chunk} lᵢ

    Args:
        replica: the network itself, or a replica of it.
        chunk_size: examples that go through at once.

    Attributes:
        loss_value: the part's share of the batch's loss.
        total: the part's share of the gradients, flat; may be the replica's own `store.gradients`.
    """

    def __init__(self, replica: Network, chunk_size: int) -> None:
        self.replica = replica
        self.loss_value = 0.0
        self.total: FloatArray = np.empty(0, replica.dtype)
        self._chunk_size = chunk_size
        self._kept: dict[str, NDArray[Any]] = {}

    def evaluate(
        self,
        loss: Loss,
        batch: Batch,
        part: slice,
        outputs: FloatArray,
    ) -> None:
        """Forward and backward for a part of a batch: sets `loss_value` and `total`, fills `outputs[part]`.

        Args:
            loss: of the network.
            batch: the whole batch.
            part: which of its examples.
            outputs: (batch, *output_shape).
        """
        self.loss_value = 0.0
        for start in range(part.start, part.stop, self._chunk_size):
            chunk = slice(start, min(start + self._chunk_size, part.stop))
            value, results = self.evaluate_chunk(loss, batch, chunk)
            outputs[chunk] = results
            self.loss_value += value
            self._add_up(only=part.stop - part.start <= self._chunk_size, first=start == part.start)

    def evaluate_chunk(self, loss: Loss, batch: Batch, chunk: slice) -> tuple[float, FloatArray]:
        """The same for one chunk: its share of the loss, and its outputs, a buffer; fills the replica's gradients."""
        indices, weights = batch.indices, batch.weights
        outputs = self.replica.propagate(self._gather("inputs", batch.inputs, indices, chunk), training=True)
        value, gradient = loss.value_and_gradient(
            outputs,
            self._gather("targets", batch.targets, indices, chunk),
            sample_weights=None if weights is None else self._gather("weights", weights, indices, chunk),
            normalizer=float(len(batch)),
        )
        self.replica.backward(gradient)
        return value, outputs

    def gather_total(self) -> FloatArray:
        """The replica's `store.gradients`, filled with the part's total."""
        gradients = self.replica.store.gradients
        if self.total is not gradients:
            np.copyto(gradients, self.total)
        return gradients

    def _gather(self, name: str, source: NDArray[Any], indices: IntArray | None, chunk: slice) -> NDArray[Any]:
        """`source[indices[chunk]]` in a kept array; a view where the indices are None."""
        if indices is None:
            return source[chunk]
        chosen = indices[chunk]
        kept = self._kept.get(name)
        if kept is None or len(kept) < len(chosen) or kept.shape[1:] != source.shape[1:] or kept.dtype != source.dtype:
            kept = self._kept[name] = np.empty((len(chosen), *source.shape[1:]), source.dtype)
        view = kept[: len(chosen)]
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        return source.take(chosen, axis=0, out=view, mode="clip")

    def _add_up(self, *, only: bool, first: bool) -> None:
        """Take the chunk's gradients into the total; the total of a single chunk is the chunk's own."""
        gradients = self.replica.store.gradients
        if only:
            self.total = gradients
        elif first:
            if self.total is gradients or self.total.shape != gradients.shape:
                self.total = np.empty_like(gradients)
            np.copyto(self.total, gradients)
        else:
            self.total += gradients


def add_parts(total: FloatArray, others: Sequence[FloatArray], start: int, stop: int) -> None:
    """Add the numbers from `start` to `stop` of some vectors to those of `total`, in their order."""
    sums = total[start:stop]
    for other in others:
        sums += other[start:stop]


def part_of(size: int, number: int, parts: int) -> slice:
    """The part with this number (from 0), of so many equal parts of [0, size)."""
    return slice(size * number // parts, size * (number + 1) // parts)

"""One worker, a thread or a process: it takes shards of a batch through its replica of the network."""

from collections.abc import MutableSequence, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch import Batch
from engine.core.parameters import FloatArray, IntArray
from engine.network.network import Network


class ShardWorker:
    """A replica of the network and the arrays of a shard.

    The loss of a shard is its sum divided by the size of the *whole* batch, so that the shards' losses and gradients
    add up to those of the batch:

        L = (1/B) Σᵢ lᵢ = Σ_shards (1/B) Σ_{i in shard} lᵢ

    Args:
        replica: the network itself, or a replica of it.
    """

    def __init__(self, replica: Network) -> None:
        self.replica = replica
        self._kept: dict[str, NDArray[Any]] = {}

    def evaluate(self, batch: Batch, shard: slice, number: int) -> tuple[float, FloatArray]:
        """Forward and backward for one shard; fills the gradients of the replica's store.

        Args:
            batch: the whole batch.
            shard: which of its examples.
            number: of the shard, from 0: decides what dropout draws.

        Returns:
            the shard's share of the loss, and its outputs (shard, *output_shape), a buffer.
        """
        replica, loss = self.replica, self.replica.require_loss()
        replica.draw_for_shard(number)
        indices, weights = batch.indices, batch.weights
        outputs = replica.propagate(self._gather("inputs", batch.inputs, indices, shard), training=True)
        value, gradient = loss.value_and_gradient(
            outputs,
            self._gather("targets", batch.targets, indices, shard),
            sample_weights=None if weights is None else self._gather("weights", weights, indices, shard),
            normalizer=float(len(batch)),
        )
        replica.backward(gradient)
        return value, outputs

    def _gather(self, name: str, source: NDArray[Any], indices: IntArray | None, shard: slice) -> NDArray[Any]:
        """`source[indices[shard]]` in a kept array; a view where the indices are None."""
        if indices is None:
            return source[shard]
        chosen = indices[shard]
        kept = self._kept.get(name)
        if kept is None or len(kept) < len(chosen) or kept.shape[1:] != source.shape[1:] or kept.dtype != source.dtype:
            kept = self._kept[name] = np.empty((len(chosen), *source.shape[1:]), source.dtype)
        view = kept[: len(chosen)]
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        return source.take(chosen, axis=0, out=view, mode="clip")


def evaluate_shards(
    worker: ShardWorker,
    batch: Batch,
    shards: Sequence[slice],
    mine: slice,
    losses: "MutableSequence[float] | FloatArray",
    outputs: FloatArray,
    gradients: FloatArray | None,
) -> None:
    """What one worker does in a step.

    Args:
        worker: whose replica is used.
        batch: the whole batch.
        shards: all shards of the batch.
        mine: the worker's, by their numbers.
        losses: (shards,), filled for its own.
        outputs: (batch, *output_shape), filled for its own.
        gradients: (shards, parameters), filled for its own; None where the replica's store lies in them.
    """
    for number in range(mine.start, mine.stop):
        losses[number], outputs[shards[number]] = worker.evaluate(batch, shards[number], number)
        if gradients is not None:
            gradients[number] = worker.replica.store.gradients

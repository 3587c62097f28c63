"""The network's outputs for many examples, computed by several threads."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from engine.core.parameters import FloatArray
from engine.network.network import Network
from engine.threads.thread_pool import WorkerPool


def predict_in_chunks(
    replicas: Sequence[Network],
    pool: WorkerPool,
    inputs: FloatArray,
    chunk_size: int,
    before_chunk: Callable[[], None] | None = None,
) -> FloatArray:
    """The outputs (logits) in inference mode, a new array (count, *output_shape).

    Args:
        replicas: one for each thread, the calling one's first.
        pool: as many threads.
        inputs: (count, *input_shape), contiguous, in the network's dtype.
        chunk_size: examples that go through the network at once.
        before_chunk: called before each chunk, in the thread that computes it, which it may hold up.
    """
    size, first = len(inputs), replicas[0]
    outputs = np.empty((size, *first.answer_shape), first.dtype)
    # Each thread takes the next chunk, so that one that other programs hold up does not hold up the rest.
    starts = itertools.count(0, chunk_size)

    def work(number: int) -> None:
        network = replicas[number]
        while (start := next(starts)) < size:
            if before_chunk is not None:
                before_chunk()
            outputs[start : start + chunk_size] = network.propagate(inputs[start : start + chunk_size], training=False)

    pool.run(work, len(replicas))
    return outputs

"""Into how many shards a batch is cut, and how many workers are worth having."""

import math
import sys

import numpy as np

from engine.layers.base import Layer
from engine.network.network import Network

# Multiplications that are worth a worker process, and a thread, which has to be woken (0.1 to 0.2 ms of products).
PROCESS_WORK, THREAD_WORK = 3_000_000, 8_000_000
# A smaller shard loses more to the calls of a pass (some 0.1 ms) than a second worker gains.
_SHARD_EXAMPLES = 16
# A batch is cut into so many shards, unless they do not fit the cache: enough for four cores, and with 32 images a
# shard of the usual batch costs a single core nothing.
_SHARDS = 4

# Examples that go through the network at once: at least enough for efficient matrix products, and as many more as fit
# into about this part of a core's cache with all that the layers give.
_CHUNK_SIZE = 64
_LARGEST_CHUNK = 512
_CHUNK_BYTES = 1 << 20

# Multiplications of a core in a second: to guess how long a run will take.
_SPEED = 4e10
# A run of so many seconds on one core is worth processes. They need a quarter of one to start, for the first such run.
PROCESS_SECONDS = 0.15


class WorkSplit:
    """How the work of one network is split.

    The shards of a batch follow from the network and the batch alone, never from the number of workers: their
    gradients are added in one order, so the same bits come out whoever computes them.

    Args:
        network: built.
        threads: the most workers.
        chunk_size: the most examples that go through the network at once; 0 for a good default.

    Attributes:
        chunk_size: the same.
    """

    def __init__(self, network: Network, threads: int, chunk_size: int = 0) -> None:
        self._work = sum(_multiplications(layer) for layer in network.layers)
        # Layers that couple the examples of a batch need it whole.
        coupled = network.loss is not None and network.loss.couples_examples
        self._whole = coupled or any(layer.couples_examples for layer in network.layers)
        self._threads = threads
        self.chunk_size = chunk_size or _good_chunk_size(network)
        self._shards: dict[int, list[slice]] = {}

    def shards(self, size: int) -> list[slice]:
        """The equal shards of a batch of `size` examples, in order."""
        shards = self._shards.get(size)
        if shards is None:
            worth = min(_SHARDS, size * self._work // PROCESS_WORK, size // _SHARD_EXAMPLES)
            largest = sys.maxsize if self._whole else self.chunk_size
            count = 1 if self._whole else max(1, worth, math.ceil(size / largest))
            shards = self._shards[size] = [shard_of(size, number, count) for number in range(count)]
        return shards

    def workers(self, size: int) -> int:
        """How many processes, the calling one included, the shards of a batch are worth."""
        return max(1, min(self._threads, len(self.shards(size)), size * self._work // PROCESS_WORK))

    def threads(self, workers: int, size: int) -> int:
        """How many threads to use in place of so many processes."""
        return max(1, min(workers, size * self._work // THREAD_WORK))

    def worth_processes(self, size: int, steps: int) -> bool:
        """Whether a run of so many steps is worth having processes."""
        return self.workers(size) > 1 and 2 * steps * size * self._work / _SPEED >= PROCESS_SECONDS

    def workers_of_prediction(self, size: int) -> int:
        """How many threads to use for predictions of so many examples."""
        return max(1, min(self._threads, size * self._work // THREAD_WORK, -(-size // self.chunk_size)))


def shard_of(size: int, number: int, count: int) -> slice:
    """The shard with this number (from 0), of so many equal shards of [0, size)."""
    return slice(size * number // count, size * (number + 1) // count)


def _good_chunk_size(network: Network) -> int:
    """Few images where maps are large; many examples where the network is small, and its calls dearer than its sums."""
    numbers = int(np.prod(network.example_shape)) + sum(int(np.prod(layer.output_shape)) for layer in network.layers)
    return max(_CHUNK_SIZE, min(_LARGEST_CHUNK, _CHUNK_BYTES // (numbers * network.dtype.itemsize)))


def _multiplications(layer: Layer) -> int:
    """About how many multiplications a layer does for one example: each kernel parameter once a position."""
    outputs = int(np.prod(layer.output_shape))
    positions = int(np.prod(layer.output_shape[:-1]))
    return max(outputs, positions * sum(int(np.prod(spec.shape)) for spec in layer.specs))

"""Into how many parts work is worth dividing, and how large each part is."""

import numpy as np

from engine.layers.base import Layer
from engine.network.network import Network

# Examples that go through the network at once: at least enough for efficient matrix products, and as many more as fit
# into about this part of a core's cache with all that the layers give.
_CHUNK_SIZE = 64
_LARGEST_CHUNK = 512
_CHUNK_BYTES = 1 << 20
# Multiplications that are worth a thread of their own (0.1 to 0.2 ms of matrix products).
_THREAD_WORK = 8_000_000
# Examples that are worth one: a pass costs each thread some 0.1 ms under Python's lock, whatever their number.
_THREAD_EXAMPLES = 16
# Multiplications from which on OpenBLAS deals one product out to two threads: 4·2¹⁶ for each (its interface/gemm.c).
_SHARED_PRODUCT = 2 * 4 * 65_536
# Numbers of a flat vector that are worth a thread of their own, for an optimizer's ten or so operations on each: with
# half as many, one thread was still the faster one.
_THREAD_NUMBERS = 150_000

# Multiplications that are worth a part for a process, which needs no waking.
_PROCESS_WORK = 1_000_000
# Multiplications of a core in a second, and seconds of one step beside them: to guess how long a run will take.
_SPEED = 4e10
_STEP_SECONDS = 50e-6
# A run of so many seconds on one core is worth processes. They need a quarter of one to start, for the first such run.
_PROCESS_SECONDS = 0.15


class WorkSplit:
    """How the work of one network is dealt out.

    Args:
        network: built.
        threads: the most workers.

    Attributes:
        chunk_size: a good number of examples to take through the network at once.
    """

    def __init__(self, network: Network, threads: int) -> None:
        works = [_multiplications(layer) for layer in network.layers]
        self._work, self._largest_product = sum(works), max(works, default=0)
        # Layers that couple the examples of a batch need it whole.
        self.whole = any(layer.couples_examples for layer in network.layers)
        self._threads = threads
        self._among_processes = False
        self._parts: dict[int, int] = {}
        self.chunk_size = _good_chunk_size(network)

    def parts(self, size: int) -> int:
        """Into how many equal parts to cut a batch."""
        parts = self._parts.get(size)
        if parts is None:
            worth = _PROCESS_WORK if self._among_processes else _THREAD_WORK
            parts = 1 if self.whole else self._at_most(size * self._work // worth, size // _THREAD_EXAMPLES)
            self._parts[size] = parts
        return parts

    def deal_to_processes(self) -> None:
        """Cut batches into parts for processes from now on."""
        self._among_processes = True
        self._parts.clear()

    def worth_threads(self, size: int) -> bool:
        """Whether the parts of a batch are worth waking threads."""
        return size * self._work >= 2 * _THREAD_WORK

    def worth_processes(self, size: int, steps: int) -> bool:
        """Whether a run of so many steps is worth having processes."""
        seconds = steps * (2 * size * self._work / _SPEED + _STEP_SECONDS)
        return size * self._work >= 2 * _PROCESS_WORK and seconds >= _PROCESS_SECONDS

    def parts_of_prediction(self, size: int, chunk_size: int) -> int:
        """How many threads to use for asking the network about so many examples."""
        return self._at_most(size * self._work // _THREAD_WORK, -(-size // chunk_size))

    def parts_of_vector(self, size: int) -> int:
        """How many threads to use for an optimizer's rule on so many numbers."""
        return self._at_most(size // _THREAD_NUMBERS, size)

    def is_shared_by_blas(self, size: int) -> bool:
        """Whether BLAS deals a product of a batch out to its own threads, if it may."""
        return size * self._largest_product >= _SHARED_PRODUCT

    def _at_most(self, *limits: int) -> int:
        return max(1, min(self._threads, *limits))


def _good_chunk_size(network: Network) -> int:
    """Few images where maps are large; many examples where the network is small, and its calls dearer than its sums."""
    numbers = int(np.prod(network.input_shape)) + sum(int(np.prod(layer.output_shape)) for layer in network.layers)
    return max(_CHUNK_SIZE, min(_LARGEST_CHUNK, _CHUNK_BYTES // (numbers * network.dtype.itemsize)))


def _multiplications(layer: Layer) -> int:
    """About how many multiplications a layer does for one example: each kernel number once a position."""
    outputs = int(np.prod(layer.output_shape))
    positions = int(np.prod(layer.output_shape[:-1]))
    return max(outputs, positions * sum(int(np.prod(spec.shape)) for spec in layer.specs))

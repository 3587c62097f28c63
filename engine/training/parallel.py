"""Loss and gradients of a batch, computed in parts by several threads.

A batch is cut into contiguous parts, one a thread; every thread owns a replica of the network (shared values, own
gradients and buffers) and takes its part through it in chunks that fit into the processor's cache. The loss of a
chunk is its sum divided by the size of the *whole* batch, so that the chunks' losses and gradients add up to those
of the batch:

    L = (1/B) Σᵢ lᵢ = Σ_chunks (1/B) Σ_{i in chunk} lᵢ

They are added in one fixed order, so a run repeats bit for bit with the same number of threads.

Waking a thread takes some 40 µs, which a small network's step is not worth. Its batch stays on the calling thread, and
BLAS' own threads, which wait in a loop and so start at once, share out its few large products.
"""

import itertools
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.blas import BlasLimit
from engine.layers.base import Layer
from engine.parameters import FloatArray, IntArray
from engine.training.workers import WorkerPool, available_cores

if TYPE_CHECKING:
    from engine.network import Sequential

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


class _Worker:
    """One thread's own: a replica of the network and the arrays of its part of a batch."""

    def __init__(self, replica: "Sequential") -> None:
        self.replica = replica
        self.loss_value = 0.0
        self.total: FloatArray = np.empty(0, replica.dtype)
        self._kept: dict[str, NDArray[Any]] = {}

    def gather(self, name: str, source: NDArray[Any], indices: IntArray | None, chunk: slice) -> NDArray[Any]:
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


class BatchEvaluator:
    """Evaluates a built network with a loss on batches, on several threads. A context manager; `close` joins.

    Args:
        network: built, with `network.loss` set; its `store.gradients` receive the sums.
        threads: number of threads, the caller included; 0 takes every core that this process may use.
        chunk_size: examples in a pass through the network; 0 for a good default.
        polite: whether the threads that are started here run at a lower priority. BLAS' own threads, which wait in a
            loop and cannot be told to step back, are not used then.

    A network with a layer that couples the examples of a batch always runs whole, on one thread.
    """

    def __init__(self, network: "Sequential", threads: int = 0, chunk_size: int = 0, polite: bool = False) -> None:
        network.require_built()
        self._network = network
        self._whole = any(layer.couples_examples for layer in network.layers)
        works = [_multiplications(layer) for layer in network.layers]
        self._work, self._largest_product = sum(works), max(works, default=0)
        self.threads = threads or available_cores()
        self._chunk_size = chunk_size or _good_chunk_size(network)
        # Replicas are made when they are first needed: a small network needs none.
        self._workers = [_Worker(network)]
        self._outputs = np.empty((0, *network.output_shape), network.dtype)
        self._pool = WorkerPool(self.threads, polite)
        self._closed = False
        self._blas_threads = 1 if polite else self.threads
        self._blas = BlasLimit(1)

    def loss_and_gradients(
        self,
        inputs: FloatArray,
        targets: NDArray[Any],
        indices: IntArray | None = None,
        sample_weights: FloatArray | None = None,
    ) -> tuple[float, FloatArray]:
        """Mean data loss of a batch and the network's outputs for it; fills `store.gradients`.

        Args:
            inputs: (count, *input_shape), contiguous, in the network's dtype.
            targets: (count, …), as the loss prepared them.
            indices: which examples make the batch, (batch,); None takes all of them, in order.
            sample_weights: one factor for each of *all* examples, (count,), or None.

        Returns:
            the loss without penalties, and the outputs (batch, *output_shape): a buffer that the next call overwrites.
        """
        size = len(inputs) if indices is None else len(indices)
        parts = self._batch_parts(size)
        step = max(1, size if self._whole else self._chunk_size)
        gradients = self._network.store.gradients
        self._blas.set(1 if parts > 1 else self._blas_threads)
        if parts == 1 and size <= step:
            # The usual case of a small network: nothing to deal out, nothing to add up.
            worker = self._workers[0]
            value, outputs = self._evaluate(worker, inputs, targets, indices, sample_weights, slice(0, size), size)
            return value, outputs
        if len(self._outputs) < size:
            self._outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        outputs = self._outputs[:size]
        self._hire(parts)

        def work(number: int) -> None:
            first, last = size * number // parts, size * (number + 1) // parts
            worker = self._workers[number]
            worker.loss_value = 0.0
            for start in range(first, last, step):
                chunk = slice(start, min(start + step, last))
                value, results = self._evaluate(worker, inputs, targets, indices, sample_weights, chunk, size)
                outputs[chunk] = results
                worker.loss_value += value
                self._add_up(worker, only=last - first <= step, first=start == first)

        self._run(work, parts)
        total = self._workers[0].total
        if total is not gradients:
            np.copyto(gradients, total)
        for worker in self._workers[1:parts]:
            gradients += worker.total
        return sum(worker.loss_value for worker in self._workers[:parts]), outputs

    def _evaluate(
        self,
        worker: _Worker,
        inputs: FloatArray,
        targets: NDArray[Any],
        indices: IntArray | None,
        sample_weights: FloatArray | None,
        chunk: slice,
        batch_size: int,
    ) -> tuple[float, FloatArray]:
        """Forward and backward for one chunk of a batch: its share of the loss, and its outputs."""
        network = worker.replica
        outputs = network.propagate(worker.gather("inputs", inputs, indices, chunk), training=True)
        value, gradient = self._network.require_loss().value_and_gradient(
            outputs,
            worker.gather("targets", targets, indices, chunk),
            sample_weights=None if sample_weights is None else worker.gather("weights", sample_weights, indices, chunk),
            normalizer=float(batch_size),
        )
        network.backward(gradient)
        return value, outputs

    def _add_up(self, worker: _Worker, *, only: bool, first: bool) -> None:
        """Take the chunk's gradients into the worker's total; the total of a single chunk is the chunk's own."""
        gradients = worker.replica.store.gradients
        if only:
            worker.total = gradients
        elif first:
            if worker.total is gradients or worker.total.shape != gradients.shape:
                worker.total = np.empty_like(gradients)
            np.copyto(worker.total, gradients)
        else:
            worker.total += gradients

    def run_parts(self, function: Callable[[int, int], None], size: int) -> None:
        """Call `function(start, stop)` on the threads, for parts that together cover [0, size)."""
        parts = self._parts(size, _THREAD_NUMBERS, size)
        if parts == 1:
            function(0, size)
        else:
            self._run(lambda number: function(size * number // parts, size * (number + 1) // parts), parts)

    def predict(self, inputs: FloatArray, before_chunk: Callable[[], None] | None = None) -> FloatArray:
        """The network's outputs (logits) for all inputs, in inference mode; a new array (count, *output_shape).

        `before_chunk` is called before each of the chunks, in the thread that computes it, which it may hold up.
        """
        size, step = len(inputs), self._chunk_size
        outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        parts = self._parts(size * self._work, _THREAD_WORK, -(-size // step))
        self._blas.set(1 if parts > 1 else self._blas_threads)
        self._hire(parts)
        # The threads help themselves, so that one that is held up by other programs does not hold up the rest.
        chunks = itertools.count(0, step)

        def work(number: int) -> None:
            network = self._workers[number].replica
            while (start := next(chunks)) < size:
                if before_chunk is not None:
                    before_chunk()
                outputs[start : start + step] = network.propagate(inputs[start : start + step], training=False)

        self._run(work, parts)
        return outputs

    def leaves_threads_idle(self, batch_size: int) -> bool:
        """Whether batches of this size are computed on one thread, and neither we nor BLAS have use for the others.

        A thread that took a core away from BLAS' own would hold up every product by more than it saves.
        """
        shared = self._blas_threads > 1 and batch_size * self._largest_product >= _SHARED_PRODUCT
        return self.threads > 1 and self._batch_parts(batch_size) == 1 and not shared

    def _batch_parts(self, size: int) -> int:
        """Over how many threads to deal out a batch."""
        return 1 if self._whole else self._parts(size * self._work, _THREAD_WORK, size // _THREAD_EXAMPLES)

    def _parts(self, work: int, worth_a_thread: int, most: int) -> int:
        """How many threads to use for this much work."""
        return max(1, min(self.threads, work // worth_a_thread, most))

    def _hire(self, parts: int) -> None:
        while len(self._workers) < parts:
            self._workers.append(_Worker(self._network.replica(len(self._workers))))

    def _run(self, task: Callable[[int], None], parts: int) -> None:
        if parts == 1:
            task(0)
        else:
            self._pool.run(task, parts)

    def close(self) -> None:
        """Join the threads and let BLAS have its own back. May be called twice."""
        if not self._closed:
            self._closed = True
            self._pool.close()
            self._blas.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _good_chunk_size(network: "Sequential") -> int:
    """Few images where maps are large; many examples where the network is small, and its calls dearer than its sums."""
    numbers = int(np.prod(network.input_shape)) + sum(int(np.prod(layer.output_shape)) for layer in network.layers)
    return max(_CHUNK_SIZE, min(_LARGEST_CHUNK, _CHUNK_BYTES // (numbers * network.dtype.itemsize)))


def _multiplications(layer: Layer) -> int:
    """About how many multiplications a layer does for one example: each kernel number once a position."""
    outputs = int(np.prod(layer.output_shape))
    positions = int(np.prod(layer.output_shape[:-1]))
    return max(outputs, positions * sum(int(np.prod(spec.shape)) for spec in layer.specs))

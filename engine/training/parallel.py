"""Loss and gradients of a batch, computed in parts by several threads.

A batch is cut into contiguous parts, one a thread; every thread owns a replica of the network (shared values, own
gradients and buffers) and works through its part in chunks that fit into the processor's cache. The loss of a
chunk is its sum divided by the size of the *whole* batch, so that the chunks' losses and gradients add up to those
of the batch:

    L = (1/B) Σ_i l_i = Σ_chunks (1/B) Σ_{i in chunk} l_i

They are added in one fixed order, so a run repeats bit for bit with the same number of threads.
"""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.parameters import FloatArray, IntArray
from engine.blas import BLAS_HOLD
from engine.training.workers import WorkerPool, available_cores

if TYPE_CHECKING:
    from engine.network import Sequential

# Examples that go through the network at once: large enough for efficient matrix products, small enough for cache.
_CHUNK_SIZE = 64
# Fewer examples than this are not worth a second thread.
_SMALLEST_PART = 16


class BatchEvaluator:
    """Evaluates a built network with a loss on batches, on several threads. A context manager; `close` joins.

    Args:
        network: built, with `network.loss` set; its `store.gradients` receive the sums.
        threads: number of threads, the caller included; 0 takes every core that this process may use.
        chunk_size: examples in a pass through the network; 0 for a good default.

    A network with a layer that couples the examples of a batch always runs whole, on one thread.
    """

    def __init__(self, network: "Sequential", threads: int = 0, chunk_size: int = 0) -> None:
        self._network = network
        self._whole = any(layer.couples_examples for layer in network.layers)
        self.threads = 1 if self._whole else threads or available_cores()
        self._chunk_size = chunk_size or _CHUNK_SIZE
        self._replicas = [network] + [network.replica(number) for number in range(1, self.threads)]
        self._sums = [np.zeros_like(network.store.gradients) for _ in range(self.threads)]
        self._losses = [0.0] * self.threads
        self._gathered: list[dict[str, NDArray[Any]]] = [{} for _ in range(self.threads)]
        self._outputs = np.empty((0, *network.output_shape), network.dtype)
        self._pool = WorkerPool(self.threads)
        self._closed = False
        BLAS_HOLD.acquire()

    def loss_and_gradients(
        self,
        inputs: FloatArray,
        targets: NDArray[Any],
        indices: IntArray,
        sample_weights: FloatArray | None = None,
    ) -> tuple[float, FloatArray]:
        """Mean data loss over `inputs[indices]` and the network's outputs for them; fills `store.gradients`.

        Args:
            inputs: all examples, (count, *input_shape), in the network's dtype.
            targets: all targets, (count, …), as the loss wants them.
            indices: which examples make the batch, (batch,).
            sample_weights: one factor for each of *all* examples, (count,), or None.

        Returns:
            The loss without penalties, and the outputs (batch, *output_shape): a buffer that the next call overwrites.
        """
        size = len(indices)
        if self._outputs.shape[0] < size:
            self._outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        outputs = self._outputs[:size]
        parts = max(1, min(self.threads, size // _SMALLEST_PART))
        bounds = [size * part // parts for part in range(parts + 1)]

        def work(number: int) -> None:
            part = slice(bounds[number], bounds[number + 1])
            chosen = None if sample_weights is None else sample_weights[indices[part]]
            self._evaluate_part(number, inputs, targets, indices[part], chosen, outputs[part], size)

        self._pool.run(work, parts)
        gradients = self._network.store.gradients
        np.copyto(gradients, self._sums[0])
        for number in range(1, parts):
            gradients += self._sums[number]
        return sum(self._losses[:parts]), outputs

    def _evaluate_part(
        self,
        number: int,
        inputs: FloatArray,
        targets: NDArray[Any],
        indices: IntArray,
        sample_weights: FloatArray | None,
        outputs: FloatArray,
        batch_size: int,
    ) -> None:
        """One thread's part of a batch, chunk by chunk."""
        replica, total = self._replicas[number], self._sums[number]
        loss = self._network.loss
        assert loss is not None, "a network needs a loss before it can be trained"
        step = max(1, len(indices)) if self._whole else self._chunk_size
        self._losses[number] = 0.0
        for start in range(0, len(indices), step):
            chunk = slice(start, start + step)
            chosen = indices[chunk]
            results = replica.forward(self._gather(number, "inputs", inputs, chosen), training=True)
            value, gradient = loss.value_and_gradient(
                results,
                self._gather(number, "targets", targets, chosen),
                sample_weights=None if sample_weights is None else sample_weights[chunk],
                normalizer=float(batch_size),
            )
            outputs[chunk] = results
            replica.backward(gradient)
            if start == 0:
                np.copyto(total, replica.store.gradients)
            else:
                total += replica.store.gradients
            self._losses[number] += float(value)

    def _gather(self, number: int, name: str, source: NDArray[Any], indices: IntArray) -> NDArray[Any]:
        """`source[indices]` in a kept array."""
        kept = self._gathered[number].get(name)
        if kept is None or kept.shape[1:] != source.shape[1:] or len(kept) < len(indices) or kept.dtype != source.dtype:
            kept = self._gathered[number][name] = np.empty((len(indices), *source.shape[1:]), source.dtype)
        view = kept[: len(indices)]
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        np.take(source, indices, axis=0, out=view, mode="clip")
        return view

    def run_parts(self, function: Callable[[int, int], None], size: int) -> None:
        """Call `function(start, stop)` on the threads for parts that together cover [0, size)."""
        parts = self.threads

        def work(number: int) -> None:
            function(size * number // parts, size * (number + 1) // parts)

        self._pool.run(work, parts)

    def predict(self, inputs: FloatArray) -> FloatArray:
        """The network's outputs (logits) for all inputs, in inference mode; a new array (count, *output_shape)."""
        size = len(inputs)
        outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        parts = max(1, min(self.threads, size // _SMALLEST_PART))
        bounds = [size * part // parts for part in range(parts + 1)]

        def work(number: int) -> None:
            for start in range(bounds[number], bounds[number + 1], self._chunk_size):
                chunk = slice(start, min(start + self._chunk_size, bounds[number + 1]))
                outputs[chunk] = self._replicas[number].forward(inputs[chunk])

        self._pool.run(work, parts)
        return outputs

    def close(self) -> None:
        """Join the threads and let BLAS have its own back. May be called twice."""
        if not self._closed:
            self._closed = True
            self._pool.close()
            BLAS_HOLD.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

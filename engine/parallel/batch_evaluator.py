"""Loss and gradients of a batch, computed in parts by several workers.

A batch is cut into contiguous parts, one a worker; every worker owns a replica of the network (shared values, own
gradients and buffers) and takes its part through it in chunks: see `ShardWorker`. The parts' losses and gradients are
added in one fixed order, so a run repeats bit for bit with the same number of workers, whoever computes the parts:

- worker processes, for a run that is long enough to start them (`engine.parallel.processes`); or until they have come
- threads of this process, for a network whose parts are worth waking a thread (40 µs), or
- the calling thread itself, one part after the other.

The batch of a small network in a short run stays whole on the calling thread, and BLAS' own threads, which wait in a
loop and so start at once, share out its few large products.
"""

import itertools
import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch_source import Batch
from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray, IntArray
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.parallel.processes import process_pool as teams
from engine.parallel.processes.pool_run import PoolRun
from engine.parallel.processes.run_spec import RunDescription, can_be_described
from engine.parallel.shard_worker import ShardWorker, part_of
from engine.parallel.work_split import WorkSplit
from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import WorkerPool, available_cores

_LOGGER = logging.getLogger(__name__)


class BatchEvaluator:
    """Evaluates a built network with a loss on batches, with several workers. A context manager; `close` joins.

    Args:
        network: built, with `network.loss` set; its `store.gradients` receive the sums.
        threads: number of workers, the caller included; 0 takes every core that this process may use.
        chunk_size: examples in a pass through the network; 0 for a good default.
        low_priority: whether the workers that are started here run at a lower priority. BLAS' own threads, which wait
            in a loop and cannot be told to step back, are not used then.

    A network with a layer that couples the examples of a batch always runs whole, on one thread.
    """

    def __init__(self, network: Network, threads: int = 0, chunk_size: int = 0, low_priority: bool = False) -> None:
        network.require_built()
        self._network = network
        self.threads = threads or available_cores()
        self._division = WorkSplit(network, self.threads)
        self._chunk_size = chunk_size or self._division.chunk_size
        self._step_size = sys.maxsize if self._division.whole else self._chunk_size
        # Replicas are made when they are first needed: a small network needs none.
        self._workers = [ShardWorker(network, self._step_size)]
        self._outputs = np.empty((0, *network.output_shape), network.dtype)
        self._pool = WorkerPool(self.threads, low_priority)
        self._processes: PoolRun | None = None
        self._low_priority = low_priority
        self._closed = False
        self._blas_threads = 1 if low_priority else self.threads
        self._blas = BlasLimit(1)

    def use_processes(self, optimizer: Optimizer, data: TrainingData, batch_size: int, steps: int) -> None:
        """Let worker processes take part, if that pays: before the first batch of a run.

        Until `close`, the network's parameters and the optimizer's memory lie in shared memory.

        Args:
            optimizer: of the run.
            data: to train on.
            batch_size: the most examples in a batch.
            steps: how many batches the whole run has.
        """
        division, network = self._division, self._network
        if (
            self.threads == 1
            or division.whole
            or optimizer.full_batch
            or not division.worth_processes(batch_size, steps)
        ):
            return
        if not (teams.are_possible() and can_be_described(network, optimizer)):
            return
        # From here on the parts, and so the rounding of their sums, do not depend on whether the processes come.
        division.deal_to_processes()
        members = division.parts(batch_size) - 1
        team = teams.acquire(members, self._low_priority) if members else None
        if team is None:
            return
        try:
            run = RunDescription.of(
                network,
                optimizer,
                data,
                batch_size=batch_size,
                chunk_size=self._step_size,
                members=members,
                low_priority=self._low_priority,
            )
            self._processes = PoolRun(team, run, network, optimizer)
        except (OSError, TypeError, ValueError) as error:
            _LOGGER.warning("Training without worker processes: %s", error)
            teams.release(team)

    def loss_and_gradients(
        self,
        inputs: FloatArray,
        targets: NDArray[Any],
        indices: IntArray | None = None,
        sample_weights: FloatArray | None = None,
    ) -> tuple[float, FloatArray]:
        """`evaluate` for the rows `indices`, (batch,), of some arrays; None takes all of them, in order."""
        rows = np.arange(len(inputs)) if indices is None else indices
        return self.evaluate(Batch(rows, inputs, targets, sample_weights, indices))

    def evaluate(self, batch: Batch, whole: bool = True) -> tuple[float, FloatArray]:
        """Mean data loss of a batch and the network's outputs for it; fills `store.gradients`.

        Args:
            batch: inputs contiguous, in the network's dtype; targets as the loss prepared them.
            whole: whether the gradients have to be complete now; else `run_shards` may do it, part by part.

        Returns:
            the loss without penalties, and the outputs (batch, *output_shape): a buffer that the next call overwrites.
        """
        size = len(batch)
        parts = self._division.parts(size)
        self._blas.set(1 if parts > 1 else self._blas_threads)
        if parts == 1 and size <= self._step_size:
            # The usual case of a small network: nothing to deal out, nothing to add up.
            return self._workers[0].evaluate_chunk(self._network.require_loss(), batch, slice(0, size))
        if parts > 1 and self._processes is not None and self._processes.ready:
            return self._evaluate_in_processes(self._processes, batch, parts, whole)
        return self._evaluate_here(batch, parts)

    def _evaluate_here(self, batch: Batch, parts: int) -> tuple[float, FloatArray]:
        """All parts in this process."""
        size = len(batch)
        if len(self._outputs) < size:
            self._outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        outputs = self._outputs[:size]
        self._hire(parts)

        def work(number: int) -> None:
            self._evaluate_part(number, batch, parts, outputs)

        if self._division.worth_threads(size):
            self._run(work, parts)
        else:
            for number in range(parts):
                work(number)
        gradients = self._workers[0].gather_total()
        for worker in self._workers[1:parts]:
            gradients += worker.total
        return sum(worker.loss_value for worker in self._workers[:parts]), outputs

    def _evaluate_in_processes(
        self, processes: PoolRun, batch: Batch, parts: int, whole: bool
    ) -> tuple[float, FloatArray]:
        """The first part here, the others in the processes."""
        laid, outputs = processes.begin(batch, parts, self._network.clock)
        self._evaluate_part(0, laid, parts, outputs)
        losses = processes.collect()
        if losses is None:
            self._network.clock.repeat()
            return self._evaluate_here(batch, parts)
        self._workers[0].gather_total()
        if whole:
            processes.add_gradients(0, self._network.store.gradients.size)
        return sum([self._workers[0].loss_value, *losses[: parts - 1]]), outputs

    def _evaluate_part(self, number: int, batch: Batch, parts: int, outputs: FloatArray) -> None:
        self._workers[number].evaluate(self._network.require_loss(), batch, part_of(len(batch), number, parts), outputs)

    def run_shards(self, function: Callable[[int, int], None], size: int) -> None:
        """Call `function(start, stop)`, the optimizer's rule, for parts that together cover [0, size).

        What the last `evaluate` left open in the gradients is done first. Some parts may be under way until
        `flush`, to be called before anything else looks at parameters, gradients or the optimizer's memory.
        """
        if self._processes is not None and self._processes.ready:
            self._processes.update(function, size)
            return
        parts = self._division.parts_of_vector(size)
        if parts == 1:
            function(0, size)
        else:
            ranges = [part_of(size, number, parts) for number in range(parts)]
            self._run(lambda number: function(ranges[number].start, ranges[number].stop), parts)

    def flush(self, following: Batch | None) -> None:
        """After `run_shards`: wait until all parameters have been changed, and use the time.

        Args:
            following: the batch of the next step, if it is known.
        """
        if self._processes is not None:
            if following is not None:
                self._processes.lay_ready(following)
            self._processes.flush()

    def predict(self, inputs: FloatArray, before_chunk: Callable[[], None] | None = None) -> FloatArray:
        """The network's outputs (logits) for all inputs, in inference mode; a new array (count, *output_shape).

        `before_chunk` is called before each of the chunks, in the thread that computes it, which it may hold up.
        """
        size, step = len(inputs), self._chunk_size
        outputs = np.empty((size, *self._network.output_shape), self._network.dtype)
        parts = self._division.parts_of_prediction(size, step)
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
        """Whether batches of this size are computed on one thread, and nobody else has use for the other cores.

        A thread that took a core away from BLAS' own would hold up every product by more than it saves.
        """
        shared = self._blas_threads > 1 and self._division.is_shared_by_blas(batch_size)
        return self.threads > 1 and self._division.parts(batch_size) == 1 and not shared

    def _hire(self, parts: int) -> None:
        while len(self._workers) < parts:
            self._workers.append(ShardWorker(self._network.replica(len(self._workers)), self._step_size))

    def _run(self, task: Callable[[int], None], parts: int) -> None:
        if parts == 1:
            task(0)
        else:
            self._pool.run(task, parts)

    def close(self) -> None:
        """Join the threads, let the processes go and BLAS have its own threads back. May be called twice."""
        if not self._closed:
            self._closed = True
            if self._processes is not None:
                self._processes.close()
                self._processes = None
            self._pool.close()
            self._blas.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

"""Loss and gradients of a batch, computed in shards by several workers.

A batch is cut into contiguous shards (`WorkSplit`), which depend on the network and the batch alone. The shards'
losses and gradients are added in their order, so a run has the same bits whoever computes the shards:

- the calling thread, one after the other: small networks, whose batch is one shard, and short runs
- threads of this process: NumPy gives Python's lock back inside its large operations, and only there
- worker processes (`engine.parallel.processes`), in runs that are long enough to start them

BLAS is held to one thread meanwhile: how it divides a product changes the last bits.
"""

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import numpy as np

from engine.batches.batch import Batch
from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.parallel.pace import Pace
from engine.parallel.prediction import predict_in_chunks
from engine.parallel.processes import process_pool
from engine.parallel.processes.pool_run import PoolRun
from engine.parallel.processes.run_spec import RunSpec, can_be_described, can_share_steps
from engine.parallel.processes.shared_update import add_shards
from engine.parallel.shard_worker import ShardWorker, evaluate_shards
from engine.parallel.work_split import WorkSplit, shard_of
from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import WorkerPool, available_cores

_LOGGER = logging.getLogger(__name__)


class BatchEvaluator:
    """Evaluates a built network with a loss on batches, with several workers. A context manager; `close` joins.

    Args:
        network: built, with `network.loss` set; its `store.gradients` receive the sums.
        threads: the most workers, the calling thread included; 0 takes every core that this process may use.
        chunk_size: the most examples in a pass through the network; 0 for a good default.
        low_priority: whether the workers that are started here run at a lower priority.

    Attributes:
        processes: the worker processes of the run, or None.
        shares_updates: whether they take part in the optimizer's steps too.

    A network with a layer that couples the examples of a batch always runs whole, on one thread.
    """

    def __init__(self, network: Network, threads: int = 0, chunk_size: int = 0, low_priority: bool = False) -> None:
        network.require_built()
        self._network = network
        self.threads = threads or available_cores()
        self._split = WorkSplit(network, self.threads, chunk_size)
        # Replicas are made when they are first needed: a small network needs none.
        self._workers = [ShardWorker(network)]
        self._outputs = np.empty((0, *network.answer_shape), network.dtype)
        self._gradients = np.empty((0, network.store.values.size), network.dtype)
        self._pool = WorkerPool(self.threads, low_priority)
        self.processes: PoolRun | None = None
        self.shares_updates = False
        # Of the last evaluation, when worker processes hold gradients that are not summed yet.
        self._unsummed_shards = 0
        self._pace = Pace()
        self._low_priority = low_priority
        self._closed = False
        self._blas = BlasLimit(1)

    def use_processes(self, data: TrainingData, batch_size: int, steps: int, optimizer: Optimizer | None) -> None:
        """Let worker processes compute shards, if that pays: before the first batch of a run.

        Args:
            data: to train on.
            batch_size: the most examples in a batch.
            steps: how many batches the whole run has.
            optimizer: of the run, when nobody but it needs the gradients; else None.
        """
        split, network = self._split, self._network
        workers = split.workers(batch_size) - 1
        if not (split.worth_processes(batch_size, steps) and can_be_described(network)):
            return
        pool = process_pool.acquire(workers, self._low_priority)
        if pool is None:
            return
        shared = optimizer if optimizer is not None and can_share_steps(optimizer) else None
        try:
            spec = RunSpec.of(network, shared, data, batch_size, len(split.shards(batch_size)), workers + 1)
            self.processes = PoolRun(pool, spec, network, shared)
            self.shares_updates = shared is not None
        except (OSError, TypeError, ValueError) as error:
            _LOGGER.info("Training on threads, without worker processes: %s", error)
            process_pool.release(pool)

    def has_core_to_spare(self, batch_size: int) -> bool:
        """Whether batches of this size leave a thread with nothing to do."""
        return self._split.workers(batch_size) < self.threads

    def renew(self) -> None:
        """Let replicas and worker processes go, between two batches, after a layer or the batches' size has changed."""
        if self.processes is not None:
            self.processes.close()
            self.processes = None
        self.shares_updates, self._unsummed_shards = False, 0
        self._workers = [ShardWorker(self._network)]

    def evaluate(self, batch: Batch, whole: bool = True) -> tuple[float, FloatArray]:
        """Mean data loss of a batch and the network's outputs for it; fills `store.gradients`.

        Args:
            batch: inputs contiguous, in the network's dtype; targets as the loss prepared them.
            whole: False when `update` follows, which sums the gradients itself.

        Returns:
            the loss without penalties, and the outputs (batch, *output_shape): a buffer that the next call overwrites.
        """
        shards = self._split.shards(len(batch))
        self._unsummed_shards = 0
        if len(shards) == 1:
            return self._workers[0].evaluate(batch, shards[0], 0)
        workers = self._pace.workers(self._split.workers(len(batch)))
        processes = self.processes
        if workers > 1 and processes is not None and processes.ready:
            result = self._evaluate_in_processes(processes, batch, shards, whole)
            if result is not None:
                return result
        return self._evaluate_here(batch, shards, self._split.threads(workers, len(batch)))

    def _evaluate_here(self, batch: Batch, shards: Sequence[slice], workers: int) -> tuple[float, FloatArray]:
        """All shards in this process, by so many threads."""
        if len(self._outputs) < len(batch):
            self._outputs = np.empty((len(batch), *self._network.answer_shape), self._network.dtype)
        if len(self._gradients) < len(shards):
            self._gradients = np.empty((len(shards), self._network.store.values.size), self._network.dtype)
        losses = [0.0] * len(shards)
        self._make_replicas(workers)

        def work(number: int) -> None:
            mine = shard_of(len(shards), number, workers)
            evaluate_shards(self._workers[number], batch, shards, mine, losses, self._outputs, self._gradients)

        self._pool.run(work, workers)
        add_shards(self._gradients[: len(shards)], self._network.store.gradients)
        return sum(losses), self._outputs[: len(batch)]

    def _evaluate_in_processes(
        self, processes: PoolRun, batch: Batch, shards: Sequence[slice], whole: bool
    ) -> tuple[float, FloatArray] | None:
        """The first shards here, the others in the worker processes; None when one of these has ended."""
        # The processor's time, not the clock's: alone, this thread would have a core that is free.
        begun, own_begun = time.perf_counter(), time.thread_time()
        mine = processes.begin(batch, shards)
        gradients = None if processes.in_place else processes.gradients
        evaluate_shards(self._workers[0], batch, shards, mine, processes.losses, processes.outputs, gradients)
        own_seconds = time.thread_time() - own_begun
        if processes.collect():
            return None
        if whole:
            add_shards(processes.gradients[: len(shards)], self._network.store.gradients)
        else:
            self._unsummed_shards = len(shards)
        self._pace.record(time.perf_counter() - begun, own_seconds, mine.stop / len(shards))
        return sum(processes.losses[: len(shards)].tolist()), processes.outputs[: len(batch)]

    def update(self, optimizer: Optimizer, upcoming: Batch | None = None) -> None:
        """The optimizer's step after `evaluate`, shared with the worker processes where `shares_updates` says so.

        Args:
            optimizer: of the run.
            upcoming: the batch that will be evaluated next, if that is known; it is laid ready for the processes.
        """
        store = self._network.store
        if self.processes is not None and self._unsummed_shards:
            shards = [] if upcoming is None else self._split.shards(len(upcoming))
            self.processes.update(optimizer, self._unsummed_shards, upcoming, shards)
        else:
            optimizer.apply(store.values, store.gradients)

    def predict(self, inputs: FloatArray, before_chunk: Callable[[], None] | None = None) -> FloatArray:
        """The network's outputs (logits) for all inputs, in inference mode; a new array (count, *output_shape).

        `before_chunk` is called before each of the chunks, in the thread that computes it, which it may hold up.
        """
        workers = self._split.workers_of_prediction(len(inputs))
        self._make_replicas(workers)
        replicas = [worker.replica for worker in self._workers[:workers]]
        return predict_in_chunks(replicas, self._pool, inputs, self._split.chunk_size, before_chunk)

    def _make_replicas(self, workers: int) -> None:
        while len(self._workers) < workers:
            self._workers.append(ShardWorker(self._network.replica()))

    def close(self) -> None:
        """Join the threads, let the processes go and BLAS have its own threads back. May be called twice."""
        if not self._closed:
            self._closed = True
            if self.processes is not None:
                self.processes.close()
                self.processes = None
            self._pool.close()
            self._blas.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

"""A run that worker processes take part in, as the process that trains sees it."""

import logging
import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch import Batch
from engine.core.parameters import FloatArray
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.parallel.processes import process_pool
from engine.parallel.processes.run_spec import END, TASK, UPDATE, RunSpec
from engine.parallel.processes.shared_arrays import SharedArrays, create_memory
from engine.parallel.processes.shared_update import SharedUpdate, part_to_change
from engine.parallel.work_split import shard_of

_LOGGER = logging.getLogger(__name__)


class PoolRun:
    """The shared memory of a run, and the tasks for the processes: `begin` and `collect` in each step, then `update`.

    Args:
        pool: the processes.
        spec: of the run.
        network: that is trained.
        optimizer: that of the spec, if there is one.

    Attributes:
        losses: (shards,), each shard's share of the loss.
        gradients: (shards, parameters).
        in_place: whether the shard of this process has its gradients there already.
        outputs: (batch, *output_shape).

    Raises:
        OSError: there is no room for the shared memory.
        TypeError, ValueError: JSON does not know something in the spec.
    """

    def __init__(
        self, pool: process_pool.ProcessPool, spec: RunSpec, network: Network, optimizer: Optimizer | None
    ) -> None:
        self._pool, self._network = pool, network
        self._workers = range(spec.processes - 1)
        text, layout = spec.to_json(), spec.layout()
        self._descriptor = create_memory(layout)
        self._arrays = arrays = SharedArrays(self._descriptor, layout)
        self.losses: NDArray[np.float64] = arrays["losses"]
        self.gradients: FloatArray = arrays["gradients"]
        self.in_place = spec.in_place
        self.outputs: FloatArray = arrays["outputs"].T
        store = network.store
        self._own_arrays = store.values, store.state, store.gradients
        np.copyto(arrays["values"], store.values)
        np.copyto(arrays["state"], store.state)
        network.adopt(arrays["values"], arrays["state"], spec.gradients(arrays, 0))
        self._update = None if optimizer is None else SharedUpdate(optimizer, arrays)
        self._changed = [part_to_change(spec.parameters, number, spec.processes) for number in range(spec.processes)]
        self._ready = self._closed = False
        # The batch whose examples lie in the shared memory.
        self._laid_ready: Batch | None = None
        # Workers that have not answered yet.
        self._busy: list[int] = []
        memory = os.fstat(self._descriptor).st_ino
        path = f"/proc/{os.getpid()}/fd/{self._descriptor}"
        sent = [pool.send(worker, f"{worker} {memory} {path} {text}\n".encode()) for worker in self._workers]
        self._ended = not all(sent)

    @property
    def ready(self) -> bool:
        """Whether all the workers have opened the shared memory, and none has ended since."""
        if not self._ready and not self._ended:
            self._ready = bool(self._arrays["ready"][: len(self._workers)].all())
            self._pool.has_worked |= self._ready
        return self._ready and not self._ended

    def begin(self, batch: Batch, shards: Sequence[slice]) -> slice:
        """Give the workers their shards of a batch; the numbers of those that are left to this process."""
        mine, *parts = self._parts(len(shards))
        if batch is not self._laid_ready:
            self._lay_ready(batch, shards)
        clock = self._network.clock
        for worker, part in enumerate(parts):
            self._give(worker, clock.step, clock.slice, len(batch), len(shards), part)
        return mine

    def _lay_ready(self, batch: Batch, shards: Sequence[slice]) -> None:
        """Copy the examples of the workers' shards to the shared memory."""
        arrays, mine = self._arrays, self._parts(len(shards))[0]
        others = slice(shards[mine.stop - 1].stop, len(batch))
        _copy(batch.inputs, batch, others, arrays["inputs"])
        _copy(batch.targets, batch, others, arrays["targets"])
        if batch.weights is not None:
            _copy(batch.weights, batch, others, arrays["weights"])
        self._laid_ready = batch

    def _parts(self, size: int) -> list[slice]:
        """Equal parts of so many shards, none of them empty: one a process, this one first."""
        count = min(size, len(self._workers) + 1)
        return [shard_of(size, number, count) for number in range(count)]

    def _give(self, worker: int, step: int, place: int, size: int, shards: int, part: slice, rate: float = 0.0) -> None:
        self._busy.append(worker)
        if not self._pool.send(worker, TASK.pack(step, place, size, shards, part.start, part.stop, rate)):
            self._ended = True

    def update(
        self, optimizer: Optimizer, shards: int, upcoming: Batch | None, upcoming_shards: Sequence[slice]
    ) -> None:
        """The optimizer's step with the gradients of so many shards; each process changes a part of the parameters.

        While the workers do theirs, this one lays the upcoming batch ready for them, if there is one.
        """
        assert self._update is not None
        update = self._update
        anew = update.begin()
        mine, *others = self._changed
        for worker, part in enumerate(others):
            self._give(worker, optimizer.steps, anew, UPDATE, shards, part, optimizer.rate)
        update.change(mine, shards)
        # One that there is no room for comes in slices.
        if upcoming is not None and len(upcoming) <= len(self._arrays["targets"]):
            self._lay_ready(upcoming, upcoming_shards)
        for worker in self.collect():
            update.repeat(worker, others[worker], shards)

    def collect(self) -> list[int]:
        """Wait for the workers; those that have ended, whose work is missing then."""
        ended = []
        while self._busy:
            if not self._pool.receive(self._busy[0]):
                ended.append(self._busy[0])
            del self._busy[0]
        if ended:
            self._ended = True
            _LOGGER.warning("A worker process has ended; training goes on without them.")
        return ended

    def close(self) -> None:
        """Let the processes go. May be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._update is not None:
            self._update.close()
        values, state, gradients = self._own_arrays
        np.copyto(values, self._arrays["values"])
        np.copyto(state, self._arrays["state"])
        self._network.adopt(values, state, gradients)
        os.close(self._descriptor)
        for worker in self._workers:
            self._pool.send(worker, END)
        # A worker that is still busy after a failure here would answer into the next run.
        process_pool.release(self._pool, broken=self._ended or bool(self._busy))


def _copy(source: NDArray[np.generic], batch: Batch, rows: slice, target: NDArray[np.generic]) -> None:
    """Copy some examples of the batch to the same rows of the target."""
    if batch.indices is None:
        np.copyto(target[rows], source[rows])
    else:
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        source.take(batch.indices[rows], axis=0, out=target[rows], mode="clip")

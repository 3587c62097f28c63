"""A run that worker processes take part in, as the process that trains sees it."""

import logging
from collections.abc import Callable
from functools import partial

import numpy as np

from engine.batches.batch_source import Batch
from engine.core.parameters import FloatArray
from engine.core.random_streams import Clock
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.parallel.processes import process_pool as teams
from engine.parallel.processes.batch_buffers import BatchBuffers
from engine.parallel.processes.job_board import READY, Field, Job, JobBoard
from engine.parallel.processes.run_spec import RunDescription
from engine.parallel.processes.shared_arrays import SharedArrays
from engine.parallel.shard_worker import add_parts

_LOGGER = logging.getLogger(__name__)

# After each step the share of this process in the optimizer's work grows or shrinks by so much of it, until all are
# ready at the same time: beside it, this process counts, reports and lays the next batch ready.
_SHIFT = 1 / 128
# Numbers in a line of the cache: two processes that write into one would hold each other up.
_LINE = 16


class PoolRun:
    """Network and optimizer in shared memory, and the jobs for the processes.

    While it lasts, the network's parameters and the optimizer's memory lie in shared memory; `close` moves them back.

    A step is `begin`, `collect`, `update`, and `flush` before anybody looks at parameters, gradients or the memory.

    Args:
        team: the processes.
        run: what they are told.
        network, optimizer: that are trained.

    Raises:
        OSError: there is no room for the shared memory.
        TypeError, ValueError: JSON has no words for the run.
    """

    def __init__(self, team: teams.ProcessPool, run: RunDescription, network: Network, optimizer: Optimizer) -> None:
        self._team, self._network, self._optimizer = team, network, optimizer
        self._members = range(run.members)
        text = run.to_json()
        self._arrays = arrays = SharedArrays.create(run.layout())
        self._signals = JobBoard(arrays["words"])
        self._room = BatchBuffers(arrays)
        self._gradients: list[FloatArray] = [arrays[f"gradients {member}"] for member in self._members]
        self._number = 0
        self._laid_ready: Batch | None = None
        self._updating = self._closed = False
        # Members whose gradients have not been added yet.
        self._open = 0
        self._own_share = 1 / (run.members + 1)
        self._ready = self._ended = False
        told = [team.send(member, f"{member} {arrays.path} {text}") for member in self._members]
        self._ended = not all(told)
        self._move_in()

    def _move_in(self) -> None:
        """Let network and optimizer live in shared memory."""
        arrays, network = self._arrays, self._network
        self._own_store = store = network.store
        np.copyto(arrays["values"], store.values)
        np.copyto(arrays["state"], store.state)
        network.use_store(store.moved(arrays["values"], arrays["gradients"], arrays["state"]))

        def place(name: str, vector: FloatArray) -> FloatArray:
            np.copyto(arrays[name], vector)
            return arrays[name]

        self._optimizer.move_memory(store.values, place)

    @property
    def ready(self) -> bool:
        """Whether all the processes have come, and none has ended."""
        if not self._ready and not self._ended:
            self._ready = all(self._signals.reported(member) == READY for member in self._members)
            if self._ready:
                self._arrays.remove_name()
        return self._ready and not self._ended

    def begin(self, batch: Batch, parts: int, clock: Clock) -> tuple[Batch, FloatArray]:
        """Let the members begin with their parts of a batch; the weights have to stay as they are until `collect`.

        Args:
            batch: its examples; nothing is copied when it is the very batch that was laid ready last.
            parts: into how many parts it is cut; the first one is left to this process.
            clock: the network's, for layers that draw random numbers.

        Returns:
            the same examples in order, and where the outputs will be, (batch, *output_shape): each worker fills its
            part.
        """
        if self._laid_ready is not batch:
            self._room.fill(batch)
        self._laid_ready = None
        self.flush()
        size, signals = len(batch), self._signals
        signals[Field.SIZE], signals[Field.PARTS], signals[Field.SLICE] = size, parts, clock.slice
        self._announce(Job.EVALUATE, clock.step)
        return self._room.batch(size), self._room.outputs[:size]

    def collect(self) -> list[float] | None:
        """Wait for the batch that was begun; each member's share of the loss, or None when a process has ended."""
        if not self._wait():
            return None
        losses: list[float] = self._arrays["losses"][:, 0].tolist()
        self._open = self._signals[Field.PARTS] - 1
        return losses

    def add_gradients(self, start: int, stop: int) -> None:
        """Complete the network's gradients from `start` to `stop`: add the members', which `collect` has awaited."""
        add_parts(self._network.store.gradients, self._gradients[: self._open], start, stop)
        if stop - start == self._network.store.gradients.size:
            self._open = 0

    def update(self, function: Callable[[int, int], None], size: int) -> None:
        """Have the optimizer's rule applied to all `size` parameters: `function(start, stop)` does it here.

        Returns when this process has done its share; the others may be at theirs until `flush`.
        """
        own = int(self._own_share * size) // _LINE * _LINE
        self._arrays["rate"][0] = self._optimizer.learning_rate
        self._signals[Field.SIZE], self._signals[Field.PARTS] = own, self._open + 1
        self._announce(Job.UPDATE, self._optimizer.steps)
        self._updating = True
        self.add_gradients(0, own)
        function(0, own)
        self._open = 0

    def lay_ready(self, batch: Batch) -> None:
        """Put the batch that is begun next where all will look for it; the members may be updating meanwhile."""
        if self.ready and len(batch) <= self._room.size:
            self._room.fill(batch)
            self._laid_ready = batch

    def flush(self) -> None:
        """Wait until all parameters are updated, and shift the shares in the next update towards who was ready first.

        Who changes a parameter does not change the result: a rule is computed number by number.
        """
        if not self._updating:
            return
        self._updating = False
        late = any(self._signals.reported(member) != self._number for member in self._members)
        self._own_share = min(max(self._own_share + (_SHIFT if late else -_SHIFT), 0.0), 1.0)
        if not self._wait():
            _LOGGER.warning("A worker process ended in the middle of a step, a part of which is lost.")

    def _announce(self, job: Job, step: int) -> None:
        signals = self._signals
        self._number += 1
        signals[Field.KIND], signals[Field.STEP] = job, step
        signals.announce(self._number)
        for member in self._members:
            if signals.sleeps(member):
                self._team.send(member, "")

    def _wait(self) -> bool:
        """Wait until all have done the last job."""
        # All of them, also when one has ended: the others may still be writing.
        done = [
            self._signals.wait_for_report(member, self._number, partial(self._team.is_alive, member))
            for member in self._members
        ]
        if not all(done):
            if not self._ended:
                _LOGGER.warning("A worker process has ended; training goes on without them.")
            self._ended = True
        return all(done)

    def close(self) -> None:
        """Let the processes go, and move the parameters and the optimizer's memory back. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            # What was announced last counts: an interrupt may have come before that or after it.
            self._number = self._signals[Field.NUMBER]
            if self._number:
                # A failure in this process may have left the members at work. No job, no report to wait for.
                self._wait()
            self._announce(Job.END, 0)
        finally:
            self._move_out()
            alive = all(self._team.is_alive(member) for member in self._members)
            teams.release(self._team, broken=not (self._ready or (alive and not self._ended)))

    def _move_out(self) -> None:
        """Let network and optimizer live in memory of their own again."""
        self._arrays.remove_name()
        store, network = self._own_store, self._network
        np.copyto(store.values, network.store.values)
        np.copyto(store.state, network.store.state)
        network.use_store(store)
        if self._optimizer.slots:
            self._optimizer.move_memory(store.values, lambda _, vector: vector.copy())

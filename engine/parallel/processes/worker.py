"""A worker process: takes part in one run after the other, until its standard input ends."""

import os
import select
import sys
import time
from pathlib import Path

import numpy as np

from engine.core.parameters import FloatArray
from engine.losses import Loss
from engine.parallel.processes.batch_buffers import BatchBuffers
from engine.parallel.processes.job_board import READY, Field, Job, JobBoard
from engine.parallel.processes.run_spec import RunDescription
from engine.parallel.processes.shared_arrays import SharedArrays
from engine.parallel.shard_worker import ShardWorker, add_parts, part_of
from engine.threads.thread_pool import lower_thread_priority

# A process that nobody has needed for so long ends by itself.
_IDLE_SECONDS = 60.0
# After it has said that it sleeps, a member goes on to look for a while, now and then: what was announced before the
# others saw that is visible by then, and many a break, as between two epochs, is over.
_LAST_LOOKS, _LAST_LOOK_SECONDS = 40, 0.0001


def serve() -> None:
    """Wait for lines "number path description" and take part in each run; empty lines are late calls to wake up."""
    lines = _Lines()
    while (line := lines.next()) is not None:
        if line:
            number, path, text = line.split(" ", 2)
            try:
                membership = _Membership(int(number), Path(path), RunDescription.from_json(text), lines)
            except FileNotFoundError:
                # The run was over before this process had started.
                continue
            membership.serve()
            # Its memory is given back before the next run's is taken.
            del membership


class _Lines:
    """Standard input, line by line, with a way to sleep until something comes."""

    def next(self) -> str | None:
        """The next line; None at the end, and after a long time without any."""
        if sys.platform != "win32" and not select.select([0], [], [], _IDLE_SECONDS)[0]:
            return None
        line = bytearray()
        while (byte := os.read(0, 1)) != b"\n":
            if not byte:
                return None
            line += byte
        return line.decode()

    def sleep(self) -> None:
        """Wait for an empty line; the end of standard input ends the process."""
        if not os.read(0, 1):
            raise SystemExit


class _Membership:
    """Membership of this process in one run.

    Args:
        member: number of this process, from 0.
        path: of the shared memory.
        run: what is trained.
        lines: where to sleep.
    """

    def __init__(self, member: int, path: Path, run: RunDescription, lines: _Lines) -> None:
        if run.low_priority:
            lower_thread_priority()
        self._member, self._lines = member, lines
        arrays = SharedArrays(path, run.layout())
        self._signals = JobBoard(arrays["words"])
        self._network = run.make_network()
        self._loss: Loss = self._network.require_loss()
        store = self._network.store.moved(arrays["values"], arrays[f"gradients {member}"], arrays["state"])
        self._network.use_store(store, replica=member + 1)
        self._worker = ShardWorker(self._network, run.chunk_size)
        self._optimizer = run.make_optimizer()
        self._optimizer.move_memory(store.values, lambda name, _: arrays[name])
        # Worker 0 is the process that trains.
        self._number, self._members = member + 1, run.members
        self._room = BatchBuffers(arrays)
        self._gradients: FloatArray = arrays["gradients"]
        self._parts_gradients: list[FloatArray] = [arrays[f"gradients {other}"] for other in range(run.members)]
        self._losses: FloatArray = arrays["losses"]
        self._rate: FloatArray = arrays["rate"]

    def serve(self) -> None:
        """Do what is announced until the run ends."""
        signals, number = self._signals, 0
        signals.report(self._member, READY)
        with np.errstate(all="ignore"):
            while True:
                if not signals.wait_for_job(number):
                    self._sleep(number)
                number += 1
                kind = signals[Field.KIND]
                if kind == Job.EVALUATE:
                    self._evaluate()
                elif kind == Job.UPDATE:
                    self._update()
                else:
                    return
                signals.report(self._member, number)

    def _sleep(self, done: int) -> None:
        signals = self._signals
        signals.set_sleeps(self._member, True)
        looks = _LAST_LOOKS
        while signals[Field.NUMBER] == done:
            if looks:
                looks -= 1
                time.sleep(_LAST_LOOK_SECONDS)
            else:
                self._lines.sleep()
        signals.set_sleeps(self._member, False)

    def _evaluate(self) -> None:
        signals, worker = self._signals, self._worker
        self._network.clock.set(signals[Field.STEP], signals[Field.SLICE])
        size, parts = signals[Field.SIZE], signals[Field.PARTS]
        if self._number < parts:
            worker.evaluate(self._loss, self._room.batch(size), part_of(size, self._number, parts), self._room.outputs)
            worker.gather_total()
            self._losses[self._member, 0] = worker.loss_value

    def _update(self) -> None:
        signals, optimizer = self._signals, self._optimizer
        optimizer.steps, optimizer.learning_rate = signals[Field.STEP], float(self._rate[0])
        optimizer.prepare_step()
        values = self._network.store.values
        first = signals[Field.SIZE]
        part = part_of(values.size - first, self._member, self._members)
        start, stop = first + part.start, first + part.stop
        add_parts(self._gradients, self._parts_gradients[: signals[Field.PARTS] - 1], start, stop)
        optimizer.update_part(values, self._gradients, start, stop)

"""A worker process: computes shards in one run after the other, until its standard input ends."""

import os
import select

import numpy as np

from engine.batches.batch import Batch
from engine.parallel.processes.run_spec import TASK, UPDATE, Lookout, RunSpec
from engine.parallel.processes.shared_arrays import SharedArrays
from engine.parallel.processes.shared_update import SharedUpdate, part_to_change
from engine.parallel.shard_worker import ShardWorker, evaluate_shards
from engine.parallel.work_split import shard_of
from engine.threads.thread_pool import lower_thread_priority

# A process without a run for so long ends by itself.
_IDLE_SECONDS = 60.0
_INPUT = Lookout(0)


def serve(low_priority: bool) -> None:
    """Wait for lines "worker inode path spec" and take part in each run."""
    if low_priority:
        lower_thread_priority()
    # What some library prints must not look like an answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    while (line := _read_line()) is not None:
        worker, inode, path, text = line.split(" ", 3)
        arrays = _open(path, int(inode), RunSpec.from_json(text))
        if arrays is None:
            # The run was over before this process had started.
            _read_task()
        else:
            _take_part(int(worker), RunSpec.from_json(text), arrays, answers)


def _read_line() -> str | None:
    """The next line of standard input; None at its end, and after a long time without any."""
    if not select.select([0], [], [], _IDLE_SECONDS)[0]:
        return None
    line = bytearray()
    while (byte := os.read(0, 1)) != b"\n":
        if not byte:
            return None
        line += byte
    return line.decode()


def _read_task() -> tuple[int, int, int, int, int, int, float]:
    """The next task; the end of standard input ends the process."""
    _INPUT.look()
    # A pipe gives so few bytes at once or not at all.
    data = os.read(0, TASK.size)
    if len(data) < TASK.size:
        raise SystemExit
    step, place, size, shards, first, stop, rate = TASK.unpack(data)
    return step, place, size, shards, first, stop, rate


def _open(path: str, inode: int, spec: RunSpec) -> SharedArrays | None:
    """The shared memory of a run; None when the run is over, and its descriptor may be another file's."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        return SharedArrays(descriptor, spec.layout()) if os.fstat(descriptor).st_ino == inode else None
    finally:
        os.close(descriptor)


def _take_part(number: int, spec: RunSpec, arrays: SharedArrays, answers: int) -> None:
    """Compute the shards of each task, until the run ends."""
    network = spec.make_network()
    network.adopt(arrays["values"], arrays["state"], spec.gradients(arrays, number + 1))
    worker = ShardWorker(network)
    losses, outputs = arrays["losses"], arrays["outputs"].T
    changed = part_to_change(spec.parameters, number + 1, spec.processes)
    gradients = None if spec.in_place else arrays["gradients"]
    # By the number of examples and of shards.
    kept: dict[tuple[int, int], tuple[Batch, list[slice]]] = {}
    optimizer = spec.make_optimizer()
    update = None if optimizer is None else SharedUpdate(optimizer, arrays)
    arrays["ready"][number] = 1
    with np.errstate(all="ignore"):
        while True:
            step, place, size, count, first, stop, rate = _read_task()
            part = slice(first, stop)
            if not size:
                return
            if size == UPDATE and update is not None:
                if place:
                    update.keep(part)
                update.change_in_worker(number, step, rate, part, count)
                os.write(answers, b".")
                continue
            network.clock.set(step, place)
            if (size, count) not in kept:
                kept[size, count] = spec.batch(arrays, size), [shard_of(size, shard, count) for shard in range(count)]
            batch, shards = kept[size, count]
            evaluate_shards(worker, batch, shards, part, losses, outputs, gradients)
            os.write(answers, b".")
            if update is not None:
                update.keep(changed)

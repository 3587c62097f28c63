"""An optimizer's step in parts: each process changes some numbers of the parameters."""

import numpy as np

from engine.core.parameters import FloatArray
from engine.optimizers import Optimizer
from engine.parallel.processes.shared_arrays import SharedArrays
from engine.parallel.work_split import shard_of

# Of an equal part: what the process that trains changes.
_OWN_SHARE = 0.7


class SharedUpdate:
    """The parts of an optimizer's steps in one of the processes of a run; what it remembers lies in shared memory.

    A worker process keeps a copy of what it will change. When it ends in the middle of a step, the process that trains
    does that part again, so that nothing is lost.

    Args:
        optimizer: in the process that trains, that of the run.
        arrays: of the run.
    """

    def __init__(self, optimizer: Optimizer, arrays: SharedArrays) -> None:
        self._optimizer, self._gradients, self._values = optimizer, arrays["gradients"], arrays["values"]
        self._slots = dict(zip(optimizer.slot_names, arrays["slots"], strict=True))
        self._changed, self._before = [self._values, *arrays["slots"]], arrays["before"]
        # The step for which each worker has a whole copy.
        self._copied = arrays["copied"]
        self._sums = np.empty_like(self._values)

    def begin(self) -> bool:
        """In the process that trains: count a step; whether workers have to copy anew what it will change."""
        optimizer = self._optimizer
        optimizer.begin_step(self._values)
        # In the first step, or when somebody has set another memory.
        others = [name for name, slot in optimizer.slots.items() if slot is not self._slots[name]]
        for name in others:
            np.copyto(self._slots[name], optimizer.slots[name])
            optimizer.slots[name] = self._slots[name]
        return bool(others)

    def change(self, part: slice, shards: int) -> None:
        """Add up a part of the gradients of the shards, in their order, and do the step with them."""
        add_shards(self._gradients[:shards, part], self._sums[part])
        self._optimizer.update_part(self._values, self._sums, part)

    def keep(self, part: slice) -> None:
        """In a worker process: copy what the coming step will change. Before it is asked for, while others compute."""
        for array, before in zip(self._changed, self._before, strict=True):
            np.copyto(before[part], array[part])

    def change_in_worker(self, worker: int, step: int, rate: float, part: slice, shards: int) -> None:
        """In a worker process: the same for its part, of which it has kept a copy."""
        self._copied[worker] = step
        optimizer = self._optimizer
        optimizer.steps, optimizer.learning_rate, optimizer.slots = step - 1, rate, self._slots
        optimizer.begin_step(self._values)
        self.change(part, shards)

    def repeat(self, worker: int, part: slice, shards: int) -> None:
        """In the process that trains: the part of a worker that has ended, however far it had come."""
        if self._copied[worker] == self._optimizer.steps:
            for array, before in zip(self._changed, self._before, strict=True):
                np.copyto(array[part], before[part])
        self.change(part, shards)

    def close(self) -> None:
        """Leave the optimizer its memory for itself."""
        self._optimizer.slots = {name: slot.copy() for name, slot in self._optimizer.slots.items()}


def part_to_change(size: int, number: int, processes: int) -> slice:
    """Which of so many numbers a process changes. The one that trains, 0, changes fewer: it lays batches ready, too."""
    own = int(_OWN_SHARE * size / processes)
    if number == 0:
        return slice(0, own)
    part = shard_of(size - own, number - 1, processes - 1)
    return slice(own + part.start, own + part.stop)


def add_shards(gradients: FloatArray, sums: FloatArray) -> None:
    """The sum of (shards, n) in the order of the shards, written to (n,), which may be the first of them."""
    # Twice as fast as `np.add.reduce` over the first axis.
    if len(gradients) == 1:
        np.copyto(sums, gradients[0])
        return
    np.add(gradients[0], gradients[1], out=sums)
    for shard in gradients[2:]:
        np.add(sums, shard, out=sums)

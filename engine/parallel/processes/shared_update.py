"""An optimizer's step in parts: each process changes some numbers of the parameters."""

import numpy as np

from engine.core.parameters import FloatArray
from engine.optimizers import Optimizer
from engine.parallel.processes.shared_arrays import SharedArrays


class SharedUpdate:
    """The parts of an optimizer's steps in one of the processes of a run; what it remembers lies in shared memory.

    A worker process copies what it is about to change. When it ends in the middle of a step, the process that trains
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

    def begin(self) -> None:
        """In the process that trains: count a step."""
        optimizer = self._optimizer
        optimizer.begin_step(self._values)
        for name, slot in optimizer.slots.items():
            # In the first step, or when somebody has set another memory.
            if slot is not self._slots[name]:
                np.copyto(self._slots[name], slot)
                optimizer.slots[name] = self._slots[name]

    def change(self, part: slice, shards: int) -> None:
        """Add up a part of the gradients of the shards, in their order, and do the step with them."""
        add_shards(self._gradients[:shards, part], self._sums[part])
        self._optimizer.update_part(self._values, self._sums, part)

    def change_in_worker(self, worker: int, step: int, rate: float, part: slice, shards: int) -> None:
        """In a worker process: the same for its part, with a copy of what was there."""
        for array, before in zip(self._changed, self._before, strict=True):
            np.copyto(before[part], array[part])
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


def add_shards(gradients: FloatArray, sums: FloatArray) -> None:
    """The sum of (shards, n) in the order of the shards, written to (n,), which may be the first of them."""
    # Twice as fast as `np.add.reduce` over the first axis.
    if len(gradients) == 1:
        np.copyto(sums, gradients[0])
        return
    np.add(gradients[0], gradients[1], out=sums)
    for shard in gradients[2:]:
        np.add(sums, shard, out=sums)

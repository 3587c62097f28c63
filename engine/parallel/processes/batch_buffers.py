"""Where the members find the examples of a batch, and leave the network's outputs for them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch_source import Batch
from engine.core.parameters import FloatArray
from engine.parallel.processes.shared_arrays import Layout, SharedArrays


class BatchBuffers:
    """The place for a batch in shared memory.

    Args:
        arrays: the shared memory, in which `layout` has its part.

    Attributes:
        inputs, targets, weights: (largest batch, …), the weights of size 0 where examples have none.
        outputs: (largest batch, *output_shape).
    """

    def __init__(self, arrays: SharedArrays) -> None:
        self.inputs: FloatArray = arrays["inputs"]
        self.targets: NDArray[Any] = arrays["targets"]
        self.weights: FloatArray = arrays["weights"]
        self.outputs: FloatArray = arrays["outputs"].T
        self._batches: dict[int, Batch] = {}

    @property
    def size(self) -> int:
        """How many examples there is room for."""
        return len(self.inputs)

    def fill(self, batch: Batch) -> None:
        """Lay a batch ready."""
        _copy(batch.inputs, batch, self.inputs)
        _copy(batch.targets, batch, self.targets)
        if batch.weights is not None:
            _copy(batch.weights, batch, self.weights)

    def batch(self, size: int) -> Batch:
        """The batch of this size that lies here."""
        batch = self._batches.get(size)
        if batch is None:
            weights = self.weights if len(self.weights) else None
            batch = self._batches[size] = Batch(np.arange(size), self.inputs, self.targets, weights, None)
        return batch

    @staticmethod
    def layout(
        batch_size: int,
        input_shape: list[int],
        output_shape: list[int],
        target_shape: list[int],
        kinds: tuple[str, str],
        *,
        weighted: bool,
    ) -> Layout:
        """What the room needs for batches of this size, inputs and outputs of the first kind, targets of the second."""
        return {
            "inputs": ((batch_size, *input_shape), kinds[0]),
            "targets": ((batch_size, *target_shape), kinds[1]),
            "weights": ((batch_size if weighted else 0,), "<f8"),
            # Turned round: in Fortran's order, in which a network with few outputs gives them.
            "outputs": ((*reversed(output_shape), batch_size), kinds[0]),
        }


def _copy(source: NDArray[Any], batch: Batch, target: NDArray[Any]) -> None:
    rows = target[: len(batch)]
    if batch.indices is None:
        np.copyto(rows, source[: len(batch)])
    else:
        # mode="clip" writes straight into the result; "raise" would go through a copy.
        source.take(batch.indices, axis=0, out=rows, mode="clip")

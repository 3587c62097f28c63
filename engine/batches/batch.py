"""The examples of one step."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray


@dataclass(slots=True, eq=False)
class Batch:
    """The examples of one step.

    Attributes:
        examples: their rows in the training data, (batch,).
        inputs, targets, weights: arrays to take them from.
        indices: rows in these arrays, (batch,); None when the arrays are the batch, in order.
    """

    examples: IntArray
    inputs: FloatArray
    targets: NDArray[Any]
    weights: FloatArray | None
    indices: IntArray | None

    def __len__(self) -> int:
        return len(self.examples)

    def part(self, part: slice) -> "Batch":
        """Some examples of the batch."""
        if self.indices is not None:
            return Batch(self.examples[part], self.inputs, self.targets, self.weights, self.indices[part])
        weights = None if self.weights is None else self.weights[part]
        return Batch(self.examples[part], self.inputs[part], self.targets[part], weights, None)

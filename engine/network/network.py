"""`Network`: layers and the loss that they are trained on. Everything that trains or stores one speaks of this class.

`engine.sequential.Sequential` adds the names that people use (compile, fit, evaluate, predict).
"""

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, EngineError
from engine.evaluation.metrics import task_metrics
from engine.losses import Loss
from engine.network.layer_stack import LayerStack

# Examples that go through the network at once when it predicts: their intermediate results stay in the cache. Fewer
# where these are more than so many numbers.
_CHUNK_SIZE, _CHUNK_NUMBERS = 64, 8_000_000


class Network(LayerStack):
    """A stack of layers with a loss.

    Attributes (see also `LayerStack`):
        loss: what training minimizes, and what turns outputs into predictions; None until it is set.
        metric_names: of the metrics that are reported beside the loss; None for all that the loss's task has.
    """

    loss: Loss | None = None
    metric_names: tuple[str, ...] | None = None

    def require_loss(self) -> Loss:
        """The loss; raises `EngineError` when there is none."""
        if self.loss is None:
            raise EngineError("The network has no loss: call compile(loss=…) first.")
        return self.loss

    def replica(self) -> Self:
        """A network over the same values and state with its own gradients and buffers, and the same loss."""
        twin = super().replica()
        twin.loss, twin.metric_names = self.loss, self.metric_names
        return twin

    def metric_values(
        self,
        outputs: FloatArray,
        targets: NDArray[Any],
        known_accuracy: float | None = None,
        batch_size: int | None = None,
    ) -> dict[str, float]:
        """The metrics by name, from outputs (n, *output_shape) and prepared targets, in the order of the steps.

        `known_accuracy` is what has been counted already, `batch_size` the number of examples in a step.
        """
        return task_metrics(self.require_loss(), outputs, targets, self.metric_names or (), known_accuracy)

    def logits(self, x: ArrayLike, batch_size: int | None = None) -> FloatArray:
        """The last layer's outputs for examples (n, *input_shape), a new array (n, *output_shape).

        Examples go through `batch_size` at a time (None for a good default). Afterwards no layer holds anything of
        them, except that small buffers stay after a single example.

        Raises:
            ShapeError, DataError: examples that do not fit the network.
            ConfigurationError: a batch size below 1.
        """
        inputs = self.prepare_inputs(x)
        if batch_size is not None and batch_size < 1:
            raise ConfigurationError(f"The batch size must be at least 1, not {batch_size}.", "batch_size")
        if len(inputs) == 1:
            # The arrays of a single example are few and small: the next one, a moment later, finds them ready.
            return self.propagate(inputs, training=False).copy("C")
        outputs = self._infer(inputs, batch_size)
        self.release_buffers()
        return outputs

    def _infer(self, inputs: FloatArray, chunk_size: int | None) -> FloatArray:
        """Outputs (n, *output_shape) for checked inputs, `chunk_size` examples at a time."""
        outputs = np.empty((len(inputs), *self.answer_shape), self.dtype)
        numbers = sum(math.prod(size or 1 for size in layer.output_shape) for layer in self.layers)
        step = chunk_size or max(1, min(_CHUNK_SIZE, _CHUNK_NUMBERS // max(1, numbers)))
        for start in range(0, len(inputs), step):
            chunk = slice(start, start + step)
            outputs[chunk] = self.propagate(inputs[chunk], training=False)
        return outputs

"""A fused layer in two forms: one for few examples, one for many."""

from typing import Any

from engine.core.parameters import FloatArray
from engine.fused.base import FusedConvolution
from engine.layers.base import Layer

# From this batch size on runs of images are long enough for the stages that store images last.
MANY_IMAGES = 16


class ByBatchSize(Layer):
    """Runs `few` on batches below `MANY_IMAGES`, else `many`; both compute the same from the same parameters."""

    kind = "by_batch_size"

    def __init__(self, few: FusedConvolution[Any], many: FusedConvolution[Any]) -> None:
        super().__init__(few.name)
        self.few, self.many = few, many
        self.input_shape, self.output_shape, self.dtype = few.input_shape, few.output_shape, few.dtype
        self.needs_input_gradient = few.needs_input_gradient
        self._last: FusedConvolution[Any] = few

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape), whatever their order in memory."""
        self._last = self.few if len(inputs) < MANY_IMAGES else self.many
        return self._last.forward(inputs, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient at the inputs, (batch, *input_shape), through the form that ran forward."""
        return self._last.backward(output_gradient)

    def release_buffers(self) -> None:
        """Forget every array of both."""
        super().release_buffers()
        self.few.release_buffers()
        self.many.release_buffers()

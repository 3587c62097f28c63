"""A layer whose outputs have a price, as networks run it."""

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.tensor import as_tensor
from engine.layer_support.added_losses import note, output_penalty
from engine.layers.base import Layer


class PenalizedStage(Layer):
    """Runs a layer and adds its activity regularizer's gradient on the way back.

    Args:
        layer: built and bound.
    """

    kind = "penalized"

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self.input_shape, self.output_shape, self.dtype = layer.input_shape, layer.output_shape, layer.dtype
        self._slope: FloatArray | None = None

    @property
    def needs_input_gradient(self) -> bool:
        """The layer's."""
        return self.layer.needs_input_gradient

    @needs_input_gradient.setter
    def needs_input_gradient(self, value: bool) -> None:
        """Only the layer's own counts."""

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The layer's outputs; their penalty is noted."""
        from engine.core.tape import GradientTape

        outputs = self.layer.forward(inputs, training)
        with GradientTape() as tape:
            given = as_tensor(outputs.copy())
            tape.watch(given)
            value = output_penalty(self.layer, given)
        self.layer.added = [note(as_tensor(np.array(value)))]
        slope = tape.gradient(value, given) if training else None
        self._slope = None if slope is None else np.asarray(slope)
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The layer's, for the gradient with the penalty's added."""
        slope = self._slope
        return self.layer.backward(output_gradient if slope is None else output_gradient + slope)

    def release_buffers(self) -> None:
        """Forget what was remembered."""
        super().release_buffers()
        self._slope = None
        self.layer.release_buffers()


def stage_of(layer: Layer) -> Layer:
    """What runs in a layer's place: itself, unless its outputs have a price."""
    return layer if layer.activity_regularizer is None else PenalizedStage(layer)

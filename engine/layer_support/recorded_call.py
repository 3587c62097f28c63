"""A layer's call as one recorded operation: its own `backward` gives the gradients at inputs and parameters."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor, node_of, recording, remember

_CALLS = count(1)


def recorded_call(layer: Any, inputs: Any, array: Any, training: bool) -> Tensor:  # noqa: ANN401 — a built `Layer`
    """The outputs (batch, …) for inputs (batch, …), and how gradients flow back through the layer.

    Args:
        layer: built and bound.
        inputs: as they were given, perhaps recorded.
        array: the same numbers, in the layer's type and shape.
        training: whether the layer works as in training.
    """
    training = layer.works_as_training(training)
    effect = layer.random_effect
    if effect is not None:
        if not training:
            return as_tensor(inputs)
        # What is drawn is the same in all of the step; the gradient needs it as a constant.
        drawn = layer.forward(np.ones_like(array) if effect == "factor" else np.zeros_like(array), True).copy()
        result: Tensor = inputs * as_tensor(drawn) if effect == "factor" else inputs + as_tensor(drawn)
        return result
    if recording.depth > 1 and hasattr(layer, "formula"):
        made: Tensor = layer.formula(as_tensor(array) if node_of(inputs) is None else inputs)
        return made
    call = _RecordedCall(layer, array, training)
    pulls: list[tuple[Any, Callable[[Any], Any]]] = [(inputs, lambda g: call.gradients(g)[0].reshape(np.shape(inputs)))]
    for place, weight in enumerate(layer.weights):
        if layer.parameters[place].trainable:
            pulls.append((weight, call.at_parameter(place)))
    return remember(as_tensor(call.outputs), pulls)


class _RecordedCall:
    """One call: what it needs to run back, and the gradients once they were asked for."""

    def __init__(self, layer: Any, array: Any, training: bool) -> None:  # noqa: ANN401
        self.layer, self.array = layer, array
        # Batch statistics only in training; a frozen layer normalizes by its averages and can still run back.
        self.frozen = not training and layer.couples_examples
        self.outputs = self._forward()
        self._known: tuple[Any, Sequence[Any]] = (None, ())

    def _forward(self) -> Any:  # noqa: ANN401 — an array of its own
        layer = self.layer
        layer.last_call = self.number = next(_CALLS)
        return self._as_called(lambda: layer.forward(self.array, True).copy())

    def _as_called(self, run: Callable[[], Any]) -> Any:  # noqa: ANN401
        layer, trainable, needed = self.layer, self.layer.trainable, self.layer.needs_input_gradient
        layer.trainable, layer.needs_input_gradient = trainable and not self.frozen, True
        try:
            return run()
        finally:
            layer.trainable, layer.needs_input_gradient = trainable, needed

    def at_parameter(self, place: int) -> Callable[[Any], Any]:
        """From the gradient at the outputs to the one at a parameter."""
        return lambda gradient: self.gradients(gradient)[1 + place]

    def gradients(self, gradient: Any) -> Sequence[Any]:  # noqa: ANN401 — shaped like the outputs
        """At the inputs and at each parameter."""
        layer = self.layer
        if self._known[0] is not gradient:
            if layer.last_call != self.number:
                # Another call has overwritten what the layer remembers; its state must not move a second time.
                state = [parameter.value.copy() for parameter in layer.parameters]
                self._forward()
                for parameter, value in zip(layer.parameters, state, strict=True):
                    parameter.value[...] = value
            flowing = np.array(gradient, layer.dtype).reshape(self.outputs.shape)
            at_inputs = self._as_called(lambda: layer.backward(flowing).copy())
            parts = [parameter.gradient.copy() for parameter in layer.parameters]
            self._known = gradient, (at_inputs, *parts)
        return self._known[1]

"""What runs in a network with branches."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.core.tape import GradientTape
from engine.core.tensor import as_tensor
from engine.fused.penalized_stage import stage_of
from engine.layer_support.added_losses import gathered, note
from engine.layer_support.variables import variable
from engine.layers.base import Layer
from engine.layers.merging import MergeLayer


class Side(MergeLayer):
    """Branches of any shapes side by side, as rows (batch, numbers)."""

    kind = "side"

    def merged_shape(self) -> Shape:
        """All numbers of an example."""
        return (sum(int(np.prod(shape)) for shape in self.input_shapes),)

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The rows."""
        return np.concatenate([branch.reshape(len(branch), -1) for branch in branches], axis=1)

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """Each branch's part, in its shape."""
        stops = np.cumsum([int(np.prod(branch.shape[1:])) for branch in branches])[:-1]
        parts = np.split(gradient, stops, axis=1)
        return [np.ascontiguousarray(part).reshape(branch.shape) for part, branch in zip(parts, branches, strict=True)]


class GraphStage(Layer):
    """Runs layers in an order in which each comes after those that it takes from.

    Args:
        layers: built and bound.
        calls: for each step the number of its layer, and the numbers of the steps that it takes from; −1 is the input.
    """

    kind = "graph"

    def __init__(self, layers: Sequence[Layer], calls: Sequence[tuple[int, tuple[int, ...]]]) -> None:
        super().__init__()
        self.layers, self.calls = tuple(layers), tuple(calls)
        self.stages = tuple(stage_of(layer) for layer in layers)
        self.needs_input_gradient = False
        # A layer that is used more than once remembers its last use alone: such a graph is recorded.
        self.records = len({number for number, _ in calls}) < len(calls)
        self._values: list[FloatArray] = []
        self._recorded: Any = None

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The last step's outputs."""
        if self.records and training:
            with GradientTape() as tape, gathered() as added:
                outputs = self._record(inputs)
            for penalty in added:
                note(np.array(penalty))
            self._recorded = tape, outputs, added
            answered: FloatArray = outputs.numpy().copy()
            return answered
        values: list[FloatArray] = []
        for number, parents in self.calls:
            layer = self.layers[number] if self.layers[number].takes_several else self.stages[number]
            given = [inputs if parent < 0 else values[parent] for parent in parents]
            made = layer.merge(given, training) if layer.takes_several else layer.forward(given[0], training)
            values.append(made.copy() if self.records else made)
        self._values = [inputs, *values] if training else []
        return values[-1]

    def _record(self, inputs: FloatArray) -> Any:  # noqa: ANN401 — a `Tensor`
        values: list[Any] = []
        for number, parents in self.calls:
            layer = self.layers[number]
            given = [as_tensor(inputs) if parent < 0 else values[parent] for parent in parents]
            if layer.takes_several:
                values.append(layer(given) if isinstance(layer, MergeLayer) else layer.called_again(given, True))
            else:
                values.append(layer(given[0], training=True))
        return values[-1]

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Every layer's gradient, the gradients of branches added where they came from one layer."""
        if self._recorded is not None:
            tape, outputs, added = self._recorded
            own = [parameter for layer in self.layers for parameter in layer.parameters if parameter.gradient.size]
            seeds = [output_gradient, *(np.ones(np.shape(one)) for one in added)]
            found = tape.gradient([outputs, *added], [variable(one.value, one.name) for one in own], seeds)
            for parameter, slope in zip(own, found, strict=True):
                parameter.gradient[...] = 0 if slope is None else slope
            return self.no_gradient()
        if not self._values:
            raise self.refuse_backward()
        gradients: dict[int, FloatArray] = {len(self.calls) - 1: output_gradient}
        for place in range(len(self.calls) - 1, -1, -1):
            number, parents = self.calls[place]
            layer, gradient = self.layers[number], np.ascontiguousarray(gradients.pop(place))
            if layer.takes_several:
                parts = layer.split(gradient, [self._values[parent + 1] for parent in parents])
            else:
                parts = [self.stages[number].backward(gradient)]
            for parent, part in zip(parents, parts, strict=True):
                if parent >= 0 and part.size:
                    known = gradients.get(parent)
                    gradients[parent] = part.copy() if known is None else known + part
                elif parent >= 0:
                    gradients.setdefault(parent, np.zeros_like(self._values[parent + 1]))
        return self.no_gradient()

    def release_buffers(self) -> None:
        """Forget what was remembered."""
        super().release_buffers()
        self._values, self._recorded = [], None

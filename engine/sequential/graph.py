"""`Model(inputs, outputs)`: a network given by its input and its output, with branches that come together again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, ParameterStore, Shape
from engine.errors import ConfigurationError, ShapeError
from engine.layers.base import Layer, example_shape
from engine.layers.merging import MergeLayer
from engine.layers.symbolic import SymbolicTensor
from engine.network.layer_stack import LayerStack
from engine.sequential.sequential import Sequential


class GraphStage(Layer):
    """Runs layers in an order in which each comes after those that it takes from.

    Args:
        layers: built and bound.
        parents: for each layer the numbers of those that it takes from; −1 is the input.
    """

    kind = "graph"

    def __init__(self, layers: Sequence[Layer], parents: Sequence[tuple[int, ...]]) -> None:
        super().__init__()
        self.layers, self.parents = tuple(layers), tuple(parents)
        self.needs_input_gradient = False
        self._values: list[FloatArray] = []

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The last layer's outputs."""
        values: list[FloatArray] = []
        for layer, parents in zip(self.layers, self.parents, strict=True):
            given = [inputs if parent < 0 else values[parent] for parent in parents]
            outputs = layer.merge(given) if isinstance(layer, MergeLayer) else layer.forward(given[0], training)
            values.append(outputs)
        self._values = [inputs, *values] if training else []
        return values[-1]

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Every layer's gradient, the gradients of branches added where they came from one layer."""
        if not self._values:
            raise self.refuse_backward()
        gradients: dict[int, FloatArray] = {len(self.layers) - 1: output_gradient}
        for number in range(len(self.layers) - 1, -1, -1):
            layer, parents = self.layers[number], self.parents[number]
            gradient = np.ascontiguousarray(gradients.pop(number))
            if isinstance(layer, MergeLayer):
                parts = layer.split(gradient, [self._values[parent + 1] for parent in parents])
            else:
                parts = [layer.backward(gradient)]
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
        self._values = []


class Model(Sequential):
    """A network given by its input and its output.

    Args:
        inputs: what `Input` gave, alone or in a list.
        outputs: what the last layer gave for it.
        name: of the network.
    """

    _start: SymbolicTensor

    def __init__(
        self,
        inputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        outputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        name: str | None = None,
        **settings: Any,  # noqa: ANN401 — those of `Sequential`
    ) -> None:
        self._parents: list[tuple[int, ...]] = []
        self._tensors: list[SymbolicTensor] = []
        if inputs is None or outputs is None:
            # Copies of a network are made without them.
            super().__init__(name=name, **settings)
            return
        start, end = _single(inputs, "inputs"), _single(outputs, "outputs")
        tensors = _in_order(start, end)
        if all(len(tensor.parents) == 1 for tensor in tensors) and len({id(t.parents[0]) for t in tensors}) == len(
            tensors
        ):
            super().__init__([start, *(tensor.producer for tensor in tensors)], name=name or "functional")
            return
        super().__init__(name=name or "functional")
        numbers = {id(start): -1} | {id(tensor): number for number, tensor in enumerate(tensors)}
        self._parents = [tuple(numbers[id(parent)] for parent in tensor.parents) for tensor in tensors]
        self._tensors, self._start = tensors, start
        self._declared_shape = start.example_shape
        for tensor in tensors:
            self._append(tensor.producer)
        self.build(start.example_shape)

    def _append(self, layer: Layer) -> None:
        if any(layer is other for other in self.layers):
            raise ConfigurationError(f"Layer {layer.name!r} is used twice: make a second one.")
        layer = self._own(layer)
        names = {other.name for other in self.layers}
        if layer.name in names:
            layer.name = next(name for n in range(1, len(names) + 2) if (name := f"{layer.kind}_{n}") not in names)
        self.layers.append(layer)

    def build(self, input_shape: Sequence[int | None] | int) -> None:
        """As for every network; the shapes follow the branches."""
        if not self._parents or self.built:
            super().build(input_shape)
            return
        self.input_shape = example_shape(input_shape)
        shapes: list[Shape] = []
        for index, parents in enumerate(self._parents):
            given = [self.input_shape if parent < 0 else shapes[parent] for parent in parents]
            layer = self.layers[index]
            if isinstance(layer, MergeLayer):
                shapes.append(layer.build_branches(given))
            else:
                shapes.append(self._build_layer(index, given[0]))
        self.output_shape = shapes[-1]
        self._reconnect()

    def add(self, layer: Layer | SymbolicTensor | LayerStack) -> None:
        """As for `Sequential`; a network with branches takes no further layer."""
        if self._parents:
            raise ConfigurationError("A network with branches is complete: make another Model of its output.")
        super().add(layer)

    def chain(self) -> list[Layer]:
        """As for every network; one with branches has no chain."""
        if self._parents:
            raise ConfigurationError(
                "A network with branches is no part of another one, and files hold its weights alone: save_weights."
            )
        return super().chain()

    def _connect(self, store: ParameterStore) -> None:
        super()._connect(store)
        if self._parents:
            self.stages = [GraphStage(self.layers, self._parents)]
            self.inputs, self.outputs = [self._start], [self._tensors[-1]]
            for layer, tensor in zip(self.layers, self._tensors, strict=True):
                layer.symbol = tensor


def _in_order(start: SymbolicTensor, end: SymbolicTensor) -> list[SymbolicTensor]:
    """All tensors between input and output, each after its parents; `ShapeError` where there is no way."""
    order: list[SymbolicTensor] = []
    seen = {id(start)}

    def visit(tensor: SymbolicTensor) -> None:
        if id(tensor) in seen:
            return
        seen.add(id(tensor))
        if tensor.producer is None:
            raise ShapeError("The outputs do not follow from the inputs: there is another Input before them.")
        for parent in tensor.parents:
            visit(parent)
        order.append(tensor)

    visit(end)
    return order


def _single(given: SymbolicTensor | Sequence[SymbolicTensor], what: str) -> SymbolicTensor:
    tensors = [given] if isinstance(given, SymbolicTensor) else list(given)
    if len(tensors) != 1 or not isinstance(tensors[0], SymbolicTensor):
        raise ConfigurationError(f"A network has one input and one output here, and {what} is not one of them.", what)
    return tensors[0]

"""`Model(inputs, outputs)`: a network given by its inputs and outputs, with branches that come together again.

Inside, several inputs are one array, their numbers side by side as (batch, numbers), and so are several outputs: what
trains, stores and cuts batches knows networks with one of each.
"""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import ParameterStore, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError
from engine.layer_support.shapes import example_shape
from engine.layer_support.structures import flatten
from engine.layer_support.symbolic import SymbolicTensor
from engine.layers import InputLayer, Part
from engine.layers.base import Layer
from engine.layers.merging import MergeLayer
from engine.network.layer_stack import LayerStack
from engine.sequential.graph_description import DescribesGraph
from engine.sequential.graph_order import in_order, placeholders
from engine.sequential.graph_stage import GraphStage, Side
from engine.sequential.model_body import HoldsNetworks, ModelBody, NetworkAsLayer
from engine.sequential.sequential import Sequential
from engine.sequential.several import SeveralInputsAndOutputs
from engine.sequential.streaming import gives_batches


class Model(DescribesGraph, HoldsNetworks, SeveralInputsAndOutputs, Sequential):
    """A network given by its inputs and outputs.

    Args:
        inputs: what `Input` gave, alone, in a list or by name.
        outputs: what the last layers gave for it, in the same ways.
        name: of the network.
    """

    shows_input = True
    # Whether it is a class of one's own, whose `call` says what it computes.
    by_call = False
    _builds = False

    def __init__(
        self,
        inputs: Any = None,  # noqa: ANN401 — placeholders
        outputs: Any = None,  # noqa: ANN401 — placeholders
        name: str | None = None,
        **settings: Any,  # noqa: ANN401 — those of `Sequential`
    ) -> None:
        # For each step of the graph: its layer's number, and where that takes from (−1 is the input).
        self._calls: list[tuple[int, tuple[int, ...]]] = []
        self._tensors: list[SymbolicTensor] = []
        # What the last call added to the loss.
        self.added: list[Any] = []
        self.adds_losses = False
        if inputs is None or outputs is None:
            # Copies of a network are made without them.
            super().__init__(name=name, **settings)
            return
        starts, ends = placeholders(inputs, "inputs"), placeholders(outputs, "outputs")
        super().__init__(name=name or "functional")
        self.keep_structures(starts, ends, outputs)
        producers = in_order(starts, ends)
        steps: list[tuple[Any, tuple[SymbolicTensor, ...], SymbolicTensor]] = []
        if any(start.open_axes for start in starts):
            self.open_axes = starts[0].open_axes or (0,)
        packed, place = SymbolicTensor((sum(int(np.prod(one.example_shape)) for one in starts),)), 0
        for start in starts:
            if len(starts) == 1:
                packed = start
                steps.append((InputLayer(start.example_shape, name=start.name), (start,), start))
            else:
                part = Part(place, start.example_shape, name=start.name)
                part.build(packed.example_shape, None)
                steps.append((part, (packed,), start))
            place += int(np.prod(start.example_shape))
        steps += [(tensor.producer, tensor.parents, tensor) for tensor in producers]
        if len(ends) > 1:
            side = Side()
            steps.append((side, tuple(ends), SymbolicTensor(side.build_branches([end.example_shape for end in ends]))))
        self._wire(packed, steps)

    def __init_subclass__(cls, **settings: Any) -> None:  # noqa: ANN401 — none
        super().__init_subclass__(**settings)
        cls.by_call = cls.by_call or "call" in vars(cls)

    def called(self, inputs: Any, training: bool) -> Any:  # noqa: ANN401 — tensors in structures
        """What `call` of a class of one's own gives."""
        self.added = []
        takes = "training" in inspect.signature(self.call).parameters  # type: ignore[attr-defined]
        return self.call(inputs, training=training) if takes else self.call(inputs)  # type: ignore[attr-defined]

    def _build_by_call(self, x: Any) -> None:  # noqa: ANN401 — arrays in a structure
        """Build a class of one's own for inputs of this structure."""
        leaves, again = flatten(x)
        written = type(self).build is not Model.build and not self._builds
        if written:
            # What the class makes for inputs of this shape; it may ask for this method in turn.
            self._builds = True
            self.build(again([(None, *np.shape(leaf)[1:]) for leaf in leaves]))
        if self.built:
            return
        shapes = [np.shape(leaf)[1:] or (1,) for leaf in leaves]
        names = list(x) if isinstance(x, dict) else [f"input_{number}" for number in range(len(leaves))]
        body = ModelBody(self, shapes, again)
        self.layers = [body]
        total = shapes[0] if len(shapes) == 1 else (sum(int(np.prod(shape)) for shape in shapes),)
        super().build(total)
        starts = [SymbolicTensor(shape, name=name) for shape, name in zip(shapes, names, strict=True)]
        ends = [SymbolicTensor(shape or (1,), name=f"output_{n + 1}") for n, shape in enumerate(body.output_shapes)]
        self.keep_structures(starts, ends, ends)
        self._outputs_again = body.outputs_again
        if self._compiled is not None and len(ends) > 1:
            self.compile(**self._compiled)

    def build_for_structure(self, x: Any) -> None:  # noqa: ANN401 — arrays in a structure
        """A class of one's own learns its inputs from the first data."""
        if self.by_call and not self.built and not gives_batches(x):
            self._build_by_call(x)

    def _build_for(self, x: Any) -> None:  # noqa: ANN401
        if self.by_call and not self.built:
            self._build_by_call(x)
        elif not self.by_call:
            super()._build_for(x)

    def _wire(self, packed: SymbolicTensor, steps: Sequence[tuple[Any, Any, SymbolicTensor]]) -> None:
        numbers: dict[int, int] = {}
        for number, (layer, parents, tensor) in enumerate(steps):
            taken = tuple(numbers.get(id(parent), -1) for parent in parents)
            place = self._append(layer)
            if tensor.training is not None:
                self.layers[place].fixed_training = tensor.training
            if tensor.network is not None:
                self.take_in(tensor.network)
            self._calls.append((place, taken))
            self._tensors.append(tensor)
            numbers[id(tensor)] = number
        if len(steps) == 1 or all(
            call == (place, (place - 1,)) and not self.layers[place].takes_several
            for place, call in enumerate(self._calls)
        ):
            self._calls = []
        self._declared_shape = packed.example_shape
        self.build(packed.example_shape)

    def _append(self, layer: Layer) -> int:
        """The number of a layer, which is new or is used once more."""
        for number, other in enumerate(self.layers):
            if layer is other or (other.source is not None and layer is other.source):
                return number
        layer = self._own(layer)
        names = {other.name for other in self.layers}
        if layer.name in names:
            layer.name = next(name for n in range(1, len(names) + 2) if (name := f"{layer.kind}_{n}") not in names)
        self.layers.append(layer)
        return len(self.layers) - 1

    @property
    def branches(self) -> bool:
        """Whether the layers are no chain."""
        return bool(self._calls)

    def build(self, input_shape: Sequence[int | None] | int | None = None) -> None:
        """As for every network; the shapes follow the branches."""
        if self.by_call and not self.built:
            self._build_by_call(np.zeros((2, *example_shape(input_shape)), self.dtype))
            return
        if not self._calls or self.built:
            super().build(input_shape)
            return
        self.rebuild(self._declared_shape or ())

    def rebuild(self, shape: Shape) -> None:
        """As for every network; the shapes follow the branches."""
        if not self._calls:
            super().rebuild(shape)
            return
        self.example_shape, self.refitting = shape, self.built
        shapes: list[Shape] = []
        known: set[int] = set()
        for number, parents in self._calls:
            given = [self.example_shape if parent < 0 else shapes[parent] for parent in parents]
            layer = self.layers[number]
            if isinstance(layer, MergeLayer):
                shapes.append(layer.build_branches(given))
            elif self.refitting and layer.takes_several:
                layer.prepare_again(given)
                shapes.append(self._build_layer(number, given[0]))
            elif number in known:
                shapes.append(layer.output_shape)
            else:
                shapes.append(self._build_layer(number, given[0]))
            known.add(number)
        self.answer_shape, self.refitting = shapes[-1], False
        for tensor, own in zip(self._tensors, shapes, strict=True):
            tensor.example_shape = own
        self._reconnect()

    def fit_lengths(self, leaves: Sequence[Any]) -> None:
        """Build anew for inputs (n, …) of other lengths, with the same weights, where their lengths are open."""
        if not self.open_axes or not self.built:
            return
        if len(leaves) == 1:
            self.fit_length(np.shape(leaves[0])[1:])
            return
        wanted = [tuple(np.shape(leaf)[1:]) for leaf in leaves]
        if any(shape != start.example_shape for shape, start in zip(wanted, self.starts, strict=True)):
            place = 0
            for start, layer, shape in zip(self.starts, self.layers, wanted, strict=False):
                start.example_shape, layer.start, layer.shape = shape, place, shape
                place += int(np.prod(shape))
            self.rebuild((place,))

    def add(self, layer: Layer | SymbolicTensor | LayerStack) -> None:
        """As for `Sequential`; a network with branches takes no further layer."""
        if self._calls:
            raise ConfigurationError("A network with branches is complete: make another Model of its output.")
        super().add(layer)

    def chain(self) -> list[Layer]:
        """As for every network; `ConfigurationError` for one with branches, which has no chain."""
        if self._calls:
            raise ConfigurationError("A network with branches is no chain of layers: call it on an Input.")
        return super().chain()

    def _connect(self, store: ParameterStore) -> None:
        super()._connect(store)
        if self._calls:
            self.stages = [GraphStage(self.layers, self._calls)]
        if self._tensors:
            self.inputs, self.outputs = list(self.starts), list(self.ends)
            for (number, _), tensor in zip(
                self._calls or [(place, ()) for place in range(len(self.layers))], self._tensors, strict=False
            ):
                self.layers[number].symbol = tensor

    def __call__(self, *inputs: Any, training: bool | None = None) -> Any:  # noqa: ANN401 — arrays or placeholders
        """As for every network; several inputs in a list or by name, and several outputs as they were given."""
        x = inputs[0] if len(inputs) == 1 else list(inputs)
        if self.by_call:
            structure = flatten(x)
            if isinstance(structure[0][0], SymbolicTensor):
                return NetworkAsLayer(self)(x)
            x = structure[1](
                [leaf if isinstance(leaf, Tensor) else as_tensor(np.asarray(leaf, self.dtype)) for leaf in structure[0]]
            )
            self._build_for(x)
            return self.called(x, bool(training))
        leaves = self.input_leaves(x)
        if leaves is not None and not any(isinstance(leaf, SymbolicTensor) for leaf in leaves):
            self.fit_lengths(leaves)
        if leaves is None or (not self._calls and not any(isinstance(leaf, SymbolicTensor) for leaf in leaves)):
            return super().__call__(x, training=training)
        self.pull()
        values: list[Any] = list(leaves) if len(leaves) > 1 else []
        steps = self._calls or [(place, (place - 1,)) for place in range(len(self.layers))]
        for number, parents in steps[len(values) :]:
            layer = self.layers[number]
            given = [leaves[0] if parent < 0 else values[parent] for parent in parents]
            if isinstance(layer, InputLayer):
                values.append(given[0] if isinstance(given[0], SymbolicTensor) else as_tensor(given[0]))
            elif isinstance(layer, Side):
                return self.as_given(given)
            elif layer.takes_several:
                values.append(layer(given) if isinstance(layer, MergeLayer) else layer.called_again(given, training))
            else:
                values.append(layer(given[0], training=training))
        if isinstance(values[-1], SymbolicTensor):
            values[-1].network = self
        return self.as_given(values[-1:])

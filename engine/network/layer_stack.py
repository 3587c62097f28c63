"""A stack of layers as one function: shapes, parameters, forward, backward, replicas.

`engine.sequential.Sequential` adds the names that people use (compile, fit, predict).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from engine.core.defaults import floatx, network_seed
from engine.core.parameters import FloatArray, ParameterStore, Shape
from engine.core.random_streams import Clock, RandomSource
from engine.errors import ConfigurationError, DataError, ShapeError
from engine.fused import plan as fusion
from engine.layer_support.shapes import example_shape, with_batch
from engine.layer_support.symbolic import Input, SymbolicTensor
from engine.layers import InputLayer, layer_from_config
from engine.layers.base import Layer
from engine.network.network_weights import NetworkWeights
from engine.network.open_lengths import TakesAnyLength


class LayerStack(TakesAnyLength, NetworkWeights):
    """Layers that run one after another on one `ParameterStore`.

    Attributes:
        layers: the readable layers, in order.
        stages: what really runs: the layers, or faster layers that stand for several of them and give the same.
        store: the parameters, once built.
        example_shape, answer_shape: of one input and one output, without the batch axis, once built.
        built: whether shapes and parameters are fixed.
        dtype: float32 or float64.
        seed: of the initial weights and of dropout.
        clock: the training step, for layers that draw (see `RandomSource`).

    Raises:
        ConfigurationError: a float type or seed that there is not.
    """

    shows_input = False  # whether an `InputLayer` is a layer of the network, as in Keras' `Model`

    def __init__(
        self,
        layers: "Iterable[Layer | SymbolicTensor | LayerStack] | None" = None,
        *,
        name: str | None = None,
        seed: int | None = None,
        dtype: DTypeLike | None = None,
        fused: bool = True,
    ) -> None:
        self.name = name or "sequential"
        self.seed = network_seed() if seed is None else int(seed)
        self.dtype: np.dtype[Any] = np.dtype(floatx() if dtype is None else dtype)
        self.fused = fused
        if self.dtype not in (np.float32, np.float64):
            raise ConfigurationError(f"A network computes in float32 or float64, not in {self.dtype}.", "dtype")
        if self.seed < 0:
            raise ConfigurationError(f"A seed must not be negative, unlike {self.seed}.", "seed")
        self.layers: list[Layer] = []
        self.stages: list[Layer] = []
        self.store = ParameterStore((), self.dtype)
        self.example_shape: Shape = ()
        self.answer_shape: Shape = ()
        self.built = False
        self.clock = Clock()
        self._sources: list[RandomSource] = []
        self._declared_shape: Shape | None = None
        self.inputs, self.outputs = list[SymbolicTensor](), list[SymbolicTensor]()
        self._token = object()  # marks the layers that compute for this network alone
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: "Layer | SymbolicTensor | LayerStack") -> None:
        """Append a layer; where the input shape is known, it is built at once.

        A layer without a name gets a number where its kind is there already: dense, dense_1, … A layer of another
        network, or all of a network's, are shared: values are taken from there before use and given back afterwards.

        Raises:
            ConfigurationError: it is no layer, or declares the input a second time.
        """
        if isinstance(layer, InputLayer) and not self.shows_input:
            layer = Input(layer.declared_shape)
        if isinstance(layer, SymbolicTensor):
            if self.layers or self._declared_shape is not None or layer.producer is not None:
                raise ConfigurationError("The declaration of the input comes first, and once.")
            self._declared_shape = self.declare(layer)
            return
        if isinstance(layer, LayerStack):
            if not self.layers and self._declared_shape is None:
                self._declared_shape = layer.example_shape or layer._declared_shape
            for inner in self.take_in(layer).chain():
                self.add(inner)
            return
        if isinstance(layer, type) and issubclass(layer, Layer):
            raise ConfigurationError(f"A network is made of layers: write {layer.__name__}(…), not the class itself.")
        if not isinstance(layer, Layer):
            raise ConfigurationError(f"A network is made of layers, and {layer!r} is none.")
        if any(layer is other or layer is other.source for other in self.layers):
            raise ConfigurationError(f"Layer {layer.name!r} is in the network already: make a second one.")
        layer = self._own(layer)
        names = {other.name for other in self.layers}
        if layer.name in names:
            if layer.named_by_user:
                raise ConfigurationError(
                    f"Two layers are called {layer.name!r}: the names in a network differ.", "name"
                )
            layer.name = next(name for n in range(1, len(names) + 2) if (name := f"{layer.kind}_{n}") not in names)
        if not self.layers and self._declared_shape is None and layer.declared_shape is not None:
            self._declared_shape = self.declare(Input(layer.declared_shape))
        self.layers.append(layer)
        if self.built:
            self.answer_shape = self._build_layer(len(self.layers) - 1, self.answer_shape)
            self._reconnect()
        else:
            self.build_if_declared()

    def chain(self) -> list[Layer]:
        """The layers, each of which takes what the one before gives."""
        return list(self.layers)

    def _own(self, layer: Layer) -> Layer:
        """The layer itself, or, where another network computes with it, one that follows it."""
        if layer.owner is None or layer.owner is self._token:
            return layer
        twin = layer.replica()
        twin.source, twin.name, twin.named_by_user = layer, layer.name, layer.named_by_user
        twin.declared_shape = layer.input_shape
        return twin

    def _build_layer(self, index: int, shape: Shape) -> Shape:
        layer = self.layers[index] = self._own(self.layers[index])
        if layer.by_call:
            return layer.build(shape, np.random.default_rng([self.seed, index]), self.dtype)
        known = layer if layer.parameters else layer.source
        if known is None:
            # Every layer draws from a stream of its own, so that a change in one leaves the others' weights alone.
            return layer.build(shape, np.random.default_rng([self.seed, index]), self.dtype)
        if known.input_shape != shape and not self.refitting:
            raise known.refuse_call(shape)
        values = [parameter.value.copy() for parameter in known.parameters]
        output_shape = layer.build(shape, None, self.dtype)
        layer.specs = [replace(spec, initial=value) for spec, value in zip(layer.specs, values, strict=True)]
        layer.parameters = ()
        return output_shape

    def _reconnect(self) -> None:
        """Move the parameters to a store that fits the present layers and what is trained of them."""
        learning = [index for index, layer in enumerate(self.layers) if any(spec.learns for spec in layer.specs_now())]
        for index, layer in enumerate(self.layers):
            # Below the first layer that learns, nobody asks for a gradient.
            layer.needs_input_gradient = not learning or index > learning[0]
        specs = []
        for layer in self.layers:
            bound = layer.owner is self._token and bool(layer.parameters)
            for number, spec in enumerate(layer.specs_now()):
                specs.append(replace(spec, initial=layer.parameters[number].value) if bound else spec)
        self._connect(ParameterStore(specs, self.dtype))

    def refresh(self) -> None:
        """Take account of layers whose `trainable` has changed since the network was built."""
        wanted = [spec.learns for layer in self.layers for spec in layer.specs_now()]
        if self.built and wanted != [parameter.trainable for parameter in self.store.parameters]:
            self.release_buffers()
            self._reconnect()

    def build(self, input_shape: Sequence[int | None] | int | None = None) -> None:
        """Fix the shapes, draw the initial weights and choose the stages.

        Args:
            input_shape: of one example, without the batch axis; a leading None is dropped. None for the declared one.

        Raises:
            ShapeError: a layer cannot take what it would get, or the network is built for another shape.
        """
        shape = example_shape(self._declared_shape if input_shape is None else input_shape)
        if self.built:
            if shape != self.example_shape:
                raise ShapeError(f"The network is built for inputs of shape {self.example_shape}, not {shape}.")
            return
        self.example_shape = shape
        for index in range(len(self.layers)):
            shape = self._build_layer(index, shape)
        self.answer_shape = shape
        self._reconnect()

    def build_if_declared(self) -> None:
        """Build now if an `Input` declared the shape and nobody has built yet."""
        if self._declared_shape is not None and not self.built:
            self.build(self._declared_shape)

    def _connect(self, store: ParameterStore) -> None:
        """Bind the built layers to the store, tell them where to draw from, choose the stages."""
        self.store = store
        self._sources = [RandomSource(self.seed, index, clock=self.clock) for index in range(len(self.layers))]
        start = 0
        for layer, source in zip(self.layers, self._sources, strict=True):
            stop = start + len(layer.specs)
            layer.bind(store.parameters[start:stop])
            layer.owner = self._token
            layer.draw_from(source)
            start = stop
        self.inputs = [tensor := SymbolicTensor(self.example_shape, dtype=self.dtype.name, open_axes=self.open_axes)]
        for layer in self.layers:
            tensor = layer.symbol = SymbolicTensor(layer.output_shape, layer, (tensor,), self.dtype.name)
        self.outputs = [tensor]
        self.stages = fusion.plan(self.layers, self.fused)
        self.built = True

    def adopt(self, values: FloatArray, state: FloatArray, gradients: FloatArray) -> None:
        """Compute with these flat arrays, and what they hold, in place of those of `store`: for shared memory."""
        self.store.adopt(values, state, gradients)
        self._connect(self.store)

    def draw_for_shard(self, shard: int) -> None:
        """Let the layers draw for this shard of the batch, 0 for a whole one."""
        for source in self._sources:
            source.begin_shard(shard)

    def prepare_inputs(self, inputs: ArrayLike) -> FloatArray:
        """Inputs as a contiguous (batch, *input_shape) of the network's type; a last axis of 1 may lack or be too much.

        Raises `ShapeError` with expected and given shape, and `DataError` for complex numbers.
        """
        self.require_built()
        self.pull()
        try:
            complex_ones = getattr(inputs, "dtype", None) != self.dtype and np.iscomplexobj(inputs)
            array = np.ascontiguousarray(inputs, None if complex_ones else self.dtype)
        except (TypeError, ValueError):
            raise ShapeError(f"The inputs are no array of numbers of shape {with_batch(self.example_shape)}.") from None
        if complex_ones:
            raise DataError("The inputs are complex numbers; a network takes real ones.")
        self.fit_length(array.shape[1:])
        wanted = self.example_shape
        if (*array.shape[1:], 1) == wanted or array.shape[1:] == (*wanted, 1):
            array = array.reshape(len(array), *wanted)
        if not array.ndim or array.shape[1:] != wanted:
            first = self.layers[0].name if self.layers else self.name
            raise ShapeError(
                f"Layer {first!r} expects inputs of shape {with_batch(self.example_shape)}, not {np.shape(inputs)}."
            )
        return array

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The last layer's outputs (logits, as a rule); they may be a buffer that the next call overwrites.

        With `training` the layers remember what `backward` needs, and dropout is active.
        """
        return self.propagate(self.prepare_inputs(inputs), training)

    def propagate(self, inputs: FloatArray, training: bool) -> FloatArray:
        """`forward` without its checks, for inputs (batch, *input_shape) that `prepare_inputs` returned."""
        for stage in self.stages:
            inputs = stage.forward(inputs, training)
        return inputs

    def backward(self, gradient: FloatArray) -> FloatArray:
        """Fill `store.gradients` from the gradient at the last training forward's outputs, (batch, *output_shape).

        Returns the gradient at the inputs, or nothing where the first layer does not compute it.
        """
        for stage in reversed(self.stages):
            gradient = stage.backward(gradient)
            if not stage.needs_input_gradient:
                break
        return gradient

    def config(self) -> list[dict[str, Any]]:
        """The layers as plain JSON values: [{"kind": …, **settings}, …]."""
        return [{"kind": layer.kind, **layer.config(), **layer.call_mode()} for layer in self.layers]

    @classmethod
    def from_config(
        cls,
        configs: Sequence[dict[str, Any]],
        *,
        input_shape: Sequence[int] | None = None,
        name: str = "",
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        fused: bool = True,
    ) -> Self:
        """The network that `config` described, built when `input_shape` is given."""
        network = cls([layer_from_config(config) for config in configs], name=name, seed=seed, dtype=dtype, fused=fused)
        if input_shape is not None:
            network.build(input_shape)
        return network

    def replica(self) -> Self:
        """A network over the same values and state with its own gradients and buffers, for another thread."""
        self.require_built()
        twin = type(self)(name=self.name, seed=self.seed, dtype=self.dtype, fused=self.fused)
        twin.layers = [layer.replica() for layer in self.layers]
        twin.example_shape, twin.answer_shape, twin.clock = self.example_shape, self.answer_shape, self.clock
        twin._connect(self.store.share())
        return twin

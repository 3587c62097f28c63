"""A stack of layers as one function: shapes, parameters, forward, backward, replicas.

`engine.sequential.Sequential` adds the names that people use (compile, fit, predict).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from engine.core.parameters import FloatArray, Parameter, ParameterStore, Shape
from engine.core.random_streams import Clock, RandomSource
from engine.errors import ConfigurationError, DataError, EngineError, ShapeError
from engine.fused import plan as fusion
from engine.layers import layer_from_config
from engine.layers.base import Layer, with_batch


@dataclass(frozen=True, slots=True)
class Input:
    """Declares the input shape (without the batch axis) as the first entry of a network, as in Keras."""

    shape: Shape

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", _example_shape(self.shape))


class LayerStack:
    """Layers that run one after another on one `ParameterStore`.

    Attributes:
        layers: the readable layers, in order.
        stages: what really runs: the layers, or faster layers that stand for several of them and give the same.
        store: the parameters, once built.
        input_shape, output_shape: without the batch axis, once built.
        built: whether shapes and parameters are fixed.
        dtype: float32 or float64.
        seed: of the initial weights and of dropout.
        clock: the training step, for layers that draw random numbers (see `RandomSource`).
    """

    def __init__(
        self,
        layers: Iterable[Layer | Input] = (),
        *,
        name: str = "",
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        fused: bool = True,
    ) -> None:
        self.name = name or "sequential"
        self.seed = int(seed)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.fused = fused
        if self.dtype not in (np.float32, np.float64):
            raise ConfigurationError(f"A network computes in float32 or float64, not in {self.dtype}.", "dtype")
        if self.seed < 0:
            raise ConfigurationError(f"A seed must not be negative, unlike {self.seed}.", "seed")
        self.layers: list[Layer] = []
        self.stages: list[Layer] = []
        self.store = ParameterStore((), self.dtype)
        self.input_shape: Shape = ()
        self.output_shape: Shape = ()
        self.built = False
        self.clock = Clock()
        self._sources: list[RandomSource] = []
        self._declared_shape: Shape | None = None
        for layer in layers:
            self.add(layer)
        if self.layers:
            self.build_if_declared()

    def add(self, layer: Layer | Input) -> None:
        """Append a layer. A name that is taken gets a number: dense, dense_1, …

        Raises:
            EngineError: the network is built already.
            ConfigurationError: it is no layer, or one that the network has, or a second declaration of the input.
        """
        if self.built:
            raise EngineError("Layers can only be added before the network is built.")
        if isinstance(layer, Input):
            if self.layers or self._declared_shape is not None:
                raise ConfigurationError("The declaration of the input comes first, and once.")
            self._declared_shape = layer.shape
            return
        if not isinstance(layer, Layer):
            raise ConfigurationError(f"A network is made of layers, and {layer!r} is none.")
        if any(layer is other for other in self.layers):
            raise ConfigurationError(f"Layer {layer.name!r} is in the network already: make a second one.")
        names = {other.name for other in self.layers}
        if layer.name in names:
            layer.name = next(name for n in range(1, len(names) + 2) if (name := f"{layer.name}_{n}") not in names)
        self.layers.append(layer)

    def build(self, input_shape: Sequence[int | None] | int) -> None:
        """Fix the shapes, draw the initial weights and choose the stages.

        Args:
            input_shape: of one example, without the batch axis; a leading None is dropped.

        Raises:
            ShapeError: a layer cannot take what it would get, or the network is built for another shape.
        """
        shape = _example_shape(input_shape)
        if self.built:
            if shape != self.input_shape:
                raise ShapeError(f"The network is built for inputs of shape {self.input_shape}, not {shape}.")
            return
        self.input_shape = shape
        for index, layer in enumerate(self.layers):
            # Every layer draws from a stream of its own, so that a change in one leaves the others' weights alone.
            shape = layer.build(shape, np.random.default_rng([self.seed, index]), self.dtype)
        self.output_shape = shape
        learning = [index for index, layer in enumerate(self.layers) if any(spec.trainable for spec in layer.specs)]
        for index, layer in enumerate(self.layers):
            # Below the first layer that learns, nobody asks for a gradient.
            layer.needs_input_gradient = not learning or index > learning[0]
        self._connect(ParameterStore([spec for layer in self.layers for spec in layer.specs], self.dtype))

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
            layer.draw_from(source)
            start = stop
        self.stages = fusion.plan(self.layers) if self.fused else list(self.layers)
        self.built = True

    def draw_for_shard(self, shard: int) -> None:
        """Let the layers draw their random numbers for this shard of the batch, 0 for a whole one."""
        for source in self._sources:
            source.begin_shard(shard)

    def prepare_inputs(self, inputs: ArrayLike) -> FloatArray:
        """Inputs as a contiguous (batch, *input_shape) of the network's type; a channel axis of 1 may be left out.

        Raises `ShapeError` with expected and given shape, and `DataError` for complex numbers.
        """
        self.require_built()
        try:
            if np.iscomplexobj(inputs):
                raise DataError("The inputs are complex numbers; a network takes real ones.")
            array = np.ascontiguousarray(inputs, self.dtype)
        except DataError:
            raise
        except (TypeError, ValueError):
            raise ShapeError(f"The inputs are no array of numbers of shape {with_batch(self.input_shape)}.") from None
        if array.shape[1:] != self.input_shape and (*array.shape[1:], 1) == self.input_shape:
            array = array[..., np.newaxis]
        if array.ndim != len(self.input_shape) + 1 or array.shape[1:] != self.input_shape:
            first = self.layers[0].name if self.layers else self.name
            raise ShapeError(
                f"Layer {first!r} expects inputs of shape {with_batch(self.input_shape)}, not {np.shape(inputs)}."
            )
        return array

    def require_built(self) -> None:
        """Raise `EngineError` unless the network is built."""
        if not self.built:
            raise EngineError("The network has to be built first: call build(input_shape).")

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

        Returns the gradient at the inputs, or an array of size zero where the first layer does not compute it.
        """
        for stage in reversed(self.stages):
            gradient = stage.backward(gradient)
            if not stage.needs_input_gradient:
                break
        return gradient

    def weights(self) -> tuple[Parameter, ...]:
        """The parameters in layer order, trainable and not; their values are views: write into them."""
        self.require_built()
        return self.store.parameters

    def get_weights(self) -> list[FloatArray]:
        """Copies of all parameters in layer order; within a layer Keras' order (kernel, bias)."""
        return [parameter.value.copy() for parameter in self.weights()]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Write arrays of the same shapes and order as `get_weights`; a `ShapeError` leaves the network as it was."""
        self.require_built()
        if len(weights) != len(self.store.parameters):
            raise ShapeError(f"The network has {len(self.store.parameters)} arrays of weights, not {len(weights)}.")
        before = self.store.snapshot()
        try:
            start = 0
            for layer in self.layers:
                stop = start + len(layer.parameters)
                layer.set_weights(weights[start:stop])
                start = stop
        except ShapeError:
            self.store.restore(before)
            raise

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, or at this index; `ConfigurationError` when there is none."""
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ConfigurationError(f"The network has {len(self.layers)} layers, and none at {index}.")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ConfigurationError(f"The network has no layer {name!r}; its layers are {names}.")

    def count_params(self) -> int:
        """How many numbers the network holds, trainable or not."""
        self.require_built()
        return self.store.values.size + self.store.state.size

    def config(self) -> list[dict[str, Any]]:
        """The layers as plain JSON values: [{"kind": …, **settings}, …]."""
        return [{"kind": layer.kind, **layer.config()} for layer in self.layers]

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
        twin.input_shape, twin.output_shape, twin.clock = self.input_shape, self.output_shape, self.clock
        twin._connect(self.store.share())
        return twin

    def release_buffers(self) -> None:
        """Forget every buffer and everything remembered for `backward`."""
        for layer in (*self.layers, *self.stages):
            layer.release_buffers()


def _example_shape(input_shape: Sequence[int | None] | int) -> Shape:
    sizes = (input_shape,) if isinstance(input_shape, int | np.integer) else tuple(input_shape)
    if sizes and sizes[0] is None:
        sizes = sizes[1:]
    shape = tuple(int(size) for size in sizes if size is not None)
    if len(shape) != len(sizes) or not shape or any(size < 1 for size in shape):
        raise ShapeError(f"An input shape is made of whole numbers of at least 1, unlike {tuple(sizes)}.")
    return shape

"""What every layer is: a map with learnable numbers that can also run backwards.

A layer sees batches: axis 0 counts examples, images are (batch, height, width, channels). `forward` maps
inputs to outputs; `backward` maps the loss's gradient at the output to the gradient at the input and *writes*
(never adds) the gradients of the layer's own parameters, summed over the batch.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.initializers import get_initializer
from engine.core.parameters import FloatArray, Parameter, ParameterSpec, ParameterStore, Shape
from engine.core.random_streams import RandomSource
from engine.errors import ConfigurationError, EngineError, ShapeError


class Layer:
    """Base class of all layers.

    A subclass sets `kind` (its name in the registry and in model files), overrides `build`, `forward`,
    `backward` and `config`, and asks for parameters in `build` through `add_parameter`.

    Large temporaries come from `buffer`, so that the training loop allocates nothing. A layer remembers what
    `backward` needs only when `forward` ran with `training=True`.
    """

    kind: ClassVar[str]
    # True where one example's output depends on the other examples of the batch (batch normalization):
    # such a network is never cut into parts that run on several threads.
    couples_examples: ClassVar[bool] = False

    def __init__(self, name: str = "") -> None:
        if not isinstance(name, str):
            raise ConfigurationError(f"The name of a layer is a text, not {name!r}.", "name")
        self.name = name or self.kind
        self.input_shape: Shape = ()
        self.output_shape: Shape = ()
        self.dtype: np.dtype[Any] = np.dtype(np.float32)
        self.parameters: tuple[Parameter, ...] = ()
        self.specs: list[ParameterSpec] = []
        # The first layer of a network need not compute the gradient of its input.
        self.needs_input_gradient = True
        # Whether `forward` may overwrite its inputs: set by a layer that owns this one, heeded by activations.
        self.works_in_place = False
        self._buffers: dict[str, NDArray[Any]] = {}

    def build(self, input_shape: Shape, rng: np.random.Generator | None, dtype: DTypeLike = np.float32) -> Shape:
        """Fix the shapes (without the batch axis), declare the parameters, return the output shape.

        The initial weights are drawn from `rng`; without it there are none, for a layer that shares another's.
        Raises `ShapeError` when the layer cannot take such an input.
        """
        self.input_shape = tuple(input_shape)
        self.dtype = np.dtype(dtype)
        self.specs = []
        self.output_shape = self._build(self.input_shape, rng)
        return self.output_shape

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        """The part of `build` that a subclass writes: declare parameters, return the output shape."""
        raise NotImplementedError

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Outputs of shape (batch, *output_shape) for inputs of shape (batch, *input_shape).

        The result may be a buffer that the next call overwrites.
        """
        raise NotImplementedError

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Gradient at the inputs for the gradient at the outputs of the last `forward(…, training=True)`.

        The result may be a buffer; `output_gradient` may be overwritten. Where `needs_input_gradient` is
        False the result is an array of size zero.
        """
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """The constructor's arguments as plain JSON values, without `kind`."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The layer that `config` described."""
        return cls(**config)

    def add_parameter(
        self,
        name: str,
        shape: Shape,
        initializer: str,
        rng: np.random.Generator | None,
        *,
        regularized: bool = False,
        trainable: bool = True,
    ) -> None:
        """Declare a parameter during `build`; its views are in `self.parameters`, in this order, once bound."""
        initial = np.empty(0) if rng is None else get_initializer(initializer)(shape, rng)
        self.specs.append(ParameterSpec(name, shape, initial, regularized, trainable))

    def build_activation(self, activation: "Layer | None", output_shape: Shape) -> None:
        """Build the activation that this layer ends with, to work in place on this layer's own outputs."""
        if activation is not None:
            activation.build(output_shape, None, self.dtype)
            activation.works_in_place = True

    def bind(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the views into the network's `ParameterStore` that were declared in `build`."""
        self.parameters = parameters
        # The initial values live in the store now.
        self.specs = [spec.without_values() for spec in self.specs]

    def build_alone(self, input_shape: Shape, seed: int = 0, dtype: DTypeLike = np.float32) -> ParameterStore:
        """Build the layer outside a network, bound to a store of its own, which is returned."""
        self.build(input_shape, np.random.default_rng(seed), dtype)
        store = ParameterStore(self.specs, dtype)
        self.bind(store.parameters)
        return store

    def buffer(self, name: str, shape: Shape, dtype: DTypeLike | None = None, *, zeroed: bool = False) -> NDArray[Any]:
        """A reused array of this shape; a smaller first axis is a view of the larger one that is kept.

        Its content is what the last user left; `zeroed` makes it start as zeros (a border that stays 0).
        """
        wanted = np.dtype(dtype) if dtype is not None else self.dtype
        kept = self._buffers.get(name)
        if kept is None or kept.dtype != wanted or kept.shape[1:] != shape[1:] or kept.shape[0] < shape[0]:
            kept = self._buffers[name] = np.zeros(shape, wanted) if zeroed else np.empty(shape, wanted)
        return kept[: shape[0]]

    def recall(self, remembered: FloatArray | None) -> FloatArray:
        """What `forward` remembered for `backward`; raises `EngineError` when it remembered nothing."""
        if remembered is None:
            raise EngineError(f"Layer {self.name!r} has to run forward with training=True before it runs backward.")
        return remembered

    def no_gradient(self) -> FloatArray:
        """The empty array that stands for a gradient that nobody needs."""
        return np.empty(0, self.dtype)

    def refuse_input(self, expected: str) -> ShapeError:
        """The error for an input shape that this layer cannot take: raise it."""
        return ShapeError(
            f"Layer {self.name!r} expects inputs of shape {expected}, not {with_batch(self.input_shape)}."
        )

    def draw_from(self, source: RandomSource) -> None:
        """Take the source of all random draws after `build`; layers that draw nothing ignore it."""

    def release_buffers(self) -> None:
        """Forget every buffer and everything remembered for `backward`."""
        self._buffers.clear()

    def replica(self) -> Self:
        """A layer with the same configuration and shapes, unbound and with its own buffers."""
        if not self.output_shape:
            raise EngineError(f"Layer {self.name!r} has to be built before it can be copied.")
        twin = type(self).from_config(self.config())
        twin.build(self.input_shape, None, self.dtype)
        twin.needs_input_gradient = self.needs_input_gradient
        return twin

    def get_weights(self) -> list[FloatArray]:
        """Copies of the layer's parameters, in Keras' order."""
        return [parameter.value.copy() for parameter in self.parameters]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Write values in the order of `get_weights`; `ShapeError` leaves the layer as it was."""
        if len(weights) != len(self.parameters):
            raise ShapeError(f"Layer {self.name!r} has {len(self.parameters)} arrays of weights, not {len(weights)}.")
        arrays = [np.asarray(weight, self.dtype) for weight in weights]
        for parameter, array in zip(self.parameters, arrays, strict=True):
            if array.shape != parameter.value.shape:
                raise ShapeError(
                    f"Layer {self.name!r} expects its {parameter.name} in the shape {parameter.value.shape}, "
                    f"not {array.shape}."
                )
        for parameter, array in zip(self.parameters, arrays, strict=True):
            parameter.value[...] = array

    def count_parameters(self) -> int:
        """How many numbers the layer holds, trainable or not."""
        return sum(int(np.prod(spec.shape)) for spec in self.specs)


def with_batch(shape: Shape) -> str:
    """A shape with its batch axis in words: "(batch, 20, 20)"."""
    return f"({', '.join(['batch', *map(str, shape)])})"

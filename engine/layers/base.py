"""What every layer is: a map with learnable numbers that can also run backwards.

A layer sees batches: axis 0 counts examples, images are (batch, height, width, channels). `forward` maps
inputs to outputs; `backward` maps the loss's gradient at the output to the gradient at the input and *writes*
(never adds) the gradients of the layer's own parameters, summed over the batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self, TypedDict

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.core.defaults import default_seed, floatx, next_draw
from engine.core.initializer_choice import InitializerObject
from engine.core.parameters import FloatArray, Parameter, ParameterSpec, ParameterStore, Shape
from engine.core.random_streams import RandomSource
from engine.core.regularizers import L1L2, RegularizerLike, get_regularizer, is_own, regularizer_config
from engine.core.tensor import as_tensor, recording
from engine.errors import ConfigurationError, EngineError
from engine.layer_support.by_call import LayerByCall
from engine.layer_support.call_mode import HasCallMode
from engine.layer_support.charging import ChargesOutputs
from engine.layer_support.own_classes import usual_settings
from engine.layer_support.recorded_call import recorded_call
from engine.layer_support.refusals import RefusesCalls
from engine.layer_support.shapes import example_shape
from engine.layer_support.symbolic import Input, SymbolicTensor
from engine.layer_support.weights import LayerWeights


class LayerOptions(TypedDict, total=False):
    """What every layer takes, by keyword; see `Layer`."""

    name: str | None
    trainable: bool
    dtype: DTypeLike | None
    input_shape: Sequence[int | None] | None
    input_dim: int | None
    activity_regularizer: RegularizerLike


class Layer(LayerByCall, LayerWeights, ChargesOutputs, HasCallMode, RefusesCalls):
    """Base class of all layers.

    A subclass sets `kind` (its name in the registry and in model files), overrides `build`, `forward`,
    `backward` and `config`, and asks for parameters in `build` through `add_parameter`.

    Large temporaries come from `buffer`, so that the training loop allocates nothing. A layer remembers what
    `backward` needs only when `forward` ran with `training=True`.

    Args:
        name: None for the kind, which a network numbers.
        trainable: False keeps the optimizer away from the parameters; may be changed until the next `fit`.
        dtype: float type when the layer is called alone; None for Keras' float type. In a network the network's counts.
        input_shape, input_dim: of one example, for the first layer of a network.
        activity_regularizer: a penalty on the outputs, divided by the number of examples.

    Inputs are (batch, *input_shape), outputs (batch, *output_shape), gradients shaped like what they belong to.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    kind: ClassVar[str]
    # True where one example's output depends on the other examples of the batch (batch normalization):
    # such a network is never cut into parts that run on several threads.
    couples_examples: ClassVar[bool] = False
    # Whether the layer also takes one picture without a batch, (height, width, channels).
    takes_single_pictures: ClassVar[bool] = False
    # What a layer that draws does to its inputs in training: "factor" or "shift"; None where it draws nothing.
    random_effect: ClassVar[str | None] = None
    last_call = 0
    # Whether a function of one's own is part of it, which no file holds.
    holds_function = False
    # Parameter's name → penalty or constraint that is a function; see `engine.sequential.own_rules`.
    own_penalties: Mapping[str, Any] = {}
    constraints: Mapping[str, Any] = {}
    source: Any = None

    def __init__(
        self,
        name: str | None = None,
        *,
        trainable: bool = True,
        dtype: DTypeLike | None = None,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        activity_regularizer: RegularizerLike = None,
    ) -> None:
        if name is not None and not isinstance(name, str):
            raise ConfigurationError(f"The name of a layer is a text, not {name!r}.", "name")
        self.name = name or self.kind
        self.named_by_user = bool(name)
        self._trainable = bool(trainable)
        self.wanted_dtype = None if dtype is None else np.dtype(dtype)
        self.declared_shape: tuple[int | None, ...] | None = None
        if input_dim is not None or input_shape is not None:
            self.declared_shape = Input((input_dim,) if input_shape is None else input_shape).shape[1:]
        self.activity_regularizer = get_regularizer(activity_regularizer)
        # What the last call added to the loss.
        self.added: list[Any] = []
        if self.activity_regularizer is not None:
            self.couples_examples = True  # type: ignore[misc]
            self.holds_function = self.holds_function or is_own(self.activity_regularizer)
        # The network that computes with this very layer, by its token, and the layer whose values this one follows.
        self.owner: object | None = None
        self.source = None
        # The placeholder of its outputs in the network that it belongs to.
        self.symbol: SymbolicTensor | None = None
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

    def build(
        self,
        input_shape: Sequence[int | None],
        rng: np.random.Generator | str | None = "alone",
        dtype: DTypeLike | None = None,
    ) -> Shape:
        """Fix the shapes (without the batch axis), declare the parameters, return the output shape.

        The initial weights are drawn from `rng`; None leaves them out, for a layer that shares another's. A layer
        that is built by itself, without `rng`, gets weights at once.
        Raises `ShapeError` when the layer cannot take such an input.
        """
        if self.building:
            # A class of one's own asks for the weights of the class above it.
            self.build_next()
            return ()
        if isinstance(rng, str):
            kind = np.dtype(dtype or self.wanted_dtype or floatx())
            self.build_alone(example_shape(input_shape), default_seed() + next_draw(), kind)
            return self.output_shape
        self.input_shape = example_shape(input_shape)
        self.dtype = np.dtype(np.float32 if dtype is None else dtype)
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

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments by Keras' name, those at their defaults included."""
        usual = usual_settings(type(self)) if type(self).__module__.startswith("engine.") else {}
        return {**usual, "trainable": self.trainable, "dtype": self.float_type(), **self.config()}

    def config(self) -> dict[str, Any]:
        """The constructor's arguments as plain JSON values, without `kind`."""
        options: dict[str, Any] = {"name": self.name}
        if not self.trainable:
            options["trainable"] = False
        if self.activity_regularizer is not None:
            options["activity_regularizer"] = regularizer_config(self.activity_regularizer)
        return options

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The layer that `config` described."""
        return cls(**config)

    def add_parameter(
        self,
        name: str,
        shape: Shape,
        initializer: InitializerObject,
        rng: np.random.Generator | None,
        *,
        regularizer: L1L2 | None = None,
        regularized: bool = False,
        trainable: bool = True,
    ) -> None:
        """Declare a parameter during `build`; its views are in `self.parameters`, in this order, once bound."""
        initial = np.empty(0) if rng is None else initializer.draw(shape, rng)
        l1, l2 = (0.0, 0.0) if regularizer is None else (regularizer.l1, regularizer.l2)
        self.specs.append(ParameterSpec(name, shape, initial, regularized, trainable, l1=l1, l2=l2))

    def bind(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the views into the network's `ParameterStore` that were declared in `build`."""
        self.parameters = parameters
        # The initial values live in the store now.
        self.specs = [spec.without_values() for spec in self.specs]

    def build_alone(self, input_shape: Shape, seed: int = 0, dtype: DTypeLike = np.float32) -> ParameterStore:
        """Build the layer outside a network, bound to a store of its own, which is returned."""
        self.build(input_shape, np.random.default_rng(seed), dtype)
        store = ParameterStore(self.specs_now(), dtype)
        self.bind(store.parameters)
        return store

    def specs_now(self) -> list[ParameterSpec]:
        """What the layer asks a store for at present: parameters that are not to be trained are frozen."""
        return [replace(spec, frozen=spec.trainable and not self.trainable) for spec in self.specs]

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:  # noqa: ANN401 — an array or a placeholder
        """The outputs for a batch, as a new array; for a `SymbolicTensor` another one.

        A layer that is not built yet is built for this input. Raises `ShapeError` when it is built for another one.
        """
        if isinstance(inputs, SymbolicTensor):
            shape = self.output_shape if self.parameters else self.build(inputs.example_shape, None)
            if self.parameters and inputs.example_shape != self.input_shape:
                raise self.refuse_call(inputs.example_shape)
            return SymbolicTensor(shape, self, (inputs,), floatx(), training=training)
        if self.takes_single_pictures and np.ndim(inputs) == 3:
            return self(as_tensor(inputs)[np.newaxis], training)[0]
        dtype = self.dtype if self.parameters else self.wanted_dtype or np.dtype(floatx())
        array = np.ascontiguousarray(inputs, dtype)
        if array.ndim < 2:
            array = array.reshape(-1, 1)
        if not self.parameters and (array.shape[1:] != self.input_shape or dtype != self.dtype):
            self.build_alone(array.shape[1:], default_seed() + next_draw(), dtype)
        if array.shape[1:] != self.input_shape:
            self.fit_length(array.shape[1:])
        self.pull()
        recorded = recording.depth
        outputs = (
            recorded_call(self, inputs, array, bool(training))
            if recorded
            else as_tensor(self.forward(array, bool(training)).copy())
        )
        if self.activity_regularizer is not None:
            self.charge_outputs([outputs])
        return outputs

    @property
    def output(self) -> SymbolicTensor:
        """The placeholder of the outputs, for `Model(inputs, outputs)`; `EngineError` outside a built network."""
        if self.symbol is None:
            raise EngineError(f"Layer {self.name!r} has no output yet: put it into a network that is built.")
        return self.symbol

    @property
    def input(self) -> SymbolicTensor:
        """The placeholder of the inputs."""
        return self.output.parents[0]

    def buffer(self, name: str, shape: Shape, dtype: DTypeLike | None = None, *, zeroed: bool = False) -> NDArray[Any]:
        """A reused array of this shape; a smaller first axis is a view of the larger one that is kept.

        Its content is what the last user left; `zeroed` makes it start as zeros (a border that stays 0).
        """
        wanted = np.dtype(dtype) if dtype is not None else self.dtype
        kept = self._buffers.get(name)
        if kept is None or kept.dtype != wanted or kept.shape[1:] != shape[1:] or kept.shape[0] < shape[0]:
            kept = self._buffers[name] = np.zeros(shape, wanted) if zeroed else np.empty(shape, wanted)
        return kept[: shape[0]]

    def no_gradient(self) -> FloatArray:
        """The empty array that stands for a gradient that nobody needs."""
        return np.empty(0, self.dtype)

    def draw_from(self, source: RandomSource) -> None:
        """Take the source of all random draws after `build`; layers that draw nothing ignore it."""

    def release_buffers(self) -> None:
        """Forget every buffer and everything remembered for `backward`."""
        self._buffers.clear()
        self.forget_run()

    def replica(self) -> Self:
        """A layer of the same configuration and shapes, unbound, with its own buffers; `EngineError` unless built."""
        if not self.output_shape:
            raise EngineError(f"Layer {self.name!r} has to be built before it can be copied.")
        twin = type(self).from_config(self.config())
        twin.build(self.input_shape, None, self.dtype)
        twin.needs_input_gradient, twin.fixed_training = self.needs_input_gradient, self.fixed_training
        return twin

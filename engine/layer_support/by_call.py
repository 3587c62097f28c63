"""Layers of one's own: a class that writes `call`, from which the gradient follows by recording what it does.

class Scaled(Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.factor
"""

import copy
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np

from engine.core.parameters import FloatArray, ParameterStore, Shape
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError, EngineError
from engine.layer_support.added_losses import gathered, note
from engine.layer_support.by_call_weights import WeightsByCall
from engine.layer_support.structures import Rebuild, flatten, pack
from engine.layer_support.variables import variable


class LayerByCall(WeightsByCall):
    """The part of a layer that serves classes which write `call` and perhaps `build` instead of `forward`.

    Such a layer takes one array, or several in any structure, and may give several. It runs whole, on one thread.

    Raises:
        ConfigurationError: it does not say what it computes, or gives something else than arrays.
    """

    by_call: ClassVar[bool] = False
    adds_losses: bool
    added: list[Any]
    building = False
    takes_several = False
    output_shapes: tuple[Shape, ...] = ()
    source: Any
    needs_input_gradient: bool
    no_gradient: Callable[[], FloatArray]
    input_shape: Shape
    output_shape: Shape
    dtype: np.dtype[Any]
    trainable: bool
    activity_regularizer: Any
    charge_outputs: Callable[[Sequence[Any]], None]
    _builders: Iterator[Callable[..., Any]] = iter(())
    _inputs_again: Rebuild | None = None
    outputs_again: Rebuild | None = None
    _run: Any = None

    def __init_subclass__(cls, **settings: Any) -> None:  # noqa: ANN401 — none
        super().__init_subclass__(**settings)
        written = vars(cls)
        if "kind" not in written and ("call" in written or not hasattr(cls, "kind")):
            cls.kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()  # type: ignore[attr-defined]
        if "call" in written and "forward" not in written:
            cls.by_call = cls.couples_examples = True  # type: ignore[attr-defined]
            for name in ("_build", "forward", "backward", "merge", "split", "bind", "replica", "__call__"):
                if name not in written:
                    setattr(cls, name, getattr(LayerByCall, f"{name.strip('_')}_by_call"))
        if cls.by_call and "build" in written:
            cls.build_weights = written["build"]  # type: ignore[attr-defined]
            del cls.build  # type: ignore[attr-defined]

    @property
    def built(self) -> bool:
        """Whether the shapes are fixed."""
        return bool(self.output_shape)

    @built.setter
    def built(self, value: bool) -> None:
        """Keras' classes say so themselves; here it follows from the shapes."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """What the layer computes; a class of one's own overrides it, and may ask for what it inherits."""
        for kind in type(self).__mro__:
            forward = vars(kind).get("forward")
            if forward is not None and forward is not LayerByCall.forward_by_call:
                training = bool(kwargs.get("training", args[0] if args else False))
                if kind.random_effect is None:  # type: ignore[attr-defined]
                    return as_tensor(forward(self, np.asarray(inputs), training).copy())
                if not training:
                    return inputs
                unit = np.ones if kind.random_effect == "factor" else np.zeros  # type: ignore[attr-defined]
                drawn = as_tensor(forward(self, unit(np.shape(inputs), self.dtype), True).copy())
                return inputs * drawn if unit is np.ones else inputs + drawn
        raise ConfigurationError(f"The layer {self.name!r} does not say what it computes: write call(self, inputs).")

    def build_next(self) -> None:
        """Ask the class above for its weights, while a class of one's own builds."""
        builder = next(self._builders, None)
        if builder is not None:
            several = getattr(told := self._shapes_told, "given", None)
            builder(self, *([told] if several is None else several[: builder.__code__.co_argcount - 1]))

    def build_by_call(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        """Make the weights, then run once to see what comes out."""
        given = getattr(self, "_dummy", None)
        if given is None or (len(given) == 1 and given[0].shape[1:] != input_shape):
            given = [np.zeros((2, *input_shape), self.dtype)]
        again = self._inputs_again or (lambda leaves: leaves[0])
        if not self.__dict__.get("_weights_made"):
            self._weights_made = True
            shapes = again([(None, *np.shape(array)[1:]) for array in given])
            self._shapes_told = shapes
            made = [vars(kind)["build_weights"] for kind in type(self).__mro__ if "build_weights" in vars(kind)]
            self._builders, self.building = iter(made), True
            try:
                self.build_next()
            finally:
                self.building = False
        outputs, self.outputs_again = flatten(self._called(again([as_tensor(array) for array in given]), False))
        # A look at the code, too: it may add in training alone.
        if "add_loss" in getattr(getattr(type(self), "call", None), "__code__", _NO_CODE).co_names:
            self.adds_losses = True
        if not all(isinstance(part, np.ndarray) for part in outputs):
            raise ConfigurationError(f"The layer {self.name!r} gives something else than arrays.")
        self.output_shapes = tuple(np.shape(part)[1:] for part in outputs)
        self.collect_weights()
        total = sum(int(np.prod(shape)) for shape in self.output_shapes)
        return self.output_shapes[0] or (1,) if len(outputs) == 1 else (total,)

    def _called(self, inputs: Any, training: bool) -> Any:  # noqa: ANN401 — a structure of tensors
        self.added = []
        settings = {"training": training} if _takes_training(type(self)) else {}  # type: ignore[arg-type]
        if isinstance(inputs, _Arguments):
            return self.call(*inputs.given, **{**inputs.named, **settings})
        return self.call(inputs, **settings)

    def call_by_call(self, inputs: Any, *more: Any, training: bool | None = None, **named: Any) -> Any:  # noqa: ANN401
        """The outputs for arrays; for placeholders others. Builds at the first call."""
        whole = _Arguments((inputs, *more), named) if more or named else inputs
        leaves, again = _flat_arguments(whole)
        symbols = [leaf for leaf in leaves if hasattr(leaf, "through")]
        if symbols:
            chosen, again = _without_constants(leaves, again, lambda leaf: hasattr(leaf, "through"))
            return symbols[0].applied(self, chosen, again)
        leaves = [self.as_input(leaf) for leaf in leaves]
        arrays, again = _without_constants(leaves, again, lambda leaf: isinstance(leaf, np.ndarray))
        if not self.built:
            self.prepare([np.zeros((2, *np.shape(array)[1:]), array.dtype) for array in arrays], again)
            shape = np.shape(arrays[0])[1:] or (1,)
            self.build(shape, np.random.default_rng(), self.float_type())  # type: ignore[attr-defined]
            store = ParameterStore(self.specs_now(), self.float_type())  # type: ignore[attr-defined]
            self.bind(store.parameters)  # type: ignore[attr-defined]
        outputs = self._called(again(arrays), bool(training))
        if self.activity_regularizer is not None:
            self.charge_outputs(flatten(outputs)[0])
        return outputs

    def called_again(self, arrays: Sequence[Any], training: bool | None) -> Any:  # noqa: ANN401 — a tensor
        """What a built layer of several inputs gives for others, as one array."""
        again = self._inputs_again or (lambda leaves: leaves[0])
        if any(hasattr(array, "through") for array in arrays):
            return self(again(arrays))  # type: ignore[operator]
        return self._packed(self._called(again([self.as_input(array) for array in arrays]), bool(training)))

    def prepare(self, examples: Sequence[Any], again: Rebuild) -> None:
        """Before `build`: arrays like the inputs, (2, …) each, and the structure in which `call` takes them."""
        self._dummy, self._inputs_again, self.takes_several = list(examples), again, len(examples) > 1

    def prepare_again(self, shapes: Sequence[Shape]) -> None:
        """The same for inputs of other shapes (without the batch axis) in the same structure."""
        self._dummy = [np.zeros((2, *shape), self.dtype) for shape in shapes]

    def as_input(self, leaf: Any) -> Any:  # noqa: ANN401 — an array or a setting
        """An argument as `call` gets it: arrays as tensors of the layer's float type."""
        if not isinstance(leaf, np.ndarray | list):
            return leaf
        tensor = as_tensor(leaf)
        wanted = np.dtype(self.float_type())
        return tensor.astype(wanted) if tensor.dtype.kind == "f" and tensor.dtype != wanted else tensor

    def forward_by_call(self, inputs: Any, training: bool = False) -> FloatArray:  # noqa: ANN401
        """What `call` gives, several arrays side by side; recorded while training."""
        arrays = [as_tensor(array) for array in (inputs if isinstance(inputs, list) else [inputs])]
        again = self._inputs_again or (lambda leaves: leaves[0])
        self._run = None
        if not training:
            answered: FloatArray = self._packed(self._called(again(arrays), False)).numpy()
            return answered
        from engine.core.tape import GradientTape

        with GradientTape() as tape, gathered() as added:
            arrays = [as_tensor(array.copy()) for array in arrays]
            tape.watch(arrays)
            outputs = self._packed(self._called(again(arrays), True))
        for penalty in added:
            note(np.array(penalty))
        self._run = tape, arrays, outputs, added
        recorded: FloatArray = outputs.numpy().copy()
        return recorded

    def _packed(self, given: Any) -> Any:  # noqa: ANN401 — a structure of tensors; one tensor
        leaves, _ = flatten(given)
        packed = as_tensor(leaves[0]) if len(leaves) == 1 else pack(leaves)
        packed = packed if packed.dtype == self.dtype else packed.astype(self.dtype)
        return packed if packed.ndim > 1 else packed.reshape(-1, 1)

    def backward_by_call(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient at the one input."""
        at_input = self.split_by_call(output_gradient, [])[0]
        needed: bool = self.needs_input_gradient
        return at_input if needed else self.no_gradient()

    def split_by_call(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradients at the inputs; those of the parameters are written. `EngineError` before `forward`."""
        if self._run is None:
            raise EngineError(f"Layer {self.name!r} has to run forward with training=True before it runs backward.")
        tape, arrays, outputs, added = self._run
        weights = [variable(parameter.value, parameter.name) for parameter in self.parameters]
        found = tape.gradient(
            [outputs, *added],
            [*arrays, *weights],
            output_gradients=[np.asarray(gradient).reshape(outputs.shape), *(np.ones(np.shape(one)) for one in added)],
        )
        for parameter, slope in zip(self.parameters, found[len(arrays) :], strict=True):
            if parameter.gradient.size:
                parameter.gradient[...] = 0 if slope is None else slope
        return [
            np.zeros(array.shape, self.dtype) if slope is None else np.array(slope, self.dtype)
            for array, slope in zip(arrays, found, strict=False)
        ]

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The outputs (batch, …) for several inputs (batch, …), of layers that take several."""
        raise NotImplementedError

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradients at several inputs (batch, …), from the one at the outputs (batch, …)."""
        raise NotImplementedError

    def merge_by_call(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The outputs for several inputs."""
        return self.forward_by_call(list(branches), training)

    def forget_run(self) -> None:
        """Forget what was recorded."""
        self._run = None

    def replica_by_call(self) -> Any:  # noqa: ANN401 — of the same class
        """A copy with weights of its own, for another network or thread."""
        self._run = None
        symbol, source = vars(self)["symbol"], self.source
        self.symbol = self.source = None
        try:
            twin = copy.deepcopy(self)
        finally:
            self.symbol, self.source = symbol, source
        twin.collect_weights()
        return twin


class _NoCode:
    co_names = ()


_NO_CODE = _NoCode()


class _Arguments:
    """What a call with several arguments got."""

    def __init__(self, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.given, self.named = given, named


def _flat_arguments(whole: Any) -> tuple[list[Any], Rebuild]:  # noqa: ANN401 — arrays in a structure
    if not isinstance(whole, _Arguments):
        return flatten(whole)
    leaves, again = flatten((whole.given, whole.named))
    return leaves, lambda parts: _Arguments(*again(parts))


def _without_constants(
    leaves: Sequence[Any], again: Rebuild, varies: Callable[[Any], bool]
) -> tuple[list[Any], Rebuild]:
    """The leaves that vary, and the structure of these alone."""
    places = [place for place, leaf in enumerate(leaves) if varies(leaf)]

    def rebuild(chosen: Sequence[Any]) -> Any:  # noqa: ANN401
        whole = list(leaves)
        for place, leaf in zip(places, chosen, strict=True):
            whole[place] = leaf
        return again(whole)

    return [leaves[place] for place in places], rebuild


@cache
def _takes_training(kind: type) -> bool:
    parameters = inspect.signature(vars(LayerByCall)["call"] if not hasattr(kind, "call") else kind.call).parameters
    return "training" in parameters

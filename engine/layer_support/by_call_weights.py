"""The weights of layers of one's own, and those of the layers that they hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from engine.core.defaults import default_seed, floatx, next_draw
from engine.core.initializer_choice import InitializerObject, get_initializer
from engine.core.parameters import FloatArray, Parameter, ParameterSpec, Shape
from engine.core.regularizers import RegularizerLike, get_regularizer
from engine.layer_support.variables import Variable, variable

# What a layer holds that is not a part of it.
_FOREIGN = ("source", "owner", "symbol")


class WeightsByCall:
    """The part of a layer of one's own that is about weights."""

    parameters: tuple[Parameter, ...]
    specs: list[ParameterSpec]
    wanted_dtype: np.dtype[Any] | None
    dtype: np.dtype[Any]
    name: str

    def add_weight(
        self,
        shape: Sequence[int] | int | None = None,
        initializer: Any = None,  # noqa: ANN401 — a name, an initializer or a function
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: RegularizerLike = None,
        constraint: None = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """A new parameter of a layer of one's own: an array that takes `assign`."""
        sizes: Shape = (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape or ())
        begin = get_initializer(initializer or ("glorot_uniform" if len(sizes) > 1 else "zeros"))
        kind = np.dtype(dtype if dtype is not None and np.dtype(dtype).kind == "f" else self.float_type())
        rng = np.random.default_rng([default_seed(), next_draw()])
        drawn = begin.draw(sizes, rng) if isinstance(begin, InitializerObject) else begin(sizes, kind)
        values = np.array(drawn, kind)
        penalty = get_regularizer(regularizer)
        l1, l2 = (0.0, 0.0) if penalty is None else (penalty.l1, penalty.l2)
        own = self.__dict__.setdefault("_own", [])
        spec = ParameterSpec(name or f"variable_{len(own)}", sizes, np.empty(0), False, trainable, l1=l1, l2=l2)
        weight = variable(values, spec.name, self.name, trainable)
        own.append((spec, weight))
        self.parameters = (*self.parameters, _alone(spec, values))
        return weight

    def parts(self) -> list[Any]:
        """The layers and networks that this layer holds, in the order in which it got them."""
        return held({name: value for name, value in vars(self).items() if name not in _FOREIGN})

    def float_type(self) -> str:
        """The name of the float type of a layer that is called alone."""
        return floatx() if self.wanted_dtype is None else self.wanted_dtype.name

    def adopt_variables(self) -> None:
        """Take variables that a class of one's own made by itself among its weights."""
        own = self.__dict__.setdefault("_own", [])
        known = {id(weight) for _, weight in own}
        for name, value in vars(self).items():
            if isinstance(value, Variable) and id(value) not in known:
                label = value.name if value.name not in ("", "Variable") else name
                spec = ParameterSpec(label, np.shape(value), np.empty(0), False, bool(value.trainable))
                own.append((spec, value))

    def collect_weights(self) -> None:
        """Ask for all weights, one's own and those of the parts, at their present values."""
        self.adopt_variables()
        self.specs = [_with_values(spec, weight) for spec, weight in self.__dict__.get("_own", [])]
        for part in self.parts():
            for layer in getattr(part, "layers", [part]):
                _retype(layer, self.dtype)
                for spec, parameter in zip(layer.specs_now(), layer.parameters, strict=True):
                    self.specs.append(_with_values(spec, parameter.value))
        self.parameters = ()

    def bind_by_call(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the views into a network's parameters, and hand the parts theirs."""
        self.parameters = parameters
        self.specs = [spec.without_values() for spec in self.specs]
        own = self.__dict__.get("_own", [])
        fresh = {}
        for place, (spec, weight) in enumerate(own):
            view = variable(parameters[place].value, spec.name, self.name, spec.trainable)
            fresh[id(weight)] = view
            own[place] = spec, view
        for name, value in vars(self).items():
            if name != "_own":
                setattr(self, name, _replaced(value, fresh))
        start = len(own)
        for part in self.parts():
            for layer in getattr(part, "layers", [part]):
                layer.bind(parameters[start : start + len(layer.specs)])
                start += len(layer.specs)


def _alone(spec: ParameterSpec, values: FloatArray) -> Parameter:
    return Parameter(spec.name, values, np.zeros_like(values), False, spec.trainable, spec.l1, spec.l2)


def _retype(layer: Any, dtype: np.dtype[Any]) -> None:  # noqa: ANN401 — a layer that was built alone
    """Let a part compute in the float type of the whole."""
    if layer.dtype == dtype:
        return
    layer.release_buffers()
    if layer.by_call:
        layer.dtype = dtype
        return
    kept = layer.parameters
    layer.build(layer.input_shape, None, dtype)
    layer.parameters = kept


def _with_values(spec: ParameterSpec, values: Any) -> ParameterSpec:  # noqa: ANN401 — an array
    return ParameterSpec(
        spec.name, spec.shape, np.array(values), spec.regularized, spec.trainable, spec.frozen, spec.l1, spec.l2
    )


def held(value: Any) -> list[Any]:  # noqa: ANN401 — anything
    """Layers and networks within attributes, lists and mappings, each once."""
    if hasattr(value, "specs_now") or hasattr(value, "stages"):
        return [value]
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    found: dict[int, Any] = {}
    for part in within:
        found |= {id(one): one for one in held(part)}
    return list(found.values())


def _replaced(value: Any, fresh: dict[int, Any]) -> Any:  # noqa: ANN401 — anything
    """The value with old views of weights replaced, in other lists and mappings where these hold some."""
    if id(value) in fresh:
        return fresh[id(value)]
    if type(value) is dict:
        parts: list[Any] = list(value.values())
    elif type(value) in (list, tuple):
        parts = list(value)
    else:
        return value
    made = [_replaced(part, fresh) for part in parts]
    if all(new is old for new, old in zip(made, parts, strict=True)):
        return value
    return dict(zip(value, made, strict=True)) if type(value) is dict else type(value)(made)

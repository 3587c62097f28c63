"""`Tensor`: an array that also answers to `.numpy()`, and that remembers how it was computed while somebody records.

Recording is reverse-mode differentiation: every operation that `GRADIENT_RULES` knows leaves a `Node` on its result,
which names what it was computed from and how a gradient flows back there. `engine.core.tape` walks the nodes.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar

import numpy as np

from engine.errors import EngineError

# From a gradient at the result to the gradient at one input.
Pullback = Callable[[Any], Any]
# From an operation's arguments and its result to (input, pullback) pairs.
Rule = Callable[[Sequence[Any], Mapping[str, Any], Any], Sequence[tuple[Any, Pullback]]]
# NumPy function, or (ufunc, method) where the method is not the plain call → rule.
GRADIENT_RULES: dict[Any, Rule] = {}
_NUMBERS = count()


class TensorShape(tuple[Any, ...]):
    """The sizes of a tensor's axes, None where one is not known, with what TensorFlow's shapes can do beside tuples."""

    __slots__ = ()

    def as_list(self) -> list[Any]:
        """The sizes in a list."""
        return list(self)

    def num_elements(self) -> int | None:
        """How many numbers there are; None where a size is not known."""
        return int(np.prod(self)) if self.is_fully_defined() else None

    def is_fully_defined(self) -> bool:
        """Whether every size is known."""
        return None not in self

    @property
    def rank(self) -> int:
        """How many axes there are."""
        return len(self)

    ndims = rank


class Node:
    """Where a recorded array comes from: pairs of a node and the way of the gradient to it; none for a leaf."""

    __slots__ = ("number", "parents")

    def __init__(self, parents: Sequence[tuple["Node", Pullback]] = ()) -> None:
        self.parents = tuple(parents)
        self.number = next(_NUMBERS)


class _Recording(threading.local):
    """What is recorded in this thread: how many record, and the leaves by the memory that holds their values."""

    depth = 0
    leaves: dict[Any, tuple[Any, Node]] | None = None
    # The node behind which a gradient goes on while an outer tape records that gradient itself.
    walked: Node | None = None


recording = _Recording()


class Tensor(np.ndarray[Any, np.dtype[Any]]):
    """A NumPy array with what notebooks ask results of Keras for.

    Attributes:
        node: how it was computed; None unless somebody recorded.
    """

    node: Node | None = None
    # Whether its memory is a parameter's, so that every view of it is the same leaf.
    is_variable: ClassVar[bool] = False
    trainable: bool = True

    def __array_finalize__(self, other: Any) -> None:  # noqa: ANN401 — NumPy's hook
        """A view is computed anew: it does not inherit the node."""
        self.node = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:  # noqa: ANN401
        """Compute on plain arrays, and record."""
        if any(_foreign(type(part)) for part in inputs):
            return NotImplemented
        key = ufunc if method == "__call__" else (ufunc, method)
        return _apply(key, getattr(ufunc, method), inputs, settings)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        """Compute on plain arrays, and record."""
        if any(_foreign(kind) for kind in types):
            return NotImplemented
        return _apply(function, function, args, kwargs)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 — as NumPy has it
        """A part, as a `Tensor` even where it is one number."""
        index = plain(index)
        values = self.view(np.ndarray)
        part = values[index]
        result = values[(*index, ...)] if not isinstance(part, np.ndarray) and isinstance(index, tuple) else part
        result = result if isinstance(result, np.ndarray) else values[index, ...]
        return _recorded(result.view(type(self)), "item", (self, index), {})

    def _method(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return function(self, *args, **kwargs)

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes."""
        return TensorShape(np.ndarray.shape.__get__(self))

    @shape.setter
    def shape(self, sizes: Any) -> None:  # noqa: ANN401 — as NumPy has it
        np.ndarray.shape.__set__(self, sizes)  # type: ignore[attr-defined]

    def numpy(self) -> Any:  # noqa: ANN401 — an array, or one number
        """The same numbers as a plain array, without a copy; one number alone as such."""
        plainly = self.view(np.ndarray)
        return plainly if plainly.ndim else plainly[()]

    def get_shape(self) -> TensorShape:
        """The same as `shape`, by TensorFlow's older name."""
        return self.shape

    def __round__(self, digits: int | None = None) -> Any:  # noqa: ANN401 — a number or an array
        """Rounded, as Python rounds numbers."""
        return np.round(self, digits or 0)

    def sum(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """As `numpy.sum`."""
        return np.sum(self, *args, **kwargs)

    def mean(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """As `numpy.mean`."""
        return np.mean(self, *args, **kwargs)

    def max(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """As `numpy.max`."""
        return np.max(self, *args, **kwargs)

    def min(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """As `numpy.min`."""
        return np.min(self, *args, **kwargs)

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """As `numpy.reshape`."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **kwargs)

    def transpose(self, *axes: Any) -> Any:  # noqa: ANN401
        """As `numpy.transpose`."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    @property
    def T(self) -> Any:  # noqa: ANN401 — NumPy's name
        """The axes in the opposite order."""
        return np.transpose(self)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — as NumPy has it
        """As NumPy's method; between float types a gradient passes."""
        result = self.view(np.ndarray).astype(dtype, *args, **kwargs).view(Tensor)
        return _recorded(result, "item", (self, ...), {})


def as_tensor(values: Any) -> Tensor:  # noqa: ANN401 — whatever NumPy takes
    """The values as a `Tensor`; an array is not copied, and a recorded one stays what it is."""
    if isinstance(values, Tensor) and (values.node is not None or values.is_variable):
        return values
    return np.asarray(values).view(Tensor)


def plain(value: Any) -> Any:  # noqa: ANN401 — arguments of any kind
    """Arguments without `Tensor`s, within lists, tuples and mappings as well."""
    if isinstance(value, Tensor):
        return value.view(np.ndarray)
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(plain(part) for part in value)
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return value


def node_of(value: Any) -> Node | None:  # noqa: ANN401 — an array or anything else
    """The node of an array that is recorded, also of a parameter that is not seen for the first time; else None."""
    if not isinstance(value, Tensor) or recording.leaves is None:
        return None
    if value.node is None and value.is_variable and value.dtype.kind == "f" and value.trainable:
        return recording.leaves.setdefault(memory_of(value), (value, Node()))[1]
    return value.node


def memory_of(array: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    """What two views of the same numbers have in common, any shape: address and shape."""
    return array.__array_interface__["data"][0], array.shape


def seen(*values: Any) -> tuple[Any, ...]:  # noqa: ANN401 — operands, and the result last
    """What a pullback computes with: plain arrays, or tensors where an outer tape wants the gradient's gradient."""
    if recording.walked is None:
        return tuple(np.asarray(plain(value)) for value in values)
    result = np.asarray(values[-1]).view(Tensor)
    result.node = recording.walked
    return (*(value if isinstance(value, Tensor) else np.asarray(value) for value in values[:-1]), result)


def remember(result: Tensor, pairs: Sequence[tuple[Any, Pullback]]) -> Tensor:
    """Leave a node on a result, for those of the (input, pullback) pairs whose input is recorded."""
    if recording.depth:
        parents = [(node, pull) for value, pull in pairs if (node := node_of(value)) is not None]
        if parents:
            result.node = Node(parents)
    return result


def _recorded(result: Tensor, key: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor:  # noqa: ANN401
    if not recording.depth or result.dtype.kind != "f":
        return result
    if key in GRADIENT_RULES:
        return remember(result, GRADIENT_RULES[key](args, kwargs, result.view(np.ndarray)))

    def refuse(gradient: Any) -> Any:  # noqa: ANN401
        name = getattr(key, "__name__", None) or getattr(key[0], "__name__", key)
        raise EngineError(f"There is no gradient through {name} here: write it with other functions.")

    # Told when somebody asks: a gradient that is silently nothing would be wrong.
    return remember(result, [(given, refuse) for given in args if isinstance(given, Tensor)])


def _apply(key: Any, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401
    result = function(*plain(tuple(args)), **plain(dict(kwargs)))
    if kwargs.get("out") is not None:
        return kwargs["out"][0] if isinstance(kwargs["out"], tuple) else kwargs["out"]
    if isinstance(result, np.ndarray | np.generic):
        return _recorded(np.asarray(result).view(Tensor), key, args, kwargs)
    if isinstance(result, list):
        return [np.asarray(part).view(Tensor) for part in result]
    return result


def _foreign(kind: type) -> bool:
    """Whether a type has its own idea of NumPy's functions."""
    return not issubclass(kind, np.ndarray) and hasattr(kind, "__array_ufunc__") and not issubclass(kind, np.generic)

"""How NumPy's functions become Keras': arguments turn into tensors, so that the answers are tensors."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from engine.core.defaults import floatx
from engine.core.tensor import as_tensor, remember
from engine.layer_support.variables import Variable

_TYPES = {"bool": np.bool_, "float": np.float32, "int": np.int32}


def convert_to_tensor(x: Any, dtype: Any = None, sparse: None = None, ragged: None = None) -> Any:
    """The values as a tensor; of a list of fractions in Keras' float type."""
    if isinstance(x, np.ndarray):
        tensor = as_tensor(x.value if isinstance(x, Variable) and dtype is not None else x)
        return tensor if dtype is None or tensor.dtype == dtype_of(dtype) else tensor.astype(dtype_of(dtype))
    if hasattr(x, "through"):
        return x
    array = np.asarray(x)
    if dtype is None and not isinstance(x, np.generic) and array.dtype.kind in "fi":
        # Also where a list holds tensors, whose own types count then.
        array = array.astype(floatx() if array.dtype.kind == "f" else np.int32)
    return as_tensor(array if dtype is None else array.astype(dtype_of(dtype)))


def dtype_of(dtype: Any) -> Any:
    """A NumPy type."""
    return np.dtype(_TYPES.get(dtype, dtype) if isinstance(dtype, str) else dtype)


def lifted(function: Callable[..., Any], operands: int = 1) -> Callable[..., Any]:
    """A NumPy function whose first arguments become tensors, so that it answers with one."""

    @wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        given = [operand(arg) if place < operands else arg for place, arg in enumerate(args)]
        return function(*given, **kwargs)

    return answer


def operand(value: Any) -> Any:
    """An argument as a tensor; plain numbers take the type of what they meet."""
    if isinstance(value, int | float | bool) or value is None:
        return value
    return convert_to_tensor(value)


def each(*functions: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Functions of one array."""
    return tuple(lifted(function) for function in functions)


def reductions(*functions: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Functions along an axis, or along several, which Keras takes in a list, too."""

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        whole = lifted(function)

        @wraps(function)
        def answer(x: Any, axis: Any = None, keepdims: bool = False, **kwargs: Any) -> Any:
            return whole(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims, **kwargs)

        return answer

    return tuple(made(function) for function in functions)


def several(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a function of a list of arrays."""

    @wraps(function)
    def answer(xs: Any, axis: int = 0) -> Any:
        return function([convert_to_tensor(x) for x in xs], axis=axis)

    return answer


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that gives its result and how a gradient at it becomes gradients at the arguments."""

    @wraps(f)
    def answer(*args: Any) -> Any:
        # What the function computes itself is not recorded: its own gradient stands for all of it.
        given = [convert_to_tensor(arg) for arg in args]
        result, pull = f(*(as_tensor(np.asarray(one)) for one in given))

        def at(place: int) -> Callable[[Any], Any]:
            def gradient(outer: Any) -> Any:
                found = pull(as_tensor(outer))
                return np.asarray(found[place] if isinstance(found, list | tuple) else found)

            return gradient

        return remember(as_tensor(np.array(result)), [(one, at(place)) for place, one in enumerate(given)])

    return answer

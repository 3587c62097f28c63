"""What all activation functions share: how they take their input, of any shape, and where their result goes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, node_of, recording, remember

ActivationFunction = Callable[..., FloatArray]
_Function = TypeVar("_Function", bound=Callable[..., Any])


def floats(z: ArrayLike) -> FloatArray:
    """The input as floating-point numbers; integers become float64."""
    array: np.ndarray[Any, Any] = np.asarray(z)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def prepare(z: ArrayLike, out: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """The input, and the array for the result: `out`, or a new one."""
    array = floats(z)
    return array, np.empty_like(array) if out is None else out


_FORMULAS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softmax": lambda z: (
        (exponents := np.exp(z - np.max(z.numpy(), axis=-1, keepdims=True))) / np.sum(exponents, axis=-1, keepdims=True)
    ),
}


def differentiable(function: _Function) -> _Function:
    """Makes an activation answer with a `Tensor` that is recorded, and take placeholders of a network's values.

    Its derivative is the function beside it that is called `<name>_derivative`, or for a softmax, whose outputs depend
    on all inputs, `<name>_pullback`.
    """

    @wraps(function)
    def answer(z: Any, *settings: Any, out: Any = None, **named: Any) -> Any:  # noqa: ANN401 — an array or a placeholder
        if not isinstance(z, np.ndarray) and hasattr(z, "through"):
            return z.through(answer, *settings, **named)
        if out is not None:
            return function(z, *settings, out=out, **named)
        if recording.depth > 1 and function.__name__ in _FORMULAS and node_of(z) is not None:
            # An outer tape may ask for the slope's slope: each step of the formula is recorded.
            return _FORMULAS[function.__name__](z)
        result = function(z, *settings, **named)
        tensor = result.view(Tensor)
        if recording.depth and node_of(z) is not None:
            beside, name = function.__globals__, function.__name__
            if f"{name}_pullback" in beside:
                pull = beside[f"{name}_pullback"]
                return remember(tensor, [(z, lambda g: pull(g, result, *settings, **named))])
            slope = beside[f"{name}_derivative"](floats(z), *settings, **named)
            return remember(tensor, [(z, lambda g: g * slope)])
        return tensor

    return answer  # type: ignore[return-value]

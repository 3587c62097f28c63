"""What all activation functions share: how they take their input, of any shape, and where their result goes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor

ActivationFunction = Callable[..., FloatArray]


def floats(z: ArrayLike) -> FloatArray:
    """The input as floating-point numbers; integers become float64."""
    array: np.ndarray[Any, Any] = np.asarray(z)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def prepare(z: ArrayLike, out: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """The input, and the array for the result: `out`, or a new one."""
    array = floats(z)
    return array, np.empty_like(array).view(Tensor) if out is None else out

"""Arrays as TensorFlow makes and changes them."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor
from engine.keras import ops
from engine.layers.variables import Variable as _Variable

float16, float32, float64 = np.dtype("float16"), np.dtype("float32"), np.dtype("float64")
int8, int16, int32, int64 = np.dtype("int8"), np.dtype("int16"), np.dtype("int32"), np.dtype("int64")
uint8, bool, string = np.dtype("uint8"), np.dtype("bool"), np.dtype("O")

convert_to_tensor, cast = ops.convert_to_tensor, ops.cast
reduce_mean, reduce_sum, reduce_max, reduce_min = ops.mean, ops.sum, ops.max, ops.min
reduce_prod, reduce_any, reduce_all, reduce_logsumexp = ops.prod, ops.any, ops.all, ops.logsumexp
matmul, tensordot, einsum = ops.matmul, ops.tensordot, ops.einsum
add, subtract, multiply, divide, pow, negative = (
    ops.add, ops.subtract, ops.multiply, ops.divide, ops.power, ops.negative,
)  # fmt: skip
square, sqrt, exp, abs, sign, round, floor, sigmoid, tanh, sin, cos = (
    ops.square, ops.sqrt, ops.exp, ops.abs, ops.sign, ops.round, ops.floor, ops.sigmoid, ops.tanh, ops.sin, ops.cos,
)  # fmt: skip
maximum, minimum, clip_by_value, cumsum = ops.maximum, ops.minimum, ops.clip, ops.cumsum
equal, not_equal, greater, greater_equal, less, less_equal = (
    ops.equal, ops.not_equal, ops.greater, ops.greater_equal, ops.less, ops.less_equal,
)  # fmt: skip
logical_and, logical_or, logical_not = ops.logical_and, ops.logical_or, ops.logical_not
reshape, expand_dims, squeeze, stack, unstack, tile, repeat, reverse = (
    ops.reshape, ops.expand_dims, ops.squeeze, ops.stack, ops.unstack, ops.tile, ops.repeat, ops.flip,
)  # fmt: skip
argmin, sort, argsort, where, split, pad = ops.argmin, ops.sort, ops.argsort, ops.where, ops.split, ops.pad
zeros, ones, zeros_like, ones_like, linspace, stop_gradient, broadcast_to = (
    ops.zeros, ops.ones, ops.zeros_like, ops.ones_like, ops.linspace, ops.stop_gradient, ops.broadcast_to,
)  # fmt: skip
norm, meshgrid, identity = ops.norm, ops.meshgrid, ops.convert_to_tensor


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """The values as a tensor."""
    tensor = ops.convert_to_tensor(value, dtype)
    return tensor if shape is None else ops.broadcast_to(tensor, shape)


class Variable(_Variable):
    """An array that takes `assign`, and at which a tape gives gradients."""

    def __new__(
        cls,
        initial_value: Any,
        trainable: Any = True,
        name: str = "Variable",
        dtype: Any = None,
        shape: Any = None,
    ) -> "Variable":
        """A copy of the values, or of what a function gives."""
        values = initial_value() if callable(initial_value) else initial_value
        made: Variable = np.array(ops.convert_to_tensor(values, dtype)).view(cls)
        made.name = made.path = name
        made.trainable = bool_of(trainable)
        return made


def bool_of(value: Any) -> Any:
    """`True` or `False`."""
    return value is not None and value is not False


def argmax(input: Any, axis: int | None = None, output_type: Any = int64) -> Any:
    """Where the largest is; along the first axis unless one is given."""
    return ops.argmax(input, axis=0 if axis is None else axis).astype(output_type)


def one_hot(indices: Any, depth: int, on_value: Any = 1, off_value: Any = 0, axis: int = -1, dtype: Any = None) -> Any:
    """Class numbers (…) as rows (…, depth)."""
    rows = ops.one_hot(indices, int(depth), axis, dtype)
    return rows if (on_value, off_value) == (1, 0) else rows * (on_value - off_value) + off_value


def transpose(a: Any, perm: Any = None) -> Any:
    """The axes in another order."""
    return ops.transpose(a, perm)


def concat(values: Any, axis: int, name: str | None = None) -> Any:
    """One after another along an axis."""
    return ops.concatenate(values, axis)


def gather(params: Any, indices: Any, axis: int = 0) -> Any:
    """The parts of these numbers along an axis."""
    return ops.take(params, np.asarray(indices), axis=axis)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None) -> Any:
    """Numbers from a start to below a limit."""
    return ops.arange(start, limit, delta, dtype)


def fill(dims: Any, value: Any) -> Any:
    """An array of one number."""
    return as_tensor(np.full(tuple(int(size) for size in dims), value, np.asarray(ops.convert_to_tensor(value)).dtype))


def eye(num_rows: int, num_columns: int | None = None, dtype: Any = None) -> Any:
    """Ones on the diagonal."""
    return ops.eye(num_rows, num_columns, dtype=dtype)


def shape(input: Any) -> Any:
    """The shape as an array."""
    return as_tensor(np.array(np.shape(input), np.int32))


def size(input: Any) -> Any:
    """How many numbers."""
    return as_tensor(np.array(np.size(input), np.int32))


def is_tensor(x: Any) -> Any:
    """Whether it is a tensor."""
    return isinstance(x, Tensor)


def rank(input: Any) -> Any:
    """How many axes."""
    return as_tensor(np.array(np.ndim(input), np.int32))


def map_fn(fn: Callable[..., Any], elems: Any) -> Any:
    """A function of each part along the first axis."""
    return ops.stack([fn(part) for part in ops.convert_to_tensor(elems)])


def print(*given: Any, **settings: Any) -> None:
    """Write the values to standard output."""
    sys.stdout.write(" ".join(str(np.asarray(one) if isinstance(one, Tensor) else one) for one in given) + "\n")


__all__ = [
    name
    for name in dir()
    if name[0] != "_" and name not in ("Any", "Callable", "as_tensor", "bool_of", "np", "ops", "sys", "variable")
]

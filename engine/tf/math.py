"""TensorFlow's `math`: functions of arrays of any shape."""

from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.keras import ops
from engine.keras.lifting import dtype_of
from engine.tf import arrays

log, exp, log1p, expm1, sqrt, square, abs, sign = (
    ops.log, ops.exp, ops.log1p, ops.expm1, ops.sqrt, ops.square, ops.abs, ops.sign,
)  # fmt: skip
sigmoid, tanh, softplus, sin, cos, floor, ceil, round = (
    ops.sigmoid, ops.tanh, ops.softplus, ops.sin, ops.cos, ops.floor, ops.ceil, ops.round,
)  # fmt: skip
reduce_mean, reduce_sum, reduce_max, reduce_min, reduce_prod, reduce_std, reduce_variance, reduce_logsumexp = (
    ops.mean, ops.sum, ops.max, ops.min, ops.prod, ops.std, ops.var, ops.logsumexp,
)  # fmt: skip
add, subtract, multiply, divide, pow, maximum, minimum = (
    ops.add, ops.subtract, ops.multiply, ops.divide, ops.power, ops.maximum, ops.minimum,
)  # fmt: skip
equal, greater, less, argmin, cumsum, is_nan = (
    ops.equal, ops.greater, ops.less, ops.argmin, ops.cumsum, ops.isnan,
)  # fmt: skip

argmax, negative, reciprocal, cos, tan, atan, asin, acos, sinh, cosh, rsqrt = (
    arrays.argmax, ops.negative, ops.reciprocal, ops.cos, ops.tan, ops.arctan, ops.arcsin, ops.arccos, ops.sinh,
    ops.cosh, lambda x: 1 / ops.sqrt(x),
)  # fmt: skip
reduce_any, reduce_all, log_sigmoid, log_softmax, softmax, not_equal, greater_equal, less_equal = (
    ops.any, ops.all, ops.log_sigmoid, ops.log_softmax, ops.softmax, ops.not_equal, ops.greater_equal, ops.less_equal,
)  # fmt: skip
logical_and, logical_or, logical_not, mod, floormod, floordiv, cumprod, is_inf, is_finite = (
    ops.logical_and, ops.logical_or, ops.logical_not, ops.mod, ops.mod, ops.floor_divide, ops.cumprod, ops.isinf,
    ops.isfinite,
)  # fmt: skip
add_n, truediv, l2_normalize, bincount = arrays.add_n, ops.divide, ops.normalize, ops.bincount


def squared_difference(x: Any, y: Any) -> Any:
    """(x − y)²."""
    return ops.square(ops.subtract(x, y))


def divide_no_nan(x: Any, y: Any) -> Any:
    """X / y, and 0 where y is 0."""
    empty = ops.equal(y, 0)
    return ops.where(empty, 0.0, ops.divide(x, ops.where(empty, 1.0, y)))


multiply_no_nan = ops.multiply


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: int | None = None, weights: Any = None, dtype: Any = "int32"
) -> Any:
    """How many examples of each class (rows) are taken for which (columns), (classes, classes)."""
    rows, columns = np.asarray(labels).astype(int).reshape(-1), np.asarray(predictions).astype(int).reshape(-1)
    size = max(rows.max(initial=-1), columns.max(initial=-1)) + 1 if num_classes is None else int(num_classes)
    counts = np.zeros((size, size))
    np.add.at(counts, (rows, columns), 1 if weights is None else np.asarray(weights).reshape(-1))
    return as_tensor(counts.astype(dtype_of(dtype)))


def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether the class of each row is among its k largest numbers, (n,)."""
    values, numbers = np.asarray(predictions), np.asarray(targets).astype(int)
    own = np.take_along_axis(values, numbers[:, np.newaxis], axis=1)
    return as_tensor((values > own).sum(axis=1) < k)


class _TopK(tuple[Any, Any]):
    """The largest numbers and their places, also by name."""

    values = property(lambda self: self[0])
    indices = property(lambda self: self[1])


def top_k(input: Any, k: int = 1, sorted: Any = True) -> Any:
    """The k largest along the last axis, and where they are."""
    return _TopK(ops.top_k(input, k))


__all__ = [name for name in dir() if name[0] != "_" and name not in ("Any", "np", "as_tensor", "ops", "arrays")]

"""TensorFlow's `math`: functions of arrays of any shape."""

from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.keras import ops
from engine.keras.lifting import dtype_of
from engine.tf import arrays
from engine.tf.spelling import functions_of

globals().update(functions_of(
    "log exp log1p expm1 sqrt square abs sign sigmoid tanh softplus softsign sin cos tan asin acos atan sinh cosh "
    "asinh acosh atanh atan2 floor ceil round rint erf reciprocal negative reduce_mean reduce_sum reduce_max "
    "reduce_min reduce_prod reduce_std reduce_variance reduce_logsumexp reduce_any reduce_all reduce_euclidean_norm "
    "add subtract multiply divide truediv pow maximum minimum mod floormod floordiv multiply_no_nan equal not_equal "
    "greater greater_equal less less_equal is_nan is_inf is_finite logical_and logical_or logical_not logical_xor "
    "log_sigmoid log_softmax softmax bincount count_nonzero"
))  # fmt: skip
argmax, argmin, cumsum, cumprod, add_n = arrays.argmax, arrays.argmin, arrays.cumsum, arrays.cumprod, arrays.add_n
l2_normalize, reciprocal_no_nan = ops.normalize, lambda x: divide_no_nan(ops.ones_like(x), x)


def rsqrt(x: Any) -> Any:
    """1/√x."""
    return 1 / ops.sqrt(x)


def xlogy(x: Any, y: Any) -> Any:
    """x·ln y, and 0 where x is 0."""
    empty = ops.equal(x, 0)
    return ops.where(empty, 0.0, ops.multiply(x, ops.log(ops.where(empty, 1.0, y))))


def zero_fraction(value: Any) -> Any:
    """The share of the numbers that are 0."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def _by_segment(function: Any, start: float) -> Any:
    def answer(data: Any, segment_ids: Any, num_segments: int | None = None) -> Any:
        """The rows of each number taken together."""
        values, numbers = np.asarray(data), np.asarray(segment_ids).astype(int)
        count = int(numbers.max(initial=-1)) + 1 if num_segments is None else int(num_segments)
        made = np.full((count, *values.shape[1:]), start, values.dtype)
        function.at(made, numbers, values)
        return as_tensor(made)

    return answer


segment_sum = unsorted_segment_sum = _by_segment(np.add, 0)
segment_prod = unsorted_segment_prod = _by_segment(np.multiply, 1)


def segment_mean(data: Any, segment_ids: Any, num_segments: int | None = None) -> Any:
    """The mean of the rows of each number."""
    sums = segment_sum(data, segment_ids, num_segments)
    return sums / segment_sum(np.ones_like(np.asarray(data)), segment_ids, num_segments)


unsorted_segment_mean = segment_mean


def squared_difference(x: Any, y: Any) -> Any:
    """(x − y)²."""
    return ops.square(ops.subtract(x, y))


def divide_no_nan(x: Any, y: Any) -> Any:
    """X / y, and 0 where y is 0."""
    empty = ops.equal(y, 0)
    return ops.where(empty, 0.0, ops.divide(x, ops.where(empty, 1.0, y)))


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


__all__ = [
    name
    for name in dir()
    if name[0] != "_" and name not in ("Any", "np", "as_tensor", "ops", "arrays", "functions_of", "dtype_of")
]

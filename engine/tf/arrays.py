"""Arrays as TensorFlow makes and changes them."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.core.tensor import Tensor, as_tensor
from engine.keras import ops
from engine.layer_support.variables import Variable as _Variable
from engine.tf.spelling import functions_of

float16, float32, float64 = np.dtype("float16"), np.dtype("float32"), np.dtype("float64")
int8, int16, int32, int64 = np.dtype("int8"), np.dtype("int16"), np.dtype("int32"), np.dtype("int64")
uint8, uint16, uint32, uint64 = np.dtype("uint8"), np.dtype("uint16"), np.dtype("uint32"), np.dtype("uint64")
complex64, complex128, bool, string = np.dtype("complex64"), np.dtype("complex128"), np.dtype("bool"), np.dtype("O")
half, double = float16, float64

globals().update(functions_of(
    "convert_to_tensor cast identity reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all "
    "reduce_logsumexp tensordot einsum add subtract multiply divide truediv realdiv pow negative square sqrt exp "
    "abs sign round floor sigmoid tanh sin cos tan asin acos atan sinh cosh asinh acosh atanh atan2 maximum minimum "
    "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_not logical_xor "
    "expand_dims squeeze stack unstack concat tile repeat reverse zeros ones zeros_like ones_like linspace "
    "stop_gradient broadcast_to norm roll reshape transpose clip_by_value"
))  # fmt: skip
newaxis = None


def split(value: Any, num_or_size_splits: Any, axis: int = 0) -> Any:
    """Parts along an axis: so many of one size, or parts of these sizes."""
    given = num_or_size_splits
    return ops.split(value, given if isinstance(given, int) else np.cumsum(given)[:-1], axis)


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

    def scatter_nd_update(self, indices: Any, updates: Any) -> "Variable":
        """Write numbers, or rows, at places (n, axes)."""
        np.asarray(self)[tuple(np.moveaxis(np.asarray(indices), -1, 0))] = np.asarray(updates)
        return self


def bool_of(value: Any) -> Any:
    """`True` or `False`."""
    return value is not None and value is not False


def argmax(input: Any, axis: int | None = None, output_type: Any = int64, name: str | None = None) -> Any:
    """Where the largest is; along the first axis unless one is given."""
    return ops.argmax(input, axis=0 if axis is None else axis).astype(output_type)


def argmin(input: Any, axis: int | None = None, output_type: Any = int64, name: str | None = None) -> Any:
    """Where the smallest is; along the first axis unless one is given."""
    return ops.argmin(input, axis=0 if axis is None else axis).astype(output_type)


def matmul(
    a: Any,
    b: Any,
    transpose_a: Any = False,
    transpose_b: Any = False,
    adjoint_a: Any = False,
    adjoint_b: Any = False,
    **settings: Any,
) -> Any:
    """The product of matrices (…, n, m) and (…, m, k), each turned before if asked."""
    turned = (transpose_a or adjoint_a, transpose_b or adjoint_b)
    return ops.matmul(*(ops.swapaxes(x, -1, -2) if turn else x for x, turn in zip((a, b), turned, strict=True)))


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """The first where the condition holds, else the second; without them, the places where it holds, (n, axes)."""
    return as_tensor(np.argwhere(np.asarray(condition))) if x is None else ops.where(condition, x, y)


def _running(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(x: Any, axis: int = 0, exclusive: Any = False, reverse: Any = False, name: str | None = None) -> Any:
        """Sums, or products, of the numbers so far along an axis."""
        values = ops.flip(x, axis) if reverse else ops.convert_to_tensor(x)
        made = function(values, axis=axis)
        if exclusive:
            first = [slice(None)] * made.ndim
            first[axis] = slice(0, -1)
            start = np.full_like(np.take(np.asarray(made), [0], axis), function is ops.cumprod)
            made = ops.concatenate([as_tensor(start), made[tuple(first)]], axis)
        return ops.flip(made, axis) if reverse else made

    return answer


cumsum, cumprod = _running(ops.cumsum), _running(ops.cumprod)


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> Any:
    """Coordinates of a grid."""
    return ops.meshgrid(*args, indexing=indexing)


def one_hot(indices: Any, depth: int, on_value: Any = 1, off_value: Any = 0, axis: int = -1, dtype: Any = None) -> Any:
    """Class numbers (…) as rows (…, depth)."""
    rows = ops.one_hot(indices, int(depth), axis, dtype)
    return rows if (on_value, off_value) == (1, 0) else rows * (on_value - off_value) + off_value


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING") -> Any:
    """Numbers in order along an axis."""
    ordered = ops.sort(values, axis)
    return ordered if direction == "ASCENDING" else ops.flip(ordered, axis)


def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: Any = False) -> Any:
    """Where the smallest is, the next, and so on along an axis."""
    array = np.asarray(values)
    places = np.argsort(array if direction == "ASCENDING" else -array, axis, kind="stable")
    return as_tensor(places.astype(np.int32))


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Any:
    """An array with a border; `mode` is CONSTANT, REFLECT or SYMMETRIC."""
    widths = np.asarray(paddings)
    if mode.upper() == "CONSTANT":
        return np.pad(ops.convert_to_tensor(tensor), widths, constant_values=constant_values)
    return np.pad(ops.convert_to_tensor(tensor), widths, mode.lower())  # type: ignore[call-overload]


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of arrays of one shape."""
    total = ops.convert_to_tensor(inputs[0])
    for one in inputs[1:]:
        total = total + one
    return total


def boolean_mask(tensor: Any, mask: Any, axis: int = 0) -> Any:
    """The parts where the mask holds: of its axes, or of the one that is given."""
    if np.ndim(mask) > 1:
        return ops.convert_to_tensor(tensor)[np.asarray(mask)]
    return ops.take(tensor, np.flatnonzero(np.asarray(mask)), axis=axis)


class _Unique(NamedTuple):
    y: Any
    idx: Any


def unique(x: Any) -> Any:
    """The different numbers of (n,) in the order in which they come, and the place of each among them."""
    values, first, places = np.unique(np.asarray(x), return_index=True, return_inverse=True)
    order = np.argsort(first)
    return _Unique(as_tensor(values[order]), as_tensor(np.argsort(order)[places].astype(np.int32)))


def clip_by_norm(t: Any, clip_norm: float, axes: Any = None) -> Any:
    """The array, shortened to a length where it is longer."""
    length = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=True))
    return t * clip_norm / ops.maximum(length, clip_norm)


def global_norm(t_list: Any) -> Any:
    """The length of all numbers of several arrays."""
    return ops.sqrt(add_n([ops.sum(ops.square(one)) for one in t_list]))


def clip_by_global_norm(t_list: Any, clip_norm: float) -> Any:
    """Arrays, all shortened alike to a common length, and the length that they had."""
    length = global_norm(t_list)
    scale = clip_norm / np.maximum(np.asarray(length), clip_norm)
    return [one if one is None else one * scale.astype(np.asarray(one).dtype) for one in t_list], length


def histogram_fixed_width(values: Any, value_range: Any, nbins: int = 100) -> Any:
    """How many numbers lie in each of so many parts of a range; those outside count at its ends."""
    low, high = (float(end) for end in value_range)
    counts, _ = np.histogram(np.clip(np.asarray(values), low, high), nbins, (low, high))
    return as_tensor(counts.astype(np.int32))


def gather(params: Any, indices: Any, axis: int | None = None, batch_dims: int = 0, name: str | None = None) -> Any:
    """The parts of these numbers along an axis; of each example apart where the first axes belong together."""
    places = np.asarray(indices)
    if not batch_dims:
        return ops.take(params, places, axis=axis or 0)
    rows = np.indices(places.shape[:batch_dims]).reshape(batch_dims, *places.shape[:batch_dims], 1)
    between = (slice(None),) * ((batch_dims if axis is None else axis) - batch_dims)
    return ops.convert_to_tensor(params)[(*rows, *between, places)]


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


def foldl(fn: Callable[..., Any], elems: Any, initializer: Any = None, **settings: Any) -> Any:
    """What a function makes of a state and each part along the first axis in turn."""
    return scan(fn, elems, initializer)[-1]


def scan(fn: Callable[..., Any], elems: Any, initializer: Any = None, **settings: Any) -> Any:
    """The same, all states along the first axis."""
    parts = list(ops.convert_to_tensor(elems))
    states = [parts.pop(0) if initializer is None else initializer]
    for part in parts:
        states.append(fn(states[-1], part))
    return ops.stack(states if initializer is None else states[1:])


def map_fn(fn: Callable[..., Any], elems: Any, **settings: Any) -> Any:
    """A function of each part along the first axis."""
    return ops.stack([fn(part) for part in ops.convert_to_tensor(elems)])


vectorized_map = map_fn


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What one of two functions gives."""
    return true_fn() if pred else false_fn()


def while_loop(cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, **settings: Any) -> Any:
    """What a function makes of variables as long as a condition holds."""
    values = list(loop_vars)
    while cond(*values):
        made = body(*values)
        values = list(made) if isinstance(made, list | tuple) else [made]
    return values


def print(*given: Any, **settings: Any) -> None:
    """Write the values to standard output."""
    sys.stdout.write(" ".join(str(np.asarray(one) if isinstance(one, Tensor) else one) for one in given) + "\n")


__all__ = [
    name
    for name in dir()
    if name[0] != "_"
    and name not in ("Any", "Callable", "NamedTuple", "as_tensor", "bool_of", "functions_of", "np", "ops", "sys")
]

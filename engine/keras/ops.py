"""Keras' `ops`: functions of arrays of any shape, which answer with tensors, are recorded and take placeholders."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from engine.core import activations
from engine.core.defaults import floatx
from engine.core.tensor import as_tensor, remember
from engine.keras.lifting import convert_to_tensor as convert_to_tensor
from engine.keras.lifting import custom_gradient as custom_gradient
from engine.keras.lifting import dtype_of, each, lifted, operand, reductions, several
from engine.layers.activation_choice import SAME_ACTIVATIONS
from engine.losses import LOSS_FUNCTIONS

# One operand.
abs = absolute = lifted(np.abs)
exp, expm1, log, log1p, log2, log10 = each(np.exp, np.expm1, np.log, np.log1p, np.log2, np.log10)
sqrt, square, negative, reciprocal, sign = each(np.sqrt, np.square, np.negative, np.reciprocal, np.sign)
sin, cos, tan, sinh, cosh = each(np.sin, np.cos, np.tan, np.sinh, np.cosh)
arcsin, arccos, arctan, arcsinh, arccosh, arctanh = each(
    np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh
)
floor, ceil, round = each(np.floor, np.ceil, np.round)
isnan, isinf, isfinite, logical_not = each(np.isnan, np.isinf, np.isfinite, np.logical_not)
sum, mean, max, min, prod, var, std, any, all = reductions(
    np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.any, np.all
)
argmax, argmin, argsort, sort = each(np.argmax, np.argmin, np.argsort, np.sort)
cumsum, cumprod, median, quantile = each(np.cumsum, np.cumprod, np.median, np.quantile)
average, count_nonzero, diff = each(np.average, np.count_nonzero, np.diff)
transpose, expand_dims, squeeze, ravel, flip = each(np.transpose, np.expand_dims, np.squeeze, np.ravel, np.flip)
swapaxes, moveaxis, roll, repeat, broadcast_to, pad = each(
    np.swapaxes, np.moveaxis, np.roll, np.repeat, np.broadcast_to, np.pad
)
diag, diagonal, trace, tril, triu, histogram, bincount, nonzero, copy = each(
    np.diag, np.diagonal, np.trace, np.tril, np.triu, np.histogram, np.bincount, np.nonzero, np.copy
)
zeros_like, ones_like, full_like = each(np.zeros_like, np.ones_like, np.full_like)
inv, det = lifted(np.linalg.inv), lifted(np.linalg.det)
# Two operands.
add, subtract, multiply, power, mod, floor_divide = (
    lifted(function, 2) for function in (np.add, np.subtract, np.multiply, np.power, np.mod, np.floor_divide)
)
divide = true_divide = lifted(np.true_divide, 2)
maximum, minimum, matmul, dot, outer, tensordot, cross = (
    lifted(function, 2) for function in (np.maximum, np.minimum, np.matmul, np.dot, np.outer, np.tensordot, np.cross)
)
equal, not_equal, greater, greater_equal, less, less_equal = (
    lifted(function, 2) for function in (np.equal, np.not_equal, np.greater, np.greater_equal, np.less, np.less_equal)
)
logical_and, logical_or, logical_xor = (
    lifted(function, 2) for function in (np.logical_and, np.logical_or, np.logical_xor)
)
take, take_along_axis, isclose, digitize = (
    lifted(function, 2) for function in (np.take, np.take_along_axis, np.isclose, np.digitize)
)
arctan2 = lifted(np.arctan2, 2)
solve = lifted(np.linalg.solve, 2)
concatenate, stack = several(np.concatenate), several(np.stack)
hstack, vstack = (
    (lambda xs: np.hstack([convert_to_tensor(x) for x in xs])),
    (lambda xs: np.vstack([convert_to_tensor(x) for x in xs])),
)

# Activations.
relu, relu6, sigmoid, tanh, softplus = each(
    activations.relu, activations.relu6, activations.sigmoid, activations.tanh, activations.softplus
)
softmax, log_softmax, elu, selu, celu = each(
    activations.softmax, activations.log_softmax, activations.elu, activations.selu, activations.celu
)
silu = swish = lifted(activations.silu)
hard_silu = hard_swish = lifted(activations.hard_silu)
leaky_relu, hard_sigmoid, log_sigmoid, softsign = each(
    activations.leaky_relu, activations.hard_sigmoid, activations.log_sigmoid, activations.softsign
)
# So that `Dense(…, activation=tf.nn.relu)` is the layer's usual activation.
SAME_ACTIVATIONS.update({
    relu: "relu", relu6: "relu6", sigmoid: "sigmoid", tanh: "tanh", softplus: "softplus", softmax: "softmax",
    elu: "elu", selu: "selu", silu: "silu", leaky_relu: "leaky_relu", hard_sigmoid: "hard_sigmoid",
    softsign: "softsign",
})  # fmt: skip


def erf(x: Any) -> Any:
    """The error function 2/√π·∫₀ˣ e^(−t²) dt."""
    from scipy.special import erf as scipy_erf

    values = convert_to_tensor(x)
    slope = 2 / np.sqrt(np.pi) * np.exp(-np.square(np.asarray(values)))
    return remember(as_tensor(scipy_erf(np.asarray(values))), [(values, lambda g: g * slope)])


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """The cross-entropy of each number with its target, shaped like both."""
    given, wanted = convert_to_tensor(output), convert_to_tensor(target)
    apart = LOSS_FUNCTIONS["binary_crossentropy"](
        np.reshape(wanted, (-1, 1)), np.reshape(given, (-1, 1)), from_logits=from_logits
    )
    return np.reshape(apart, np.shape(given))


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross-entropy of each row, (n,)."""
    return LOSS_FUNCTIONS["categorical_crossentropy"](target, convert_to_tensor(output), from_logits=from_logits)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross-entropy of each row with its class number, (n,)."""
    return LOSS_FUNCTIONS["sparse_categorical_crossentropy"](target, convert_to_tensor(output), from_logits=from_logits)


def gelu(x: Any, approximate: bool = True) -> Any:
    """x·Φ(x), by default approximately, as Keras' `ops` has it."""
    return lifted(activations.gelu)(x, approximate)


def reshape(x: Any, newshape: Any) -> Any:
    """The same numbers in another shape."""
    sizes = (newshape,) if isinstance(newshape, int | np.integer) else tuple(int(one) for one in newshape)
    return np.reshape(operand(x), sizes)


def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Numbers cut off at both ends."""
    return np.clip(operand(x), x_min, x_max)


def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """The first where the condition holds, else the second; without them, where it holds."""
    if x1 is None and x2 is None:
        return tuple(as_tensor(part) for part in np.nonzero(np.asarray(condition)))
    return np.where(operand(condition), operand(x1), operand(x2))


def tile(x: Any, repeats: Any) -> Any:
    """The array repeated along its axes."""
    return np.tile(operand(x), repeats)


def cast(x: Any, dtype: Any) -> Any:
    """The values in another type."""
    if hasattr(x, "through"):
        return x.through(cast, dtype)
    return convert_to_tensor(x).astype(dtype_of(dtype))


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """Class numbers (…) as rows (…, classes) with one 1; numbers out of range give rows of zeros."""
    if hasattr(x, "through"):
        return x.through(one_hot, num_classes, axis, dtype)
    numbers = np.asarray(x).astype(np.intp)
    rows = numbers[..., np.newaxis] == np.arange(num_classes)
    return as_tensor(np.moveaxis(rows, -1, axis).astype(dtype_of(dtype or floatx())))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The length of a vector, or of each along an axis."""
    if ord not in (None, 2, "euclidean", "fro"):
        return as_tensor(np.linalg.norm(np.asarray(x), ord, axis, keepdims))
    return np.sqrt(np.sum(np.square(convert_to_tensor(x)), axis=axis, keepdims=keepdims))


def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float = 1e-12) -> Any:
    """Each vector along an axis divided by its length."""
    values = convert_to_tensor(x)
    return values / np.sqrt(np.maximum(np.sum(np.square(values), axis=axis, keepdims=True), epsilon))


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Ln Σ eˣ; the largest x is subtracted first."""
    values = convert_to_tensor(x)
    largest = np.asarray(np.max(np.asarray(values), axis=axis, keepdims=True))
    summed = np.log(np.sum(np.exp(values - largest), axis=axis, keepdims=True)) + largest
    return summed if keepdims else np.reshape(summed, np.shape(np.sum(np.asarray(values), axis=axis)))


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """The k largest along the last axis, and where they are."""
    places = np.argsort(-np.asarray(x), axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(convert_to_tensor(x), places, axis=-1), as_tensor(places.astype(np.int32))


def einsum(subscripts: str, *operands: Any) -> Any:
    """As `numpy.einsum`."""
    return np.einsum(subscripts, *map(convert_to_tensor, operands))


def meshgrid(*xs: Any, indexing: str = "xy") -> list[Any]:
    """As `numpy.meshgrid`."""
    return [as_tensor(grid) for grid in np.meshgrid(*map(np.asarray, xs), indexing=indexing)]  # type: ignore[call-overload]


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """The parts along an axis."""
    values, size = convert_to_tensor(x), np.shape(x)[axis]
    places = np.arange(size)
    cut = np.split(places, indices_or_sections)
    return [np.take(values, part, axis=axis) for part in cut]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The parts along an axis, without it."""
    return [np.squeeze(part, axis) for part in split(x, np.shape(x)[axis], axis)]


def shape(x: Any) -> tuple[int | None, ...]:
    """The shape."""
    return tuple(x.shape if hasattr(x, "shape") else np.shape(x))


def ndim(x: Any) -> int:
    """How many axes."""
    return len(shape(x))


def size(x: Any) -> int:
    """How many numbers."""
    return int(np.prod(np.shape(x)))


def _made(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def answer(shape: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> Any:
        sizes = tuple(int(one) for one in shape) if isinstance(shape, Sequence | np.ndarray) else int(shape)
        return as_tensor(function(sizes, *args, dtype=dtype_of(dtype or floatx()), **kwargs))

    return answer


zeros, ones, full, empty = _made(np.zeros), _made(np.ones), _made(np.full), _made(np.empty)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Ones on a diagonal."""
    return as_tensor(np.eye(N, M, k, dtype=dtype_of(dtype or floatx())))


identity = eye


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """As `numpy.arange`, whole numbers as int32 and others in Keras' float type."""
    values = np.arange(start, stop, step) if stop is not None else np.arange(0, start, step)
    usual = np.int32 if values.dtype.kind == "i" else floatx()
    return as_tensor(values.astype(usual if dtype is None else dtype_of(dtype)))


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """As `numpy.linspace`, in Keras' float type."""
    return as_tensor(np.linspace(start, stop, num, endpoint, axis=axis).astype(dtype_of(dtype or floatx())))


def convert_to_numpy(x: Any) -> Any:
    """The values as a plain array."""
    return np.array(x)


array = convert_to_tensor


def stop_gradient(variable: Any) -> Any:
    """The values, behind which nothing is recorded."""
    return as_tensor(np.array(variable))

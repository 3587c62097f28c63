"""TensorFlow's `math`: functions of arrays of any shape."""

from engine.keras import ops

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
equal, greater, less, argmin, cumsum, top_k, is_nan = (
    ops.equal, ops.greater, ops.less, ops.argmin, ops.cumsum, ops.top_k, ops.isnan,
)  # fmt: skip

__all__ = [name for name in dir() if name[0] != "_" and name != "ops"]

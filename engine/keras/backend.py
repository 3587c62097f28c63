"""Keras' `backend` and `config`: the float type of a program, and the older names of functions of arrays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.core.defaults import floatx, set_floatx
from engine.core.tensor import as_tensor
from engine.keras import ops, random
from engine.layer_support.variables import Variable
from engine.layer_support.variables import variable as _view
from engine.losses.base import EPSILON


def epsilon() -> float:
    """The small number that keeps quotients and logarithms finite; it is fixed here."""
    return EPSILON


def clear_session(free_memory: bool = True) -> None:
    """Here for Keras' sake: networks keep nothing for a whole program."""


def image_data_format() -> str:
    """Pictures are (height, width, channels)."""
    return "channels_last"


def backend() -> str:
    """The name of what computes."""
    return "numpy"


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(x, np.ndarray)


def get_value(x: Any) -> Any:
    """The values as plain numbers."""
    return float(x) if isinstance(x, float) else np.array(x)[()]


def set_value(x: Any, value: Any) -> None:
    """Write a variable, or a learning rate."""
    x.assign(value)


def eval(x: Any) -> Any:
    """The values as plain numbers."""
    return get_value(x)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """The values as a tensor."""
    tensor = ops.convert_to_tensor(value, dtype or floatx())
    return tensor if shape is None else ops.broadcast_to(tensor, shape)


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: None = None) -> Variable:
    """An array that takes `assign`."""
    return _view(np.array(value, dtype or floatx()), name or "variable")


def int_shape(x: Any) -> tuple[int | None, ...]:
    """The shape."""
    return tuple(x.shape)


def count_params(x: Any) -> int:
    """How many numbers an array has."""
    return int(np.prod(x.shape))


def flatten(x: Any) -> Any:
    """All numbers, one after the other."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """Those of each example, (n, …) as (n, numbers)."""
    return ops.reshape(x, (np.shape(x)[0], -1))


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """One after another along an axis."""
    return ops.concatenate(tensors, axis)


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return ops.transpose(x, pattern)


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross-entropy of each row, (n,)."""
    return ops.categorical_crossentropy(target, output, from_logits, axis)


def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draws from a normal distribution."""
    return random.normal(shape, mean, stddev, dtype, seed)


def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draws from an interval."""
    return random.uniform(shape, minval, maxval, dtype, seed)


def gradients(loss: Any, variables: Any) -> Any:
    """Not there, as in Keras with TensorFlow 2; raises `NotImplementedError`."""
    raise NotImplementedError("Gradients are asked of a tape: with tf.GradientTape() as tape: …")


def function(inputs: Any, outputs: Any, updates: None = None, name: str | None = None) -> Callable[[Any], Any]:
    """The function from placeholders to placeholders, which takes a list of arrays."""
    from engine.sequential.graph import Model

    network = Model(inputs, outputs)
    return lambda arrays: network(arrays[0] if len(arrays) == 1 else arrays)


@contextmanager
def name_scope(name: str) -> Iterator[None]:
    """A block without effect."""
    yield


def learning_phase() -> int:
    """0: whether layers train is said at each call."""
    return 0


def stack(x: Any, axis: int = 0) -> Any:
    """Arrays of one shape along a new axis."""
    return ops.stack(x, axis)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """An array of zeros."""
    return as_tensor(np.array(ops.zeros(shape, dtype=dtype)))


_SAME = (
    "abs", "all", "any", "arange", "argmax", "argmin", "binary_crossentropy", "cast", "clip", "cos", "cumprod",
    "cumsum", "dot", "elu", "equal", "exp", "expand_dims", "eye", "greater", "greater_equal", "hard_sigmoid", "less",
    "less_equal", "log", "logsumexp", "max", "maximum", "mean", "min", "minimum", "ndim", "not_equal", "one_hot",
    "ones", "ones_like", "prod", "relu", "repeat", "reshape", "round", "shape", "sigmoid", "sign", "sin", "softmax",
    "softplus", "softsign", "sparse_categorical_crossentropy", "sqrt", "square", "squeeze", "std", "sum", "tanh",
    "tile", "transpose", "var", "zeros_like",
)  # fmt: skip
pow, l2_normalize = ops.power, ops.normalize
globals().update({name: getattr(ops, name) for name in _SAME})

__all__ = [
    "backend", "batch_flatten", "categorical_crossentropy", "clear_session", "concatenate", "constant",
    "count_params", "epsilon",
    "eval", "flatten", "floatx", "function", "get_value", "gradients", "image_data_format", "int_shape", "is_tensor",
    "l2_normalize", "learning_phase", "name_scope", "permute_dimensions", "pow", "random_normal", "random_uniform",
    "set_floatx", "set_value", "stack", "variable", "zeros", *_SAME,
]  # fmt: skip

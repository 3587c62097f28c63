"""TensorFlow's `nn`: activations and losses of single outputs, of any shape."""

from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError
from engine.keras import ops
from engine.keras.random import dropout as _dropout
from engine.tf import arrays, math
from engine.tf.spelling import functions_of

globals().update(
    functions_of("relu relu6 sigmoid tanh softmax log_softmax leaky_relu elu selu silu swish softplus softsign")
)
in_top_k, top_k, zero_fraction = math.in_top_k, math.top_k, math.zero_fraction


def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """x·Φ(x), exactly unless asked otherwise."""
    return ops.gelu(features, approximate)


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12) -> Any:
    """Vectors along an axis divided by their length."""
    return ops.normalize(x, axis, epsilon=epsilon)


def l2_loss(t: Any) -> Any:
    """Σt² / 2."""
    return ops.sum(ops.square(t)) / 2


def bias_add(value: Any, bias: Any) -> Any:
    """A number of each channel added."""
    return ops.add(value, bias)


def moments(x: Any, axes: Any, keepdims: bool = False) -> Any:
    """Mean and variance along axes."""
    along = tuple(axes) if isinstance(axes, list | tuple) else axes
    return ops.mean(x, axis=along, keepdims=keepdims), ops.var(x, axis=along, keepdims=keepdims)


def embedding_lookup(params: Any, ids: Any) -> Any:
    """The rows of these numbers."""
    return arrays.gather(params, ids)


def dropout(x: Any, rate: float, seed: Any = None) -> Any:
    """Some numbers silenced, the others larger for it."""
    return _dropout(ops.convert_to_tensor(x), rate, seed=seed)


def _pair(value: Any) -> tuple[int, int]:
    """A size of a window or a step for both axes, in any of TensorFlow's spellings."""
    sizes = [value] if isinstance(value, int) else list(value)
    if len(sizes) == 4:
        sizes = sizes[1:3]
    return int(sizes[0]), int(sizes[-1])


def _windows(x: Any, size: tuple[int, int], step: tuple[int, int], padding: str, border: float) -> Any:
    """Parts of pictures (batch, height, width, channels) as (batch, rows, columns, *size, channels)."""
    if padding not in ("SAME", "VALID"):
        raise ConfigurationError(f'The padding is "SAME" or "VALID", not {padding!r}.', "padding")
    x = ops.convert_to_tensor(x)
    widths = []
    for length, part, stride in zip(np.shape(x)[1:3], size, step, strict=True):
        missing = max((-(-length // stride) - 1) * stride + part - length, 0) if padding == "SAME" else 0
        widths.append((missing // 2, missing - missing // 2))
    if any(any(width) for width in widths):
        x = np.pad(x, ((0, 0), *widths, (0, 0)), constant_values=border)
    places = [
        np.arange(0, length - part + 1, stride)[:, np.newaxis] + np.arange(part)
        for length, part, stride in zip(np.shape(x)[1:3], size, step, strict=True)
    ]
    return x[:, places[0][:, np.newaxis, :, np.newaxis], places[1][np.newaxis, :, np.newaxis, :]]


def conv2d(input: Any, filters: Any, strides: Any = 1, padding: str = "VALID") -> Any:
    """Pictures (batch, height, width, channels) convolved with (height, width, channels, filters)."""
    kernel = ops.convert_to_tensor(filters)
    parts = _windows(input, np.shape(kernel)[:2], _pair(strides), padding, 0.0)
    return np.tensordot(parts, kernel, axes=3)


def max_pool2d(input: Any, ksize: Any, strides: Any, padding: str = "VALID") -> Any:
    """The largest number of each window, (batch, rows, columns, channels)."""
    return np.max(_windows(input, _pair(ksize), _pair(strides), padding, -np.inf), axis=(3, 4))


def avg_pool2d(input: Any, ksize: Any, strides: Any, padding: str = "VALID") -> Any:
    """The mean of each window; what lies outside of the picture does not count."""
    size, step = _pair(ksize), _pair(strides)
    counts = _windows(np.ones_like(np.asarray(input)), size, step, padding, 0.0).sum(axis=(3, 4))
    return np.sum(_windows(input, size, step, padding, 0.0), axis=(3, 4)) / as_tensor(np.asarray(counts))


max_pool, avg_pool = max_pool2d, avg_pool2d


def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """The cross-entropy of each number, shaped like the logits."""
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1) -> Any:
    """The cross-entropy of each row, (n,)."""
    return ops.categorical_crossentropy(labels, logits, from_logits=True)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """The cross-entropy of each row with its class number, (n,)."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)

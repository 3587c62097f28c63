"""TensorFlow's `nn`: activations and losses of single outputs, of any shape."""

from typing import Any

from engine.keras import ops

relu, relu6, sigmoid, tanh, softmax, log_softmax = (
    ops.relu, ops.relu6, ops.sigmoid, ops.tanh, ops.softmax, ops.log_softmax,
)  # fmt: skip
leaky_relu, elu, selu, gelu, silu, swish, softplus, softsign = (
    ops.leaky_relu, ops.elu, ops.selu, ops.gelu, ops.silu, ops.swish, ops.softplus, ops.softsign,
)  # fmt: skip


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12) -> Any:
    """Vectors along an axis divided by their length."""
    return ops.normalize(x, axis, epsilon=epsilon)


def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """The cross-entropy of each number, shaped like the logits."""
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1) -> Any:
    """The cross-entropy of each row, (n,)."""
    return ops.categorical_crossentropy(labels, logits, from_logits=True)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """The cross-entropy of each row with its class number, (n,)."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)

"""Keras' `activations`: Activation functions."""

from typing import Any

from engine.core import activations
from engine.errors import ConfigurationError
from engine.keras import ops
from engine.layers.activation_choice import (
    ACTIVATION_FUNCTIONS,
    FURTHER_ACTIVATIONS,
    activation_function,
    make_activation,
)


def get(identifier: Any) -> Any:  # noqa: ANN401 — a name or a function
    """The function of this name; None is the identity, a function itself.

    Raises:
        ConfigurationError: there is no such function.
    """
    if callable(identifier):
        return identifier
    if identifier is not None and not isinstance(identifier, str):
        raise ConfigurationError(f"An activation is named by a text, not {identifier!r}.", "activation")
    known = ACTIVATION_FUNCTIONS | FURTHER_ACTIVATIONS
    return known.get(str(identifier)) or activation_function(make_activation(identifier))


def glu(x: Any, axis: int = -1) -> Any:  # noqa: ANN401 — arrays of any shape, here and below
    """The first half along an axis times the sigmoid of the second."""
    first, second = ops.split(x, 2, axis)
    return first * ops.sigmoid(second)


def hard_tanh(x: Any) -> Any:  # noqa: ANN401
    """X cut off at −1 and 1."""
    return ops.clip(x, -1, 1)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:  # noqa: ANN401
    """X where |x| is greater than the threshold, else 0."""
    return ops.where(ops.abs(x) > threshold, x, 0.0)


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:  # noqa: ANN401
    """X moved towards 0 by the threshold."""
    return ops.where(ops.abs(x) > threshold, x - threshold * ops.sign(x), 0.0)


def tanh_shrink(x: Any) -> Any:  # noqa: ANN401
    """X − tanh x."""
    return x - ops.tanh(x)


def threshold(x: Any, threshold: float, default_value: float) -> Any:  # noqa: ANN401
    """X where it is greater than the threshold, else another value."""
    return ops.where(ops.greater(x, threshold), x, default_value)


def squareplus(x: Any, b: float = 4) -> Any:  # noqa: ANN401
    """(x + √(x² + b)) / 2."""
    return (x + ops.sqrt(ops.square(x) + b)) / 2


def sparse_plus(x: Any) -> Any:  # noqa: ANN401
    """0 below −1, x above 1, a parabola between."""
    bend = ops.square(ops.add(x, 1)) / 4
    return ops.where(ops.less_equal(x, -1), 0.0, ops.where(ops.less(x, 1), bend, x))


def sparse_sigmoid(x: Any) -> Any:  # noqa: ANN401
    """(x + 1) / 2, cut off at 0 and 1."""
    return ops.clip((x + 1) / 2, 0, 1)


# Those that `Dense(activation="…")` knows by name only here.
_FURTHER = (hard_tanh, hard_shrink, soft_shrink, tanh_shrink, squareplus, sparse_plus, sparse_sigmoid, glu, threshold)
FURTHER_ACTIVATIONS.update({function.__name__: function for function in (*_FURTHER, activations.log_softmax)})


def serialize(activation: Any) -> Any:  # noqa: ANN401 — a function
    """The name of an activation."""
    return getattr(activation, "__name__", activation)


deserialize = get
globals().update(
    ACTIVATION_FUNCTIONS | FURTHER_ACTIVATIONS | {"hard_swish": activations.hard_silu, "swish": activations.silu}
)

_NAMES = [*ACTIVATION_FUNCTIONS, *FURTHER_ACTIVATIONS, "hard_swish", "swish"]
__all__ = ["deserialize", "get", "serialize", *_NAMES]

"""Keras' `activations`: Activation functions."""

from engine.core.activations import (
    celu,
    elu,
    exponential,
    gelu,
    hard_sigmoid,
    hard_silu,
    leaky_relu,
    linear,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from engine.errors import ConfigurationError
from engine.layers.activation_choice import ACTIVATION_FUNCTIONS, activation_function, make_activation

swish, hard_swish = silu, hard_silu


def get(identifier: object) -> object:
    """The function of this name; None is the identity, a function itself.

    Raises:
        ConfigurationError: there is no such function.
    """
    if callable(identifier):
        return identifier
    if identifier is not None and not isinstance(identifier, str):
        raise ConfigurationError(f"An activation is named by a text, not {identifier!r}.", "activation")
    return ACTIVATION_FUNCTIONS.get(str(identifier)) or activation_function(make_activation(identifier))


__all__ = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]

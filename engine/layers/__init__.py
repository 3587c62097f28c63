"""All layers, and the closed list of kinds that model files may name."""

from collections.abc import Mapping
from typing import Any

from engine.errors import ConfigurationError
from engine.layers.activation import (
    ACTIVATION_LAYERS,
    ELU,
    GELU,
    Activation,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from engine.layers.base import Layer
from engine.layers.convolution import Conv2D
from engine.layers.dense import Dense
from engine.layers.dropout import Dropout
from engine.layers.normalization import BatchNormalization
from engine.layers.pooling import (
    AveragePool2D,
    AveragePooling2D,
    GlobalAveragePool2D,
    GlobalAveragePooling2D,
    MaxPool2D,
    MaxPooling2D,
)
from engine.layers.reshaping import Flatten, Reshape

# To add a layer: its file, and its class here. The contract tests then cover it.
_CLASSES: tuple[type[Layer], ...] = (
    Dense,
    Conv2D,
    MaxPool2D,
    AveragePool2D,
    GlobalAveragePool2D,
    Flatten,
    Reshape,
    Dropout,
    BatchNormalization,
    *ACTIVATION_LAYERS.values(),
)

LAYERS: dict[str, type[Layer]] = {layer.kind: layer for layer in _CLASSES}


def layer_from_config(config: Mapping[str, Any]) -> Layer:
    """The layer that {"kind": …, **settings} describes; anything else raises `ConfigurationError`."""
    settings = dict(config)
    kind = settings.pop("kind", None)
    if not isinstance(kind, str) or kind not in LAYERS:
        raise ConfigurationError(f"Unknown kind of layer {kind!r}; known are {', '.join(LAYERS)}.")
    try:
        return LAYERS[kind].from_config(settings)
    except ConfigurationError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"A layer of kind {kind!r} cannot be made with the settings {settings}.") from error


__all__ = [
    "ACTIVATION_LAYERS",
    "ELU",
    "GELU",
    "LAYERS",
    "Activation",
    "AveragePool2D",
    "AveragePooling2D",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePool2D",
    "GlobalAveragePooling2D",
    "Layer",
    "LeakyReLU",
    "Linear",
    "MaxPool2D",
    "MaxPooling2D",
    "ReLU",
    "Reshape",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "layer_from_config",
]

"""All layers, and the closed list of kinds that model files may name."""

from collections.abc import Mapping
from typing import Any

from engine.errors import ConfigurationError
from engine.layers.activation import ELU, LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Softplus, Tanh
from engine.layers.activation_choice import ACTIVATION_LAYERS, Activation
from engine.layers.base import Layer
from engine.layers.convolution import Conv2D
from engine.layers.dense import Dense
from engine.layers.depthwise import DepthwiseConv2D
from engine.layers.dropout import Dropout
from engine.layers.function_activation import GELU
from engine.layers.layer_normalization import LayerNormalization
from engine.layers.merging import (
    MERGE_LAYERS,
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from engine.layers.noise import GaussianNoise
from engine.layers.normalization import BatchNormalization
from engine.layers.pooling import (
    AveragePool2D,
    AveragePooling2D,
    GlobalAveragePool2D,
    GlobalAveragePooling2D,
    GlobalMaxPool2D,
    GlobalMaxPooling2D,
    MaxPool2D,
    MaxPooling2D,
)
from engine.layers.preprocessing import Normalization, Rescaling
from engine.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from engine.layers.resizing import UpSampling2D, ZeroPadding2D
from engine.layers.sequences import (
    AveragePool1D,
    AveragePooling1D,
    Conv1D,
    GlobalAveragePool1D,
    GlobalAveragePooling1D,
    MaxPool1D,
    MaxPooling1D,
)

# To add a layer: its file, and its class here. The contract tests then cover it.
_CLASSES: tuple[type[Layer], ...] = (
    Dense,
    Conv2D,
    MaxPool2D,
    AveragePool2D,
    GlobalAveragePool2D,
    Flatten,
    Reshape,
    Permute,
    RepeatVector,
    Dropout,
    GaussianNoise,
    BatchNormalization,
    LayerNormalization,
    Normalization,
    Rescaling,
    DepthwiseConv2D,
    GlobalMaxPool2D,
    ZeroPadding2D,
    UpSampling2D,
    Conv1D,
    MaxPool1D,
    AveragePool1D,
    GlobalAveragePool1D,
    Activation,
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
    "MERGE_LAYERS",
    "Activation",
    "Add",
    "Average",
    "AveragePool1D",
    "AveragePool2D",
    "AveragePooling1D",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePool1D",
    "GlobalAveragePool2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Linear",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Subtract",
    "Tanh",
    "UpSampling2D",
    "ZeroPadding2D",
    "layer_from_config",
]

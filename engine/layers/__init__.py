"""All layers, and the closed list of kinds that model files may name."""

from collections.abc import Mapping
from typing import Any

from engine.errors import ConfigurationError
from engine.layers.activation import ELU, LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Softplus, Tanh
from engine.layers.activation_choice import ACTIVATION_LAYERS, Activation
from engine.layers.base import Layer
from engine.layers.chance import (
    CHANCE_LAYERS,
    AlphaDropout,
    GaussianDropout,
    RandomFlip,
    SpatialDropout1D,
    SpatialDropout2D,
)
from engine.layers.composed_convolution import Conv2DTranspose, SeparableConv2D
from engine.layers.convolution import Conv2D
from engine.layers.dense import Dense
from engine.layers.depthwise import DepthwiseConv2D
from engine.layers.dropout import Dropout
from engine.layers.formulas import (
    FORMULA_LAYERS,
    Cropping1D,
    Cropping2D,
    Embedding,
    GlobalMaxPool1D,
    GlobalMaxPooling1D,
    Identity,
    PReLU,
    UnitNormalization,
    UpSampling1D,
    ZeroPadding1D,
)
from engine.layers.function_activation import GELU
from engine.layers.layer_normalization import LayerNormalization
from engine.layers.merging import (
    MERGE_LAYERS,
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from engine.layers.noise import GaussianNoise
from engine.layers.normalization import BatchNormalization
from engine.layers.operations import InputLayer, Lambda, Part
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
    *FORMULA_LAYERS,
    *CHANCE_LAYERS,
    Activation,
    *ACTIVATION_LAYERS.values(),
)

LAYERS: dict[str, type[Layer]] = {layer.kind: layer for layer in _CLASSES}


# Layers that files know, too.
FURTHER_LAYERS: dict[str, type[Layer]] = {
    **MERGE_LAYERS,
    **{made.kind: made for made in (InputLayer, Part, Embedding, SeparableConv2D, Conv2DTranspose)},
}


def is_known(layer: Layer) -> bool:
    """Whether a file can name this layer: its class is in a registry, and it holds no function of one's own."""
    return (LAYERS | FURTHER_LAYERS).get(layer.kind) is type(layer) and not layer.holds_function


def layer_from_config(config: Mapping[str, Any]) -> Layer:
    """The layer that {"kind": …, **settings} describes; anything else raises `ConfigurationError`."""
    settings = dict(config)
    kind = settings.pop("kind", None)
    known = LAYERS | FURTHER_LAYERS
    if not isinstance(kind, str) or kind not in known:
        raise ConfigurationError(f"Unknown kind of layer {kind!r}; known are {', '.join(LAYERS)}.")
    try:
        return known[kind].from_config(settings)
    except ConfigurationError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"A layer of kind {kind!r} cannot be made with the settings {settings}.") from error


__all__ = [
    "ACTIVATION_LAYERS",
    "ELU",
    "FURTHER_LAYERS",
    "GELU",
    "LAYERS",
    "MERGE_LAYERS",
    "Activation",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePool1D",
    "AveragePool2D",
    "AveragePooling1D",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePool1D",
    "GlobalAveragePool2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Identity",
    "InputLayer",
    "Lambda",
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
    "PReLU",
    "Part",
    "Permute",
    "RandomFlip",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "Subtract",
    "Tanh",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "is_known",
    "layer_from_config",
]

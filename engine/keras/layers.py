"""Layers as Keras spells them."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.layers import (
    ELU,
    GELU,
    Activation,
    Add,
    Average,
    AveragePool1D,
    AveragePool2D,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPool2D,
    GlobalMaxPooling2D,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Maximum,
    MaxPool1D,
    MaxPool2D,
    MaxPooling1D,
    MaxPooling2D,
    Minimum,
    Multiply,
    Normalization,
    Permute,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    Softmax,
    Subtract,
    UpSampling2D,
    ZeroPadding2D,
)
from engine.layers.merging import MergeLayer
from engine.layers.symbolic import (
    Input,
    InputLayer,
)

AvgPool1D, AvgPool2D = AveragePooling1D, AveragePooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
Convolution1D, Convolution2D = Conv1D, Conv2D


def _merging(made: type[MergeLayer]) -> Callable[..., Any]:
    def bring_together(inputs: Sequence[Any], **settings: Any) -> Any:  # noqa: ANN401 — arrays or placeholders
        return made(**settings)(inputs)

    bring_together.__doc__ = f"`{made.__name__}(**settings)(inputs)`."
    return bring_together


add, average, concatenate, maximum = _merging(Add), _merging(Average), _merging(Concatenate), _merging(Maximum)
minimum, multiply, subtract = _merging(Minimum), _merging(Multiply), _merging(Subtract)

__all__ = [
    "ELU",
    "GELU",
    "Activation",
    "Add",
    "Average",
    "AveragePool1D",
    "AveragePool2D",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Convolution1D",
    "Convolution2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePool1D",
    "GlobalAveragePool2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
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
    "Softmax",
    "Subtract",
    "UpSampling2D",
    "ZeroPadding2D",
    "add",
    "average",
    "concatenate",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]

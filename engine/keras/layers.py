"""Layers as Keras spells them: all of `engine.layers`, and Keras' other names of the same ones."""

from collections.abc import Callable, Sequence
from typing import Any

import engine.layers as _layers
from engine.keras.attention import AdditiveAttention, Attention, MultiHeadAttention
from engine.keras.serializing import deserializer, serialize
from engine.keras.text_vectorization import TextVectorization
from engine.keras.vocabularies import CategoryEncoding, Discretization, IntegerLookup, StringLookup
from engine.keras.wrappers import Bidirectional, TimeDistributed
from engine.layer_support.symbolic import Input
from engine.layers import MERGE_LAYERS, Layer
from engine.layers.merging import MergeLayer

# What stands in the registry for model files alone, or is an activation that Keras has as a function.
_OURS = ("Part", "Linear", "Sigmoid", "Tanh", "Softplus")
KERAS_LAYERS: dict[str, type[Layer]] = {
    name: made
    for name in dir(_layers)
    if isinstance(made := getattr(_layers, name), type) and issubclass(made, Layer) and name not in _OURS
} | {made.__name__: made for made in (Bidirectional, TimeDistributed)}
_OTHER_NAMES = {
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
}


def _merging(made: type[MergeLayer]) -> Callable[..., Any]:
    def bring_together(inputs: Sequence[Any], **settings: Any) -> Any:  # noqa: ANN401 — arrays or placeholders
        return made(**settings)(inputs)

    bring_together.__doc__ = f"`{made.__name__}(**settings)(inputs)`."
    return bring_together


_FUNCTIONS = {kind: _merging(made) for kind, made in MERGE_LAYERS.items()}
globals().update(KERAS_LAYERS | _FUNCTIONS | {name: KERAS_LAYERS[other] for name, other in _OTHER_NAMES.items()})

deserialize = deserializer(lambda: KERAS_LAYERS)

__all__ = [
    "AdditiveAttention", "Attention", "MultiHeadAttention",
    "CategoryEncoding", "Discretization", "Input", "IntegerLookup", "StringLookup", "TextVectorization", "deserialize",
    "serialize", *KERAS_LAYERS, *_OTHER_NAMES, *_FUNCTIONS,
]  # fmt: skip

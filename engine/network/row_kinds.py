"""The kinds of layers that a network is built from row by row, and how a new row of each begins.

A closed list: every kind has a plain meaning in a chain of layers, and every exporter can say it. To add one: its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_KERNEL: Mapping[str, Any] = {
    "activation": "relu",
    "use_bias": True,
    "kernel_initializer": "he_uniform",
    "bias_initializer": "zeros",
    "kernel_regularizer": None,
    "bias_regularizer": None,
}
_WINDOWS: Mapping[str, Any] = {"pool_size": 2, "strides": None, "padding": "valid"}


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of row.

    Attributes:
        title: what a person reads.
        sentence: what the layer does.
        defaults: the settings that may be edited, in order, as a new row has them.
    """

    title: str
    sentence: str
    defaults: Mapping[str, Any]


ROW_KINDS: Mapping[str, RowKind] = MappingProxyType(
    {
        "dense": RowKind(
            "Dense", "Every unit weighs all inputs: activation(inputs · kernel + bias).", {"units": 64, **_KERNEL}
        ),
        "conv2d": RowKind(
            "Convolution",
            "Small filters slide over the image, each looking for one pattern.",
            {"filters": 16, "kernel_size": 3, "strides": 1, "padding": "same", "dilation_rate": 1, **_KERNEL},
        ),
        "depthwise_conv2d": RowKind(
            "Depthwise convolution",
            "One small filter for each channel, which leaves the channels apart.",
            {
                "kernel_size": 3, "strides": 1, "padding": "same", "depth_multiplier": 1,
                "activation": "relu", "use_bias": True, "depthwise_initializer": "he_uniform",
                "bias_initializer": "zeros", "depthwise_regularizer": None, "bias_regularizer": None,
            },
        ),
        "max_pool2d": RowKind("Max pooling", "The largest value of each window: a smaller image.", _WINDOWS),
        "average_pool2d": RowKind("Average pooling", "The mean of each window: a smaller image.", _WINDOWS),
        "global_max_pool2d": RowKind("Global max pooling", "The largest value of each channel.", {}),
        "global_average_pool2d": RowKind("Global average pooling", "The mean of each channel.", {}),
        "flatten": RowKind("Flatten", "An image as one row of numbers, for dense layers.", {}),
        "activation": RowKind("Activation", "A function of each number by itself.", {"activation": "relu"}),
        "dropout": RowKind("Dropout", "In training, a random part of the numbers is set to 0.", {"rate": 0.3}),
        "gaussian_noise": RowKind("Gaussian noise", "In training, random numbers are added.", {"stddev": 0.1}),
        "batch_normalization": RowKind(
            "Batch normalization",
            "Mean 0 and deviation 1 over the batch, then a learned scale and shift.",
            {"momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True},
        ),
        "layer_normalization": RowKind(
            "Layer normalization",
            "Mean 0 and deviation 1 over the features, then a learned scale and shift.",
            {"epsilon": 0.001, "center": True, "scale": True},
        ),
        "rescaling": RowKind("Rescaling", "Each number times a scale, plus an offset.", {"scale": 2.0, "offset": -1.0}),
        "zero_padding2d": RowKind("Zero padding", "A border of zeros around the image.", {"padding": 1}),
        "up_sampling2d": RowKind("Up-sampling", "Each pixel repeated: a larger image.", {"size": 2}),
        "reshape": RowKind("Reshape", "The same numbers in another shape.", {"target_shape": [20, 20]}),
        "permute": RowKind("Permute", "The axes in another order.", {"dims": [2, 1, 3]}),
        "repeat_vector": RowKind("Repeat", "A row of numbers, several times.", {"n": 2}),
        "conv1d": RowKind(
            "Convolution 1D",
            "Filters that slide along one axis: rows of the image, one after the other.",
            {"filters": 16, "kernel_size": 3, "strides": 1, "padding": "same", "dilation_rate": 1, **_KERNEL},
        ),
        "max_pool1d": RowKind("Max pooling 1D", "The largest value of each window along one axis.", _WINDOWS),
        "average_pool1d": RowKind("Average pooling 1D", "The mean of each window along one axis.", _WINDOWS),
        "global_average_pool1d": RowKind("Global average pooling 1D", "The mean along one axis.", {}),
    }
)  # fmt: skip

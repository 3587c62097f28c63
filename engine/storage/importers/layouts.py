"""How one layer's weights lie in Keras' and in PyTorch's files, and how they are turned to ours.

Ours are Keras': kernels (in, out) and (height, width, in, out). PyTorch has (out, in) and (out, in, height, width), and
flattens images with the channels first.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.core.parameters import FloatArray, ParameterSpec, Shape
from engine.layers import Conv1D, Conv2D, Dense, DepthwiseConv2D, Layer

KERAS, PYTORCH = "keras", "pytorch"


@dataclass(frozen=True, slots=True)
class Form:
    """A shape that an array may have in a file, and the way from there to ours."""

    shape: Shape
    turn: Callable[[FloatArray], FloatArray]


def forms(layer: Layer, spec: ParameterSpec, layout: str, flattened: Shape | None) -> list[Form]:
    """The forms that a parameter has under a layout, the usual one first.

    Args:
        layer: whose parameter it is, built.
        spec: of the parameter.
        layout: "keras" or "pytorch".
        flattened: the image (height, width, channels) that was flattened, channels first, into the layer's inputs.
    """
    shape = tuple(spec.shape)
    if spec.name == "kernel" and layout == PYTORCH:
        return _pytorch_kernels(layer, shape, flattened)
    # A dense layer's bias counts its outputs.
    rows = None if spec.name == "bias" else flattened
    turned = Form(shape, lambda array: _rows_last(array, rows))
    if spec.name == "kernel" and isinstance(layer, Conv1D):
        # Our exports say it as a convolution of images of height 1.
        return [turned, Form((1, *shape), lambda array: array[0])]
    return [turned]


def _pytorch_kernels(layer: Layer, shape: Shape, flattened: Shape | None) -> list[Form]:
    match layer:
        case Dense():
            return [Form(shape[::-1], lambda array: _rows_last(array.T, flattened))]
        case Conv1D():
            width, channels, filters = shape
            return [
                Form((filters, channels, width), lambda array: array.transpose(2, 1, 0)),
                Form((filters, channels, 1, width), lambda array: array[:, :, 0].transpose(2, 1, 0)),
            ]
        case Conv2D():
            height, width, channels, filters = shape
            return [Form((filters, channels, height, width), lambda array: array.transpose(2, 3, 1, 0))]
        case DepthwiseConv2D():
            height, width, channels, multiplier = shape
            return [
                Form(
                    (channels * multiplier, 1, height, width),
                    lambda array: array.reshape(channels, multiplier, height, width).transpose(2, 3, 0, 1),
                )
            ]
        case _:
            return [Form(shape, lambda array: array)]


def _rows_last(array: FloatArray, flattened: Shape | None) -> FloatArray:
    """Rows that count (channels, height, width) as rows that count (height, width, channels)."""
    if flattened is None:
        return array
    height, width, channels = flattened
    rest = array.shape[1:]
    return np.moveaxis(array.reshape(channels, height, width, *rest), 0, 2).reshape(math.prod(flattened), *rest)

"""Chooses the stages that run in place of a list of layers: the same function in fewer, larger steps.

The layers stay the readable reference and keep the parameters; a fused layer computes with those very parameters and
gives the same result but for the rounding of sums that are added in another order.

| layers | fused layer |
|---|---|
| convolution (stride 1) [+ ReLU] [+ max-pooling whose windows tile the map] [+ ReLU] | `ConvolutionBlock` |
| the same with kernels three wide, when many images come at once | `WinogradConvolution` where it is able to |
| the same as the first layer, with few channels and 2×2 pooling | `PatchConvolution` |
| dense on rows [+ ReLU] | `DenseBlock` |
| anything else | the layer itself |
"""

from collections.abc import Sequence

from engine.fused.base import Geometry
from engine.fused.by_batch_size import ByBatchSize
from engine.fused.dense_relu import DenseBlock
from engine.fused.im2col_convolution import ConvolutionBlock, accepts
from engine.fused.patch_convolution_images_last import PatchConvolution, suits_patches
from engine.fused.penalized_stage import stage_of
from engine.fused.winograd_convolution import WinogradConvolution, suits_winograd
from engine.layers.activation import ReLU
from engine.layers.base import Layer
from engine.layers.convolution import Conv2D
from engine.layers.dense import Dense
from engine.layers.pooling import MaxPool2D


def plan(layers: Sequence[Layer], fused: bool = True) -> list[Layer]:
    """The stages to run for `layers`, which are built and bound; they share the layers' parameters.

    Without `fused` each layer runs as it is.
    """
    return [stage for stage, _ in counted_plan(layers)] if fused else [stage_of(layer) for layer in layers]


def counted_plan(layers: Sequence[Layer]) -> list[tuple[Layer, int]]:
    """The stages of `plan`, each with the number of layers that it stands for."""
    stages: list[tuple[Layer, int]] = []
    position = 0
    while position < len(layers):
        if layers[position].activity_regularizer is not None:
            stages.append((stage_of(layers[position]), 1))
        else:
            # What has a price of its own cannot be part of a larger step.
            priced = (at for at in range(position, len(layers)) if layers[at].activity_regularizer is not None)
            stages.append(_next_stage(layers[: next(priced, len(layers))], position))
        position += stages[-1][1]
    return stages


def _next_stage(layers: Sequence[Layer], position: int) -> tuple[Layer, int]:
    """The stage that starts with the layer at `position`, and for how many layers it stands.

    Exact types are asked for: a subclass may compute something else.
    """
    layer = layers[position]
    if type(layer) is Conv2D and _is_rectified_or_linear(layer):
        return _fuse_convolution(layers, position, layer)
    if type(layer) is Dense and _is_rectified_or_linear(layer) and len(layer.input_shape) == 1:
        rectified = layer.end is not None
        follows = _is_relu(layers, position + 1)
        return DenseBlock(layer, rectified or follows), 1 + follows
    return layer, 1


def _fuse_convolution(layers: Sequence[Layer], position: int, convolution: Conv2D) -> tuple[Layer, int]:
    used = 1
    rectified = convolution.end is not None
    if _is_relu(layers, position + used):
        rectified = True
        used += 1
    pooling: MaxPool2D | None = None
    if position + used < len(layers):
        candidate = layers[position + used]
        if type(candidate) is MaxPool2D and accepts(convolution, candidate):
            pooling = candidate
            used += 1
            # ReLU after the pooling: max and ReLU may be exchanged.
            if _is_relu(layers, position + used):
                rectified = True
                used += 1
    if not accepts(convolution, pooling):
        return convolution, 1
    return _convolution_stage(convolution, rectified, pooling), used


def _convolution_stage(convolution: Conv2D, rectified: bool, pooling: MaxPool2D | None) -> Layer:
    geometry = Geometry.of(convolution, pooling)
    if not convolution.needs_input_gradient and suits_patches(geometry):
        return PatchConvolution(convolution, rectified, pooling)
    block = ConvolutionBlock(convolution, rectified, pooling)
    if suits_winograd(geometry):
        return ByBatchSize(block, WinogradConvolution(convolution, rectified, pooling))
    return block


def _is_rectified_or_linear(layer: Conv2D | Dense) -> bool:
    return layer.end is None or _is_plain_relu(layer.end)


def _is_relu(layers: Sequence[Layer], position: int) -> bool:
    return position < len(layers) and _is_plain_relu(layers[position])


def _is_plain_relu(layer: Layer) -> bool:
    return type(layer) is ReLU and layer.max_value is None and layer.derivative_from_outputs

"""The fused convolution stage for images with few channels that need no gradient: the first layer of a network.

With one channel a kernel window is kernel-width numbers wide, too short to be copied in runs. Here the copy is turned
round: row k of a matrix holds pixel k of *every* patch, a patch being all pixels that one pooling window looks at
(4×4 for a 3×3 kernel and 2×2 pooling). Element (dy, dx) of the window sees kernel-height rows of the patch, which are
one contiguous part of the matrix's rows; the columns of the patch that it doesn't see meet zeros in the kernel.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.fused.base import FusedConvolution, Geometry, PooledBlock, make_pooled_blocks
from engine.fused.patch_kernels import PatchKernels
from engine.layers.convolution import Conv2D
from engine.layers.pooling import MaxPool2D

# From this length on, runs of kernel width × channels numbers are copied faster than patches.
SHORT_RUN = 12


@dataclass(slots=True)
class _Block:
    """A block of images.

    Attributes:
        pooled: pooling and what follows.
        pixels: where the patches' pixels lie in the padded images, a view of the shape of `patches`.
        patches: (patch height, patch width, channels, images, pooled rows, pooled columns).
        seen: what element rows see, (pool height, 1, inner, windows), overlapping views of `patches`.
        elements: (pool height, pool width, windows, filters).
    """

    pooled: PooledBlock
    pixels: FloatArray
    patches: FloatArray
    seen: FloatArray
    elements: FloatArray


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size.

    Attributes:
        interior: the padded inputs without their border of zeros.
        outputs: (batch, *output_shape).
        blocks: the blocks of the batch.
        partial: (blocks, pool height, pool width, inner, filters), parts of the kernel's gradient.
        ones: as many as there are windows in the batch.
    """

    interior: FloatArray
    outputs: FloatArray
    blocks: list[_Block]
    partial: FloatArray
    ones: FloatArray


class FirstConvolutionBlock(FusedConvolution[_Workspace]):
    """pool(relu(conv(inputs))), as `ConvolutionBlock`, for few channels and without the inputs' gradient."""

    kind = "first_convolution_block"

    def __init__(self, convolution: Conv2D, rectified: bool, pooling: MaxPool2D | None) -> None:
        super().__init__(convolution, rectified, pooling)
        self._kernels = PatchKernels(self.geometry, self.dtype)

    def make_workspace(self, batch: int, training: bool) -> _Workspace:
        """All arrays and views for a batch size."""
        g, dtype = self.geometry, self.dtype
        padded = np.zeros((batch, g.padded_height, g.padded_width, g.channels), dtype)
        outputs = np.empty((batch, *self.output_shape), dtype)
        most = g.images_in_block(batch, g.elements * g.windows * g.filters, dtype.itemsize)
        blocks = [_make_block(g, padded, pooled) for pooled in make_pooled_blocks(g, batch, most, outputs, training)]
        interior = padded[:, g.top : g.top + g.height, g.left : g.left + g.width]
        patch_size = blocks[0].seen.shape[2]
        partial = np.empty((len(blocks) if training else 0, g.pool_height, g.pool_width, patch_size, g.filters), dtype)
        return _Workspace(interior, outputs, blocks, partial, np.ones(batch * g.windows if training else 0, dtype))

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        workspace = self.workspace(len(inputs), training)
        self.prepare_bias()
        self._kernels.write(self.kernel_values)
        kernels = self._kernels.kernels
        np.copyto(workspace.interior, inputs)
        for block in workspace.blocks:
            np.copyto(block.patches, block.pixels)
            np.matmul(block.seen.swapaxes(2, 3), kernels, out=block.elements)
            self.finish_block(block.pooled)
        return workspace.outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Fill kernel's and bias's gradient from (batch, height, width, filters); return an empty array, (0,)."""
        g = self.geometry
        workspace = self.last_workspace()
        gradient = output_gradient.reshape(-1, g.filters)
        for block, partial in zip(workspace.blocks, workspace.partial, strict=True):
            images = block.pooled.images
            self.spread_gradient(block.pooled, gradient[images.start * g.windows : images.stop * g.windows])
            np.matmul(block.seen, block.elements, out=partial)
        self.sum_bias_gradient(gradient, workspace.ones)
        self._kernels.collect(np.add.reduce(workspace.partial, axis=(0, 1)), self.convolution.parameters[0].gradient)
        return self.no_gradient()


def _make_block(g: Geometry, padded: FloatArray, pooled: PooledBlock) -> _Block:
    part = padded[pooled.images]
    image, row, column, number = part.strides
    patch_height, patch_width = g.pool_height + g.kernel_height - 1, g.pool_width + g.kernel_width - 1
    patches = np.empty(
        (patch_height, patch_width, g.channels, len(part), g.pooled_rows, g.pooled_columns), padded.dtype
    )
    pixels = as_strided(
        part,
        patches.shape,
        (row, column, number, image, g.pool_height * row, g.pool_width * column),
        writeable=False,
    )
    windows = len(part) * g.windows
    line = patch_width * g.channels * windows * patches.itemsize
    seen = as_strided(
        patches,
        (g.pool_height, 1, g.kernel_height * patch_width * g.channels, windows),
        (line, 0, windows * patches.itemsize, patches.itemsize),
        writeable=False,
    )
    return _Block(
        pooled, pixels, patches, seen, pooled.elements.reshape(g.pool_height, g.pool_width, windows, g.filters)
    )


def suits(geometry: Geometry) -> bool:
    """Whether patches are the faster way: short runs, and not much of a patch beyond what a element sees."""
    wasted = (geometry.pool_width - 1) / geometry.kernel_width
    return geometry.kernel_width * geometry.channels <= SHORT_RUN and wasted <= 1

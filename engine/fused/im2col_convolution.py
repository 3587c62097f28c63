"""The fused convolution for inputs with channels: see `engine.fused.base` for what is fused and why."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.fused.base import (
    FusedConvolution,
    PooledBlock,
    make_pooled_blocks,
    windows_of,
)
from engine.fused.grouped_matmul import TallGradient, TallProduct
from engine.layers.convolution import Conv2D
from engine.layers.pooling import MaxPool2D


@dataclass(slots=True)
class _Block:
    """A block of images on its way forwards (and, but for the inputs' gradient, backwards)."""

    pooled: PooledBlock
    windows: FloatArray
    columns: FloatArray
    product: TallProduct
    gradient: TallGradient


@dataclass(slots=True)
class _InputGradientBlock:
    """A block of images on the way to the inputs' gradient.

    Only the horizontal neighbours are copied together: a line of kernel width · filters numbers for every place. The
    kernel's rows then meet the same lines shifted by a row each, as one product a kernel row, and the products are
    added. Copying takes a third of the time that whole windows would, for two additions.

    Attributes:
        windows: where the lines lie in the padded output gradient, a view of the shape of `lines`.
        lines: (images, height + kernel height − 1, width, kernel width · filters).
        shifted: for each kernel row, (images, height · width, kernel width · filters), overlapping views of `lines`.
        result: (images, height · width, channels), part of the inputs' gradient.
        product: of that shape, shared by the blocks.
    """

    windows: FloatArray
    lines: FloatArray
    shifted: list[FloatArray]
    result: FloatArray
    product: FloatArray


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size.

    Attributes:
        interior: the padded inputs without their border of zeros.
        outputs: (batch, *output_shape).
        blocks: the blocks of the batch.
        partial: (groups of all blocks, patch_size, filters), parts of the kernel's gradient.
        ones: as many as there are windows in the batch.
        spread: for each block, where its elements' gradients stand in the padded output gradient.
        turned: the kernel, turned by 180°, channel axes exchanged.
        input_gradient: (batch, *input_shape).
        input_blocks: the blocks of the inputs' gradient.
    """

    interior: FloatArray
    outputs: FloatArray
    blocks: list[_Block]
    partial: FloatArray
    ones: FloatArray
    spread: list[FloatArray]
    turned: FloatArray
    input_gradient: FloatArray
    input_blocks: list[_InputGradientBlock]


class ConvolutionBlock(FusedConvolution[_Workspace]):
    """pool(relu(conv(inputs))) with (batch, height, width, channels) throughout.

    Forwards: columns (elements · windows, kernel height · kernel width · channels) times the kernel gives the elements
    of all pooling windows, block by block. Backwards, with G the gradient at the elements: ∂L/∂kernel = columnsᵀ·G;
    ∂L/∂inputs is the convolution of G, in its place in the padded image, with the turned kernel.
    """

    kind = "convolution_block"

    def make_workspace(self, batch: int, training: bool) -> _Workspace:
        """All arrays and views for a batch size; without training only what `forward` needs."""
        g, dtype = self.geometry, self.dtype
        patch_size = g.kernel_height * g.kernel_width * g.channels
        rows = g.elements * g.windows
        padded = np.zeros((batch, g.padded_height, g.padded_width, g.channels), dtype)
        outputs = np.empty((batch, *self.output_shape), dtype)
        # In training the columns are kept for the kernel's gradient; otherwise blocks share them, and stay small.
        most = g.images_in_block(batch, rows * (g.filters if training else max(patch_size, g.filters)), dtype.itemsize)
        columns = np.empty(((batch if training else most) * rows, patch_size), dtype)
        blocks = []
        for pooled in make_pooled_blocks(g, batch, most, outputs, training):
            images = pooled.images
            first = images.start * rows if training else 0
            part = columns[first : first + (images.stop - images.start) * rows]
            windows = windows_of(padded[images], g)
            elements = pooled.elements.reshape(-1, g.filters)
            blocks.append(
                _Block(
                    pooled,
                    windows,
                    part.reshape(windows.shape),
                    TallProduct(part, elements),
                    TallGradient(part, elements),
                )
            )
        interior = padded[:, g.top : g.top + g.height, g.left : g.left + g.width]
        none = np.empty(0, dtype)
        workspace = _Workspace(interior, outputs, blocks, none, none, [], none, none, [])
        if training:
            workspace.partial = np.empty((sum(block.gradient.groups for block in blocks), patch_size, g.filters), dtype)
            workspace.ones = np.ones(batch * g.windows, dtype)
            if self.needs_input_gradient:
                self._add_input_gradient(workspace, batch)
        return workspace

    def _add_input_gradient(self, workspace: _Workspace, batch: int) -> None:
        g, dtype = self.geometry, self.dtype
        # A plain convolution of the padded output gradient: what was before the image is after it now.
        top, left = g.kernel_height - 1 - g.top, g.kernel_width - 1 - g.left
        padded = np.zeros((batch, g.height + g.kernel_height - 1, g.width + g.kernel_width - 1, g.filters), dtype)
        workspace.turned = np.empty((g.kernel_height, g.kernel_width, g.filters, g.channels), dtype)
        workspace.input_gradient = np.empty((batch, *self.input_shape), dtype)
        height, width = g.pooled_rows * g.pool_height, g.pooled_columns * g.pool_width
        for block in workspace.blocks:
            place = padded[block.pooled.images, top : top + height, left : left + width].reshape(
                -1, g.pooled_rows, g.pool_height, g.pooled_columns, g.pool_width, g.filters
            )
            workspace.spread.append(place.transpose(2, 4, 0, 1, 3, 5))
        line = g.kernel_width * g.filters
        most = g.images_in_block(batch, len(padded[0]) * g.width * line, dtype.itemsize)
        lines = np.empty((most, len(padded[0]), g.width, line), dtype)
        product = np.empty((most, g.height * g.width, g.channels), dtype)
        image, row, column, number = padded.strides
        for first in range(0, batch, most):
            part = padded[first : first + most]
            own = lines[: len(part)]
            workspace.input_blocks.append(
                _InputGradientBlock(
                    as_strided(part, own.shape, (image, row, column, number), writeable=False),
                    own,
                    [_rows_of(own, shift, g.height) for shift in range(g.kernel_height)],
                    workspace.input_gradient[first : first + most].reshape(len(part), -1, g.channels),
                    product[: len(part)],
                )
            )

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        workspace = self.workspace(len(inputs), training)
        kernel = self.kernel_values.reshape(-1, self.geometry.filters)
        self.prepare_bias()
        np.copyto(workspace.interior, inputs)
        for block in workspace.blocks:
            np.copyto(block.columns, block.windows)
            block.product.run(kernel)
            self.finish_block(block.pooled)
        return workspace.outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        workspace = self.last_workspace()
        g = self.geometry
        gradient = output_gradient.reshape(-1, g.filters)
        group = 0
        for number, block in enumerate(workspace.blocks):
            images = block.pooled.images
            self.spread_gradient(block.pooled, gradient[images.start * g.windows : images.stop * g.windows])
            block.gradient.run(workspace.partial[group : group + block.gradient.groups])
            group += block.gradient.groups
            if workspace.spread:
                place = workspace.spread[number]
                np.copyto(place, block.pooled.elements.reshape(place.shape))
        np.add.reduce(workspace.partial, axis=0, out=self.convolution.parameters[0].gradient.reshape(-1, g.filters))
        self.sum_bias_gradient(gradient, workspace.ones)
        if not workspace.spread:
            return self.no_gradient()
        workspace.turned[...] = self.kernel_values[::-1, ::-1].swapaxes(2, 3)
        turned = workspace.turned.reshape(g.kernel_height, -1, g.channels)
        for part in workspace.input_blocks:
            np.copyto(part.lines, part.windows)
            np.matmul(part.shifted[0], turned[0], out=part.result)
            for rows, kernel_row in zip(part.shifted[1:], turned[1:], strict=True):
                np.matmul(rows, kernel_row, out=part.product)
                np.add(part.result, part.product, out=part.result)
        return workspace.input_gradient


def _rows_of(lines: FloatArray, first: int, rows: int) -> FloatArray:
    """Some rows of every image as a matrix of lines each, without a copy."""
    image, _, line, number = lines.strides
    part = lines[:, first : first + rows]
    return as_strided(part, (len(part), rows * part.shape[2], part.shape[3]), (image, line, number), writeable=False)


def accepts(convolution: Conv2D, pooling: MaxPool2D | None) -> bool:
    """Whether these built layers can run as one: stride 1, and pooling windows that tile the map."""
    if convolution.strides != (1, 1) or convolution.dilation_rate != (1, 1):
        return False
    if pooling is None:
        return True
    rows, columns = pooling.axes
    padded = rows.padded != rows.length or columns.padded != columns.length
    return pooling.strides == pooling.pool_size and not padded

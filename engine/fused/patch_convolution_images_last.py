"""Convolution with few channels, ReLU and 2×2 pooling for many images at once: the first layer of a network.

Images lie last in memory, as in `winograd_convolution`. A patch is all pixels that a pooling window looks at (4×4 for
a 3×3 kernel). For every row of windows a matrix holds pixel k of each of its patches in row k. The windows' upper and
lower elements see kernel-height rows of a patch each, which are one contiguous part of the matrix's rows; the columns
of the patch that the left or the right elements don't see meet zeros in the kernel. Left and right elements come out of
one product, and pooling, bias and ReLU work in its memory.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.fused.base import FusedConvolution, Geometry
from engine.fused.block_pooling import BoolArray
from engine.fused.paired_pooling import PairedPooling
from engine.fused.patch_kernels import PatchKernels, apart
from engine.layers.convolution import Conv2D
from engine.layers.pooling import MaxPool2D


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size; a run is the windows of a row for all images.

    Attributes:
        interior: the padded inputs without their border of zeros, (height, width, channels, images).
        pixels: where the patches' pixels lie in the padded inputs, a view of the shape of `patches`.
        patches: (window rows, patch height, patch width, channels, window columns, images).
        seen: what upper and lower elements see, (2, window rows, inner, run), overlapping views of `patches`.
        elements: (2, window rows, 2 · filters, run): upper and lower, in each row first all left, then all right.
        across, down: their pooling, first of left and right, then of upper and lower.
        results: the pooled values, (window rows, filters, run), in the memory of the upper left elements; on the way
            back the gradient behind ReLU.
        places: where they go in the outputs, in that shape; in inference they stay where they are.
        by_column: `results` with columns and images apart.
        outputs: (batch, *output_shape).
        bias, zeros: (filters, run), as long as the data of a row, which keeps NumPy's inner loops long.
        active: where ReLU let pass, of the shape of `by_column`; empty in inference.
        partial: (2, window rows, inner, 2 · filters), parts of the kernel's gradient.
        ones: (run,).
    """

    interior: FloatArray
    pixels: FloatArray
    patches: FloatArray
    seen: FloatArray
    elements: FloatArray
    across: PairedPooling
    down: PairedPooling
    results: FloatArray
    places: FloatArray
    by_column: FloatArray
    outputs: FloatArray
    bias: FloatArray
    zeros: FloatArray
    active: BoolArray
    partial: FloatArray
    ones: FloatArray


class PatchConvolution(FusedConvolution[_Workspace]):
    """pool(relu(conv(inputs))) without the inputs' gradient; the outputs' images lie last in memory."""

    kind = "patch_convolution"

    def __init__(self, convolution: Conv2D, rectified: bool, pooling: MaxPool2D | None) -> None:
        super().__init__(convolution, rectified, pooling)
        self._kernels = PatchKernels(self.geometry, self.dtype)

    def make_workspace(self, batch: int, training: bool) -> _Workspace:
        """All arrays and views for a batch size."""
        g, dtype = self.geometry, self.dtype
        padded = np.zeros((g.padded_height, g.padded_width, g.channels, batch), dtype)
        patch_height, patch_width = g.kernel_height + 1, g.kernel_width + 1
        patches = np.empty((g.pooled_rows, patch_height, patch_width, g.channels, g.pooled_columns, batch), dtype)
        row, column, number, image = padded.strides
        pixels = as_strided(padded, patches.shape, (2 * row, row, column, number, 2 * column, image), writeable=False)
        run, line, patch_size = (
            g.pooled_columns * batch,
            patch_width * g.channels,
            g.kernel_height * patch_width * g.channels,
        )
        window_row, patch_row = patches.strides[:2]
        seen = as_strided(
            patches,
            (2, g.pooled_rows, patch_size, run),
            (patch_row, window_row, patch_row // line, patches.itemsize),
            writeable=False,
        )
        elements = np.empty((2, g.pooled_rows, 2 * g.filters, run), dtype)
        left, right = elements[:, :, : g.filters], elements[:, :, g.filters :]
        results, lower = left
        places = np.empty_like(results) if training else results
        by_column = (g.pooled_rows, g.filters, g.pooled_columns, batch)
        return _Workspace(
            padded[g.top : g.top + g.height, g.left : g.left + g.width],
            pixels,
            patches,
            seen,
            elements,
            PairedPooling(left, right, training),
            PairedPooling(results, lower, training),
            results,
            places,
            results.reshape(by_column),
            places.reshape(by_column).transpose(3, 0, 2, 1),
            np.empty((g.filters, run), dtype),
            np.zeros((g.filters, run), dtype),
            np.empty(by_column if training else 0, np.bool_),
            np.empty((2, g.pooled_rows, patch_size, 2 * g.filters) if training else 0, dtype),
            np.ones(run, dtype),
        )

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        workspace = self.workspace(len(inputs), training)
        np.copyto(workspace.interior, inputs.transpose(1, 2, 3, 0))
        np.copyto(workspace.patches, workspace.pixels)
        self._kernels.write(self.kernel_values)
        np.matmul(self._kernels.side_by_side.T, workspace.seen, out=workspace.elements)
        workspace.across.run()
        workspace.down.run()
        results = workspace.results
        if self.convolution.use_bias:
            np.copyto(workspace.bias, self.convolution.parameters[1].value[:, np.newaxis])
            np.add(results, workspace.bias, out=results)
        if self.rectified:
            np.maximum(results, workspace.zeros, out=workspace.places)
            if training:
                np.greater(workspace.by_column, 0, out=workspace.active)
        else:
            np.copyto(workspace.places, results)
        return workspace.outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Fill kernel's and bias's gradient from (batch, height, width, filters); return an empty array, (0,)."""
        workspace = self.last_workspace()
        gradient = output_gradient.transpose(1, 3, 2, 0)
        if self.rectified:
            np.multiply(gradient, workspace.active, out=workspace.by_column)
        else:
            np.copyto(workspace.by_column, gradient)
        if self.convolution.use_bias:
            by_row = np.dot(workspace.results, workspace.ones)
            np.add.reduce(by_row, axis=0, out=self.convolution.parameters[1].gradient)
        workspace.down.spread(workspace.results)
        workspace.across.spread(workspace.across.larger)
        np.matmul(workspace.seen, workspace.elements.swapaxes(2, 3), out=workspace.partial)
        side_by_side = np.add.reduce(workspace.partial, axis=(0, 1))
        self._kernels.collect(apart(side_by_side, 2), self.convolution.parameters[0].gradient)
        return self.no_gradient()


def suits_patches(geometry: Geometry) -> bool:
    """Whether 2×2 pooling follows."""
    return (geometry.pool_height, geometry.pool_width) == (2, 2)

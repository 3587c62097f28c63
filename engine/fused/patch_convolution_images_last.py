"""Convolution with few channels, ReLU and 2×2 pooling as one: the first layer of a network.

Images lie last in memory, as in `winograd_convolution`. A patch is all pixels that a pooling window looks at (4×4 for
a 3×3 kernel); a matrix holds pixel k of all patches in row k. The windows' upper and lower elements see kernel-height
rows of a patch each, which are one contiguous part of the matrix's rows; the columns of the patch that the left or the
right elements don't see meet zeros in the kernel. Left and right elements come out of one product, and pooling, bias
and ReLU work in its memory.
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

# From this length on, runs of kernel width × channels numbers are copied faster than patches.
SHORT_RUN = 12


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size; a run is the windows of all images.

    Attributes:
        interior: the padded inputs without their border of zeros, (height, width, channels, images).
        pixels: where the patches' pixels lie in the padded inputs, a view of the shape of `patches`.
        patches: (patch height, patch width, channels, window rows, window columns, images).
        seen: what upper and lower elements see, (2, patch_size, run), overlapping views of `patches`.
        elements: (2, 2 · filters, run): upper and lower, first all left, then all right.
        across, down: their pooling, first of left and right, then of upper and lower.
        results: the pooled values, (filters, run), in the memory of the upper left elements; on the way back the
            gradient behind ReLU.
        by_column: the same as (filters, window rows, window columns, images).
        places: where they go in the outputs, in the shape of `results`; in inference they stay where they are.
        outputs: (batch, *output_shape).
        zeros: (filters, run): `np.maximum` is slower beside a single 0.
        active: where ReLU let pass, of the shape of `by_column`; empty in inference.
        partial: (2, patch_size, 2 · filters), parts of the kernel's gradient.
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
    by_column: FloatArray
    places: FloatArray
    outputs: FloatArray
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
        shape = (g.kernel_height + 1, g.kernel_width + 1, g.channels, g.pooled_rows, g.pooled_columns, batch)
        row, column, number, image = padded.strides
        pixels = as_strided(padded, shape, (row, column, number, 2 * row, 2 * column, image), writeable=False)
        patches, run = np.empty(shape, dtype), g.windows * batch
        patch_row, patch_size = patches.strides[0], g.kernel_height * (g.kernel_width + 1) * g.channels
        seen = as_strided(
            patches, (2, patch_size, run), (patch_row, run * patches.itemsize, patches.itemsize), writeable=False
        )
        elements = np.empty((2, 2 * g.filters, run), dtype)
        left, right = elements[:, : g.filters], elements[:, g.filters :]
        results, lower = left
        places = np.empty_like(results) if training else results
        by_column = (g.filters, g.pooled_rows, g.pooled_columns, batch)
        return _Workspace(
            padded[g.top : g.top + g.height, g.left : g.left + g.width],
            pixels,
            patches,
            seen,
            elements,
            PairedPooling(left, right, training),
            PairedPooling(results, lower, training),
            results,
            results.reshape(by_column),
            places,
            places.reshape(by_column).transpose(3, 1, 2, 0),
            np.zeros((g.filters, run), dtype),
            np.empty(by_column if training else 0, np.bool_),
            np.empty((2, patch_size, 2 * g.filters) if training else 0, dtype),
            np.ones(run if training else 0, dtype),
        )

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        workspace = self.workspace(len(inputs), training)
        np.copyto(workspace.interior, inputs.transpose(1, 2, 3, 0))
        np.copyto(workspace.patches, workspace.pixels)
        self._kernels.write(self.kernel_values)
        np.matmul(self._kernels.side_by_side, workspace.seen, out=workspace.elements)
        workspace.across.run()
        workspace.down.run()
        results = workspace.results
        if self.convolution.use_bias:
            np.add(results, self.convolution.parameters[1].value[:, np.newaxis], out=results)
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
        gradient = output_gradient.transpose(3, 1, 2, 0)
        if self.rectified:
            np.multiply(gradient, workspace.active, out=workspace.by_column)
        else:
            np.copyto(workspace.by_column, gradient)
        if self.convolution.use_bias:
            np.dot(workspace.results, workspace.ones, out=self.convolution.parameters[1].gradient)
        workspace.down.spread(workspace.results)
        workspace.across.spread(workspace.across.larger)
        np.matmul(workspace.seen, workspace.elements.swapaxes(1, 2), out=workspace.partial)
        side_by_side = np.add.reduce(workspace.partial, axis=0)
        self._kernels.collect(apart(side_by_side, 2), self.convolution.parameters[0].gradient)
        return self.no_gradient()


def suits_patches(geometry: Geometry) -> bool:
    """Whether 2×2 pooling follows, and patches are the faster way: short runs, and few columns of a patch unseen."""
    run = geometry.kernel_width * geometry.channels
    return (geometry.pool_height, geometry.pool_width) == (2, 2) and run <= SHORT_RUN

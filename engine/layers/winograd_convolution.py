"""Convolution with kernels three columns wide, ReLU and max-pooling for many images at once: Winograd's way.

Images lie *last* in memory here, (rows, channels, columns, images): whatever happens to rows, columns and channels
happens to long runs of images. A kernel's rows and channels together are then rows of one matrix without being
copied: those of output row r start at row r of the transformed inputs (see `winograd`), and the next one's overlap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.layers.convolution import Conv2D
from engine.layers.fused_convolution import FusedConvolution, Geometry
from engine.layers.paired_pooling import BoolArray, pool_pairs, spread_over_pairs
from engine.layers.pooling import MaxPool2D
from engine.layers.winograd import collect_outputs, filter_matrix, inputs_gradient, transform_inputs
from engine.parameters import FloatArray

# With fewer channels the products are too small to be worth the transforms.
FEWEST_CHANNELS = 4


@dataclass(slots=True)
class _Backward:
    """What a workspace holds for training beside the forward arrays.

    Attributes:
        left_won: (2, output rows, filters, pairs · images), who won in the pooling; empty without pooling.
        upper_won: (output rows, filters, pairs · images); empty without pooling.
        active: where ReLU let pass, (output rows, …) or without pooling (2, rows, …).
        gradient: the gradient at the outputs behind ReLU; empty without pooling.
        partial: (4, rows, kernel height · channels, filters), parts of the kernel's gradient.
        ones: as many as a row of the products is long.
        gradient_rows: for every input row what the kernel's rows meet, (4, height, kernel height · filters, …): an
            overlapping view of the products, which hold their own gradient on the way back.
        transformed: the gradient at the transformed inputs, in their memory, (4, height, channels, pairs · images).
        scratch: (height, channels, pairs · images).
        input_gradient: (height, channels, width, images).
    """

    left_won: BoolArray
    upper_won: BoolArray
    active: BoolArray
    gradient: FloatArray
    partial: FloatArray
    ones: FloatArray
    gradient_rows: FloatArray
    transformed: FloatArray
    scratch: FloatArray
    input_gradient: FloatArray


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size.

    Attributes:
        even, odd: the padded columns by parity, (padded rows, channels, pairs + 1, images).
        transformed: (4, padded rows, channels, pairs · images).
        input_rows: for every row of products what the kernel's rows meet, (4, rows, kernel height · channels,
            pairs · images), an overlapping view of `transformed`.
        products: (4, rows, filters, pairs · images).
        pooled: (output rows, filters, pairs · images); empty without pooling.
        outputs: (output rows, output columns, filters, images).
        zeros: (images,).
        backward: the rest in training.
    """

    even: FloatArray
    odd: FloatArray
    transformed: FloatArray
    input_rows: FloatArray
    products: FloatArray
    pooled: FloatArray
    outputs: FloatArray
    zeros: FloatArray
    backward: _Backward | None


class WinogradConvolution(FusedConvolution[_Workspace]):
    """pool(relu(conv(inputs))) for geometries that `suits_winograd` accepts; the outputs' images lie last in memory.

    Backwards, with Dₜ the gradient at product t: the transformed kernel's gradient is inputₜ·Dₜᵀ, summed over the rows;
    the transformed inputs' gradient is the transformed kernelᵀ·Dₜ, as a convolution with the kernel's rows turned.
    """

    kind = "winograd_convolution"

    def __init__(self, convolution: Conv2D, rectified: bool, pooling: MaxPool2D | None) -> None:
        super().__init__(convolution, rectified, pooling)
        self._filter = filter_matrix(self.dtype)

    def make_workspace(self, batch: int, training: bool) -> _Workspace:
        """All arrays and views for a batch size."""
        g, dtype = self.geometry, self.dtype
        rows, pairs, kernel_rows = g.height, g.width // 2, g.kernel_height
        run = pairs * batch
        even, odd = (np.zeros((g.padded_height, g.channels, pairs + 1, batch), dtype) for _ in range(2))
        transformed = np.empty((4, g.padded_height, g.channels, run), dtype)
        # The rows of zeros around the products serve the way back.
        border = kernel_rows - 1 if training else 0
        padded = np.zeros((4, border + rows + border, g.filters, run), dtype)
        pooled = np.empty((g.pooled_rows, g.filters, run) if g.members > 1 else 0, dtype)
        workspace = _Workspace(
            even,
            odd,
            transformed,
            _overlapping_rows(transformed, 0, rows, kernel_rows),
            padded[:, border : border + rows],
            pooled,
            np.empty((g.pooled_rows, g.pooled_columns, g.filters, batch), dtype),
            np.zeros(batch, dtype),
            None,
        )
        if training:
            wanted = rows if self.needs_input_gradient else 0
            pooled_shape = pooled.shape
            workspace.backward = _Backward(
                np.empty((2, *pooled_shape), np.bool_),
                np.empty(pooled_shape, np.bool_),
                np.empty(pooled_shape if g.members > 1 else (2, rows, g.filters, run), np.bool_),
                np.empty(pooled_shape, dtype),
                np.empty((4, rows, kernel_rows * g.channels, g.filters), dtype),
                np.ones(run, dtype),
                _overlapping_rows(padded, g.top, wanted, kernel_rows),
                transformed[:, :wanted],
                np.empty((wanted, g.channels, run), dtype),
                np.empty((wanted, g.channels, g.width, batch), dtype),
            )
        return workspace

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        g = self.geometry
        workspace = self.workspace(len(inputs), training)
        last = inputs.transpose(1, 3, 2, 0)
        inside = slice(g.top, g.top + g.height)
        # One column of zeros on each side: image column 0 is column 1 of the padded ones.
        np.copyto(workspace.odd[inside, :, :-1], last[:, :, 0::2])
        np.copyto(workspace.even[inside, :, 1:], last[:, :, 1::2])
        lines = (g.padded_height, g.channels, -1)
        transform_inputs(
            workspace.even.reshape(lines), workspace.odd.reshape(lines), len(inputs), workspace.transformed
        )
        kernel = self._transformed_kernel().reshape(4, 1, -1, g.filters)
        np.matmul(kernel.swapaxes(2, 3), workspace.input_rows, out=workspace.products)
        collect_outputs(workspace.products)
        if g.members > 1:
            self._pool(workspace)
        else:
            self._interleave(workspace)
        return workspace.outputs.transpose(3, 0, 1, 2)

    def _transformed_kernel(self) -> FloatArray:
        """(4, kernel height, channels, filters)."""
        g = self.geometry
        by_column = self.kernel.swapaxes(0, 1).reshape(3, -1)
        transformed: FloatArray = np.dot(self._filter, by_column)
        return transformed.reshape(4, g.kernel_height, g.channels, g.filters)

    def _pool(self, workspace: _Workspace) -> None:
        """From the pairs of outputs through pooling, bias and ReLU."""
        back, pooled = workspace.backward, workspace.pooled
        left, right, larger, _ = self._upper_and_lower(workspace)
        won = (None, None) if back is None else (back.left_won, back.upper_won)
        pool_pairs(left, right, larger, pooled, *won)
        if self.convolution.use_bias:
            np.add(pooled, self._column_of_biases(), out=pooled)
        result = workspace.outputs.transpose(0, 2, 1, 3)
        by_column = pooled.reshape(result.shape)
        if self.rectified:
            np.maximum(by_column, workspace.zeros, out=result)
            if back is not None:
                np.greater(pooled, 0, out=back.active)
        else:
            np.copyto(result, by_column)

    def _interleave(self, workspace: _Workspace) -> None:
        """From the pairs of outputs, without pooling, through bias and ReLU."""
        back, pair = workspace.backward, workspace.products[:2]
        if self.convolution.use_bias:
            np.add(pair, self._column_of_biases(), out=pair)
        if back is not None and self.rectified:
            np.greater(pair, 0, out=back.active)
        for side, source in enumerate(pair):
            result = workspace.outputs.transpose(0, 2, 1, 3)[:, :, side::2]
            if self.rectified:
                np.maximum(source.reshape(result.shape), workspace.zeros, out=result)
            else:
                np.copyto(result, source.reshape(result.shape))

    def _column_of_biases(self) -> FloatArray:
        return self.convolution.parameters[1].value[:, np.newaxis]

    def _upper_and_lower(self, workspace: _Workspace) -> FloatArray:
        """The products with their rows taken apart for pooling: (4, 2, output rows, filters, pairs · images)."""
        g, products = self.geometry, workspace.products
        # Cutting an axis in two needs no copy.
        return products.reshape(4, g.pooled_rows, 2, g.filters, products.shape[-1]).swapaxes(1, 2)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        workspace, g = self.last_workspace(), self.geometry
        back = workspace.backward
        assert back is not None
        self._spread(workspace, back, output_gradient.transpose(1, 3, 2, 0))
        left, both, difference, right = workspace.products
        np.subtract(left, right, out=difference)
        self._sum_kernel_gradient(workspace, back)
        if self.convolution.use_bias:
            by_row = np.dot(both, back.ones) if g.members == 1 else np.dot(back.gradient, back.ones)
            np.add.reduce(by_row, axis=0, out=self.convolution.parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        turned = self._transformed_kernel()[:, ::-1].transpose(0, 2, 1, 3).reshape(4, 1, g.channels, -1)
        np.matmul(turned, back.gradient_rows, out=back.transformed)
        columns = back.input_gradient.reshape(g.height, g.channels, g.width // 2, 2, len(workspace.zeros))
        inputs_gradient(back.transformed, len(workspace.zeros), back.scratch, columns[:, :, :, 1], columns[:, :, :, 0])
        return back.input_gradient.transpose(3, 0, 2, 1)

    def _spread(self, workspace: _Workspace, back: _Backward, gradient: FloatArray) -> None:
        """From (output rows, filters, output columns, images) to m₀, m₁ and m₃'s gradients, in the products' memory.

        y₀ is part of m₀ and m₁, y₁ of m₁ and m₃: the gradient at m₁ is the sum of both, which pooling has anyway.
        """
        if self.geometry.members > 1:
            through = back.gradient.reshape(gradient.shape)
            if self.rectified:
                np.multiply(gradient, back.active.reshape(gradient.shape), out=through)
            else:
                np.copyto(through, gradient)
            left, larger, _, right = self._upper_and_lower(workspace)
            spread_over_pairs(back.gradient, back.left_won, back.upper_won, larger, left, right)
            return
        first, both, _, second = workspace.products
        for side, target in enumerate((first, second)):
            part = gradient[:, :, side::2]
            # Cut once more, the products' rows are columns of images.
            place = target.reshape(part.shape)
            if self.rectified:
                np.multiply(part, back.active[side].reshape(part.shape), out=place)
            else:
                np.copyto(place, part)
        np.add(first, second, out=both)

    def _sum_kernel_gradient(self, workspace: _Workspace, back: _Backward) -> None:
        g = self.geometry
        np.matmul(workspace.input_rows, workspace.products.swapaxes(2, 3), out=back.partial)
        by_transform = np.add.reduce(back.partial, axis=1).reshape(4, -1)
        by_column = np.dot(self._filter.T, by_transform).reshape(3, g.kernel_height, g.channels, g.filters)
        np.copyto(self.convolution.parameters[0].gradient, by_column.swapaxes(0, 1))


def _overlapping_rows(source: FloatArray, first: int, count: int, height: int) -> FloatArray:
    """From (4, rows, inner, run): `height` rows from each of `count` rows on, (4, count, height · inner, run)."""
    transform, row, inner, number = source.strides
    return as_strided(
        source[:, first:],
        (4, count, height * source.shape[2], source.shape[3]),
        (transform, row, inner, number),
        writeable=False,
    )


def suits_winograd(geometry: Geometry) -> bool:
    """Whether this way is open: three kernel columns, padding "same", a map of even width, pooling 2×2 or none."""
    g = geometry
    same = g.left == 1 and g.padded_width == g.width + 2 and g.padded_height == g.height + g.kernel_height - 1
    whole = g.pooled_rows * g.pool_height == g.height and g.pooled_columns * g.pool_width == g.width
    return (
        g.kernel_width == 3
        and g.width % 2 == 0
        and same
        and whole
        and (g.pool_height, g.pool_width) in ((1, 1), (2, 2))
        and g.channels >= FEWEST_CHANNELS
    )

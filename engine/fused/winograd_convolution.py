"""Convolution with kernels three columns wide, ReLU and max-pooling for many images at once: Winograd's way.

Images lie *last* in memory here, (rows, channels, columns, images): whatever happens to rows, columns and channels
happens to long runs of images. A kernel's rows and channels together are then rows of one matrix without being
copied: those of output row r start at row r of the transformed inputs (see `winograd`), and the next one's overlap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.fused.base import FusedConvolution, Geometry
from engine.fused.block_pooling import BoolArray
from engine.fused.paired_pooling import PairedPooling
from engine.fused.winograd_transform import InputsGradient, InputTransform, LargerOutputs, OutputPairs, filter_matrix
from engine.layers.convolution import Conv2D
from engine.layers.pooling import MaxPool2D

# With fewer channels the products are too small to be worth the transforms.
FEWEST_CHANNELS = 4


@dataclass(slots=True)
class _Backward:
    """What a workspace holds for training beside the forward arrays.

    Attributes:
        active: where ReLU let pass, of the shape of `results`.
        partial: (4, rows, kernel height · channels, filters), parts of the kernel's gradient.
        ones: as many as a row of the products is long.
        gradient_rows: for every input row what the kernel's rows meet, (4, height, kernel height · filters, …): an
            overlapping view of the products, which hold their own gradient on the way back.
        transformed: the gradient at the transformed inputs, in their memory, (4, height, channels, pairs · images).
        inputs: from there to the inputs' gradient.
        input_gradient: (batch, *input_shape).
    """

    active: BoolArray
    partial: FloatArray
    ones: FloatArray
    gradient_rows: FloatArray
    transformed: FloatArray
    inputs: InputsGradient | None
    input_gradient: FloatArray


@dataclass(slots=True)
class _Workspace:
    """All arrays for one batch size; n images.

    Attributes:
        inside: where the inputs go in the padded columns, (height, channels, pairs, 2, n).
        transform: from the padded columns to the transformed inputs.
        input_rows: for every row of products what the kernel's rows meet, (4, rows, kernel height · channels,
            pairs · n), an overlapping view of the transformed inputs.
        pairs: the products, each (rows, filters, pairs · n), and what becomes of them.
        down: the pooling of upper and lower results, which are the larger of each pair by then; None without pooling.
        results: the pooled values, (output rows, filters, pairs · n); without pooling both of each pair, (2, rows, …).
            They lie in the memory of the products. On the way back the gradient behind ReLU.
        by_column: the same with columns and images apart, and without pooling like `places`.
        places: where the results go in the outputs, a view like `by_column`.
        outputs: (batch, *output_shape).
        bias: (filters, pairs · n), as long as the data of a row, which keeps NumPy's inner loops long.
        zeros: (n,).
        backward: the rest in training.
    """

    inside: FloatArray
    transform: InputTransform
    input_rows: FloatArray
    pairs: OutputPairs | LargerOutputs
    down: PairedPooling | None
    results: FloatArray
    by_column: FloatArray
    places: FloatArray
    outputs: FloatArray
    bias: FloatArray
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
        g = self.geometry
        self._filter = filter_matrix(self.dtype)
        # Back to a filter's numbers from the products of every row: the rows are summed on the way.
        self._filter_of_rows = np.repeat(self._filter.T, g.height, axis=1)
        # The kernel of the last forward pass, (4, kernel height · channels · filters).
        self._transformed = np.empty((4, g.kernel_height * g.channels * g.filters), self.dtype)

    def make_workspace(self, batch: int, training: bool) -> _Workspace:
        """All arrays and views for a batch size."""
        g, dtype = self.geometry, self.dtype
        rows, half = g.height, g.width // 2
        run = half * batch
        columns = np.zeros((2, g.padded_height, g.channels, (half + 1) * batch), dtype)
        room = np.empty((4, *columns.shape[1:]), dtype)
        transformed = room[..., :run]
        outputs = np.empty((g.pooled_rows, g.pooled_columns, g.filters, batch), dtype).transpose(0, 2, 1, 3)
        shape = (rows, g.filters, run)
        # Zeros around the products serve the way back.
        border = g.kernel_height - 1 if training else 0
        pairs: OutputPairs | LargerOutputs
        if g.elements > 1:
            pairs, places = LargerOutputs(shape, border, dtype, training), outputs
            upper, lower = pairs.larger[0::2], pairs.larger[1::2]
            down, results, by_column = PairedPooling(upper, lower, training), upper, upper.reshape(outputs.shape)
        else:
            pairs, down = OutputPairs(shape, border, dtype), None
            results, by_column = pairs.outputs, pairs.outputs.reshape(2, rows, g.filters, half, batch)
            places = outputs.reshape(rows, g.filters, half, 2, batch).transpose(3, 0, 1, 2, 4)
        workspace = _Workspace(
            _inside(columns, g, batch),
            InputTransform(columns, batch, room),
            _overlapping_rows(transformed, 0, rows, g.kernel_height),
            pairs,
            down,
            results,
            by_column,
            places,
            outputs.transpose(3, 0, 2, 1),
            np.empty((g.filters, run), dtype),
            np.zeros(batch, dtype),
            None,
        )
        if training:
            wanted = rows if self.needs_input_gradient else 0
            input_gradient = np.empty((wanted, g.channels, half, 2, batch), dtype)
            workspace.backward = _Backward(
                np.empty(results.shape, np.bool_),
                np.empty((4, rows, g.kernel_height * g.channels, g.filters), dtype),
                np.ones(run, dtype),
                _overlapping_rows(pairs.bordered, g.top, wanted, g.kernel_height),
                transformed[:, :wanted],
                InputsGradient(transformed[:, :wanted], batch, input_gradient) if wanted else None,
                input_gradient.reshape(wanted, g.channels, g.width, batch).transpose(3, 0, 2, 1),
            )
        return workspace

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, *output_shape)."""
        g = self.geometry
        workspace = self.workspace(len(inputs), training)
        np.copyto(workspace.inside, inputs.transpose(1, 3, 2, 0).reshape(workspace.inside.shape))
        workspace.transform.run()
        by_column = self.kernel_values.swapaxes(0, 1).reshape(3, -1)
        np.dot(self._filter, by_column, out=self._transformed)
        kernel = self._transformed.reshape(4, 1, -1, g.filters)
        np.matmul(kernel.swapaxes(2, 3), workspace.input_rows, out=workspace.pairs.products)
        workspace.pairs.run()
        if workspace.down is not None:
            workspace.down.run()
        results = workspace.results
        if self.convolution.use_bias:
            np.copyto(workspace.bias, self.convolution.parameters[1].value[:, np.newaxis])
            np.add(results, workspace.bias, out=results)
        if self.rectified:
            np.maximum(workspace.by_column, workspace.zeros, out=workspace.places)
            if workspace.backward is not None:
                np.greater(results, 0, out=workspace.backward.active)
        else:
            np.copyto(workspace.places, workspace.by_column)
        return workspace.outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Fill kernel's and bias's gradient from (batch, height, width, filters); return the inputs' where needed."""
        workspace, g = self.last_workspace(), self.geometry
        back = workspace.backward
        assert back is not None
        self._spread(workspace, back, output_gradient)
        self._sum_kernel_gradient(workspace, back)
        if back.inputs is None:
            return self.no_gradient()
        transformed = self._transformed.reshape(4, g.kernel_height, g.channels, g.filters)
        turned = transformed[:, ::-1].transpose(0, 2, 1, 3).reshape(4, 1, g.channels, -1)
        np.matmul(turned, back.gradient_rows, out=back.transformed)
        back.inputs.run()
        return back.input_gradient

    def _spread(self, workspace: _Workspace, back: _Backward, output_gradient: FloatArray) -> None:
        """From the gradient at the outputs to the one at the products, in their memory; on the way the bias's."""
        results, by_column = workspace.results, workspace.by_column
        gradient = output_gradient.transpose(1, 3, 2, 0)
        if workspace.down is None:
            # In pairs, like the places of the outputs.
            height, filters, width, images = gradient.shape
            gradient = gradient.reshape(height, filters, width // 2, 2, images).transpose(3, 0, 1, 2, 4)
        if self.rectified:
            np.multiply(gradient, back.active.reshape(by_column.shape), out=by_column)
        else:
            np.copyto(by_column, gradient)
        if workspace.down is not None:
            workspace.down.spread(results)
        workspace.pairs.spread()
        if self.convolution.use_bias:
            # m₁ is part of both outputs, so that their gradients' sum is there.
            by_row = np.dot(workspace.pairs.products[1], back.ones)
            np.add.reduce(by_row, axis=0, out=self.convolution.parameters[1].gradient)

    def _sum_kernel_gradient(self, workspace: _Workspace, back: _Backward) -> None:
        g = self.geometry
        np.matmul(workspace.input_rows, workspace.pairs.products.swapaxes(2, 3), out=back.partial)
        by_column = np.dot(self._filter_of_rows, back.partial.reshape(4 * g.height, -1))
        by_column = by_column.reshape(3, g.kernel_height, g.channels, g.filters)
        np.copyto(self.convolution.parameters[0].gradient, by_column.swapaxes(0, 1))


def _inside(columns: FloatArray, geometry: Geometry, batch: int) -> FloatArray:
    """Where image columns go in the padded ones, (2, padded rows, channels, …), as (height, channels, pairs, 2, batch).

    One column of zeros stands on each side: image column 0 is the odd column 0, image column 1 the even column 1.
    """
    g = geometry
    odd = columns[1, g.top : g.top + g.height]
    parity, row, channel, number = columns.strides
    return as_strided(
        odd,
        (g.height, g.channels, g.width // 2, 2, batch),
        (row, channel, batch * number, batch * number - parity, number),
    )


def _overlapping_rows(source: FloatArray, first: int, count: int, height: int) -> FloatArray:
    """From (4, rows, inner, run): `height` rows from each of `count` rows on, (4, count, height · inner, run)."""
    product, row, inner, number = source.strides
    return as_strided(
        source[:, first:],
        (4, count, height * source.shape[2], source.shape[3]),
        (product, row, inner, number),
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

"""Two-dimensional convolution (cross-correlation, as everywhere in deep learning) as one large matrix product."""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layer_support.window_axis import WindowAxis, check_data_format, check_padding, pair, window_axes
from engine.layers.activation_choice import ActivationLike
from engine.layers.kernel_layer import KernelLayer, KernelOptions


class Conv2D(KernelLayer):
    """z[n, y, x, f] = Σ padded[n, y·s + i, x·s + j, c] · kernel[i, j, c, f] + bias[f], then the activation.

    Shapes: inputs (batch, height, width, in), kernel (kernel height, kernel width, in, filters), outputs
    (batch, positions down, positions across, filters); padding follows Keras (`engine.layer_support.window_axis`).

    Every window is copied into a row of a matrix ("im2col"), so that the sum is one product of the matrix
    (batch · positions, kernel height · kernel width · in) with the kernel. Backwards, with G = ∂L/∂z:
    ∂L/∂kernel = columnsᵀ·G, ∂L/∂bias = ΣG, and ∂L/∂inputs is again a convolution: of G, spread out by the
    stride and padded with zeros, with the kernel turned by 180° and its channel axes exchanged.

    Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998; as a matrix product:
    K. Chellapilla et al., "High performance convolutional neural networks for document processing", 2006.
    """

    kind = "conv2d"

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        **options: Unpack[KernelOptions],
    ) -> None:
        super().__init__(activation, use_bias, **options)
        check_data_format(data_format)
        if groups != 1:
            raise ConfigurationError(f"A convolution has one group here, not {groups!r}.", "groups")
        if not is_whole_number(filters, 1):
            raise ConfigurationError(
                f"A convolution needs a whole number of filters, at least 1, not {filters!r}.", "filters"
            )
        self.filters = int(filters)
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.strides = pair(strides, "strides")
        self.padding = check_padding(padding)
        self.dilation_rate = pair(dilation_rate, "dilation_rate")
        self.axes: tuple[WindowAxis, WindowAxis]
        self._columns: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        rows, columns = self.axes = window_axes(
            self, input_shape, self.kernel_size, self.strides, self.padding, self.dilation_rate
        )
        self.add_kernel_and_bias((*self.kernel_size, input_shape[2], self.filters), (self.filters,), rng)
        return self.build_end((rows.positions, columns.positions, self.filters))

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Columns times kernel."""
        columns = self._gather(self._pad(inputs), self.axes, "columns")
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        matrix = outputs.reshape(-1, self.filters)
        np.matmul(columns, self.parameters[0].value.reshape(-1, self.filters), out=matrix)
        if self.use_bias:
            matrix += self.parameters[1].value
        self._columns = columns if training else None
        return outputs if self.end is None else self.end.forward(outputs, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        columns = self.recall(self._columns)
        if self.end is not None:
            output_gradient = self.end.backward(output_gradient)
        gradient = output_gradient.reshape(-1, self.filters)
        np.matmul(columns.T, gradient, out=self.parameters[0].gradient.reshape(-1, self.filters))
        if self.use_bias:
            gradient.sum(axis=0, out=self.parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        return self._input_gradient(output_gradient)

    def _pad(self, inputs: FloatArray) -> FloatArray:
        rows, columns = self.axes
        if rows.padded == rows.length and columns.padded == columns.length:
            return inputs
        # Only the interior is ever written: the border stays zero.
        padded = self.buffer("padded", (len(inputs), rows.padded, columns.padded, inputs.shape[3]), zeroed=True)
        padded[:, rows.interior, columns.interior] = inputs
        return padded

    def _gather(self, padded: FloatArray, axes: tuple[WindowAxis, WindowAxis], name: str) -> FloatArray:
        """The matrix whose row (n, y, x) holds the window at (y, x) of image n, in the kernel's order."""
        rows, columns = axes
        batch, channels = len(padded), padded.shape[3]
        shape = (batch, rows.positions, columns.positions, rows.window, columns.window, channels)
        matrix = self.buffer(name, shape)
        for i in range(rows.window):
            for j in range(columns.window):
                matrix[:, :, :, i, j] = padded[:, rows.elements(i), columns.elements(j)]
        return matrix.reshape(batch * rows.positions * columns.positions, -1)

    def _input_gradient(self, output_gradient: FloatArray) -> FloatArray:
        rows, columns = self.axes
        height, width, channels = self.input_shape
        # Stride 1 over the spread gradient has one position for every input pixel.
        spread_rows = WindowAxis(height + rows.span - 1, rows.window, 1, 0, 0, height, rows.dilation)
        spread_columns = WindowAxis(width + columns.span - 1, columns.window, 1, 0, 0, width, columns.dilation)
        spread = self.buffer(
            "spread", (len(output_gradient), spread_rows.length, spread_columns.length, self.filters), zeroed=True
        )
        spread[:, _spread(rows), _spread(columns)] = output_gradient
        turned = self.buffer("turned", (rows.window, columns.window, self.filters, channels))
        turned[...] = self.parameters[0].value[::-1, ::-1].swapaxes(2, 3)
        gradient = self.buffer("input_gradient", (len(output_gradient), *self.input_shape))
        windows = self._gather(spread, (spread_rows, spread_columns), "gradient_columns")
        np.matmul(windows, turned.reshape(-1, channels), out=gradient.reshape(-1, channels))
        return gradient

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered windows."""
        super().release_buffers()
        self._columns = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        dilation = {} if self.dilation_rate == (1, 1) else {"dilation_rate": list(self.dilation_rate)}
        return {
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            **dilation,
            **super().config(),
        }


def _spread(axis: WindowAxis) -> slice:
    """Where the gradients of an axis' positions stand in the spread gradient: `stride` apart."""
    start = axis.span - 1 - axis.before
    return slice(start, start + (axis.positions - 1) * axis.stride + 1, axis.stride)

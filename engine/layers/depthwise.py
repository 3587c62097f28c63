"""Depthwise convolution: every channel has kernels of its own."""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike
from engine.core.parameters import FloatArray, Shape
from engine.core.regularizers import RegularizerLike
from engine.errors import ConfigurationError
from engine.layer_support.window_axis import WindowAxis, check_data_format, check_padding, pair, window_axes
from engine.layers.activation_choice import ActivationLike
from engine.layers.base import LayerOptions
from engine.layers.kernel_layer import KernelLayer


class DepthwiseConv2D(KernelLayer):
    """z[n, y, x, c·m + j] = Σ padded[n, y·s + i, x·s + k, c] · kernel[i, k, c, j] + bias, then the activation.

    Shapes: inputs (batch, height, width, in), kernel (height, width, in, multiplier), outputs
    (batch, positions down, positions across, in · multiplier).

    F. Chollet, "Xception: deep learning with depthwise separable convolutions", 2017.

    Args:
        kernel_size, strides, padding, data_format: as for `Conv2D`.
        depth_multiplier: kernels a channel.
        dilation_rate: only 1 here.
        activation, use_bias: as for `Conv2D`.
        depthwise_initializer, depthwise_regularizer: of the kernel.
    """

    kind = "depthwise_conv2d"

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(
            activation,
            use_bias,
            kernel_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            **options,
        )
        check_data_format(data_format)
        if pair(dilation_rate, "dilation_rate") != (1, 1):
            raise ConfigurationError("A depthwise convolution has no dilation here.", "dilation_rate")
        self.kernel_size, self.strides = pair(kernel_size, "kernel_size"), pair(strides, "strides")
        self.padding = check_padding(padding)
        self.depth_multiplier = pair(depth_multiplier, "depth_multiplier")[0]
        self.axes: tuple[WindowAxis, WindowAxis]
        self._padded: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        rows, columns = self.axes = window_axes(self, input_shape, self.kernel_size, self.strides, self.padding)
        filters = input_shape[2] * self.depth_multiplier
        self.add_kernel_and_bias((*self.kernel_size, input_shape[2], self.depth_multiplier), (filters,), rng)
        return self.build_end((rows.positions, columns.positions, filters))

    def _elements(self, padded: FloatArray) -> list[tuple[int, int, FloatArray]]:
        rows, columns = self.axes
        return [
            (i, j, padded[:, rows.elements(i), columns.elements(j), :, np.newaxis])
            for i in range(rows.window)
            for j in range(columns.window)
        ]

    def _by_channel(self, values: FloatArray) -> FloatArray:
        return values.reshape(*values.shape[:3], self.input_shape[2], self.depth_multiplier)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """One product for each place of the kernel."""
        rows, columns = self.axes
        padded = self.buffer("padded", (len(inputs), rows.padded, columns.padded, inputs.shape[3]), zeroed=True)
        padded[:, rows.interior, columns.interior] = inputs
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        outputs.fill(0)
        by_channel, kernel = self._by_channel(outputs), self.parameters[0].value
        for i, j, element in self._elements(padded):
            by_channel += element * kernel[i, j]
        if self.use_bias:
            outputs += self.parameters[1].value
        self._padded = padded if training else None
        return outputs if self.end is None else self.end.forward(outputs, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        padded = self.recall(self._padded)
        if self.end is not None:
            output_gradient = self.end.backward(output_gradient)
        by_channel = self._by_channel(output_gradient)
        kernel = self.parameters[0]
        for i, j, element in self._elements(padded):
            np.einsum("nyxcj,nyxcm->cm", element, by_channel, out=kernel.gradient[i, j])
        if self.use_bias:
            output_gradient.sum(axis=(0, 1, 2), out=self.parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        gradient = self.buffer("input_gradient", padded.shape)
        gradient.fill(0)
        for i, j, element in self._elements(gradient):
            element[..., 0] += (by_channel * kernel.value[i, j]).sum(axis=-1)
        rows, columns = self.axes
        return gradient[:, rows.interior, columns.interior]

    def release_buffers(self) -> None:
        """Forget every buffer and the padded inputs."""
        super().release_buffers()
        self._padded = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        renamed = {"kernel_initializer": "depthwise_initializer", "kernel_regularizer": "depthwise_regularizer"}
        return {
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            **{renamed.get(name, name): value for name, value in super().config().items()},
        }

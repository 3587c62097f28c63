"""Convolutions that are made of others: separable ones, and transposed ones, which make images larger."""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layer_support.window_axis import check_data_format, check_padding, pair
from engine.layers.activation_choice import ActivationLike
from engine.layers.base import Layer, LayerOptions
from engine.layers.convolution import Conv2D
from engine.layers.depthwise import DepthwiseConv2D
from engine.layers.kernel_layer import KernelLayer, KernelOptions


class SeparableConv2D(Layer):
    """A convolution of each channel by itself, then one of windows 1×1.

    F. Chollet, "Xception: deep learning with depthwise separable convolutions", 2017. Shapes as for `Conv2D`.

    Args:
        filters, kernel_size, strides, padding, activation, use_bias: as for `Conv2D`.
        depth_multiplier: as for `DepthwiseConv2D`.
        depthwise_initializer, pointwise_initializer, bias_initializer: how the weights start.
    """

    kind = "separable_conv2d"

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,  # noqa: ANN401 — as `Dense` takes it
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        pointwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.depthwise = DepthwiseConv2D(
            kernel_size, pair(strides, "strides"), padding, depth_multiplier, use_bias=False,
            depthwise_initializer=depthwise_initializer, dilation_rate=dilation_rate,
        )  # fmt: skip
        self.pointwise = Conv2D(
            filters, 1, use_bias=use_bias, activation=activation,
            kernel_initializer=pointwise_initializer, bias_initializer=bias_initializer,
        )  # fmt: skip

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """One convolution after the other."""
        return self.pointwise(self.depthwise(inputs))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        first, second = self.depthwise.config(), self.pointwise.config()
        return {
            "filters": second["filters"],
            **{name: first[name] for name in ("kernel_size", "strides", "padding", "depth_multiplier")},
            **{name: second[name] for name in ("activation", "use_bias", "bias_initializer")},
            "pointwise_initializer": second["kernel_initializer"],
            **super().config(),
        }


class Conv2DTranspose(KernelLayer):
    """The way back of a convolution: z[n, y·s + i, x·s + j, f] = Σ inputs[n, y, x, c] · kernel[i, j, f, c] + bias[f].

    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4. Inputs
    (batch, height, width, in), kernel (rows, columns, filters, in), outputs (batch, height·s, width·s, filters) with
    the padding "same".

    Args:
        filters, kernel_size, strides, padding, activation, use_bias: as for `Conv2D`.
        output_padding: only None.
        data_format, dilation_rate: only their defaults.
    """

    kind = "conv2d_transpose"

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        output_padding: None = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        activation: ActivationLike = None,
        use_bias: bool = True,
        **options: Unpack[KernelOptions],
    ) -> None:
        super().__init__(activation, use_bias, **options)
        check_data_format(data_format)
        if output_padding is not None or pair(dilation_rate, "dilation_rate") != (1, 1):
            raise ConfigurationError("A transposed convolution has neither dilation nor output_padding here.")
        self.filters, self.padding = int(filters), check_padding(padding)
        self.kernel_size, self.strides = pair(kernel_size, "kernel_size"), pair(strides, "strides")
        self._inputs: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 3:
            raise self.refuse_input("(batch, height, width, channels)")
        sizes = zip(input_shape[:2], self.kernel_size, self.strides, strict=True)
        same = self.padding == "same"
        self.cut = [max(window - step, 0) // 2 if same else 0 for _, window, step in sizes]
        sizes = zip(input_shape[:2], self.kernel_size, self.strides, strict=True)
        rows, columns = (size * step + (0 if same else max(window - step, 0)) for size, window, step in sizes)
        self.add_kernel_and_bias((*self.kernel_size, self.filters, input_shape[2]), (self.filters,), rng)
        return self.build_end((rows, columns, self.filters))

    def _whole(self, number: int) -> FloatArray:
        """Zeros for all that the windows reach, (batch, rows, columns, filters)."""
        sizes = zip(self.input_shape[:2], self.kernel_size, self.strides, strict=True)
        reached = [size * step + max(window - step, 0) for size, window, step in sizes]
        return np.zeros((number, *reached, self.filters), self.dtype)

    def _places(self, whole: FloatArray) -> list[tuple[int, int, FloatArray]]:
        """For each number of the window the view of the places that it reaches."""
        (height, width), (down, right) = self.input_shape[:2], self.strides
        return [
            (i, j, whole[:, i : i + (height - 1) * down + 1 : down, j : j + (width - 1) * right + 1 : right])
            for i in range(self.kernel_size[0])
            for j in range(self.kernel_size[1])
        ]

    def _middle(self, whole: FloatArray) -> FloatArray:
        (top, left), (rows, columns) = self.cut, self.output_shape[:2]
        return whole[:, top : top + rows, left : left + columns]

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """Each number of the window in turn, for all places at once."""
        whole, kernel = self._whole(len(inputs)), self.parameters[0].value
        for i, j, places in self._places(whole):
            places += inputs @ kernel[i, j].T
        outputs = np.ascontiguousarray(self._middle(whole))
        if self.use_bias:
            outputs += self.parameters[1].value
        self._inputs = inputs if training else None
        return outputs if self.end is None else self.end.forward(outputs, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """A convolution of the output gradient."""
        inputs = self.recall(self._inputs)
        gradient = output_gradient if self.end is None else self.end.backward(output_gradient)
        if self.use_bias:
            gradient.sum(axis=(0, 1, 2), out=self.parameters[1].gradient)
        whole = self._whole(len(inputs))
        self._middle(whole)[...] = gradient
        at_inputs = np.zeros(inputs.shape if self.needs_input_gradient else 0, self.dtype)
        kernel, rows = self.parameters[0], inputs.reshape(-1, inputs.shape[-1])
        for i, j, places in self._places(whole):
            kernel.gradient[i, j] = places.reshape(-1, self.filters).T @ rows
            if self.needs_input_gradient:
                at_inputs += places @ kernel.value[i, j]
        return at_inputs

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered inputs."""
        super().release_buffers()
        self._inputs = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            **super().config(),
        }

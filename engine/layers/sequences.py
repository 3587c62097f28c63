"""Convolution and pooling along one axis: the same as on images of height 1."""

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Parameter, Shape
from engine.errors import ConfigurationError
from engine.layer_support.window_axis import check_data_format, check_padding
from engine.layers.activation_choice import ActivationLike
from engine.layers.base import Layer, LayerOptions
from engine.layers.convolution import Conv2D
from engine.layers.kernel_layer import KernelLayer, KernelOptions
from engine.layers.pooling import AveragePool2D, MaxPool2D


def _image(values: FloatArray) -> FloatArray:
    return values[:, np.newaxis]


class Conv1D(KernelLayer):
    """z[n, t, f] = Σ padded[n, t·s + i, c] · kernel[i, c, f] + bias[f], then the activation.

    Shapes: inputs (batch, steps, in), kernel (kernel size, in, filters), outputs (batch, positions, filters).

    Args:
        filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation, use_bias: as for
            `Conv2D`; with `padding="causal"` no output looks at later steps.
    """

    kind = "conv1d"

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int = 1,
        groups: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        **options: Unpack[KernelOptions],
    ) -> None:
        super().__init__(activation, use_bias, **options)
        window, step, gap = (_single(value) for value in (kernel_size, strides, dilation_rate))
        # A causal window ends at its position: so many zeros come before the first.
        self.before = (window - 1) * gap if padding == "causal" else 0
        self.padding = padding
        padding = "valid" if padding == "causal" else padding
        self.image = Conv2D(
            filters, (1, window), (1, step), padding, data_format, (1, gap), groups, self.end, self.use_bias
        )

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        steps = input_shape[0] + self.before
        if len(input_shape) != 2 or (self.image.padding == "valid" and steps < self.image.kernel_size[1]):
            raise self.refuse_input("(batch, steps, channels)")
        output_shape = self.image.build((1, steps, input_shape[1]), None, self.dtype)
        filters = self.image.filters
        self.add_kernel_and_bias((self.image.kernel_size[1], input_shape[1], filters), (filters,), rng)
        return output_shape[1:]

    def bind(self, parameters: tuple[Parameter, ...]) -> None:
        """Take the parameters, the kernel as that of an image."""
        super().bind(parameters)
        kernel, *rest = parameters
        whole = replace(kernel, value=kernel.value[np.newaxis], gradient=kernel.gradient[np.newaxis])
        self.image.bind((whole, *rest))

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The convolution of the images of height 1."""
        if self.before:
            inputs = np.pad(inputs, ((0, 0), (self.before, 0), (0, 0)))
        return self.image.forward(_image(inputs), training)[:, 0]

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient of the images of height 1."""
        self.image.needs_input_gradient = self.needs_input_gradient
        gradient = self.image.backward(_image(output_gradient))
        return gradient[:, 0, self.before :] if self.needs_input_gradient else gradient

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered windows."""
        super().release_buffers()
        self.image.release_buffers()

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        image = self.image
        return {
            "filters": image.filters,
            "kernel_size": image.kernel_size[1],
            "strides": image.strides[1],
            "padding": self.padding,
            "dilation_rate": image.dilation_rate[1],
            **super().config(),
        }


class _Pooling1D(Layer):
    """What the two poolings along one axis share; inputs (batch, steps, channels)."""

    image_kind: type[MaxPool2D] | type[AveragePool2D]

    def __init__(
        self,
        pool_size: int = 2,
        strides: int | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        check_data_format(data_format)
        self.pool_size = _single(pool_size)
        self.strides = self.pool_size if strides is None else _single(strides)
        self.padding = check_padding(padding)
        self.image = self.image_kind((1, self.pool_size), (1, self.strides), self.padding)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 2 or (self.padding == "valid" and input_shape[0] < self.pool_size):
            raise self.refuse_input("(batch, steps, channels)")
        return self.image.build((1, *input_shape), None, self.dtype)[1:]

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The pooling of the images of height 1."""
        return self.image.forward(_image(inputs), training)[:, 0]

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient of the images of height 1."""
        self.image.needs_input_gradient = self.needs_input_gradient
        gradient = self.image.backward(_image(output_gradient))
        return gradient[:, 0] if self.needs_input_gradient else gradient

    def release_buffers(self) -> None:
        """Forget every buffer and what was remembered."""
        super().release_buffers()
        self.image.release_buffers()

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            **super().config(),
        }


class MaxPool1D(_Pooling1D):
    """The largest of each window along the steps; see `MaxPool2D`."""

    kind = "max_pool1d"
    image_kind = MaxPool2D


class AveragePool1D(_Pooling1D):
    """The mean of each window along the steps; see `AveragePool2D`."""

    kind = "average_pool1d"
    image_kind = AveragePool2D


class GlobalAveragePool1D(Layer):
    """outputs[n, c] = mean of inputs[n, :, c]; every step gets its share of the gradient."""

    kind = "global_average_pool1d"

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 2 or not all(input_shape):
            raise self.refuse_input("(batch, steps, channels)")
        return input_shape[1:]

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The mean over the steps."""
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        return np.mean(inputs, axis=1, out=outputs)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient, spread evenly."""
        if not self.needs_input_gradient:
            return self.no_gradient()
        output_gradient /= self.input_shape[0]
        gradient = self.buffer("input_gradient", (len(output_gradient), *self.input_shape))
        gradient[...] = output_gradient[:, np.newaxis]
        return gradient


def _single(value: Any) -> int:  # noqa: ANN401 — checked here
    """One whole number, alone or in a sequence of one."""
    number = value[0] if isinstance(value, tuple | list) and len(value) == 1 else value
    if not is_whole_number(number, 1):
        raise ConfigurationError(f"Along one axis a size is one whole number of at least 1, not {value!r}.")
    return int(number)


# Keras' longer names of the same layers.
MaxPooling1D = MaxPool1D
AveragePooling1D = AveragePool1D
GlobalAveragePooling1D = GlobalAveragePool1D

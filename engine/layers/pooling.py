"""Pooling: each window of an image becomes its largest or its mean value, channel by channel.

A layer goes over the *elements* of the windows (the top left ones, the ones beside them, …), each a strided view
of the whole batch, rather than over the windows: few large array operations instead of many small ones.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.layer_support.window_axis import WindowAxis, check_data_format, check_padding, pair, window_axes
from engine.layers.base import Layer, LayerOptions


class _Pooling(Layer):
    """What the two windowed poolings share; inputs (batch, height, width, channels), padding as in Keras."""

    # What the border holds: it must not win a maximum and must not count in a sum.
    _border: float

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        check_data_format(data_format)
        self.pool_size = pair(pool_size, "pool_size")
        self.strides = self.pool_size if strides is None else pair(strides, "strides")
        self.padding = check_padding(padding)
        self.axes: tuple[WindowAxis, WindowAxis]

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        rows, columns = self.axes = window_axes(self, input_shape, self.pool_size, self.strides, self.padding)
        return rows.positions, columns.positions, input_shape[2]

    def _pad(self, inputs: FloatArray) -> FloatArray:
        rows, columns = self.axes
        if rows.padded == rows.length and columns.padded == columns.length:
            return inputs
        padded = self.buffer("padded", (len(inputs), rows.padded, columns.padded, inputs.shape[3]))
        padded.fill(self._border)
        padded[:, rows.interior, columns.interior] = inputs
        return padded

    def _elements(self, padded: FloatArray) -> Iterator[FloatArray]:
        """For each place in the window: that element of every window, a view of shape (batch, *output_shape)."""
        rows, columns = self.axes
        for i in range(rows.window):
            for j in range(columns.window):
                yield padded[:, rows.elements(i), columns.elements(j)]

    def _padded_gradient(self, batch: int) -> FloatArray:
        rows, columns = self.axes
        gradient = self.buffer("input_gradient", (batch, rows.padded, columns.padded, self.input_shape[2]))
        gradient.fill(0)
        return gradient

    def _interior(self, padded: FloatArray) -> FloatArray:
        rows, columns = self.axes
        return padded[:, rows.interior, columns.interior]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "pool_size": list(self.pool_size),
            "strides": list(self.strides),
            "padding": self.padding,
            **super().config(),
        }


class MaxPool2D(_Pooling):
    """outputs = the largest element of each window; the gradient goes to it (the first of several equal ones).

    I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 9.3.
    """

    kind = "max_pool2d"
    _border = -np.inf

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)
        self._padded: FloatArray | None = None
        self._outputs: FloatArray | None = None

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The maximum over the elements, one after another."""
        padded = self._pad(inputs)
        elements = self._elements(padded)
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        np.copyto(outputs, next(elements))
        for element in elements:
            np.maximum(outputs, element, out=outputs)
        self._padded, self._outputs = (padded, outputs) if training else (None, None)
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Each output's gradient at the element that won."""
        padded, outputs = self.recall(self._padded), self.recall(self._outputs)
        if not self.needs_input_gradient:
            return self.no_gradient()
        gradient = self._padded_gradient(len(outputs))
        wins = self.buffer("wins", outputs.shape, np.bool_)
        undecided = self.buffer("undecided", outputs.shape, np.bool_)
        undecided.fill(True)
        share = self.buffer("share", outputs.shape)
        for element, target in zip(self._elements(padded), self._elements(gradient), strict=True):
            np.equal(element, outputs, out=wins)
            wins &= undecided
            undecided ^= wins
            np.multiply(output_gradient, wins, out=share)
            target += share
        return self._interior(gradient)

    def release_buffers(self) -> None:
        """Forget every buffer and what was remembered."""
        super().release_buffers()
        self._padded = self._outputs = None


class AveragePool2D(_Pooling):
    """outputs = the mean of each window; every element gets its share of the gradient. Padding does not count.

    Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998.
    """

    kind = "average_pool2d"
    _border = 0.0

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        output_shape = super()._build(input_shape, rng)
        rows, columns = self.axes
        inside = np.zeros((1, rows.padded, columns.padded, 1), self.dtype)
        self._interior(inside)[...] = 1
        count = np.sum(list(self._elements(inside)), axis=0)
        self._shares: FloatArray = (1 / count).astype(self.dtype)
        return output_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The sum of the elements over their number."""
        elements = self._elements(self._pad(inputs))
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        np.copyto(outputs, next(elements))
        for element in elements:
            outputs += element
        outputs *= self._shares
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """Each output's gradient over the number of elements, at every element."""
        if not self.needs_input_gradient:
            return self.no_gradient()
        output_gradient *= self._shares
        gradient = self._padded_gradient(len(output_gradient))
        for target in self._elements(gradient):
            target += output_gradient
        return self._interior(gradient)


class GlobalAveragePool2D(Layer):
    """outputs[n, c] = mean of inputs[n, :, :, c]; every pixel gets 1 / (height · width) of the gradient.

    M. Lin et al., "Network in network", 2014.
    """

    kind = "global_average_pool2d"

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 3 or not all(input_shape):
            raise self.refuse_input("(batch, height, width, channels)")
        return (input_shape[2],)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The mean over height and width."""
        outputs = self.buffer("outputs", (len(inputs), *self.output_shape))
        np.mean(inputs, axis=(1, 2), out=outputs)
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient, spread evenly."""
        if not self.needs_input_gradient:
            return self.no_gradient()
        output_gradient /= self.input_shape[0] * self.input_shape[1]
        gradient = self.buffer("input_gradient", (len(output_gradient), *self.input_shape))
        gradient[...] = output_gradient[:, np.newaxis, np.newaxis]
        return gradient


class GlobalMaxPool2D(Layer):
    """outputs[n, c] = the largest of inputs[n, :, :, c]; the gradient goes to it (the first of several equal ones)."""

    kind = "global_max_pool2d"

    def __init__(self, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self._places: NDArray[np.intp] | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 3 or not all(input_shape):
            raise self.refuse_input("(batch, height, width, channels)")
        return (input_shape[2],)

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The maximum over height and width."""
        rows = inputs.reshape(len(inputs), -1, self.input_shape[2])
        places = rows.argmax(axis=1)[:, np.newaxis]
        self._places = places if training else None
        return np.take_along_axis(rows, places, axis=1)[:, 0]

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient at the winners."""
        if self._places is None:
            raise self.refuse_backward()
        if not self.needs_input_gradient:
            return self.no_gradient()
        gradient = self.buffer("input_gradient", (len(output_gradient), *self.input_shape))
        gradient.fill(0)
        rows = gradient.reshape(len(output_gradient), -1, self.input_shape[2])
        np.put_along_axis(rows, self._places, output_gradient[:, np.newaxis], axis=1)
        return gradient


# Keras' longer names of the same layers.
MaxPooling2D = MaxPool2D
AveragePooling2D = AveragePool2D
GlobalAveragePooling2D = GlobalAveragePool2D
GlobalMaxPooling2D = GlobalMaxPool2D

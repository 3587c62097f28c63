"""Layers that bring raw numbers to a scale that is easy to learn from; nothing in them is trained."""

from collections.abc import Sequence
from math import prod
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from engine.core.initializer_choice import Ones, Zeros
from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError, DataError
from engine.layers.base import Layer, LayerOptions

# Keras' smallest deviation: a feature that never changes is not blown up.
_SMALLEST_DEVIATION = 1e-7


class Normalization(Layer):
    """outputs = (inputs − mean) / deviation, for each feature of the last axis; mean and variance come from `adapt`.

    Args:
        axis: −1 for statistics of each feature, None for one of each for everything.
        mean, variance: instead of `adapt`.
        invert: undo the normalization: inputs · deviation + mean.
    """

    kind = "normalization"

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: ArrayLike | None = None,
        variance: ArrayLike | None = None,
        invert: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if axis not in (-1, None, (-1,), [-1]):
            raise ConfigurationError(
                f"Normalization works on the last axis (−1) or on all (None), not {axis!r}.", "axis"
            )
        if (mean is None) != (variance is None):
            raise ConfigurationError("Normalization needs mean and variance, or neither.", "mean")
        self.axis = None if axis is None else -1
        self.invert = bool(invert)
        self._statistics: tuple[FloatArray, FloatArray] | None = None
        if mean is not None and variance is not None:
            self._statistics = np.array(mean, np.float64), np.array(variance, np.float64)

    def adapt(self, data: ArrayLike) -> None:
        """Take mean and (biased) variance from examples (n, …); `DataError` for none."""
        array = np.asarray(data, np.float64)
        if array.ndim == 1:
            array = array[:, np.newaxis]
        if not array.size:
            raise DataError("There are no examples to take mean and variance from.")
        axes = None if self.axis is None else tuple(range(array.ndim - 1))
        self._statistics = np.asarray(array.mean(axis=axes)), np.asarray(array.var(axis=axes))
        if not self.parameters:
            self.build_alone(array.shape[1:], dtype=self.wanted_dtype or np.float32)
        self._write_statistics()

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape or not prod(input_shape):
            raise self.refuse_input("(batch, …, features)")
        shape = () if self.axis is None else input_shape[-1:]
        self.add_parameter("mean", shape, Zeros(), rng, trainable=False)
        self.add_parameter("variance", shape, Ones(), rng, trainable=False)
        return input_shape

    def bind(self, parameters: Any) -> None:  # noqa: ANN401 — as in `Layer`
        """Take the parameters; statistics that are known already are written into them."""
        fresh = not self.parameters
        super().bind(parameters)
        if fresh and self.source is None:
            self._write_statistics()

    def _write_statistics(self) -> None:
        if self._statistics is not None:
            for parameter, statistic in zip(self.parameters, self._statistics, strict=True):
                parameter.value[...] = statistic.reshape(parameter.value.shape) if statistic.size > 1 else statistic

    def _scale(self) -> tuple[FloatArray, FloatArray]:
        mean, variance = (parameter.value for parameter in self.parameters)
        return mean, np.maximum(np.sqrt(variance), self.dtype.type(_SMALLEST_DEVIATION))

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The formula above."""
        mean, deviation = self._scale()
        outputs = self.buffer("outputs", inputs.shape)
        if self.invert:
            np.multiply(inputs, deviation, out=outputs)
            outputs += mean
        else:
            np.subtract(inputs, mean, out=outputs)
            outputs /= deviation
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient over the deviation."""
        if not self.needs_input_gradient:
            return self.no_gradient()
        deviation = self._scale()[1]
        if self.invert:
            output_gradient *= deviation
        else:
            output_gradient /= deviation
        return output_gradient

    @property
    def deviation(self) -> FloatArray:
        """What is divided by, of each feature or one of all: √variance, kept away from 0."""
        return self._scale()[1]

    @property
    def mean(self) -> Tensor:
        """The mean, with axes of length 1 as Keras shows it."""
        return self._shown(0)

    @property
    def variance(self) -> Tensor:
        """The variance, with axes of length 1 as Keras shows it."""
        return self._shown(1)

    def _shown(self, which: int) -> Tensor:
        values = self.weight(("mean", "variance")[which]).numpy()
        return as_tensor(values.reshape(*(1,) * len(self.input_shape), -1) if self.axis is not None else values)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments; the statistics are parameters."""
        return {"axis": self.axis, "invert": self.invert, **super().config()}


class Rescaling(Layer):
    """outputs = inputs · scale + offset: bytes to [0, 1] with a scale of 1/255."""

    kind = "rescaling"

    def __init__(self, scale: float, offset: float = 0.0, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if not all(isinstance(number, int | float | np.number) for number in (scale, offset)):
            raise ConfigurationError(f"Rescaling takes two numbers, not {scale!r} and {offset!r}.", "scale")
        self.scale, self.offset = float(scale), float(offset)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The formula above."""
        outputs = self.buffer("outputs", inputs.shape)
        np.multiply(inputs, self.scale, out=outputs)
        outputs += self.offset
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient times the scale."""
        output_gradient *= self.scale
        return output_gradient

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"scale": self.scale, "offset": self.offset, **super().config()}

"""What each layer makes of one image, and the very sum behind one number of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D
from engine.network.network import Network

Place = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class UnitSum:
    """How one number of a layer came about.

    Attributes:
        rule: "sum" (input × weight, added up), "maximum" or "mean".
        inputs: (height, width, channels) of a window, or (inputs,) of a dense layer; border pixels are 0.
        weights: shaped like the inputs; None for pooling.
        bias: 0 where there is none.
        total: the sum with bias, the maximum or the mean.
        activation: name of what follows, "" for nothing.
        output: what the layer gives.
    """

    rule: str
    inputs: FloatArray
    weights: FloatArray | None
    bias: float
    total: float
    activation: str
    output: float

    @property
    def products(self) -> FloatArray:
        """Input times weight, shaped like the inputs; the inputs themselves for pooling."""
        return self.inputs if self.weights is None else self.inputs * self.weights


def layer_outputs(twin: Network, image: ArrayLike) -> list[FloatArray]:
    """The image, (height, width), as the network takes it, and then each layer's output without the batch axis.

    `twin` is a `readable_twin`; the arrays are copies of any shape that layers have.
    """
    values = twin.prepare_inputs(np.asarray(image)[np.newaxis])
    found = [values[0].copy()]
    for layer in twin.layers:
        values = layer.forward(values, False)
        found.append(values[0].copy())
    return found


def unit_sum(twin: Network, outputs: list[FloatArray], number: int, place: Place) -> UnitSum | None:
    """How the number at `place` of layer `number` (from 0) came about; None for layers that only pass on.

    Args:
        twin: a `readable_twin`.
        outputs: of `layer_outputs`; entry `number` is what the layer took, of any shape.
        number: of the layer.
        place: (row, column, channel) in an image, (unit,) in a row.
    """
    layer, inputs = twin.layers[number], outputs[number]
    output = float(outputs[number + 1][place])
    if isinstance(layer, Dense) and inputs.ndim == 1:
        weights = layer.parameters[0].value[:, place[0]]
        bias = float(layer.parameters[1].value[place[0]]) if layer.use_bias else 0.0
        return UnitSum("sum", inputs, weights.copy(), bias, float(inputs @ weights) + bias, _end(layer), output)
    if isinstance(layer, Conv2D):
        window = _window(layer, inputs, place, 0.0)
        weights = layer.parameters[0].value[..., place[2]]
        bias = float(layer.parameters[1].value[place[2]]) if layer.use_bias else 0.0
        return UnitSum("sum", window, weights.copy(), bias, float((window * weights).sum()) + bias, _end(layer), output)
    if isinstance(layer, MaxPool2D | AveragePool2D):
        window = _window(layer, inputs, place, np.nan)[..., place[2] : place[2] + 1]
        known = window[np.isfinite(window)]
        biggest = isinstance(layer, MaxPool2D)
        total = float(known.max() if biggest else known.mean())
        return UnitSum("maximum" if biggest else "mean", window, None, 0.0, total, "", output)
    return None


def receptive_field(twin: Network, number: int, place: Place) -> tuple[int, int, int, int]:
    """The part of the image that layer `number`'s value at `place` depends on: top, bottom, left, right.

    Bottom and right are the first row and column beyond it. `place` is (row, column, channel) or (unit,).
    """
    height, width = twin.example_shape[:2]
    if len(place) < 3:
        below = next((n for n in range(number - 1, -1, -1) if len(twin.layers[n].output_shape) == 3), None)
        flat = all(isinstance(layer, Flatten) for layer in twin.layers[(below or -1) + 1 : number + 1])
        if below is None or not flat:
            return 0, height, 0, width
        place = tuple(int(part) for part in np.unravel_index(place[0], twin.layers[below].output_shape))
        number = below
    rows, columns = (place[0], place[0]), (place[1], place[1])
    for layer in reversed(twin.layers[: number + 1]):
        if isinstance(layer, Conv2D | MaxPool2D | AveragePool2D):
            rows, columns = (
                (low * axis.stride - axis.before, high * axis.stride - axis.before + axis.span - 1)
                for axis, (low, high) in zip(layer.axes, (rows, columns), strict=True)
            )
    return max(0, rows[0]), min(height, rows[1] + 1), max(0, columns[0]), min(width, columns[1] + 1)


def softmax_steps(logits: ArrayLike) -> FloatArray:
    """From logits (K,) to probabilities, (4, K): z, z − max z, e to the power of that, and its share of their sum."""
    z = np.asarray(logits, np.float64)
    shifted = z - z.max()
    powers = np.exp(shifted)
    return np.stack([z, shifted, powers, powers / powers.sum()])


def _end(layer: Conv2D | Dense) -> str:
    return "" if layer.end is None else layer.end.kind


def _window(layer: Layer, inputs: FloatArray, place: Place, border: float) -> FloatArray:
    """The (window height, window width, channels) that a window layer saw at a place."""
    assert isinstance(layer, Conv2D | MaxPool2D | AveragePool2D)
    rows, columns = layer.axes
    padded = np.full((rows.padded, columns.padded, inputs.shape[2]), border, inputs.dtype)
    padded[rows.interior, columns.interior] = inputs
    down = place[0] * rows.stride + rows.dilation * np.arange(rows.window)
    across = place[1] * columns.stride + columns.dilation * np.arange(columns.window)
    window: FloatArray = padded[np.ix_(down, across)]
    return window

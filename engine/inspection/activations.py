"""What each layer makes of one image, and the very sum behind one number of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.inspection.receptive_field import ALONG_ONE_AXIS, GLOBAL, WINDOWED, Place
from engine.layers import Conv1D, Conv2D, Dense, DepthwiseConv2D, GlobalMaxPool2D, Layer, MaxPool1D, MaxPool2D
from engine.network.network import Network


@dataclass(frozen=True, eq=False)
class UnitSum:
    """How one number of a layer came about.

    Attributes:
        rule: "sum" (input × weight, added up), "maximum" or "mean".
        inputs: (height, width, channels) of a window, (steps, channels, 1) of one along one axis, or (inputs,) of a
            dense layer; border pixels are 0.
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
    """How the number at `place` of layer `number` (from 0) came about; None for layers that are no such sum.

    Args:
        twin: a `readable_twin`.
        outputs: of `layer_outputs`; entry `number` is what the layer took, of any shape.
        number: of the layer.
        place: (row, column, channel) in an image, (step, feature) in a sequence, (unit,) in a row.
    """
    layer, inputs = twin.layers[number], outputs[number]
    output = float(outputs[number + 1][place])
    window, weights, channel = inputs, None, place[-1]
    if isinstance(layer, Dense):
        # In a sequence every step is taken by itself.
        window, weights = inputs[place[:-1]], layer.parameters[0].value[:, channel]
    elif isinstance(layer, Conv2D):
        window, weights = _window(layer, inputs, place, 0.0), layer.parameters[0].value[..., channel]
    elif isinstance(layer, DepthwiseConv2D):
        source, kernel = divmod(channel, layer.depth_multiplier)
        window = _window(layer, inputs, place, 0.0)[..., source : source + 1]
        weights = layer.parameters[0].value[:, :, source : source + 1, kernel]
    elif isinstance(layer, ALONG_ONE_AXIS):
        # An image of height 1; a causal window begins before the first step.
        steps = np.pad(inputs, ((layer.image.input_shape[1] - len(inputs), 0), (0, 0)))
        border = 0.0 if isinstance(layer, Conv1D) else np.nan
        window = _window(layer.image, steps[np.newaxis], (0, *place), border)[0, ..., np.newaxis]
        if isinstance(layer, Conv1D):
            weights = layer.parameters[0].value[..., channel, np.newaxis]
        else:
            window = window[:, channel : channel + 1]
    elif isinstance(layer, WINDOWED):
        window = _window(layer, inputs, place, np.nan)[..., channel : channel + 1]
    elif isinstance(layer, GLOBAL):
        window = inputs[..., channel].reshape(len(inputs), -1, 1)
    else:
        return None
    if weights is None or not isinstance(layer, Dense | Conv1D | Conv2D | DepthwiseConv2D):
        biggest = isinstance(layer, MaxPool1D | MaxPool2D | GlobalMaxPool2D)
        total = float(np.nanmax(window) if biggest else np.nanmean(window))
        return UnitSum("maximum" if biggest else "mean", window, None, 0.0, total, "", output)
    bias = float(layer.parameters[1].value[channel]) if layer.use_bias else 0.0
    total = float((window * weights).sum()) + bias
    return UnitSum("sum", window, weights.copy(), bias, total, "" if layer.end is None else layer.end.kind, output)


def softmax_steps(logits: ArrayLike) -> FloatArray:
    """From logits (K,) to probabilities, (4, K): z, z − max z, e to the power of that, and its share of their sum."""
    z = np.asarray(logits, np.float64)
    shifted = z - z.max()
    powers = np.exp(shifted)
    return np.stack([z, shifted, powers, powers / powers.sum()])


def _window(layer: Layer, inputs: FloatArray, place: Place, border: float) -> FloatArray:
    """The (window height, window width, channels) that a window layer saw at a place."""
    assert isinstance(layer, WINDOWED)
    rows, columns = layer.axes
    padded = np.full((rows.padded, columns.padded, inputs.shape[2]), border, inputs.dtype)
    padded[rows.interior, columns.interior] = inputs
    down = place[0] * rows.stride + rows.dilation * np.arange(rows.window)
    across = place[1] * columns.stride + columns.dilation * np.arange(columns.window)
    window: FloatArray = padded[np.ix_(down, across)]
    return window

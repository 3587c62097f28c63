"""Which numbers one number of a layer was made of, and so which pixels it depends on."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.inspection.twin import rests
from engine.layers import (
    Activation,
    AveragePool1D,
    AveragePool2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    LayerNormalization,
    MaxPool1D,
    MaxPool2D,
    Permute,
    RepeatVector,
    Rescaling,
    Reshape,
    UpSampling2D,
    ZeroPadding2D,
)
from engine.layers.activation import ActivationLayer
from engine.network.network import Network

Place = tuple[int, ...]
WINDOWED = Conv2D | DepthwiseConv2D | MaxPool2D | AveragePool2D
ALONG_ONE_AXIS = Conv1D | MaxPool1D | AveragePool1D
GLOBAL = GlobalMaxPool2D | GlobalAveragePool2D | GlobalAveragePool1D
# Their outputs are some of their inputs at other places, or zeros.
_MOVING = Flatten | Reshape | Permute | RepeatVector | ZeroPadding2D | UpSampling2D
_EACH_BY_ITSELF = ActivationLayer | Activation | BatchNormalization | Rescaling

Needed = NDArray[np.bool_]


def receptive_field(twin: Network, number: int, place: Place) -> tuple[int, int, int, int]:
    """The part of the image that layer `number`'s value at `place` depends on: top, bottom, left, right.

    Bottom and right are the first row and column beyond it; all are 0 where it depends on no pixel. `place` is
    (row, column, channel), (step, feature) or (unit,).
    """
    needed = np.zeros(twin.layers[number].output_shape, bool)
    needed[place] = True
    for layer in reversed(twin.layers[: number + 1]):
        needed = inputs_needed(layer, needed)
    rows, columns = (sorted(set(places.tolist())) for places in np.nonzero(needed)[:2])
    return (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1) if rows else (0, 0, 0, 0)


def only_input(layer: Layer, inputs: FloatArray, place: Place) -> float | None:
    """The one number that a layer makes the output at `place` of; None where it takes several, or none.

    `inputs` and the outputs are of any shape.
    """
    needed = np.zeros(layer.output_shape, bool)
    needed[place] = True
    taken = inputs[inputs_needed(layer, needed)]
    return float(taken[0]) if len(taken) == 1 else None


def inputs_needed(layer: Layer, needed: Needed) -> Needed:
    """Which of a layer's inputs, shaped like one example, the needed ones of its outputs depend on."""
    shape, found = layer.input_shape, np.zeros(layer.input_shape, bool)
    if isinstance(layer, ALONG_ONE_AXIS):
        # An image of height 1; a causal window begins before the first step.
        return inputs_needed(layer.image, needed[np.newaxis])[0, -shape[0] :]
    if isinstance(layer, WINDOWED):
        return _under_windows(layer, needed)
    if rests(layer) or (isinstance(layer, _EACH_BY_ITSELF) and not _is_softmax(layer)):
        return needed
    if isinstance(layer, _MOVING):
        # Where the numbers of the places go, the inputs go; 0 is the border.
        numbers = np.arange(1, found.size + 1, dtype=layer.dtype).reshape(1, *shape)
        moved = layer.forward(numbers, False)[0][needed].astype(np.intp)
        found.reshape(-1)[moved[moved > 0] - 1] = True
    elif isinstance(layer, GLOBAL):
        found[...] = needed
    elif isinstance(layer, Dense | LayerNormalization):
        found[...] = needed.any(axis=-1, keepdims=True)
    else:
        found[...] = needed.any()
    return found


def _is_softmax(layer: Layer) -> bool:
    return getattr(layer.end if isinstance(layer, Activation) else layer, "kind", "") == "softmax"


def _under_windows(layer: WINDOWED, needed: Needed) -> Needed:
    rows, columns = layer.axes
    # Of which channels: of all, or each of its own.
    channels = 1 if isinstance(layer, Conv2D) else layer.input_shape[2]
    needed = np.logical_or.reduce(needed.reshape(*needed.shape[:2], channels, -1), axis=3)
    padded = np.zeros((rows.padded, columns.padded, layer.input_shape[2]), bool)
    for down in range(rows.window):
        for across in range(columns.window):
            padded[rows.elements(down), columns.elements(across)] |= needed
    return padded[rows.interior, columns.interior]

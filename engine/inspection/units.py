"""One unit of a hidden layer: what excites it, how strongly, and what it pushes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, IntArray
from engine.fused import plan as fusion
from engine.inspection.nearest import outputs_after
from engine.inspection.twin import rests
from engine.layers import Conv1D, Conv2D, Dense
from engine.network.network import Network

EXCITING = 9


@dataclass(frozen=True, eq=False)
class LayerResponses:
    """How strongly the units of a layer answer to many digits.

    Attributes:
        values: (digits, units); of a map, its largest value.
    """

    values: FloatArray

    def exciting(self, unit: int, count: int = EXCITING) -> IntArray:
        """The digits that excite a unit most, the strongest first, (count,)."""
        return np.argsort(-self.values[:, unit], kind="stable")[:count]


def hidden_layers(network: Network) -> list[int]:
    """The numbers of the layers with units to look at: dense and convolutional ones before the outputs."""
    with_units = [n for n, layer in enumerate(network.layers) if isinstance(layer, Dense | Conv2D | Conv1D)]
    return with_units[:-1]


def layer_responses(
    twin: Network, images: ArrayLike, number: int, report: Callable[[float], None] | None = None
) -> LayerResponses:
    """How the units of layer `number` answer to images (n, height, width); `report` hears the share that is done."""
    outputs = outputs_after(twin, images, number, report)
    return LayerResponses(outputs.reshape(len(outputs), -1, outputs.shape[-1]).max(axis=1))


def unit_pushes(twin: Network, images: ArrayLike, number: int) -> FloatArray:
    """What each unit of layer `number` adds to each output on average over images (n, height, width), (units, outputs).

    That is Σ a·∂z/∂a over the unit's places, exact where the layers behind are linear.
    """
    activations = outputs_after(twin, images, number)
    behind = fusion.plan([layer for layer in twin.layers[number + 1 :] if not rests(layer)])
    values = activations
    for layer in behind:
        values = layer.forward(values, True)
    found = np.zeros((activations.shape[-1], values.shape[-1]))
    for output in range(values.shape[-1]):
        gradient = np.zeros_like(values)
        gradient[..., output] = 1
        for layer in reversed(behind):
            gradient = layer.backward(gradient)
        products = (gradient * activations).reshape(-1, activations.shape[-1])
        found[:, output] = products.sum(axis=0, dtype=np.float64) / len(activations)
    twin.release_buffers()
    return found


def unit_weights(network: Network, number: int, unit: int) -> FloatArray:
    """The incoming weights of a unit: a filter's (height, width, channels) or (width, channels), or (inputs,)."""
    weights: FloatArray = network.layers[number].parameters[0].value[..., unit].copy()
    return weights

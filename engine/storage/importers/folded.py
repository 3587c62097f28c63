"""What stands for a layer's parameters where a file says the same by fewer arrays: a factor and a summand."""

from collections.abc import Mapping

import numpy as np

from engine.core.parameters import FloatArray
from engine.layers import BatchNormalization, Layer, Normalization

SCALE, OFFSET = "scale", "offset"


def can_unfold(layer: Layer) -> bool:
    """Whether a factor and a summand a channel say all that the layer does."""
    return isinstance(layer, BatchNormalization | Normalization)


def unfold(layer: Layer, scale: FloatArray, offset: FloatArray) -> Mapping[str, FloatArray]:
    """The layer's parameters by name so that it gives inputs · scale + offset; both are (channels,).

    Scale and offset come from our exports, so that neither is 0 where the layer divides by it.
    """
    scale, offset = np.asarray(scale, np.float64), np.asarray(offset, np.float64)
    if isinstance(layer, Normalization):
        if layer.axis is None:
            scale, offset = scale[:1].reshape(()), offset[:1].reshape(())
        if layer.invert:
            return {"mean": offset, "variance": np.square(scale)}
        return {"mean": -offset / scale, "variance": 1 / np.square(scale)}
    assert isinstance(layer, BatchNormalization)
    epsilon = layer.epsilon
    # The factor goes into gamma where there is one, else into the variance; the summand into beta, else into the mean.
    variance = np.full_like(scale, 1 - epsilon) if layer.scale else 1 / np.square(scale) - epsilon
    mean = np.zeros_like(offset) if layer.center else -offset / scale
    return {"gamma": scale, "beta": offset, "moving_mean": mean, "moving_variance": variance}

"""Which training digits are closest to an image: pixel by pixel, and as the network sees them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, IntArray
from engine.network.network import Network

_CHUNK = 128


def last_hidden(network: Network) -> int | None:
    """The number of the layer whose outputs the last layer with weights takes; None where those are the pixels."""
    last = max((n for n, layer in enumerate(network.layers) if layer.parameters), default=0)
    return last - 1 if any(layer.parameters for layer in network.layers[:last]) else None


def outputs_after(
    twin: Network, images: ArrayLike, number: int, report: Callable[[float], None] | None = None
) -> FloatArray:
    """What layer `number` (from 0) of a readable twin makes of images (n, height, width), (n, *its output shape).

    `report` hears the share that is done, and may raise.
    """
    inputs = twin.prepare_inputs(np.asarray(images))
    found = np.empty((len(inputs), *twin.layers[number].output_shape), twin.dtype)
    for start in range(0, len(inputs), _CHUNK):
        values = inputs[start : start + _CHUNK]
        for layer in twin.layers[: number + 1]:
            values = layer.forward(values, False)
        found[start : start + _CHUNK] = values
        if report is not None:
            report((start + len(values)) / len(inputs))
    twin.release_buffers()
    return found


def nearest(query: ArrayLike, bank: FloatArray, count: int = 12) -> tuple[IntArray, FloatArray]:
    """The places of the rows of `bank`, (n, features), that are closest to `query`, (features,), and their distances.

    Euclidean distances, the smallest first, (count,) each.
    """
    point = np.asarray(query, bank.dtype).reshape(-1)
    squares = np.square(bank - point).sum(axis=1, dtype=np.float64)
    places = np.argsort(squares, kind="stable")[:count]
    return places, np.sqrt(squares[places])

"""Which training digits are closest to an image: pixel by pixel, and as the network sees them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, IntArray
from engine.inspection.twin import readable_twin
from engine.network.network import Network

_CHUNK = 128


def last_hidden(network: Network) -> int | None:
    """The number of the layer whose outputs the last layer with weights takes; None where those are the pixels."""
    last = max((n for n, layer in enumerate(network.layers) if layer.parameters), default=0)
    return last - 1 if any(layer.parameters for layer in network.layers[:last]) else None


def outputs_after(
    network: Network, images: ArrayLike, number: int, report: Callable[[float], None] | None = None
) -> FloatArray:
    """What layer `number` (from 0) of a network makes of images (n, height, width), (n, *its output shape).

    `report` hears the share that is done, and may raise.
    """
    twin = readable_twin(network, fused=True, until=number)
    inputs = twin.prepare_inputs(np.asarray(images))
    found = np.empty((len(inputs), *twin.answer_shape), twin.dtype)
    for start in range(0, len(inputs), _CHUNK):
        found[start : start + _CHUNK] = twin.propagate(inputs[start : start + _CHUNK], training=False)
        if report is not None:
            report(min(1.0, (start + _CHUNK) / len(inputs)))
    return found


def nearest(query: ArrayLike, bank: FloatArray, count: int = 12) -> tuple[IntArray, FloatArray]:
    """The places of the rows of `bank`, (n, features), that are closest to `query`, (features,), and their distances.

    Euclidean distances, the smallest first, (count,) each.
    """
    point = np.asarray(query, bank.dtype).reshape(-1)
    # ‖b‖² − 2b·q orders the rows without a copy of the bank; rounding is put right among those that may be meant.
    rough = np.einsum("nf,nf->n", bank, bank) - 2 * (bank @ point)
    likely = np.sort(np.argpartition(rough, 4 * count)[: 4 * count]) if len(bank) > 4 * count else np.arange(len(bank))
    squares = np.square(bank[likely] - point).sum(axis=1, dtype=np.float64)
    order = np.argsort(squares, kind="stable")[:count]
    return likely[order], np.sqrt(squares[order])

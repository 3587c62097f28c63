"""What the layers of a network look like at one moment of its training: weights, outputs, and units that do nothing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.inspection.twin import rests
from engine.network.network import Network

# Bars of a histogram.
BINS = 40
# An output of a squashing unit that is so near to its end hardly passes a gradient on: y·(1−y) < 0.02.
_SATURATED = {"sigmoid": (0.02, 0.98), "hard_sigmoid": (0.0, 1.0), "tanh": (-0.96, 0.96)}
_RECTIFIERS = ("relu", "relu6")


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How often values fall into equally wide bins.

    Attributes:
        low, high: the ends of the range, which holds all values.
        counts: (BINS,).
    """

    low: float
    high: float
    counts: IntArray

    @classmethod
    def of(cls, values: FloatArray) -> "Histogram":
        """Of all finite numbers of an array of any shape."""
        finite = values[np.isfinite(values)]
        if not finite.size:
            return cls(0.0, 1.0, np.zeros(BINS, np.int64))
        low, high = float(finite.min()), float(finite.max())
        if high <= low:
            low, high = low - 0.5, high + 0.5
        counts, _ = np.histogram(finite, BINS, (low, high))
        return cls(low, high, counts)


@dataclass(frozen=True, slots=True, eq=False)
class LayerReading:
    """One layer.

    Attributes:
        name: such as "3 · dense, relu", with its place in the network.
        weights: of its kernel; None without one.
        outputs: for the examples that were read.
        dead: share of its rectified units that give 0 for every example; None for other layers.
        saturated: share of its squashed outputs that are at an end of their range; None for other layers.
    """

    name: str
    weights: Histogram | None
    outputs: Histogram
    dead: float | None
    saturated: float | None


@dataclass(frozen=True, slots=True, eq=False)
class NetworkReading:
    """All layers with weights or activations, and the gradient of the loss.

    Attributes:
        epoch: after how many epochs.
        layers: in order; layers that only pass on are left out.
        gradient_norm: Euclidean length of the gradient of the mean loss over the examples that were read.
        weight_norm: Euclidean length of all parameters.
    """

    epoch: float
    layers: tuple[LayerReading, ...]
    gradient_norm: float
    weight_norm: float

    @property
    def dead(self) -> float | None:
        """Share of dead units in the worst hidden layer; None without rectified ones."""
        return max((layer.dead for layer in self.layers if layer.dead is not None), default=None)

    @property
    def saturated(self) -> float | None:
        """Share of saturated outputs in the worst hidden layer; None without squashed ones."""
        return max((layer.saturated for layer in self.layers if layer.saturated is not None), default=None)


def read_network(twin: Network, inputs: FloatArray, targets: NDArray[Any], epoch: float) -> NetworkReading:
    """Read a network on some examples.

    Args:
        twin: a readable twin with the weights to read; its gradients are overwritten.
        inputs: (examples, *input_shape), some hundred of them.
        targets: (examples, …), as the loss takes them.
        epoch: when this is.
    """
    loss = twin.require_loss()
    with np.errstate(all="ignore"):
        values, found = twin.prepare_inputs(inputs), []
        prepared = loss.prepare_targets(targets, twin.answer_shape, twin.dtype)
        for number, layer in enumerate(twin.layers):
            if rests(layer):
                continue
            values = layer.forward(values, True)
            end = getattr(layer, "end", None)
            kind = end.kind if end is not None else layer.kind
            last = number == len(twin.layers) - 1
            kernels = [one.value for one in layer.parameters if one.regularized]
            if kernels or kind in _RECTIFIERS or kind in _SATURATED:
                name = f"{number + 1} · {layer.kind}{'' if end is None else f', {kind}'}"
                weights = Histogram.of(np.concatenate([one.ravel() for one in kernels])) if kernels else None
                dead, ends = None, _SATURATED.get(kind)
                if kind in _RECTIFIERS and not last:
                    # A feature map is one unit: it is dead where it is 0 at every place.
                    dead = float(np.mean(~(values > 0).any(axis=tuple(range(values.ndim - 1)))))
                saturated = float(np.mean((values <= ends[0]) | (values >= ends[1]))) if ends and not last else None
                found.append(LayerReading(name, weights, Histogram.of(values), dead, saturated))
        _, gradient = loss.value_and_gradient(values, prepared)
        twin.backward(gradient)
        norms = (
            float(np.linalg.norm(vector.astype(np.float64))) for vector in (twin.store.gradients, twin.store.values)
        )
        twin.release_buffers()
        return NetworkReading(epoch, tuple(found), *norms)

"""The loss around the present weights: on a plane through them, and along a single weight."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.inspection.twin import readable_twin
from engine.network.network import Network

# A picture of a path reaches so many times as far as it, and so far at least; a shorter path is none.
_AROUND = 2.5
_LEAST_RADIUS = 0.02
_NO_WAY = 1e-3


@dataclass(frozen=True, eq=False)
class Landscape:
    """Losses on a grid of the plane that two directions span.

    Attributes:
        places: (count,), the coordinates of the grid in both directions; 1 is as long as the weights themselves.
        losses: (count, count); rows go along the second direction, the middle is the present weights.
        path: (stored, 2), earlier weights as the plane's nearest points.
        slope: (2,), the loss' slope along both directions, at the middle.
    """

    places: FloatArray
    losses: FloatArray
    path: FloatArray
    slope: FloatArray


@dataclass(frozen=True, eq=False)
class WeightSlice:
    """The loss over one weight, all others kept.

    Attributes:
        values: (count,), of the weight.
        losses: (count,).
        weight, loss, slope: at present; the tangent is loss + slope·(w − weight).
    """

    values: FloatArray
    losses: FloatArray
    weight: float
    loss: float
    slope: float


class BatchLoss:
    """The loss of one batch as a function of all weights; works on a copy of the network.

    Args:
        network: whose loss it is.
        images: (n, height, width).
        targets: (n,) or (n, outputs), as the loss takes them.
    """

    def __init__(self, network: Network, images: FloatArray, targets: NDArray[Any]) -> None:
        self.network = readable_twin(network, np.float64, fused=True)
        self._loss = network.require_loss()
        self._inputs = self.network.prepare_inputs(images)
        self._targets = self._loss.prepare_targets(targets, network.answer_shape, np.float64)
        self.present = self.network.store.values.copy()

    def at(self, values: FloatArray) -> float:
        """The loss with these weights, (weights,)."""
        self.network.store.values[...] = values
        return self._loss.value(self.network.propagate(self._inputs, training=False), self._targets)

    def release(self) -> None:
        """Forget what layers hold of the batch, up to 2 MB an example, until they are asked again."""
        self.network.store.values[...] = self.present
        self.network.release_buffers()

    def slopes(self) -> FloatArray:
        """∂L/∂w at the present weights, (weights,)."""
        self.network.store.values[...] = self.present
        outputs = self.network.propagate(self._inputs, training=True)
        self.network.backward(self._loss.value_and_gradient(outputs, self._targets)[1])
        return self.network.store.gradients.copy()


def filter_normalized(network: Network, direction: FloatArray) -> FloatArray:
    """A direction (weights,) whose part for each unit is as long as the unit's weights; biases stay where they are.

    H. Li and others, "Visualizing the loss landscape of neural nets", 2018. Units whose weights are all 0 keep a part
    of length 1.
    """
    scaled, start = np.zeros_like(direction), 0
    for parameter in network.store.parameters:
        if not parameter.trainable:
            continue
        part = slice(start, start + parameter.value.size)
        start += parameter.value.size
        if parameter.value.ndim > 1:
            weights = parameter.value.reshape(-1, parameter.value.shape[-1])
            steps = direction[part].reshape(weights.shape)
            lengths = np.linalg.norm(steps, axis=0)
            wanted = np.linalg.norm(weights, axis=0)
            wanted[wanted == 0] = 1.0
            scaled[part] = (steps * (wanted / np.where(lengths > 0, lengths, np.inf))).reshape(-1)
    return scaled


def landscape(
    loss: BatchLoss,
    path: FloatArray,
    *,
    radius: float | None = 1.0,
    count: int = 15,
    seed: int = 0,
    report: Callable[[float], None] | None = None,
) -> Landscape:
    """Losses on the plane of the gradient and a random direction, both filter-normalized.

    Args:
        loss: of the batch.
        path: (stored, weights), earlier weights of the same network; none is (0, weights).
        radius: how far the grid reaches; None for as far as the path needs, which is much shorter than the weights.
        count: places along each direction, odd.
        seed: of the random direction.
        report: hears the share that is done, and may raise.
    """
    slopes = loss.slopes()
    random = np.random.default_rng(seed).normal(size=slopes.shape)
    first, second = (filter_normalized(loss.network, part) for part in (slopes, random))
    plane = np.stack([first, second], axis=1)
    steps = np.asarray(path, np.float64)[:, : len(loss.present)] - loss.present
    coordinates = np.linalg.lstsq(plane, steps.T, rcond=None)[0].T if len(steps) else np.zeros((0, 2))
    if radius is None:
        farthest = float(np.abs(coordinates).max(initial=0.0))
        radius = min(1.0, max(_LEAST_RADIUS, _AROUND * farthest)) if farthest > _NO_WAY else 1.0
    places = np.linspace(-radius, radius, count)
    losses = np.zeros((count, count))
    for row, up in enumerate(places):
        for column, right in enumerate(places):
            losses[row, column] = loss.at(loss.present + right * first + up * second)
        if report is not None:
            report((row + 1) / count)
    loss.release()
    return Landscape(places, losses, coordinates, np.array([slopes @ first, slopes @ second]))


def weight_slice(loss: BatchLoss, index: int, *, radius: float = 1.0, count: int = 41) -> WeightSlice:
    """The loss over the weight at a place of the flat vector, within ± `radius` of where it is; curves are (count,)."""
    slope, weight = float(loss.slopes()[index]), float(loss.present[index])
    values = np.linspace(weight - radius, weight + radius, count)
    losses = np.zeros(count)
    point = loss.present.copy()
    for place, value in enumerate(values):
        point[index] = value
        losses[place] = loss.at(point)
    present = loss.at(loss.present)
    loss.release()
    return WeightSlice(values, losses, weight, present, slope)

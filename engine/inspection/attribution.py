"""Which pixels decided: exact for linear models; gradients, their integral, and occlusion for any network.

All speak of one number F(x) = c·z(x), with z the logits and c a contrast: for "why a and not b" it is z_a − z_b.
Probabilities would hide what happens near 0 and 1. Networks are readable twins; images are (height, width).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.network.network import Network

STEPS = 50
MOST_STEPS = 12_800
# Points on each of many pieces.
_NODES = 2
# The gap that more steps are taken for, as a share of the difference that is explained.
TOLERANCE = 1e-3
_CHUNK = 50
PATCH = 4


def contrast(outputs: int, answer: int, rival: int | None = None) -> FloatArray:
    """C of F = c·z, (outputs,): +1 at the answer and −1 at its rival.

    With one output (two classes, or a value) the sign says which of the two is meant: answer 0 means −z.
    """
    weights = np.zeros(outputs)
    if outputs == 1:
        weights[0] = 1.0 if answer or rival is None else -1.0
        return weights
    weights[answer] = 1.0
    if rival is not None:
        weights[rival] = -1.0
    return weights


def values_of(twin: Network, images: ArrayLike, weights: FloatArray) -> FloatArray:
    """F of images (n, height, width), (n,); `weights` is the contrast (outputs,)."""
    outputs = twin.logits(np.asarray(images)).astype(np.float64)
    values: FloatArray = outputs.reshape(len(outputs), -1) @ weights
    return values


def input_gradients(
    twin: Network, images: ArrayLike, weights: FloatArray, report: Callable[[], None] = lambda: None
) -> FloatArray:
    """∂F/∂x for images (n, height, width), shaped like them; `weights` is the contrast (outputs,).

    `report` is called now and then, and may raise to end the work.
    """
    inputs = twin.prepare_inputs(np.asarray(images))
    found = np.empty(inputs.shape)
    for first in range(0, len(inputs), _CHUNK):
        report()
        outputs = twin.propagate(inputs[first : first + _CHUNK], training=True)
        gradient = np.broadcast_to(weights.astype(outputs.dtype), outputs.shape).copy()
        found[first : first + _CHUNK] = twin.backward(gradient)
    return found.reshape(np.shape(images))


@dataclass(frozen=True, eq=False)
class LinearEvidence:
    """A linear model's difference of two logits, pixel by pixel: F = Σ weights·x + bias.

    Attributes:
        products: (height, width), what each pixel adds.
        weights: (height, width), also where there is no ink.
        bias: b_a − b_b.
        value: F.
    """

    products: FloatArray
    weights: FloatArray
    bias: float
    value: float


def linear_evidence(twin: Network, image: ArrayLike, weights: FloatArray) -> LinearEvidence:
    """Σ (w_a − w_b)·x + (b_a − b_b) for an image (height, width) and a network that `is_linear`.

    `weights` is the contrast (outputs,).
    """
    pixels = np.asarray(image, np.float64)
    kernel, *bias = (np.asarray(part, np.float64) for part in twin.layers[-1].get_weights())
    difference = (kernel @ weights).reshape(pixels.shape)
    products = difference * pixels
    shift = float(bias[0] @ weights) if bias else 0.0
    return LinearEvidence(products, difference, shift, float(products.sum()) + shift)


@dataclass(frozen=True, eq=False)
class IntegratedGradients:
    """What each pixel adds to F on the straight way from a baseline to the image.

    Attributes:
        pixels: (height, width); they sum to the difference of F, up to the gap.
        difference: F(image) − F(baseline).
        gap: Σ pixels − difference; 0 if the integral were exact.
        steps: points of the quadrature.
    """

    pixels: FloatArray
    difference: float
    gap: float
    steps: int

    @property
    def is_rough(self) -> bool:
        """Whether the gap is more than a thousandth of the difference, or of 1 where that is less."""
        return abs(self.gap) > TOLERANCE * max(1.0, abs(self.difference))


def integrated_gradients(
    twin: Network, image: ArrayLike, baseline: ArrayLike, weights: FloatArray, steps: int = STEPS,
    most: int = MOST_STEPS, report: Callable[[], None] = lambda: None,
) -> IntegratedGradients:  # fmt: skip
    """(x − x′) · ∫₀¹ ∂F/∂x (x′ + α(x − x′)) dα by Gauss–Legendre quadrature.

    The way has corners where a ReLU switches. Where they leave a gap of more than a thousandth of the difference,
    the way is cut into pieces, and those that miss most of their own difference are halved until the gap is small.

    M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks", 2017.

    Args:
        twin: a readable twin.
        image: (height, width).
        baseline: (height, width), what the image is compared with.
        weights: the contrast (outputs,).
        steps: points to begin with.
        most: points at which the halving ends, whatever the gap.
        report: called now and then; may raise to end the work.
    """
    end, start = np.asarray(image, np.float64), np.asarray(baseline, np.float64)
    way, used = end - start, steps
    before, after = values_of(twin, np.stack([start, end]), weights).tolist()
    allowed = 0.9 * TOLERANCE * max(1.0, abs(after - before))
    pixels = _integral(twin, start, way, np.array([[0.0, 1.0]]), weights, steps, report)[0]
    ends = np.linspace(0.0, 1.0, steps // 2 + 1)
    pieces, parts, gaps = np.zeros((0, 2)), np.zeros((0, *end.shape)), np.zeros(0)
    fresh = np.stack([ends[:-1], ends[1:]], axis=1)
    while abs(float(pixels.sum()) - (after - before)) > allowed and used + _NODES * len(fresh) <= most and len(fresh):
        found = _integral(twin, start, way, fresh, weights, _NODES, report)
        used += _NODES * len(fresh)
        heights = values_of(twin, start + fresh.reshape(-1, 1, 1) * way, weights).reshape(-1, 2)
        pieces, parts = np.concatenate([pieces, fresh]), np.concatenate([parts, found])
        gaps = np.concatenate([gaps, np.abs(found.sum(axis=(1, 2)) - (heights[:, 1] - heights[:, 0]))])
        pixels = parts.sum(axis=0)
        # As few as leave half of what is allowed to all others, and no more than there are points for.
        order = np.argsort(-gaps, kind="stable")
        missed = np.cumsum(gaps[order][::-1])[::-1]
        count = min(int((missed > allowed / 2).sum()), (most - used) // (2 * _NODES))
        worst = np.zeros(len(gaps), bool)
        worst[order[:count]] = True
        middles = pieces[worst].mean(axis=1)
        fresh = np.concatenate(
            [np.stack([pieces[worst][:, 0], middles], axis=1), np.stack([middles, pieces[worst][:, 1]], axis=1)]
        )
        pieces, parts, gaps = pieces[~worst], parts[~worst], gaps[~worst]
    twin.release_buffers()
    return IntegratedGradients(pixels, after - before, float(pixels.sum()) - (after - before), used)


def _integral(
    twin: Network, start: FloatArray, way: FloatArray, pieces: FloatArray, weights: FloatArray, nodes: int,
    report: Callable[[], None],
) -> FloatArray:  # fmt: skip
    """What each pixel adds on pieces (n, 2) of the way, (n, height, width)."""
    places, shares = np.polynomial.legendre.leggauss(nodes)
    lengths = pieces[:, 1] - pieces[:, 0]
    alphas = pieces[:, :1] + lengths[:, None] * (places + 1) / 2
    gradients = input_gradients(twin, start + alphas.reshape(-1, 1, 1) * way, weights, report)
    sums = np.einsum("k,nkhw->nhw", shares / 2, gradients.reshape(*alphas.shape, *way.shape))
    result: FloatArray = sums * lengths[:, None, None] * way
    return result


@dataclass(frozen=True, eq=False)
class Occlusion:
    """How much F falls when a patch is covered.

    Attributes:
        positions: (rows, columns), one a patch, by its upper left pixel.
        pixels: (height, width), the mean over the patches that cover each pixel.
    """

    positions: FloatArray
    pixels: FloatArray


def occlusion(
    twin: Network, image: ArrayLike, weights: FloatArray, ink: float, size: int = PATCH,
    report: Callable[[], None] = lambda: None,
) -> Occlusion:  # fmt: skip
    """Cover each patch of `size`×`size` pixels, one step apart, with this much ink: 0 erases, 1 paints.

    M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", 2014, with a second map for ink
    that is not there: erasing alone cannot see what is missing.

    Args:
        twin: a readable twin.
        image: (height, width).
        weights: the contrast (outputs,).
        ink: what a patch is filled with.
        size: of the patch, in pixels.
        report: called now and then; may raise to end the work.
    """
    pixels = np.asarray(image, np.float64)
    rows, columns = (side - size + 1 for side in pixels.shape)
    patches = np.lib.stride_tricks.sliding_window_view(pixels, (size, size))
    # A patch that is all ink, or all paper, already changes nothing.
    places = np.argwhere((patches != ink).any(axis=(2, 3)))
    images = np.repeat(pixels[np.newaxis], len(places) + 1, axis=0)
    for changed, (row, column) in zip(images[1:], places, strict=True):
        changed[row : row + size, column : column + size] = ink
    parts = []
    for start in range(0, len(images), _CHUNK):
        report()
        parts.append(values_of(twin, images[start : start + _CHUNK], weights))
    values = np.concatenate(parts)
    drops = np.zeros((rows, columns))
    drops[places[:, 0], places[:, 1]] = values[0] - values[1:]
    sums, counts = np.zeros_like(pixels), np.zeros_like(pixels)
    for down in range(size):
        for across in range(size):
            sums[down : down + rows, across : across + columns] += drops
            counts[down : down + rows, across : across + columns] += 1
    return Occlusion(drops, sums / counts)


def strongest(pixels: ArrayLike, count: int = 10) -> list[tuple[int, int, float]]:
    """The places (row, column, value) of a map (height, width) that are farthest from 0, the farthest first."""
    values = np.asarray(pixels, np.float64)
    order = np.argsort(-np.abs(values), axis=None, kind="stable")[:count]
    return [
        (int(place // values.shape[1]), int(place % values.shape[1]), float(values.flat[place]))
        for place in order
        if values.flat[place]
    ]

"""The smallest change that makes the answer another one, found by search."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.inspection.attribution import contrast, input_gradients, values_of
from engine.network.network import Network

_MOST_STEPS = 60
# A step goes a little beyond the border that the slope promises.
_OVERSHOOT = 1.05
# How finely a way is cut to find where the answer flips, and how often the piece that holds it is cut again.
_PIECES, _CUTS = 25, 3
# By so much the rival's logit has to lead, so that rounding cannot turn the answer back.
_LEAD = 0.01


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """An image with another answer.

    Attributes:
        image: (height, width) in [0, 1]; its answer is the rival.
        change: (height, width), that image minus the first.
        changed: how many pixels differ.
        size: √Σ change².
    """

    image: FloatArray
    change: FloatArray
    changed: int
    size: float


def counterfactual(
    twin: Network, image: ArrayLike, answer: int, rival: int, report: Callable[[], None] = lambda: None
) -> Counterfactual | None:
    """The nearest image that is answered with `rival`; None where the search finds none.

    Steps along the slope of z_answer − z_rival to where it promises 0, within [0, 1], until another class no longer
    wins over the rival; then goes back to the first point of the way that is enough, and gives back as many of the
    smallest changes as the answer allows. S.-M. Moosavi-Dezfooli and others, "DeepFool", 2016, with bounds on the
    pixels.

    Args:
        twin: a readable twin with a logit a class (or one for two).
        image: (height, width) in [0, 1].
        answer: what it is taken for.
        rival: what it should be taken for.
        report: called now and then; may raise to end the work.
    """
    first = np.asarray(image, np.float64)
    outputs = twin.answer_shape[0]
    present = first.copy()
    for _ in range(_MOST_STEPS):
        report()
        opponent = _opponent(twin, present, answer, rival)
        weights = contrast(outputs, opponent, rival)
        value = float(values_of(twin, present[np.newaxis], weights)[0])
        if value <= -_LEAD:
            break
        slope = input_gradients(twin, present[np.newaxis], weights)[0]
        # Pixels that are at their bound already cannot move further.
        free = ~((present <= 0) & (slope > 0)) & ~((present >= 1) & (slope < 0))
        slope = np.where(free, slope, 0.0)
        length = float((slope**2).sum())
        if not length:
            return None
        present = np.clip(present - _OVERSHOOT * (value + _LEAD) / length * slope, 0.0, 1.0)
    if not _flips(twin, present[np.newaxis], rival)[0]:
        return None
    change = _shortened(twin, first, present - first, rival)
    report()
    change = _sparse(twin, first, change, rival)
    change = _shortened(twin, first, change, rival)
    return Counterfactual(first + change, change, int((change != 0).sum()), float(np.sqrt((change**2).sum())))


def _opponent(twin: Network, image: FloatArray, answer: int, rival: int) -> int:
    """The class to be overcome: the best one beside the rival."""
    logits = twin.logits(image[np.newaxis])[0].astype(np.float64)
    if len(logits) == 1:
        return answer
    logits[rival] = -np.inf
    return int(logits.argmax())


def _flips(twin: Network, images: FloatArray, rival: int) -> FloatArray:
    """Whether each of (n, height, width) is answered with the rival."""
    logits = twin.logits(images)
    if logits.shape[1] == 1:
        return np.asarray((logits[:, 0] if rival else -logits[:, 0]) >= _LEAD)
    others = np.delete(logits, rival, axis=1).max(axis=1)
    return np.asarray(logits[:, rival] - others >= _LEAD)


def _shortened(twin: Network, first: FloatArray, change: FloatArray, rival: int) -> FloatArray:
    """The smallest part of a change that is enough."""
    low, high = 0.0, 1.0
    for _ in range(_CUTS):
        shares = np.linspace(low, high, _PIECES + 1)[1:]
        flips = _flips(twin, first + shares[:, None, None] * change, rival)
        # Rounding may move the border by a hair beyond what flipped before.
        place = int(flips.argmax()) if flips.any() else _PIECES - 1
        high, low = float(shares[place]), float(shares[place - 1]) if place else low
    return high * change


def _sparse(twin: Network, first: FloatArray, change: FloatArray, rival: int) -> FloatArray:
    """Leave out the smallest changes, and make the others up to half as large again, where the answer still flips."""
    order = np.argsort(np.abs(change), axis=None)[::-1]
    counts = np.unique(np.linspace(1, max(1, int((change != 0).sum())), 60).astype(int))
    candidates = np.zeros((len(counts), change.size))
    for row, count in enumerate(counts):
        candidates[row, order[:count]] = 1.5 * change.reshape(-1)[order[:count]]
    images = np.clip(first + candidates.reshape(-1, *first.shape), 0.0, 1.0)
    enough = np.flatnonzero(_flips(twin, images, rival))
    return images[enough[0]] - first if len(enough) else change

"""Which learning rates are worth trying: the rate grows from step to step, and the loss tells where it falls fastest.

L. N. Smith, "Cyclical learning rates for training neural networks", 2017; the rule is that of fastai's `valley`.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.batches.batch import Batch
from engine.batches.examples import prepare_data
from engine.errors import ConfigurationError, DataError
from engine.losses import WeightPenalty
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.parallel.batch_evaluator import BatchEvaluator

Values = NDArray[np.float64]

# Where the curve of an optimizer lies: rules that divide by the size of the gradient take far smaller steps.
_SLOW = (1e-5, 1.0)
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "gradient_descent": (1e-4, 10.0), "momentum": (1e-5, 3.0), "nesterov": (1e-5, 3.0), "adagrad": (1e-4, 3.0),
        "rmsprop": _SLOW, "adam": _SLOW, "adamw": _SLOW, "adamax": _SLOW, "nadam": _SLOW,
    }
)  # fmt: skip
STEPS = 100
# A smoothed loss this many times the least one ends the search.
_DIVERGED = 4.0
# Of the points, the width of the Hamming window that smooths them.
_WINDOW_SHARE = 0.1
_LEAST_POINTS = 12
# The ends of a band are at least so many times apart: no curve tells a rate more exactly.
_NARROWEST = 2.0
# A fall is one when it is so many times the noise.
_CLEAR = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class RateCurve:
    """Losses of steps with growing rates.

    Attributes:
        rates, losses: (points,) each, what was measured; finite.
    """

    rates: Values
    losses: Values

    @property
    def smoothed(self) -> Values:
        """(points,): the losses under a Hamming window over the logarithm of the rate."""
        return smooth(self.losses)

    @property
    def noise(self) -> float:
        """The usual deviation of the losses from the smoothed ones; the few jumps of a divergence hardly count.

        1.4826 times the median distance, which for a normal distribution is the standard deviation.
        """
        return float(1.4826 * np.median(np.abs(self.losses - self.smoothed))) if len(self.losses) else 0.0


@dataclass(frozen=True, slots=True)
class RateBand:
    """What the curves suggest.

    Attributes:
        low, high: rates between which any is worth trying: from the valley to a tenth of the rate of the least loss,
            and down to half of the upper end where these are closer together.
        valley: the rate in the middle of the second third of the longest fall, the mean of several curves.
    """

    low: float
    high: float
    valley: float

    @property
    def suggested(self) -> float:
        """The upper end: in six epochs it trained at least as well as the valley with all that was measured."""
        return self.high


def rate_range(optimizer: Optimizer, kind: str | None = None) -> tuple[float, float]:
    """The rates that are tried for an optimizer; `kind` is its key in `OPTIMIZERS`, where that says more.

    Raises:
        ConfigurationError: it has no rate to choose.
    """
    if reason := without_rate(optimizer):
        raise ConfigurationError(reason, "optimizer")
    return RANGES.get(kind or optimizer.kind, RANGES.get(optimizer.kind, _SLOW))


def without_rate(optimizer: Optimizer) -> str:
    """Why there is no rate to look for, in one sentence, or ""."""
    if not optimizer.full_batch:
        return ""
    return (
        "L-BFGS finds the length of each step itself, by a line search along its direction: it has no learning rate "
        "to look for."
    )


def measure_rates(
    network: Network,
    optimizer: Optimizer,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    rates: tuple[float, float] | None = None,
    steps: int = STEPS,
    batch_size: int = 128,
    l1: float = 0.0,
    l2: float = 0.0,
    seed: int = 0,
    threads: int = 1,
    report: Callable[[float], None] = lambda _share: None,
) -> RateCurve:
    """Train for some steps at growing rates, and put everything back.

    Weights, moving averages, gradients and the network's clock are afterwards what they were, to the bit, also when
    `report` raises or a step fails; the optimizer, its memory and its rate, are not touched.

    Args:
        network: built, with a loss.
        optimizer: to try; one that was used goes on from its memory.
        inputs: (n, *input_shape).
        targets: (n, …), as the loss takes them.
        rates: the first and the last rate; None for the optimizer's usual range.
        steps: how many rates, evenly spaced by their logarithm.
        batch_size: examples in a step.
        l1: weight of the penalty on |w|.
        l2: weight of the one on w².
        seed: of the order of the examples.
        threads: at most so many.
        report: hears the share that is done, 0 to 1; may raise to end the search.

    Raises:
        ConfigurationError: the optimizer has no rate, or the range makes no sense.
        ShapeError, DataError: data that do not fit the network.
    """
    usual = rate_range(optimizer)
    first, last = rates if rates is not None else usual
    if not (0 < first < last < math.inf) or steps < 2:
        raise ConfigurationError(f"Rates are tried from a small one to a larger one, not from {first} to {last}.")
    data = prepare_data(network, inputs, targets)
    rng = np.random.default_rng([seed, 7])
    tried = np.geomspace(first, last, steps)
    losses: list[float] = []
    weights, gradients = network.store.snapshot(), network.store.gradients.copy()
    clock = (network.clock.step, network.clock.slice)
    # Only the copy learns.
    trial = copy.deepcopy(optimizer)
    trial.rate_schedule = None
    penalty = WeightPenalty(network.store, l1, l2)
    order = np.empty(0, np.intp)
    try:
        with np.errstate(all="ignore"), BatchEvaluator(network, threads) as evaluator:
            for number, rate in enumerate(tried):
                report(number / steps)
                if len(order) < min(batch_size, len(data.inputs)):
                    order = rng.permutation(len(data.inputs))
                rows, order = order[:batch_size], order[batch_size:]
                network.clock.step = number
                trial.learning_rate = float(rate)

                def evaluate(rows: Any = rows) -> float:  # noqa: ANN401 — row numbers
                    loss, _ = evaluator.evaluate(Batch(rows, data.inputs, data.targets, data.weights, rows))
                    return loss + penalty.add()

                loss = trial.step(network.store, evaluate)
                if not math.isfinite(loss):
                    break
                losses.append(loss)
                if _has_diverged(losses):
                    break
    finally:
        network.store.restore(weights)
        np.copyto(network.store.gradients, gradients)
        network.clock.set(*clock)
        network.release_buffers()
    report(1.0)
    return RateCurve(tried[: len(losses)], np.asarray(losses))


def smooth(losses: ArrayLike) -> Values:
    """(points,) → (points,): weighted means under a Hamming window that is cut off at the ends."""
    values = np.asarray(losses, np.float64)
    half = max(1, round(_WINDOW_SHARE * len(values) / 2))
    if len(values) <= 2 * half:
        return values.copy()
    window = np.hamming(2 * half + 1)
    weights = np.convolve(np.ones(len(values)), window, "same")
    found: Values = np.convolve(values, window, "same") / weights
    return found


def suggest(curves: list[RateCurve]) -> RateBand:
    """The band that some curves, of several seeds, suggest together: means of the logarithms.

    Raises:
        DataError: no curve falls anywhere.
    """
    found = [band for band in map(_of_one, curves) if band is not None]
    if not found:
        raise DataError(
            "The loss falls at none of these rates, so there is nothing to suggest: look at the digits, the network "
            "and the loss."
        )
    valley, least = (float(np.exp(np.mean(np.log(values)))) for values in zip(*found, strict=True))
    tenth = least / 10
    high = max(valley, tenth)
    return RateBand(min(valley, tenth, high / _NARROWEST), high, valley)


def valley(losses: ArrayLike) -> int | None:
    """The place, in (points,), in the middle of the second third of the longest falling subsequence; None without one.

    fastai, `callback/schedule.py`: start + length/3 + length/6.
    """
    values = np.asarray(losses, np.float64)
    if len(values) < _LEAST_POINTS:
        return None
    lengths = np.ones(len(values), np.intp)
    for place in range(1, len(values)):
        falls = values[:place] > values[place]
        if falls.any():
            lengths[place] = 1 + lengths[:place][falls].max()
    end = int(lengths.argmax())
    length = int(lengths[end])
    if length < 3:
        return None
    return max(0, end - length) + length // 3 + length // 6


def _of_one(curve: RateCurve) -> tuple[float, float] | None:
    """Rate of the valley and of the least loss of a curve; None where it does not fall by more than its noise."""
    smoothed = curve.smoothed
    # The first steps are jumpy, the last ones diverge.
    start, stop = len(smoothed) // 10, max(1, len(smoothed) - 5)
    place = valley(smoothed[start:stop])
    if place is None:
        return None
    least = start + int(smoothed[start:stop].argmin())
    if smoothed[start] - smoothed[least] <= _CLEAR * curve.noise:
        return None
    return float(curve.rates[start + place]), float(curve.rates[least])


def _has_diverged(losses: list[float]) -> bool:
    if len(losses) < _LEAST_POINTS:
        return False
    recent = float(np.mean(losses[-3:]))
    best = float(smooth(losses).min())
    return recent > _DIVERGED * best + (1.0 if best <= 0 else 0.0)

"""Calibrated probabilities and the answer "not a digit I know".

A network's confidence is fitted on examples that it was not trained on, by one number, the temperature T: its logits
are divided by T before they become probabilities (C. Guo and others, On calibration of modern neural networks, ICML
2017). The order of the answers does not change.

The rule of rejection is one sentence: an answer is refused where the energy E = ln Σₖ e^{zₖ} of the logits z is below a
threshold. The threshold is fitted on real digits alone, so that at most a stated share of them is refused. Digits of
different origin (pen strokes, images) are fitted as groups of equal importance.

A network that was trained on as many negatives as digits (`engine.losses.OpenSetCrossentropy`) expects "none" as often
as in its training, and people draw digits far more often. The threshold tells the true odds: all logits are shifted
against "none" so that a drawing at the threshold is a digit with odds of e : 1. So what is refused never gets more than
about 75 %. For a plain softmax a shift of all logits changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.number_check import is_finite_number
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, DataError, ModelFileError
from engine.losses import Loss

REJECTED_TEXT = "Not a digit I know"
# In place of it in the window, where a digit is still likelier than none.
DOUBTED_TEXT = "Looks like {label}, not sure"
# The share of real digits that may be refused.
REFUSED_SHARE = 0.008
_RULE = "energy"
# Of a digit against "none" at the threshold, as a logarithm: chosen on held-out writers for calibration.
_LOG_ODDS = 1.0
_COLDEST, _HOTTEST = 0.05, 20.0
_GRID = 40
# Of the temperature's logarithm.
_PRECISION = 1e-6
# Each step of the golden section keeps this share of the interval, and one of its two inner points.
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a model's logits are to be read.

    Attributes:
        temperature: what logits are divided by before they become probabilities.
        threshold: least energy of a drawing that is answered; None answers everything.
    """

    temperature: float = 1.0
    threshold: float | None = None

    @property
    def shift(self) -> float:
        """What is added to the logits before they are divided by the temperature."""
        return 0.0 if self.threshold is None else _LOG_ODDS - self.threshold

    def rejects(self, logits: FloatArray) -> NDArray[np.bool_]:
        """Which rows of (n, K) logits are refused, (n,)."""
        if self.threshold is None:
            return np.zeros(len(logits), np.bool_)
        return np.asarray(energy(logits) < self.threshold)

    def doubts(self, logits: FloatArray) -> NDArray[np.bool_]:
        """Which of the refused rows of (n, K) logits are still rather a digit than none, (n,)."""
        if self.threshold is None:
            return np.zeros(len(logits), np.bool_)
        return np.asarray(self.rejects(logits) & (energy(logits) >= self.threshold - _LOG_ODDS))

    def probabilities(self, logits: FloatArray, loss: Loss) -> FloatArray:
        """What the logits mean at this temperature, shaped like them."""
        if self == UNCALIBRATED:
            return loss.to_predictions(logits)
        return loss.to_predictions(_read(logits, self.threshold, self.temperature))

    def to_document(self) -> dict[str, Any]:
        """The entry "calibration" of a model file."""
        rejection = None if self.threshold is None else {"rule": _RULE, "threshold": self.threshold}
        return {"temperature": self.temperature, "rejection": rejection}


# Logits as they are, and an answer to everything.
UNCALIBRATED = Calibration()


def energy(logits: ArrayLike) -> NDArray[np.float64]:
    """E = ln Σₖ e^{zₖ} of each row, (n, K) → (n,): high where any class fits, low where none does."""
    values = np.asarray(logits, np.float64)
    top = values.max(axis=1)
    return np.asarray(top + np.log(np.exp(values - top[:, None]).sum(axis=1)))


def _read(logits: FloatArray, threshold: float | None, temperature: float) -> FloatArray:
    shift = 0.0 if threshold is None else _LOG_ODDS - threshold
    return np.asarray((logits + logits.dtype.type(shift)) / logits.dtype.type(temperature))


def _brier_score(
    logits: FloatArray, labels: ArrayLike, loss: Loss, threshold: float | None
) -> Callable[[float], float]:
    """The mean of Σₖ (pₖ − [k = label])² as a function of the temperature (G. Brier, 1950).

    Like the cross-entropy it is least where probabilities are true. But it is bounded: a few digits that look exactly
    like others, answered wrongly with certainty, don't make all the other answers doubtful. On held-out writers the
    temperature of the least cross-entropy has an expected calibration error of up to 1.5 %, this one of up to 0.8 %.
    """
    values = np.asarray(logits, np.float64)
    true = np.asarray(labels)[:, None] == np.arange(values.shape[1])

    def score(temperature: float) -> float:
        probabilities = loss.to_predictions(_read(values, threshold, temperature))
        return float(np.square(probabilities - true).sum(axis=1).mean())

    return score


def _best_temperature(scores: Sequence[Callable[[float], float]]) -> float:
    """The temperature at which the sum of the scores is least: on a grid, then by the golden section around its best.

    SciPy's search would do the same, but loading it takes half a second, which everybody who stops a run would wait.
    """

    def at(log_temperature: float) -> float:
        return sum(score(float(np.exp(log_temperature))) for score in scores)

    grid = np.linspace(np.log(_COLDEST), np.log(_HOTTEST), _GRID)
    best = int(np.argmin([at(place) for place in grid]))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, _GRID - 1)])
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = at(left), at(right)
    while high - low > _PRECISION:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = at(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = at(right)
    return float(np.exp((low + high) / 2))


def fit_threshold(logits: FloatArray, refused_share: float = REFUSED_SHARE) -> float:
    """The threshold that refuses this share of real digits, given the logits (n, K) of digits held out from training.

    Raises:
        ConfigurationError: the share is not from 0 to below 1.
        DataError: there are no digits.
    """
    if not 0 <= refused_share < 1:
        raise ConfigurationError(f"The share of refused digits must be at least 0 and below 1, not {refused_share}.")
    if not len(logits):
        raise DataError("A threshold cannot be fitted without digits.")
    return float(np.quantile(energy(logits), refused_share, method="lower"))


def fit_calibration(
    logits: FloatArray, labels: ArrayLike, loss: Loss, refused_share: float = REFUSED_SHARE
) -> Calibration:
    """Temperature and threshold from real digits held out from training: logits (n, K), labels (n,)."""
    return fit_calibration_of_groups([(logits, labels)], loss, refused_share)


def fit_calibration_of_groups(
    groups: Sequence[tuple[FloatArray, ArrayLike]], loss: Loss, refused_share: float = REFUSED_SHARE
) -> Calibration:
    """Temperature and threshold from several groups of held-out digits, each as important as any other.

    The threshold refuses at most the stated share of every group, and the temperature has the least Brier score where
    each group counts by its mean: so ten thousand images do not outvote the digits of a few writers.

    Args:
        groups: logits (n, K) and labels (n,) of each; at least one.
        loss: the network's.
        refused_share: of each group.

    Raises:
        ConfigurationError: the share is not from 0 to below 1.
        DataError: there is no group, or one of them is empty.
    """
    if not groups:
        raise DataError("A calibration cannot be fitted without digits.")
    threshold = min(fit_threshold(logits, refused_share) for logits, _ in groups)
    return fit_temperature(groups, loss, threshold)


def fit_temperature(groups: Sequence[tuple[FloatArray, ArrayLike]], loss: Loss, threshold: float | None) -> Calibration:
    """The temperature beside a rule of refusal that stays: see `fit_calibration_of_groups`."""
    return Calibration(_best_temperature([_brier_score(*group, loss, threshold) for group in groups]), threshold)


def parse_calibration(entry: object) -> Calibration:
    """The calibration in a model file's entry, every value checked.

    Raises:
        ModelFileError: it is anything but what `Calibration.to_document` writes.
    """
    damaged = ModelFileError("is damaged (its calibration has no temperature and rejection).")
    if not isinstance(entry, dict) or set(entry) != {"temperature", "rejection"}:
        raise damaged
    temperature, rejection = entry["temperature"], entry["rejection"]
    if not is_finite_number(temperature) or not _COLDEST / 2 <= temperature <= 2 * _HOTTEST:
        raise damaged
    if rejection is None:
        return Calibration(float(temperature))
    if not isinstance(rejection, dict) or set(rejection) != {"rule", "threshold"}:
        raise damaged
    if rejection["rule"] != _RULE:
        raise ModelFileError("refuses drawings by a rule that this version of DigitLab does not know.")
    if not is_finite_number(rejection["threshold"]) or abs(rejection["threshold"]) > 1e6:
        raise damaged
    return Calibration(float(temperature), float(rejection["threshold"]))

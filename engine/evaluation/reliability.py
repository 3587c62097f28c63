"""Whether probabilities are true: the reliability curve, proper scores, and accuracy against the share answered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import ConfigurationError, DataError, ShapeError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityCurve:
    """Examples in bins of their confidence; bins without examples have a count of 0 and NaN.

    Attributes:
        edges: (bins + 1,) from 0 to 1; a bin holds its right edge and not its left one, the first one holds both.
        counts: (bins,) examples.
        confidence: (bins,) their mean confidence.
        accuracy: (bins,) the share of them that is right.
        places: (n,) the bin of each example.
    """

    edges: Floats
    counts: NDArray[np.int64]
    confidence: Floats
    accuracy: Floats
    places: NDArray[np.int64]


def reliability_curve(right: ArrayLike, confidence: ArrayLike, bins: int = 15) -> ReliabilityCurve:
    """The curve of equally wide bins: right (n,) truth values, confidence (n,) in [0, 1].

    As many bins as `expected_calibration_error` takes: that is the mean gap of this curve.

    The values are those of scikit-learn's `calibration_curve` with its uniform strategy.

    Raises:
        ConfigurationError: there is not at least one bin.
        ShapeError: the arrays are not (n,) both.
    """
    if bins < 1:
        raise ConfigurationError(f"A reliability curve needs at least one bin, not {bins}.")
    hits, sure = np.asarray(right, np.float64), np.asarray(confidence, np.float64)
    if hits.shape != sure.shape or hits.ndim != 1:
        raise ShapeError(f"Answers {hits.shape} and their confidence {sure.shape} do not fit together.")
    edges = np.linspace(0.0, 1.0, bins + 1)
    places = np.searchsorted(edges[1:-1], sure).astype(np.int64)
    counts = np.bincount(places, minlength=bins)
    with np.errstate(invalid="ignore"):
        claimed = np.bincount(places, weights=sure, minlength=bins) / counts
        actual = np.bincount(places, weights=hits, minlength=bins) / counts
    return ReliabilityCurve(edges, counts.astype(np.int64), claimed, actual, places)


def brier_score(targets: ArrayLike, probabilities: ArrayLike) -> float:
    """The mean of Σₖ (pₖ − [k = target])²: targets (n,) class numbers, probabilities (n, K). 0 is perfect, 2 the worst.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 1950.

    Raises:
        DataError: there are no examples.
    """
    true, table = _checked(targets, probabilities)
    return float(np.square(table - (true[:, None] == np.arange(table.shape[1]))).sum(axis=1).mean())


def losses(targets: ArrayLike, probabilities: ArrayLike) -> Floats:
    """−ln p of each example's own class, (n,): targets (n,) class numbers, probabilities (n, K).

    Probabilities below the smallest step of float64 count as that, as scikit-learn's `log_loss` does.

    Raises:
        DataError: there are no examples.
    """
    true, table = _checked(targets, probabilities)
    return np.asarray(-np.log(np.clip(table[np.arange(len(true)), true], np.finfo(np.float64).eps, 1.0)))


@dataclass(frozen=True, slots=True, eq=False)
class RiskCoverage:
    """What refusing the least sure answers brings, for every threshold that occurs.

    Attributes:
        thresholds: (m,) falling: everything with a score of at least this is answered.
        coverage: (m,) the share that is answered.
        accuracy: (m,) the share of the answered that is right.
    """

    thresholds: Floats
    coverage: Floats
    accuracy: Floats


def risk_coverage(right: ArrayLike, scores: ArrayLike) -> RiskCoverage:
    """Accuracy against coverage: right (n,) truth values, scores (n,), high where the model is sure.

    Y. Geifman and R. El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.

    Raises:
        DataError: there are no examples.
    """
    hits, sure = np.asarray(right, np.float64), np.asarray(scores, np.float64)
    if not len(hits):
        raise DataError("Accuracy against coverage needs examples.")
    order = np.argsort(-sure, kind="stable")
    ordered = sure[order]
    # Equal scores are answered or refused together.
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    answered = last + 1.0
    return RiskCoverage(ordered[last], answered / len(hits), np.cumsum(hits[order])[last] / answered)


def _checked(targets: ArrayLike, probabilities: ArrayLike) -> tuple[NDArray[np.intp], NDArray[Any]]:
    true, table = np.asarray(targets, np.intp), np.asarray(probabilities, np.float64)
    if true.ndim != 1 or table.ndim != 2 or len(true) != len(table):
        raise ShapeError(f"Targets {true.shape} and probabilities {table.shape} do not fit together.")
    if not len(true):
        raise DataError("Probabilities cannot be scored without examples.")
    return true, table

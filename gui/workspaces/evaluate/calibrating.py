"""Reliability before and after calibration, and the fit itself; knows no widget."""

from dataclasses import dataclass, replace

import numpy as np

from engine.data import Dataset
from engine.errors import DataError
from engine.evaluation.calibration import UNCALIBRATED, Calibration, fit_temperature
from engine.evaluation.metrics import expected_calibration_error
from engine.evaluation.reliability import ReliabilityCurve, RiskCoverage, brier_score, reliability_curve, risk_coverage
from engine.storage.model import Model
from models.scoring import Answers, answer_dataset

_RUG_STEPS = 500


@dataclass(frozen=True, eq=False)
class Scores:
    """How true some probabilities are: curve, expected calibration error and Brier score."""

    curve: ReliabilityCurve
    error: float
    brier: float


@dataclass(frozen=True, eq=False)
class Reliability:
    """The scores of the raw probabilities and of the calibrated ones, and what refusing would bring.

    Attributes:
        raw: at temperature 1, nothing refused.
        now: as the model is calibrated.
        coverage: accuracy against the share answered, by the energy that the rule of refusal looks at.
        rug: where right answers and mistakes lie by their confidence, none twice within a pixel.
    """

    raw: Scores
    now: Scores
    coverage: RiskCoverage
    rug: tuple[np.ndarray, np.ndarray]


def reliability_of(model: Model, answers: Answers) -> Reliability:
    """The reliability of answers that name a class."""
    raw_model = replace(model, calibration=UNCALIBRATED)
    raw = raw_model.probabilities(answers.logits)
    coverage = risk_coverage(answers.right, answers.energies)
    sure = np.rint(_RUG_STEPS * answers.confidence) / _RUG_STEPS
    rug = (np.unique(sure[answers.right]), np.unique(sure[~answers.right]))
    return Reliability(_scores(answers, raw), _scores(answers, answers.predictions), coverage, rug)


def _scores(answers: Answers, probabilities: np.ndarray) -> Scores:
    return Scores(
        reliability_curve(answers.right, np.clip(probabilities.max(axis=1), 0.0, 1.0)),
        expected_calibration_error(answers.targets, probabilities),
        brier_score(answers.targets, probabilities),
    )


def fitted_calibration(model: Model, validation: Dataset) -> Calibration:
    """Temperature for a model from held-out digits; a rule of refusal that it has stays.

    Raises:
        DataError: the model answers no classes, or knows none of the digits.
    """
    loss = model.network.loss
    if model.task != "multiclass" or loss is None:
        raise DataError("Only a model that names one of several classes can be calibrated.")
    answers = answer_dataset(model, validation)
    return fit_temperature([(answers.logits, np.asarray(answers.targets))], loss, model.calibration.threshold)

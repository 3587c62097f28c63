"""How good a model is on labelled digits, whatever its task."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset
from engine.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    exact_match,
    expected_calibration_error,
    label_accuracy,
    label_f1,
    macro_f1,
    precision_recall_f1,
    top_k_accuracy,
)
from engine.evaluation.reliability import brier_score
from engine.evaluation.value_metrics import mean_absolute_error, r_squared, root_mean_squared_error
from engine.storage.model import Model
from models.scoring.answers import Answers, answer_dataset


def evaluate(model: Model, dataset: Dataset) -> dict[str, Any]:
    """Metrics of a model on labelled digits, as plain JSON values.

    Always there: `count` (digits judged), `left_out` (digits that the model does not know), `labels`, `accuracy` and
    `confusion`; where the model can refuse, the shares `refused` and `right_and_answered`. By task:

    - two or more classes: accuracy is the share of right answers; confusion[i][j] counts digits of class i taken for
      class j; precision, recall and f1 a class; mean loss −ln p and Brier score.
    - multilabel: accuracy is the share of digits of which all labels are right; confusion holds a 2×2 matrix for each
      label (rows: truly not, truly so); f1 a label.
    - regression: every digit is turned by a random angle; accuracy is the share that is off by at most 10 degrees,
      confusion is empty; rmse, mae and r2 in degrees.

    Raises:
        DataError: there is no digit that the model knows.
    """
    return metrics_of(answer_dataset(model, dataset), can_reject=model.calibration.threshold is not None)


def metrics_of(answers: Answers, *, can_reject: bool) -> dict[str, Any]:
    """The metrics of `evaluate` from answers that are there already."""
    by_task = {"binary": _classes, "multiclass": _classes, "multilabel": _properties, "regression": _angles}
    metrics = {"labels": list(answers.labels), "count": len(answers), "left_out": answers.total - len(answers)}
    metrics |= by_task[answers.task](answers)
    if can_reject:
        metrics["refused"] = float(answers.refused.mean())
        metrics["right_and_answered"] = float((answers.right & ~answers.refused).mean())
    return metrics


def _classes(answers: Answers) -> dict[str, Any]:
    targets, probabilities = answers.targets, answers.predictions
    confusion = confusion_matrix(targets, probabilities, len(answers.labels))
    precision, recall, f1 = precision_recall_f1(confusion)
    metrics = {
        "accuracy": accuracy(targets, probabilities),
        "confusion": confusion.tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "macro_f1": macro_f1(targets, probabilities),
        "mean_loss": float(answers.errors.mean()),
        "brier": brier_score(targets, probabilities),
        "calibration_error": expected_calibration_error(targets, probabilities),
    }
    if len(answers.labels) > 3:
        metrics["top_3_accuracy"] = top_k_accuracy(targets, probabilities, 3)
    return metrics


def _properties(answers: Answers) -> dict[str, Any]:
    targets, probabilities = answers.targets, answers.predictions
    said, f1 = probabilities >= 0.5, label_f1(targets, probabilities)
    return {
        "accuracy": exact_match(targets, probabilities),
        "label_accuracy": label_accuracy(targets, probabilities),
        "confusion": [_two_by_two(targets[:, i], said[:, i]) for i in range(len(answers.labels))],
        "f1": f1.tolist(),
        "macro_f1": float(f1.mean()),
    }


def _two_by_two(truly: NDArray[Any], answered: NDArray[np.bool_]) -> list[list[int]]:
    counts: list[list[int]] = confusion_matrix(truly.astype(np.int64), answered.astype(np.int64), 2).tolist()
    return counts


def _angles(answers: Answers) -> dict[str, Any]:
    degrees, said = answers.targets, answers.predictions[:, 0]
    return {
        "accuracy": float(answers.right.mean()),
        "confusion": [],
        "rmse": root_mean_squared_error(degrees, said),
        "mae": mean_absolute_error(degrees, said),
        "r2": r_squared(degrees, said),
    }

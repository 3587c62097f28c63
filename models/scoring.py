"""How good a model is on labelled digits, whatever its task."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset
from engine.data.augmentation.rotation import rotate_digits
from engine.errors import DataError
from engine.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    exact_match,
    expected_calibration_error,
    label_accuracy,
    label_f1,
    mean_absolute_error,
    precision_recall_f1,
    r_squared,
    root_mean_squared_error,
    top_k_accuracy,
)
from engine.storage.model import Model
from models.presets.angle import LARGEST_ANGLE_DEGREES
from models.presets.multilabel import PROPERTIES

# Where the random rotations of an evaluation start: equal data give equal figures.
_ROTATION_SEED = 0
# An angle counts as right when it is off by no more than this.
RIGHT_WITHIN_DEGREES = 10.0


def evaluate(model: Model, dataset: Dataset) -> dict[str, Any]:
    """Figures of a model on labelled digits, as plain JSON values.

    Always there: `count` (digits judged), `left_out` (digits that the model does not know), `labels`, `accuracy` and
    `confusion`. By task:

    - two or more classes: accuracy is the share of right answers; confusion[i][j] counts digits of class i taken for
      class j; precision, recall and f1 a class.
    - multilabel: accuracy is the share of digits of which all labels are right; confusion holds a 2×2 matrix for each
      label (rows: truly not, truly so); f1 a label.
    - regression: every digit is turned by a random angle; accuracy is the share that is off by at most 10 degrees,
      confusion is empty; rmse, mae and r2 in degrees.

    Raises:
        DataError: there is no digit that the model knows.
    """
    judged = {"binary": _classes, "multiclass": _classes, "multilabel": _properties, "regression": _angles}
    return {"labels": list(model.labels), **judged[model.task](model, dataset)}


def _classes(model: Model, dataset: Dataset) -> dict[str, Any]:
    places = {label: place for place, label in enumerate(model.labels)}
    classes = np.array([places.get(str(digit), -1) for digit in range(10)])[dataset.labels]
    known = classes >= 0
    if not known.any():
        raise DataError(f"{dataset.name or 'The data'}: it holds none of the digits that the model knows.")
    targets = classes[known]
    probabilities = model.answer(dataset.images[known])
    confusion = confusion_matrix(targets, probabilities, len(model.labels))
    precision, recall, f1 = precision_recall_f1(confusion)
    figures = {
        "count": int(known.sum()),
        "left_out": int((~known).sum()),
        "accuracy": accuracy(targets, probabilities),
        "confusion": confusion.tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "calibration_error": expected_calibration_error(targets, probabilities),
    }
    if len(model.labels) > 3:
        figures["top_3_accuracy"] = top_k_accuracy(targets, probabilities, 3)
    return figures


def _properties(model: Model, dataset: Dataset) -> dict[str, Any]:
    unknown = [label for label in model.labels if label not in PROPERTIES]
    if unknown:
        raise DataError(
            f"The labels of a digit do not say whether it is {unknown[0]!r}, so this model cannot be judged."
        )
    _require_digits(dataset)
    targets = np.stack([np.isin(dataset.labels, PROPERTIES[label]) for label in model.labels], axis=1)
    probabilities = model.answer(dataset.images)
    answers = probabilities >= 0.5
    return {
        "count": len(dataset),
        "left_out": 0,
        "accuracy": exact_match(targets, probabilities),
        "label_accuracy": label_accuracy(targets, probabilities),
        "confusion": [_two_by_two(targets[:, i], answers[:, i]) for i in range(len(model.labels))],
        "f1": label_f1(targets, probabilities).tolist(),
    }


def _two_by_two(truly: NDArray[np.bool_], answered: NDArray[np.bool_]) -> list[list[int]]:
    counts: list[list[int]] = confusion_matrix(truly.astype(np.int64), answered.astype(np.int64), 2).tolist()
    return counts


def _angles(model: Model, dataset: Dataset) -> dict[str, Any]:
    _require_digits(dataset)
    rng = np.random.default_rng(_ROTATION_SEED)
    degrees = rng.uniform(-LARGEST_ANGLE_DEGREES, LARGEST_ANGLE_DEGREES, len(dataset)).astype(np.float32)
    answers = model.answer(rotate_digits(dataset.images, degrees))[:, 0]
    return {
        "count": len(dataset),
        "left_out": 0,
        "accuracy": float(np.mean(np.abs(answers - degrees) <= RIGHT_WITHIN_DEGREES)),
        "confusion": [],
        "rmse": root_mean_squared_error(degrees, answers),
        "mae": mean_absolute_error(degrees, answers),
        "r2": r_squared(degrees, answers),
    }


def _require_digits(dataset: Dataset) -> None:
    if not len(dataset):
        raise DataError(f"{dataset.name or 'The data'}: there are no digits in it.")

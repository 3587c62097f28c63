"""Metrics that say how good the answers are. None of them is differentiated; the loss is for that.

`targets` come first, as in scikit-learn and Keras. Classes are numbers 0 … K−1 in an integer array (n,), predictions
are what `Loss.to_predictions` gives: probabilities (n, K), or (n, 1) for a yes-or-no question, or plain values.

Examples whose target is negative belong to none of the classes (`OpenSetCrossentropy`): the metrics of classes leave
them out, because an answer that has to name a class can be neither right nor wrong about them.
"""

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.errors import ShapeError
from engine.evaluation.confusion_metrics import AUC, Precision, Recall, ThresholdCounts
from engine.evaluation.value_metrics import (
    mean_absolute_error,
    mean_squared_error,
    r_squared,
    require_same_length,
    root_mean_squared_error,
    same_tables,
)
from engine.losses.base import Loss

Array = NDArray[Any]
_THRESHOLD = 0.5


def class_numbers(predictions: Array) -> NDArray[np.intp]:
    """The class that each row of (n, K) stands for, (n,): the largest column, or p ≥ ½ for a single one."""
    if predictions.ndim == 1:
        if predictions.dtype.kind in "iub":
            return predictions.astype(np.intp)
        return (predictions >= _THRESHOLD).astype(np.intp)
    if predictions.shape[1] == 1:
        return class_numbers(predictions[:, 0])
    return np.asarray(predictions.argmax(axis=1), np.intp)


def true_classes(targets: Array) -> NDArray[np.intp]:
    """The class of each row of targets: the number itself in (n,) or a column (n, 1), the largest of K columns.

    A column of fractions is read as probabilities of "yes".
    """
    column = targets.reshape(-1) if targets.ndim == 2 and targets.shape[1] == 1 else targets
    if column.ndim == 1 and (column.dtype.kind in "iub" or np.array_equal(column, np.rint(column))):
        return column.astype(np.intp)
    return class_numbers(targets)


def accuracy(targets: Array, predictions: Array) -> float:
    """Part of the examples whose class is right, in [0, 1]; NaN without examples."""
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    true, predicted = _of_a_class(true_classes(targets), class_numbers(predictions))
    return float(np.count_nonzero(true == predicted) / len(true)) if len(true) else math.nan


def top_k_accuracy(targets: Array, probabilities: Array, k: int = 3) -> float:
    """Part of the examples whose true class is among the k most probable; ties count against it.

    Raises:
        ShapeError: there are fewer than two columns.
    """
    targets, probabilities = np.asarray(targets), np.asarray(probabilities)
    true, probabilities = _of_a_class(true_classes(targets), probabilities)
    if probabilities.ndim != 2 or probabilities.shape[1] < 2:
        raise ShapeError(f"The {k} most probable classes need a column a class, not outputs of {probabilities.shape}.")
    if not len(true):
        return math.nan
    own = probabilities[np.arange(len(true)), true][:, np.newaxis]
    better = np.count_nonzero(probabilities >= own, axis=1) - 1
    return float(np.count_nonzero(better < k) / len(true))


def confusion_matrix(targets: Array, predictions: Array, classes: int | None = None) -> NDArray[np.int64]:
    """How often class i (row) was taken for class j (column), shape (K, K)."""
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    true, predicted = _of_a_class(true_classes(targets), class_numbers(predictions))
    if classes is None:
        wide = predictions.shape[1] if predictions.ndim == 2 else 0
        classes = max(2, wide, int(true.max(initial=-1)) + 1, int(predicted.max(initial=-1)) + 1)
    counts = np.bincount(true * classes + predicted, minlength=classes * classes)
    return counts.astype(np.int64).reshape(classes, classes)


def precision_recall_f1(confusion: Array) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per class, from a confusion matrix, each of shape (K,).

    precision = right / predicted as the class, recall = right / truly of the class, F1 = 2·P·R / (P + R). A quotient
    of 0 by 0 is 0.

    C. D. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval", 2008, chapter 8.
    """
    right = np.diag(confusion).astype(np.float64)
    precision = _quotient(right, confusion.sum(axis=0))
    recall = _quotient(right, confusion.sum(axis=1))
    return precision, recall, _quotient(2 * precision * recall, precision + recall)


def macro_f1(targets: Array, predictions: Array) -> float:
    """The mean of the classes' F1, every class counting alike; those that neither occur nor are answered do not count.

    C. D. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval", 2008, section 13.6.
    """
    confusion = confusion_matrix(targets, predictions)
    there = confusion.any(axis=0) | confusion.any(axis=1)
    return float(precision_recall_f1(confusion)[2][there].mean()) if there.any() else math.nan


def label_accuracy(targets: Array, probabilities: Array) -> float:
    """Part of all single labels that are right (multi-label)."""
    true, predicted = _label_tables(targets, probabilities)
    return float((true == predicted).mean()) if true.size else math.nan


def exact_match(targets: Array, probabilities: Array) -> float:
    """Part of the examples of which *every* label is right (multi-label)."""
    true, predicted = _label_tables(targets, probabilities)
    return float((true == predicted).all(axis=1).mean()) if len(true) else math.nan


def label_f1(targets: Array, probabilities: Array) -> FloatArray:
    """F1 = 2·TP / (2·TP + FP + FN) of each label, shape (labels,); 0 where a label never occurs nor is predicted."""
    true, predicted = _label_tables(targets, probabilities)
    both = (true & predicted).sum(axis=0)
    return _quotient(2.0 * both, true.sum(axis=0) + predicted.sum(axis=0))


def mean_label_f1(targets: Array, probabilities: Array) -> float:
    """The mean of `label_f1`."""
    return float(label_f1(targets, probabilities).mean())


def expected_calibration_error(targets: Array, probabilities: Array, bins: int = 15) -> float:
    """How far confidence and accuracy are apart:  Σ over bins of (nᵦ/n)·|accuracyᵦ − confidenceᵦ|.

    Examples are sorted into equally wide bins of the winning probability.
    C. Guo et al., "On calibration of modern neural networks", 2017.
    """
    targets, probabilities = np.asarray(targets), np.asarray(probabilities)
    true, probabilities = _of_a_class(true_classes(targets), probabilities)
    predicted = class_numbers(probabilities)
    if not len(true):
        return math.nan
    table = np.asarray(probabilities, np.float64).reshape(len(true), -1)
    confidence = np.maximum(table, 1 - table)[:, 0] if table.shape[1] == 1 else table.max(axis=1)
    # Bins are open to the left, as in the paper: 1.0 belongs to the last one.
    bin_numbers = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    right = np.bincount(bin_numbers, weights=true == predicted, minlength=bins)
    claimed = np.bincount(bin_numbers, weights=confidence, minlength=bins)
    return float(np.abs(right - claimed).sum() / len(true))


Metric = Callable[[Array, Array], float]


def _of_yes_or_no(made: Callable[[], ThresholdCounts]) -> Metric:
    """Keras' metric of a yes or no; of several classes each is such a question, and all of them count together."""

    def value(targets: Array, predictions: Array) -> float:
        true, claimed = _of_a_class(true_classes(np.asarray(targets)), np.asarray(predictions))
        metric = made()
        several = claimed.ndim == 2 and claimed.shape[1] > 1
        metric.update_state(np.eye(claimed.shape[1])[true] if several else true.reshape(claimed.shape), claimed)
        return float(np.asarray(metric.result()))

    return value


METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "top_3_accuracy": top_k_accuracy,
    "top_5_accuracy": partial(top_k_accuracy, k=5),
    "precision": _of_yes_or_no(Precision),
    "recall": _of_yes_or_no(Recall),
    "auc": _of_yes_or_no(AUC),
    "macro_f1": macro_f1,
    "label_accuracy": label_accuracy,
    "exact_match": exact_match,
    "f1": mean_label_f1,
    "mse": mean_squared_error,
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "r2": r_squared,
    "calibration_error": expected_calibration_error,
}

# Task of a loss → further metrics that make sense for it; "label" is a single yes or no.
METRICS_OF_TASK: dict[str, tuple[str, ...]] = {
    "label": ("precision", "recall", "auc", "macro_f1"),
    "classes": ("top_3_accuracy", "top_5_accuracy", "precision", "recall", "auc", "macro_f1", "calibration_error"),
    "labels": ("label_accuracy", "exact_match"),
    "values": ("mse", "rmse", "mae", "r2"),
}

# What every run computes, by the same keys; the accuracy of several labels is that of single ones.
USUAL_METRICS: dict[str, tuple[str, ...]] = {
    "label": ("accuracy",),
    "classes": ("accuracy",),
    "labels": ("accuracy", "f1", "exact_match"),
    "values": ("rmse", "mae", "r2"),
}


def task_metrics(
    loss: Loss, outputs: Array, targets: Array, names: Iterable[str] = (), known_accuracy: float | None = None
) -> dict[str, float]:
    """`USUAL_METRICS` and others from outputs (logits) and targets; `batch_accuracy` may have been counted already."""
    task = "label" if loss.task == "labels" and outputs.shape[-1] == 1 else loss.task
    usual, metrics = {name: METRICS[name] for name in USUAL_METRICS[task]}, dict[str, float]()
    if task == "labels":
        usual["accuracy"] = label_accuracy
    elif usual.pop("accuracy", None) is not None:
        # The outputs alone tell the class: no need for probabilities of a whole training set in every epoch.
        metrics["accuracy"] = batch_accuracy(loss, outputs, targets) if known_accuracy is None else known_accuracy
    wanted = usual | {name: METRICS[name] for name in names if name not in usual and name not in metrics}
    if wanted:
        predictions = loss.to_predictions(outputs)
        metrics |= {name: metric(targets, predictions) for name, metric in wanted.items()}
    return metrics


def batch_accuracy(loss: Loss, outputs: Array, targets: Array) -> float:
    """The accuracy of one batch straight from its outputs; NaN for values, and where nothing is judged."""
    right, judged = right_answers(loss, outputs, targets)
    total = int(judged.sum())
    return int(right.sum()) / total if total else math.nan


def right_answers(loss: Loss, outputs: Array, targets: Array) -> tuple[IntArray, IntArray]:
    """How many answers of each example are right, and how many are judged, (n,) each, straight from the outputs.

    An example of a class has one answer, one of several labels has as many as labels; values are not judged.
    """
    count = len(outputs)
    if loss.task == "values":
        return np.zeros(count, np.intp), np.zeros(count, np.intp)
    if loss.task == "classes":
        true = targets if targets.ndim == 1 else targets.argmax(axis=1)
        known = true >= 0
        if known.all():
            return _is_largest(outputs, true).astype(np.intp), known.astype(np.intp)
        # No class is −1: these examples are never right, and they are not judged.
        return (_is_largest(outputs, np.maximum(true, 0)) & known).astype(np.intp), known.astype(np.intp)
    # A probability of ½ is a logit of 0.
    answers = (outputs >= (0 if loss.from_logits else _THRESHOLD)).reshape(count, -1)
    right = answers == (targets.reshape(answers.shape) >= _THRESHOLD)
    return np.count_nonzero(right, axis=1), np.full(count, answers.shape[1])


def _is_largest(table: Array, columns: IntArray) -> Array:
    """Whether each row's largest number, the first one of equal ones, stands in the given column: (n,) truth values."""
    count = len(table)
    if table.strides[0] == table.itemsize:
        # Columns lie in one piece: comparing whole columns takes a fifth of the time of row after row.
        hits: Array = np.maximum.reduce(table.T, axis=0) == table.T
        if np.count_nonzero(hits) == count:
            return np.asarray(hits.reshape(-1).take(columns * count + np.arange(count)))
        # Equal ones, or numbers that are none.
    return np.asarray(table.argmax(axis=1) == columns)


def _quotient(above: Array, below: Array) -> FloatArray:
    result = np.zeros(np.shape(above), np.float64)
    np.divide(above, below, out=result, where=np.asarray(below) != 0)
    return result


def _label_tables(targets: Array, probabilities: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    true, predicted = same_tables(np.asarray(targets), np.asarray(probabilities))
    return true >= _THRESHOLD, predicted >= _THRESHOLD


def _of_a_class(true: Array, predictions: Array) -> tuple[Array, Array]:
    """The rows whose true class is one of the classes; targets and predictions have to be equally many."""
    require_same_length(true, predictions)
    known = true >= 0
    return (true, predictions) if known.all() else (true[known], predictions[known])

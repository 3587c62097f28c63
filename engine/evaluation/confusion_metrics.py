"""Metrics that count right and wrong answers at thresholds: precision, recall, area under a curve, F score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError
from engine.evaluation.metric_objects import Metric, weights_of


class ThresholdCounts(Metric):
    """Weighted counts of true and false positives and negatives at each threshold.

    Args:
        thresholds: one or several numbers from 0 to 1; an output counts as "yes" above it. None for 0.5.
        class_id: column that is looked at alone, or None.
    """

    begins_empty = True

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        class_id: int | None = None,
        top_k: int | None = None,
    ) -> None:
        limits = [0.5] if thresholds is None else np.atleast_1d(thresholds).tolist()
        if any(not -1e-6 <= limit <= 1 + 1e-6 for limit in limits):
            raise ConfigurationError(f"Thresholds of probabilities are from 0 to 1, not {thresholds!r}.", "thresholds")
        self.thresholds, self.class_id, self.top_k = limits, class_id, top_k
        self.single = thresholds is None or np.ndim(thresholds) == 0
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget all batches."""
        self.tp, self.fp, self.tn, self.fn = (np.zeros(len(self.thresholds)) for _ in range(4))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch of targets 0 and 1 and of probabilities."""
        outputs = np.asarray(y_pred, np.float64)
        true = np.asarray(y_true, np.float64).reshape(outputs.shape)
        if self.top_k is not None:
            places = np.argsort(-outputs, axis=-1, kind="stable")[..., : self.top_k]
            kept = np.zeros_like(outputs)
            np.put_along_axis(kept, places, 1.0, axis=-1)
            outputs = kept
        weights = weights_of(sample_weight, outputs)
        if self.class_id is not None:
            outputs, true, weights = outputs[..., self.class_id], true[..., self.class_id], weights[..., self.class_id]
        outputs, weights, is_true = outputs.reshape(-1), weights.reshape(-1), true.reshape(-1) > 0.5
        for place, limit in enumerate(self.thresholds):
            said = outputs > limit
            self.tp[place] += weights[said & is_true].sum()
            self.fp[place] += weights[said & ~is_true].sum()
            self.fn[place] += weights[~said & is_true].sum()
            self.tn[place] += weights[~said & ~is_true].sum()

    def _shown(self, values: FloatArray) -> Tensor:
        return as_tensor(values[0] if self.single else values)


class TruePositives(ThresholdCounts):
    """How often "yes" was right."""

    default_name = "true_positives"

    def result(self) -> Tensor:
        """The count."""
        return self._shown(self.tp)


class FalsePositives(ThresholdCounts):
    """How often "yes" was wrong."""

    default_name = "false_positives"

    def result(self) -> Tensor:
        """The count."""
        return self._shown(self.fp)


class TrueNegatives(ThresholdCounts):
    """How often "no" was right."""

    default_name = "true_negatives"

    def result(self) -> Tensor:
        """The count."""
        return self._shown(self.tn)


class FalseNegatives(ThresholdCounts):
    """How often "no" was wrong."""

    default_name = "false_negatives"

    def result(self) -> Tensor:
        """The count."""
        return self._shown(self.fn)


class _Ratio(ThresholdCounts):
    """Keras' order of arguments for precision and recall."""

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, class_id, top_k)


class Precision(_Ratio):
    """Right answers "yes" among all "yes": TP / (TP + FP), 0 where there are none."""

    default_name = "precision"

    def result(self) -> Tensor:
        """The ratio."""
        return self._shown(divide(self.tp, self.tp + self.fp))


class Recall(_Ratio):
    """Right answers "yes" among all that are truly so: TP / (TP + FN), 0 where there are none."""

    default_name = "recall"

    def result(self) -> Tensor:
        """The ratio."""
        return self._shown(divide(self.tp, self.tp + self.fn))


class AUC(ThresholdCounts):
    """The area under the ROC curve or the precision-recall curve, from equally spaced thresholds.

    T. Fawcett, "An introduction to ROC analysis", 2006; J. Davis and M. Goadrich, "The relationship between
    precision-recall and ROC curves", 2006.

    Args:
        num_thresholds: how many, ≥ 2.
        curve: "ROC" or "PR".
        summation_method: only "interpolation" here.
        from_logits: whether outputs are logits.
    """

    default_name = "auc"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
    ) -> None:
        if num_thresholds < 2 or curve not in ("ROC", "PR") or summation_method != "interpolation":
            raise ConfigurationError(
                f'The area is that under "ROC" or "PR", interpolated between at least 2 thresholds, not '
                f"{curve!r}, {summation_method!r}, {num_thresholds!r}."
            )
        inner = [(place + 1) / (num_thresholds - 1) for place in range(num_thresholds - 2)]
        self.curve, self.from_logits = curve, from_logits
        super().__init__([-1e-7, *inner, 1 + 1e-7], name, dtype)

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch."""
        outputs = np.asarray(y_pred, np.float64)
        super().update_state(y_true, 1 / (1 + np.exp(-outputs)) if self.from_logits else outputs, sample_weight)

    def result(self) -> Tensor:
        """The area."""
        if self.curve == "PR":
            return as_tensor(self._under_precision())
        x, y = divide(self.fp, self.fp + self.tn), divide(self.tp, self.tp + self.fn)
        return as_tensor(((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2).sum())

    def _under_precision(self) -> Any:  # noqa: ANN401 — a number
        gained = self.tp[:-1] - self.tp[1:]
        said = self.tp + self.fp
        slope = divide(gained, np.maximum(said[:-1] - said[1:], 0))
        start = self.tp[1:] - slope * said[1:]
        ratio = np.where((said[:-1] > 0) & (said[1:] > 0), divide(said[:-1], np.maximum(said[1:], 0)), 1.0)
        parts = slope * (gained + start * np.log(ratio))
        return divide(parts, np.maximum(self.tp[1:] + self.fn[1:], 0)).sum()


class FBetaScore(Metric):
    """(1 + β²)·P·R / (β²·P + R) of each column.

    Args:
        average: None for one number a column, "micro" for all columns as one, "macro" for their mean, "weighted" for
            the mean weighed by how often each is true.
        beta: β > 0, how much more recall counts than precision.
        threshold: an output counts as "yes" above it; None for the largest of each row.
    """

    default_name = "fbeta_score"
    begins_empty = True

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        if average not in (None, "micro", "macro", "weighted") or not beta > 0:
            raise ConfigurationError(
                f'The average is None, "micro", "macro" or "weighted", and beta is greater than 0, not {average!r} '
                f"and {beta!r}."
            )
        self.average, self.beta, self.threshold = average, float(beta), threshold
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget all batches."""
        self.tp: Any = np.zeros(())
        self.fp = self.fn = self.true = self.tp

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch of rows."""
        outputs = np.asarray(y_pred, np.float64)
        true = np.asarray(y_true, np.float64).reshape(outputs.shape)
        if self.threshold is None:
            limit = outputs.max(axis=-1, keepdims=True)
            said = ((outputs >= limit) & (np.abs(outputs) > 1e-9)).astype(np.float64)
        else:
            said = (outputs > self.threshold).astype(np.float64)
        weights = weights_of(sample_weight, outputs)
        axes = None if self.average == "micro" else 0
        self.tp = self.tp + (said * true * weights).sum(axis=axes)
        self.fp = self.fp + (said * (1 - true) * weights).sum(axis=axes)
        self.fn = self.fn + ((1 - said) * true * weights).sum(axis=axes)
        self.true = self.true + (true * weights).sum(axis=axes)

    def result(self) -> Tensor:
        """The score, or one a column."""
        precision, recall = divide(self.tp, self.tp + self.fp), divide(self.tp, self.tp + self.fn)
        square = self.beta**2
        scores = divide((1 + square) * precision * recall, square * precision + recall)
        if self.average == "weighted":
            return as_tensor((scores * divide(self.true, self.true.sum())).sum())
        return as_tensor(scores.mean() if self.average == "macro" else scores)


class F1Score(FBetaScore):
    """2·P·R / (P + R) of each column; arguments as for `FBetaScore`."""

    default_name = "f1_score"

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)


def divide(above: FloatArray, below: FloatArray) -> FloatArray:
    """The quotients elementwise, 0 where the lower number is 0."""
    result = np.zeros(np.broadcast(above, below).shape)
    np.divide(above, below, out=result, where=np.asarray(below) != 0)
    return result

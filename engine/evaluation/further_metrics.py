"""Further metrics that gather: share of the variance, overlap of classes, one ratio at a wished value of another.

Targets and outputs are (n, …).
"""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError
from engine.evaluation.confusion_metrics import ThresholdCounts, divide
from engine.evaluation.metric_objects import Metric, weights_of


class R2Score(Metric):
    """R² = 1 − Σ (t − y)² / Σ (t − mean t)², the share of the targets' variance that the outputs explain.

    Args:
        class_aggregation: "uniform_average", "variance_weighted_average", or None for one number an output.
        num_regressors: of the model, for the adjusted R²; 0 for the plain one.
    """

    begins_empty = True

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: DTypeLike | None = None,
    ) -> None:
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average") or num_regressors < 0:
            raise ConfigurationError(f"R2Score has no aggregation {class_aggregation!r}.", "class_aggregation")
        self.class_aggregation, self.num_regressors = class_aggregation, int(num_regressors)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget all batches."""
        self.squared: Any = 0.0
        self.total: Any = 0.0
        self.residual: Any = 0.0
        self.count: Any = 0.0
        self.examples = 0

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch."""
        outputs = np.asarray(y_pred, np.float64)
        outputs = outputs.reshape(len(outputs), -1)
        true = np.asarray(y_true, np.float64).reshape(outputs.shape)
        weights = weights_of(sample_weight, outputs)
        self.total = self.total + (weights * true).sum(axis=0)
        self.squared = self.squared + (weights * true * true).sum(axis=0)
        self.residual = self.residual + (weights * (true - outputs) ** 2).sum(axis=0)
        self.count = self.count + weights.sum(axis=0)
        self.examples += len(outputs)

    def result(self) -> Tensor:
        """The share."""
        spread = self.squared - self.total**2 / np.maximum(self.count, 1e-300)
        scores = np.asarray(1 - self.residual / np.where(spread == 0, 1, spread))
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation == "variance_weighted_average":
            scores = (scores * spread).sum() / spread.sum()
        if self.num_regressors:
            scores = 1 - (1 - scores) * (self.examples - 1) / (self.examples - self.num_regressors - 1)
        return as_tensor(scores)


class MeanIoU(Metric):
    """The mean over the classes of TP / (TP + FP + FN), for class numbers.

    Args:
        num_classes: how many.
    """

    begins_empty = True

    def __init__(self, num_classes: int, name: str | None = "mean_io_u", dtype: DTypeLike | None = None) -> None:
        self.num_classes = int(num_classes)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget all batches."""
        self.matrix = np.zeros((self.num_classes, self.num_classes))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch of class numbers."""
        true, said = (np.asarray(part).astype(np.intp).reshape(-1) for part in (y_true, y_pred))
        weights = np.ones(true.shape) if sample_weight is None else np.asarray(sample_weight, float).reshape(-1)
        np.add.at(self.matrix, (true, said), weights)

    def result(self) -> Tensor:
        """The mean over the classes that there are."""
        both = np.diag(self.matrix)
        union = self.matrix.sum(axis=0) + self.matrix.sum(axis=1) - both
        return as_tensor((both[union > 0] / union[union > 0]).mean() if union.any() else 0.0)


class _AtValue(ThresholdCounts):
    """The best value of one ratio at thresholds where another one is high enough.

    Args:
        value: what the other ratio has to reach, from 0 to 1.
        num_thresholds: how many are tried.
    """

    field: ClassVar[str] = "value"

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        if not 0 <= value <= 1 or num_thresholds < 1:
            raise ConfigurationError(f"A ratio is from 0 to 1, not {value!r}.", self.field)
        self.value = float(value)
        inner = [(place + 1) / (num_thresholds - 1) for place in range(num_thresholds - 2)]
        super().__init__([0.0, *inner, 1.0] if num_thresholds > 1 else [0.5], name, dtype, class_id)

    def result(self) -> Tensor:
        """The best value; 0 where the other ratio is never high enough."""
        reached, wanted = self.ratios()
        fits = reached >= self.value
        return as_tensor(wanted[fits].max() if fits.any() else 0.0)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """At each threshold (thresholds,): what has to be reached, and what is wanted."""
        raise NotImplementedError


class SensitivityAtSpecificity(_AtValue):
    """The best TP / (TP + FN) where TN / (TN + FP) is high enough."""

    default_name = "sensitivity_at_specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """Specificity and sensitivity, (thresholds,)."""
        return divide(self.tn, self.tn + self.fp), divide(self.tp, self.tp + self.fn)


class SpecificityAtSensitivity(_AtValue):
    """The best TN / (TN + FP) where TP / (TP + FN) is high enough."""

    default_name = "specificity_at_sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """Sensitivity and specificity, (thresholds,)."""
        return divide(self.tp, self.tp + self.fn), divide(self.tn, self.tn + self.fp)


class PrecisionAtRecall(_AtValue):
    """The best TP / (TP + FP) where TP / (TP + FN) is high enough."""

    default_name = "precision_at_recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """Recall and precision, (thresholds,)."""
        return divide(self.tp, self.tp + self.fn), divide(self.tp, self.tp + self.fp)


class RecallAtPrecision(_AtValue):
    """The best TP / (TP + FN) where TP / (TP + FP) is high enough."""

    default_name = "recall_at_precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """Precision and recall, (thresholds,)."""
        return divide(self.tp, self.tp + self.fp), divide(self.tp, self.tp + self.fn)

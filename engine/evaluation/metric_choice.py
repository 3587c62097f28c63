"""Which metric is meant by a name, a class, a function or an object."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.errors import ConfigurationError
from engine.evaluation.confusion_metrics import (
    AUC,
    F1Score,
    FalseNegatives,
    FalsePositives,
    FBetaScore,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from engine.evaluation.further_metrics import (
    MeanIoU,
    PrecisionAtRecall,
    R2Score,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from engine.evaluation.metric_objects import (
    Accuracy,
    Array,
    BinaryAccuracy,
    CategoricalAccuracy,
    Mean,
    MeanMetricWrapper,
    Metric,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    Sum,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    loss_metric,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from engine.evaluation.metrics import METRICS
from engine.losses import LOSS_FUNCTIONS, LOSSES, SHORT_NAMES, Loss

_OWN_CLASSES: tuple[type[Metric], ...] = (
    Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy, RootMeanSquaredError, Precision, Recall, AUC, F1Score, FBetaScore,
    TruePositives, FalsePositives, TrueNegatives, FalseNegatives, R2Score, MeanIoU, SensitivityAtSpecificity,
    SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision, Mean, Sum,
)  # fmt: skip
# Losses that Keras has as metrics, too.
_LOSS_METRICS = (
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
    "log_cosh", "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson", "cosine_similarity",
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
)  # fmt: skip
# Keras' class name → class.
METRIC_CLASSES: dict[str, type[Metric]] = {
    **{made.__name__: made for made in _OWN_CLASSES},
    **{
        ("LogCoshError" if kind == "log_cosh" else made.__name__): loss_metric(
            kind, "LogCoshError" if kind == "log_cosh" else made.__name__
        )
        for kind, made in LOSSES.items()
        if kind in _LOSS_METRICS
    },
}
METRIC_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        binary_accuracy,
        categorical_accuracy,
        sparse_categorical_accuracy,
        top_k_categorical_accuracy,
        sparse_top_k_categorical_accuracy,
    )
} | LOSS_FUNCTIONS
_ACCURACY = ("accuracy", "acc")

MetricLike = str | Metric | type[Metric] | Callable[..., Any]


def _snake(name: str) -> str:
    words = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
    return words.lstrip("_")


class CompiledMetric:
    """A metric of a compiled network: its name in the history, and how it is computed.

    Args:
        given: a name, a metric, its class, or a function of targets and outputs.

    Raises:
        ConfigurationError: there is no such metric.
    """

    def __init__(self, given: MetricLike) -> None:
        self.metric: Metric | None = None
        self.own: Callable[[Array, Array], float] | None = None
        self.by_batch = False
        if isinstance(given, Metric):
            self.metric, self.name = given, given.name
            # A person's own metric may count batches.
            self.by_batch = bool(given.variables)
        elif isinstance(given, type) and issubclass(given, Metric):
            self.metric = given()
            self.name = self.metric.name
        elif isinstance(given, str):
            self.name = given
            kind = SHORT_NAMES.get(given.lower(), given)
            by_name = {
                **METRIC_CLASSES,
                **{_snake(name): made for name, made in METRIC_CLASSES.items()},
                "r2_score": R2Score,
            }
            if given in _ACCURACY:
                pass
            elif kind in by_name:
                self.metric = by_name[kind]()
            elif kind in METRIC_FUNCTIONS:
                self.metric = MeanMetricWrapper(METRIC_FUNCTIONS[kind], given)
            elif given in METRICS:
                self.own = METRICS[given]
            else:
                names = sorted({*_ACCURACY, *METRIC_FUNCTIONS, *METRIC_CLASSES, *METRICS})
                raise ConfigurationError(
                    f"There is no metric {given!r}; the metrics are {', '.join(names)}.", "metrics"
                )
        elif callable(given) and not isinstance(given, type):
            self.metric, self.by_batch = MeanMetricWrapper(given), given not in METRIC_FUNCTIONS.values()
            self.name = self.metric.name
        else:
            raise ConfigurationError(f"A metric is a name, a metric object or a function, not {given!r}.", "metrics")

    @property
    def spelled(self) -> str | None:
        """A name that makes this metric again; None for one with code or settings of its own."""
        made = type(self.metric)
        if (
            self.metric is None
            or self.own is not None
            or (isinstance(self.metric, MeanMetricWrapper) and not self.by_batch)
        ):
            return self.name
        if METRIC_CLASSES.get(made.__name__) is not made:
            return None

        def settings(metric: Metric) -> dict[str, Any]:
            return {key: one for key, one in vars(metric).items() if isinstance(one, int | float | str | tuple)}

        try:
            usual = settings(made())
        except TypeError:
            return None
        return _snake(made.__name__) if settings(self.metric) == usual else None

    def value(
        self, loss: Loss, outputs: Array, targets: Array, weights: Array | None = None, batch_size: int | None = None
    ) -> Any:  # noqa: ANN401 — a number, or several
        """The metric for outputs (n, …) and prepared targets.

        Args:
            loss: of the network.
            outputs: what its last layer gave.
            targets: as the loss prepared them.
            weights: of the examples, for weighted metrics.
            batch_size: examples in a step; a person's own function is asked batch by batch.
        """
        if self.own is not None:
            return self.own(targets, loss.to_predictions(outputs))
        metric = self.metric
        if metric is None:
            metric = MeanMetricWrapper(accuracy_function(outputs, targets))
        metric.reset_state()
        step = (batch_size if self.by_batch else None) or max(1, len(outputs))
        for start in range(0, len(outputs), step):
            part = slice(start, start + step)
            metric.update_state(targets[part], outputs[part], sample_weight=None if weights is None else weights[part])
        result = np.asarray(metric.result())
        return result.tolist() if result.ndim else float(result)


def accuracy_function(outputs: Array, targets: Array) -> Callable[..., Any]:
    """What "accuracy" means, as Keras decides it: outputs (n, 1), class numbers (n,), or rows (n, K)."""
    if outputs.shape[-1] == 1:
        return binary_accuracy
    if targets.ndim < outputs.ndim or targets.shape[-1] == 1:
        return sparse_categorical_accuracy
    return categorical_accuracy

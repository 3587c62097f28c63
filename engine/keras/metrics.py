"""Keras' `metrics`: Metrics, as classes and as functions."""

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
from engine.evaluation.metric_choice import METRIC_CLASSES, METRIC_FUNCTIONS
from engine.evaluation.metric_objects import (
    Accuracy,
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
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from engine.losses import SHORT_NAMES

MeanSquaredError = METRIC_CLASSES["MeanSquaredError"]
MeanAbsoluteError = METRIC_CLASSES["MeanAbsoluteError"]
MeanAbsolutePercentageError = METRIC_CLASSES["MeanAbsolutePercentageError"]
MeanSquaredLogarithmicError = METRIC_CLASSES["MeanSquaredLogarithmicError"]
BinaryCrossentropy = METRIC_CLASSES["BinaryCrossentropy"]
CategoricalCrossentropy = METRIC_CLASSES["CategoricalCrossentropy"]
SparseCategoricalCrossentropy = METRIC_CLASSES["SparseCategoricalCrossentropy"]
CosineSimilarity = METRIC_CLASSES["CosineSimilarity"]
KLDivergence = METRIC_CLASSES["KLDivergence"]
Poisson = METRIC_CLASSES["Poisson"]
LogCoshError = METRIC_CLASSES["LogCoshError"]
Hinge = METRIC_CLASSES["Hinge"]
SquaredHinge = METRIC_CLASSES["SquaredHinge"]
CategoricalHinge = METRIC_CLASSES["CategoricalHinge"]
mean_squared_error = METRIC_FUNCTIONS["mean_squared_error"]
mean_absolute_error = METRIC_FUNCTIONS["mean_absolute_error"]
binary_crossentropy = METRIC_FUNCTIONS["binary_crossentropy"]
categorical_crossentropy = METRIC_FUNCTIONS["categorical_crossentropy"]
sparse_categorical_crossentropy = METRIC_FUNCTIONS["sparse_categorical_crossentropy"]


def get(identifier: object) -> object:
    """The metric of this name, as an object, or a function where Keras has one; functions and objects themselves.

    Raises:
        ConfigurationError: there is no such metric.
    """
    if callable(identifier) or isinstance(identifier, Metric):
        return identifier
    name = SHORT_NAMES.get(str(identifier), str(identifier))
    if name in METRIC_FUNCTIONS or name in METRIC_CLASSES:
        return METRIC_FUNCTIONS.get(name) or METRIC_CLASSES[name]()
    raise ConfigurationError(f"There is no metric {identifier!r}.", "metrics")


__all__ = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "CategoricalAccuracy", "CategoricalCrossentropy",
    "CategoricalHinge", "CosineSimilarity", "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives", "Hinge",
    "KLDivergence", "LogCoshError", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanMetricWrapper",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Metric", "Poisson", "Precision", "Recall",
    "RootMeanSquaredError", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy", "SquaredHinge", "Sum", "TopKCategoricalAccuracy", "TrueNegatives",
    "TruePositives", "binary_accuracy", "binary_crossentropy", "categorical_accuracy", "categorical_crossentropy",
    "get", "mean_absolute_error", "mean_squared_error", "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy",
]  # fmt: skip

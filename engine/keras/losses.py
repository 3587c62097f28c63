"""Keras' `losses`: Losses, as classes and as functions."""

from engine.losses import (
    LOSS_FUNCTIONS,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from engine.losses import make_loss as get

binary_crossentropy = LOSS_FUNCTIONS["binary_crossentropy"]
categorical_crossentropy = LOSS_FUNCTIONS["categorical_crossentropy"]
sparse_categorical_crossentropy = LOSS_FUNCTIONS["sparse_categorical_crossentropy"]
mean_squared_error = LOSS_FUNCTIONS["mean_squared_error"]
mean_absolute_error = LOSS_FUNCTIONS["mean_absolute_error"]
mean_absolute_percentage_error = LOSS_FUNCTIONS["mean_absolute_percentage_error"]
mean_squared_logarithmic_error = LOSS_FUNCTIONS["mean_squared_logarithmic_error"]
huber = LOSS_FUNCTIONS["huber"]
log_cosh = LOSS_FUNCTIONS["log_cosh"]
hinge = LOSS_FUNCTIONS["hinge"]
squared_hinge = LOSS_FUNCTIONS["squared_hinge"]
categorical_hinge = LOSS_FUNCTIONS["categorical_hinge"]
kl_divergence = LOSS_FUNCTIONS["kl_divergence"]
poisson = LOSS_FUNCTIONS["poisson"]
cosine_similarity = LOSS_FUNCTIONS["cosine_similarity"]
binary_focal_crossentropy = LOSS_FUNCTIONS["binary_focal_crossentropy"]

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

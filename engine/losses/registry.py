"""The losses by kind. A class is imported when it is first asked for."""

from engine.core.registry import Registry
from engine.losses.base import Loss

# To add a loss: its class, its line here, and its name in `__init__.pyi`.
LOSSES: Registry[type[Loss]] = Registry(
    "engine.losses",
    {
        "binary_crossentropy": "crossentropy.BinaryCrossentropy",
        "categorical_crossentropy": "crossentropy.CategoricalCrossentropy",
        "sparse_categorical_crossentropy": "crossentropy.SparseCategoricalCrossentropy",
        "open_set_crossentropy": "open_set.OpenSetCrossentropy",
        "mean_squared_error": "regression.MeanSquaredError",
        "mean_absolute_error": "regression.MeanAbsoluteError",
        "huber": "regression.Huber",
        "mean_absolute_percentage_error": "regression.MeanAbsolutePercentageError",
        "mean_squared_logarithmic_error": "regression.MeanSquaredLogarithmicError",
        "log_cosh": "regression.LogCosh",
        "hinge": "margin.Hinge",
        "squared_hinge": "margin.SquaredHinge",
        "categorical_hinge": "margin.CategoricalHinge",
        "kl_divergence": "divergence.KLDivergence",
        "poisson": "divergence.Poisson",
        "cosine_similarity": "divergence.CosineSimilarity",
        "binary_focal_crossentropy": "focal.BinaryFocalCrossentropy",
    },
)

# Further ones of Keras, whose gradients are recorded; a batch is never cut for them.
FURTHER_LOSSES: Registry[type[Loss]] = Registry(
    "engine.losses",
    {
        "categorical_focal_crossentropy": "own.CategoricalFocalCrossentropy",
        "dice": "own.Dice",
        "tversky": "own.Tversky",
    },
)

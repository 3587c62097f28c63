"""Which loss is meant by a name, a class, a function or an object; and every loss as a function."""

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from engine.core.tensor import Tensor
from engine.errors import ConfigurationError
from engine.losses.base import Loss
from engine.losses.crossentropy import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from engine.losses.divergence import CosineSimilarity, KLDivergence, Poisson
from engine.losses.focal import BinaryFocalCrossentropy
from engine.losses.margin import CategoricalHinge, Hinge, SquaredHinge
from engine.losses.open_set import OpenSetCrossentropy
from engine.losses.own import CategoricalFocalCrossentropy, Dice, FunctionLoss, Tversky
from engine.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)

LOSSES: dict[str, type[Loss]] = {
    loss.kind: loss
    for loss in (
        BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy, OpenSetCrossentropy,
        MeanSquaredError, MeanAbsoluteError, Huber, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, LogCosh,
        Hinge, SquaredHinge, CategoricalHinge, KLDivergence, Poisson, CosineSimilarity, BinaryFocalCrossentropy,
    )
}  # fmt: skip

# Further ones of Keras, whose gradients are recorded; a batch is never cut for them.
FURTHER_LOSSES: dict[str, type[Loss]] = {loss.kind: loss for loss in (CategoricalFocalCrossentropy, Dice, Tversky)}

# Keras' short names.
SHORT_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
}


def _as_function(made: Callable[..., Loss], kind: str) -> Callable[..., Tensor]:
    def function(y_true: ArrayLike, y_pred: ArrayLike, *settings: Any, **named: Any) -> Tensor:  # noqa: ANN401
        return made(*settings, **named, reduction=None)(y_true, y_pred)

    function.__name__ = function.__qualname__ = kind
    function.__doc__ = "The loss of each example, see the loss of this kind, whose settings may follow."
    return function


LOSS_FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    kind: _as_function(made, kind) for kind, made in (LOSSES | FURTHER_LOSSES).items()
}

LossLike = str | Loss | type[Loss] | Callable[..., Any]


def make_loss(loss: LossLike) -> Loss:
    """A loss by its name ("binary_crossentropy", "mse", "BinaryCrossentropy", …), class or function; a loss as it is.

    Raises `ConfigurationError` for anything else.
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, type) and issubclass(loss, Loss):
        return loss()
    if isinstance(loss, str):
        known = LOSSES | FURTHER_LOSSES
        by_class = {made.__name__: kind for kind, made in known.items()}
        kind = by_class.get(loss) or SHORT_NAMES.get(loss.lower(), loss)
        if kind in known:
            return known[kind]()
    for kind, function in LOSS_FUNCTIONS.items():
        if function is loss:
            return (LOSSES | FURTHER_LOSSES)[kind]()
    if callable(loss):
        return FunctionLoss(loss)
    raise ConfigurationError(f"There is no loss {loss!r}; the losses are {', '.join(LOSSES)}.", "loss")

"""Losses: how wrong the network's outputs are. To add one: a class, and a line in `LOSSES`."""

from engine.errors import ConfigurationError
from engine.losses.base import Loss
from engine.losses.crossentropy import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from engine.losses.open_set import OpenSetCrossentropy
from engine.losses.penalty import WeightPenalty
from engine.losses.regression import Huber, MeanAbsoluteError, MeanSquaredError

LOSSES: dict[str, type[Loss]] = {
    loss.kind: loss
    for loss in (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        OpenSetCrossentropy,
        MeanSquaredError,
        MeanAbsoluteError,
        Huber,
    )
}

# Keras' short names.
_SHORT_NAMES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}


def make_loss(loss: str | Loss) -> Loss:
    """A loss by its name ("binary_crossentropy", "mse", …); a loss is given back as it is."""
    if isinstance(loss, Loss):
        return loss
    kind = _SHORT_NAMES.get(loss, loss)
    if kind not in LOSSES:
        raise ConfigurationError(f"There is no loss {loss!r}; the losses are {', '.join(LOSSES)}.", "loss")
    return LOSSES[kind]()


__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "OpenSetCrossentropy",
    "SparseCategoricalCrossentropy",
    "WeightPenalty",
    "make_loss",
]

"""Losses: how wrong the network's outputs are. To add one: a class, and a line in `LOSSES` of `choice`."""

from engine.losses.base import Loss
from engine.losses.choice import FURTHER_LOSSES, LOSS_FUNCTIONS, LOSSES, SHORT_NAMES, LossLike, make_loss
from engine.losses.crossentropy import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from engine.losses.divergence import CosineSimilarity, KLDivergence, Poisson
from engine.losses.focal import BinaryFocalCrossentropy
from engine.losses.margin import CategoricalHinge, Hinge, SquaredHinge
from engine.losses.open_set import OpenSetCrossentropy
from engine.losses.own import CategoricalFocalCrossentropy, Dice, FunctionLoss, LossByCall, Tversky
from engine.losses.penalty import WeightPenalty
from engine.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)

__all__ = [
    "FURTHER_LOSSES",
    "LOSSES",
    "LOSS_FUNCTIONS",
    "SHORT_NAMES",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "LossByCall",
    "LossLike",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "OpenSetCrossentropy",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "WeightPenalty",
    "make_loss",
]

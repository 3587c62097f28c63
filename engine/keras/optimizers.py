"""Optimizers as Keras spells them."""

from engine.optimizers import (
    SGD,
    Adam,
    AdamW,
    Optimizer,
)
from engine.optimizers import RMSProp as RMSprop
from engine.optimizers import optimizer_named as get

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "get",
]

"""Regularizers as Keras spells them."""

from engine.core.regularizers import (
    L1,
    L1L2,
    L2,
    Regularizer,
    l1_l2,
)
from engine.core.regularizers import get_regularizer as get

l1, l2 = L1, L2

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Regularizer",
    "get",
    "l1",
    "l1_l2",
    "l2",
]

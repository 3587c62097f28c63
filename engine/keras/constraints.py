"""Keras' `constraints`: what weights have to be after each step."""

from engine.core.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from engine.core.constraints import get_constraint as get

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

__all__ = [
    "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "get", "max_norm", "min_max_norm", "non_neg", "unit_norm",
]  # fmt: skip

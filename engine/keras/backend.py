"""Keras' `backend` and `config`: the float type and the small number of a program."""

from engine.core.defaults import floatx, set_floatx
from engine.losses.base import EPSILON


def epsilon() -> float:
    """The small number that keeps quotients and logarithms finite; it is fixed here."""
    return EPSILON


def clear_session() -> None:
    """Here for Keras' sake: networks keep nothing for a whole program."""


__all__ = ["clear_session", "epsilon", "floatx", "set_floatx"]

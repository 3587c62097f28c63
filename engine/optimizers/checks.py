"""Checks of numbers that several rules take."""

from engine.core.number_check import is_finite_number
from engine.errors import ConfigurationError


def require_fraction(value: float, name: str, field: str = "") -> float:
    """`value` when it lies in [0, 1), as decay rates do; else `ConfigurationError`."""
    if not (is_finite_number(value) and 0 <= value < 1):
        raise ConfigurationError(f"{name} must be at least 0 and less than 1, not {value!r}.", field)
    return float(value)


def require_positive(value: float, name: str) -> float:
    """`value` when it is a finite number > 0; else `ConfigurationError`."""
    if not (is_finite_number(value) and value > 0):
        raise ConfigurationError(f"{name} must be greater than 0, not {value!r}.")
    return float(value)

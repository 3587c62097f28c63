"""What counts as a number in settings and in files, where anything may stand."""

import math
from typing import TypeGuard

import numpy as np


def is_finite_number(value: object) -> TypeGuard[float]:
    """Whether it is a finite real number that float64 holds; truth values and texts are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_whole_number(value: object, least: float = -math.inf) -> TypeGuard[int]:
    """Whether it is a whole number of at least `least`; truth values, texts and 3.0 are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)

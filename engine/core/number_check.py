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

"""The range that an axis takes by itself."""

import math

import numpy as np

from gui.charts.line import SMALLEST_LOG_VALUE

_MARGIN = 0.06
# A logarithmic axis that fits itself shows at most this many powers of ten below its top.
_MAXIMUM_DECADES = 9.0
# Borders lie on a grid of at least this many steps across the range.
_STEPS = 32


def fitted_range(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """The y range in axis units (exponents if logarithmic) that shows the values `low` to `high` with some air."""
    if logarithmic:
        high = float(np.log10(max(high, SMALLEST_LOG_VALUE)))
        low = max(float(np.log10(max(low, SMALLEST_LOG_VALUE))), high - _MAXIMUM_DECADES)
    air = _MARGIN * (high - low) if high > low else 0.5 * max(abs(high), 1e-6)
    return low - air, high + air


def snapped_range(low: float, high: float) -> tuple[float, float]:
    """The range widened to a grid, by at most a sixteenth of it at either end.

    A range that crept on with every new point would have both axes laid out and painted anew in every frame, which
    costs more than the curves; one that goes in steps keeps them as they are most of the time.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return low, high
    step = 2.0 ** math.ceil(math.log2(high - low)) / _STEPS
    return math.floor(low / step) * step, math.ceil(high / step) * step

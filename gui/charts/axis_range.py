"""The range that an axis takes by itself."""

import math

import numpy as np

from gui.charts.line import SMALLEST_LOG_VALUE

_MARGIN = 0.06
# A logarithmic axis that fits itself shows at most this many powers of ten below its top.
_MAXIMUM_DECADES = 9.0
LARGEST_RATIO = 10.0**_MAXIMUM_DECADES  # of the highest value to the lowest
# Borders lie on a grid of at least this many steps across the range.
_STEPS = 32
# A range is kept while the values fill all of it but this share.
_SLACK = 0.15


def fitted_range(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """The y range in axis units (exponents if logarithmic) that shows the values `low` to `high` with some air."""
    if logarithmic:
        high = float(np.log10(max(high, SMALLEST_LOG_VALUE)))
        low = max(float(np.log10(max(low, SMALLEST_LOG_VALUE))), high - _MAXIMUM_DECADES)
    air = _MARGIN * (high - low) if high > low else 0.5 * max(abs(high), 1e-6)
    return low - air, high + air


def snapped_range(low: float, high: float, steps: int = _STEPS) -> tuple[float, float]:
    """The range widened to a grid, by at most 2/`steps` of it at either end.

    A range that crept on with every new point would have both axes laid out and painted anew in every frame, which
    costs more than the curves; one that goes in steps keeps them as they are most of the time.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return low, high
    step = 2.0 ** math.ceil(math.log2(high - low)) / steps
    return math.floor(low / step) * step, math.ceil(high / step) * step


def steady_range(present: tuple[float, float] | None, low: float, high: float) -> tuple[float, float]:
    """The present range while it shows `low` to `high` and little else, or else the snapped one.

    Values that go up and down would have a range go back and forth between two steps of the grid.
    """
    if present is None or not present[0] <= low <= high <= present[1]:
        return snapped_range(low, high)
    filled = high - low >= (1.0 - _SLACK) * (present[1] - present[0])
    return present if filled else snapped_range(low, high)

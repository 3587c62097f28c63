"""The range that an axis takes by itself."""

import numpy as np

from gui.charts.line import SMALLEST_LOG_VALUE

_MARGIN = 0.06
# A logarithmic axis that fits itself shows at most this many powers of ten below its top.
_MAXIMUM_DECADES = 9.0


def fitted_range(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """The y range in axis units (exponents if logarithmic) that shows the values `low` to `high` with some air."""
    if logarithmic:
        high = float(np.log10(max(high, SMALLEST_LOG_VALUE)))
        low = max(float(np.log10(max(low, SMALLEST_LOG_VALUE))), high - _MAXIMUM_DECADES)
    air = _MARGIN * (high - low) if high > low else 0.5 * max(abs(high), 1e-6)
    return low - air, high + air

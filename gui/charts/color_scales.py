"""From numbers to colours: pale to strong, black to white, and one signed scale that is symmetric around 0."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor

from gui.charts.live_series import Points
from gui.theme.manager import Theme

Pixels = NDArray[np.uint8]

# WCAG 2: the relative luminance at which black and white text have the same contrast.
_EVEN_LUMINANCE = 0.179


def ramp(shares: ArrayLike, *colors: str) -> Pixels:
    """Colours, shape (…, 3), for shares from 0 (the first colour) to 1 (the last); anything beyond is cut off."""
    stops = np.array([(QColor(c).red(), QColor(c).green(), QColor(c).blue()) for c in colors], np.float64)
    places = np.linspace(0.0, 1.0, len(colors))
    clipped = np.clip(np.nan_to_num(np.asarray(shares, np.float64)), 0.0, 1.0)
    return np.stack([np.interp(clipped, places, stops[:, channel]) for channel in range(3)], axis=-1).astype(np.uint8)


def signed_colors(values: Points, limit: float, theme: Theme) -> Pixels:
    """Blue below 0, the surface at 0, orange above, (…, 3); ±`limit` are the full colours.

    Blue and orange stay apart for all common kinds of colour blindness.
    """
    shares = 0.5 + 0.5 * values / limit if limit > 0 else np.full_like(values, 0.5)
    return ramp(shares, theme.accent, theme.surface, theme.second)


def scaled(values: Points, low: float, high: float) -> Points:
    """Values as shares of the range: 0 for `low`, 1 for `high`; 0 for an empty range."""
    return np.asarray((values - low) / (high - low) if high > low else np.zeros_like(values))


def text_color(pixel: Pixels) -> str:
    """Black or white, whichever reads better on a colour, (3,)."""
    linear = np.where(pixel <= 10, pixel / 3294.6, ((pixel / 255 + 0.055) / 1.055) ** 2.4)
    return "#000000" if float(linear @ np.array([0.2126, 0.7152, 0.0722])) > _EVEN_LUMINANCE else "#ffffff"

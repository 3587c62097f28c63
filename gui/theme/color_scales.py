"""From numbers to colours, and colours that can be read on others."""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor

from gui.theme.tokens import Theme

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]

# WCAG 2: the relative luminance at which black and white text have the same contrast.
_EVEN_LUMINANCE = 0.179
_TEXT_CONTRAST = 4.5


def ramp(shares: ArrayLike, *colors: str) -> Pixels:
    """Colours, shape (…, 3), for shares from 0 (the first colour) to 1 (the last); anything beyond is cut off."""
    stops = np.array([(QColor(c).red(), QColor(c).green(), QColor(c).blue()) for c in colors], np.float64)
    places = np.linspace(0.0, 1.0, len(colors))
    clipped = np.clip(np.nan_to_num(np.asarray(shares, np.float64)), 0.0, 1.0)
    return np.stack([np.interp(clipped, places, channel) for channel in stops.T], axis=-1).round().astype(np.uint8)


@lru_cache(maxsize=4096)
def blend(front: str, back: str, share: float) -> str:
    """A colour between two, opaque: see-through pens are slow to paint."""
    return QColor(*ramp(share, back, front).tolist()).name()


def scaled(values: Points, low: float, high: float) -> Points:
    """Values of any shape as shares of the range: 0 for `low`, 1 for `high`; 0 for an empty range."""
    return np.asarray((values - low) / (high - low) if high > low else np.zeros_like(values))


def luminance(pixel: Pixels) -> float:
    """The relative luminance of a colour, (3,), by WCAG 2: 0 for black, 1 for white."""
    linear = np.where(pixel <= 10, pixel / 3294.6, ((pixel / 255 + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


@lru_cache(maxsize=1024)
def text_color(red: int, green: int, blue: int) -> str:
    """Black or white, whichever reads better on a colour of 0 to 255 each."""
    return "#000000" if luminance(np.array([red, green, blue])) > _EVEN_LUMINANCE else "#ffffff"


@cache
def readable(color: str, theme: Theme) -> str:
    """A line's colour for its name: mixed with the text's until it has 4.5:1 on the surface."""
    ground = luminance(ramp(0.0, theme.surface))
    for share in np.linspace(0.0, 1.0, 21):
        mixed = ramp(share, color, theme.text)
        low, high = sorted((luminance(mixed), ground))
        if (high + 0.05) / (low + 0.05) >= _TEXT_CONTRAST:
            return QColor(*mixed.tolist()).name()
    return theme.text

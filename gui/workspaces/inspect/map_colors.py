"""The two scales of maps as tables, made once a theme: they are asked for with every stroke."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.core.parameters import FloatArray
from gui.theme.color_scales import Pixels, ramp
from gui.theme.tokens import Theme

SHADES: Final = 255


@cache
def color_table(theme: Theme, signed: bool) -> tuple[Pixels, list[int]]:
    """The shades of a scale, (shades, 3), and the same as Qt's numbers."""
    shares = np.linspace(0.0, 1.0, SHADES)
    # Blue and orange stay apart for all common kinds of colour blindness.
    ends = (theme.accent, theme.surface, theme.second) if signed else (theme.canvas, theme.ink)
    colors = ramp(shares, *ends)
    return colors, [0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in colors]


def shades(values: FloatArray, limit: float, signed: bool) -> NDArray[np.uint8]:
    """Places in the table for numbers of any shape; `limit` has the full colour."""
    zero = (SHADES - 1) / 2 if signed else 0.0
    found: FloatArray = np.rint(np.nan_to_num(values) * ((SHADES - 1 - zero) / limit) + zero)
    return found.clip(0, SHADES - 1).astype(np.uint8, order="C")


def map_image(values: FloatArray, limit: float, theme: Theme, signed: bool) -> QImage:
    """Maps (n, height, width) below one another, a pixel a cell, in the format that Qt enlarges fastest."""
    count, height, width = values.shape
    pixels = _pixels(theme, signed)[shades(values, limit, signed)]
    return QImage(pixels.data, width, count * height, 4 * width, QImage.Format.Format_RGB32).copy()


@cache
def _pixels(theme: Theme, signed: bool) -> NDArray[np.uint32]:
    return np.array(color_table(theme, signed)[1], np.uint32)

"""The two scales of maps as tables, made once a theme: they are asked for with every stroke."""

from functools import cache
from typing import Final

import numpy as np

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

"""Ink values as an image."""

import numpy as np
from PySide6.QtGui import QColor, QImage

from engine.core.parameters import FloatArray

# Of an indexed image of ink.
SHADES = 256


def ink_image(values: FloatArray, ink: QColor) -> QImage:
    """Values in [0, 1], (height, width), as an image in the ink's color, as opaque as each value is large."""
    alpha = np.rint(np.clip(values, 0.0, 1.0) * 255).astype(np.uint32)
    pixels = np.ascontiguousarray(alpha << 24 | np.uint32(ink.rgb() & 0xFFFFFF))
    height, width = pixels.shape
    # The number of bytes a line must be given, as Qt expects padded lines otherwise; the copy owns its memory.
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32).copy()


def shade_table(paper: str, ink: str) -> list[int]:
    """The colours of an indexed image from paper to ink, "#rrggbb" both."""
    ends = [(color.red(), color.green(), color.blue()) for color in (QColor(paper), QColor(ink))]
    steps = np.rint(np.linspace(ends[0], ends[1], SHADES)).astype(int).tolist()
    return [QColor(*step).rgb() for step in steps]

"""Ink values as an image."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from engine.core.parameters import FloatArray
from gui.theme.color_scales import ramp

# Of an indexed image of ink.
SHADES = 256


def ink_image(values: FloatArray, ink: QColor) -> QImage:
    """Values in [0, 1], (height, width), as an image in the ink's color, as opaque as each value is large."""
    alpha = np.rint(np.clip(values, 0.0, 1.0) * 255).astype(np.uint32)
    pixels = np.ascontiguousarray(alpha << 24 | np.uint32(ink.rgb() & 0xFFFFFF))
    height, width = pixels.shape
    # The number of bytes a line must be given, as Qt expects padded lines otherwise; the other format owns its memory.
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def image_atlas(images: FloatArray | NDArray[np.uint8], paper: str, ink: str) -> QImage:
    """Square images (n, side, side), float in [0, 1] or uint8, one below the other, in the colours between two."""
    pixels = np.ascontiguousarray(images)
    if pixels.dtype != np.uint8:
        pixels = np.rint(np.clip(pixels, 0.0, 1.0) * (SHADES - 1)).astype(np.uint8)
    count, side, _ = pixels.shape
    atlas = QImage(pixels.data, side, side * count, side, QImage.Format.Format_Indexed8)
    atlas.setColorTable(shade_table(paper, ink))
    # Indexed colours would be looked up again for every image; the other format owns its pixels.
    return atlas.convertToFormat(QImage.Format.Format_RGB32)


@lru_cache(maxsize=8)
def shade_table(paper: str, ink: str) -> list[int]:
    """The colours of an indexed image from paper to ink, "#rrggbb" both."""
    return [QColor(*shade).rgb() for shade in ramp(np.linspace(0.0, 1.0, SHADES), paper, ink).tolist()]

"""Bringing the ink of an image to one pen width, as repainting does for strokes.

The outline is moved outwards or inwards by the same distance everywhere (an offset curve, read off the distance
to the outline), which leaves the centre line where it is. Measured on rendered pen strokes with pens of 4 to 40 of 280
pixels, the result differs from the features of the strokes themselves by 0.011 to 0.020 a pixel; thinning to a
skeleton and repainting it by 0.011 to 0.042, because a skeleton is bent where a thick pen crosses itself.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE, digit_image_from_ink
from engine.ink.photos.ink_mask import pen_width
from engine.ink.photos.thinning import thinned
from engine.ink.strokes.features import PEN_WIDTH, dot_digit_image

_LARGE = 160  # longer side at which the outline is measured: 8 pixels for one of the digit image
_THINNEST = 3  # pixels of that picture: a finer pen is widened before
_DOT = 0.25  # a centre line shorter than this share of the pen's width is a dot
# Where a thick pen varies in width, moving its outline inwards would cut the line: this share of the wanted width
# is kept around the skeleton.
_KEPT = 0.8


def digit_image_with_one_pen(ink: FloatArray) -> FloatArray:
    """The digit image of separated ink, its pen brought to MNIST's width and its box to the digit image.

    Args:
        ink: (height, width) float32 in [0, 1], cropped to the ink, with some pixel above 0.5.

    Returns:
        (20, 20) float32 in [0, 1].
    """
    shape = repainted(ink)
    return dot_digit_image() if shape is None else digit_image_from_ink(shape)


def repainted(ink: FloatArray, side: int = _LARGE) -> FloatArray | None:
    """The separated ink with a pen of MNIST's width, (height, width) float32, large; None for a dot.

    Args:
        ink: as for `digit_image_with_one_pen`.
        side: longer side of the picture that is repainted, in pixels.
    """
    from PIL import Image
    from scipy import ndimage

    factor = side / max(ink.shape)
    missing = _THINNEST * side / _LARGE / factor - pen_width(ink > 0.5)
    if factor < 1 and missing > 0:
        # A fine line would be averaged away.
        ink = ndimage.maximum_filter(ink, 1 + math.ceil(missing))
    size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
    method = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
    large = np.asarray(Image.fromarray(np.ascontiguousarray(ink, np.float32)).resize(size, method))
    inked = np.pad(large > 0.5, side // 4)
    if not inked.any():
        # A point so fine that resizing lost it.
        return None
    depth = ndimage.distance_transform_edt(inked)
    pen = pen_width(inked)
    height, width = _box_size(inked)
    line = max(height, width) - pen
    if line < _DOT * pen:
        return None
    wanted = PEN_WIDTH * line / (DIGIT_SIDE - PEN_WIDTH)
    growth = (wanted - pen) / 2
    outline = np.where(inked, depth - 0.5, 0.5 - ndimage.distance_transform_edt(~inked))
    shape = np.clip(outline + growth + 0.5, 0, 1)
    if growth < 0:
        apart = ndimage.distance_transform_edt(~thinned(inked))
        shape = np.maximum(shape, np.clip(_KEPT * wanted / 2 - apart + 0.5, 0, 1))
    solid = shape > 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    cropped: FloatArray = shape[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    return cropped


def _box_size(inked: NDArray[np.bool_]) -> tuple[int, int]:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)

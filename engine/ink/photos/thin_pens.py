"""Arrays of digits that a thin pen drew, repainted with MNIST's pen.

A model that learned from MNIST reads thin grey lines as other digits: of 1,200 scans averaged to 28×28, 94.7 % were
right as they were and 98.7 % repainted. Broad pens lose by it, so they stay (docs/decisions has the table).
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import digit_image_from_ink
from engine.ink.photos.ink_mask import pen_width
from engine.ink.photos.pen_width import repainted

REPAINTED = "thin pen: repainted"  # what a reader tells
# MNIST's median is 2.5, that of ballpoint pens on 28×28 is 1.5, by the estimate below. A few digits say little: one
# writer in eight of MNIST's is as thin.
_THIN = 1.95
_ENOUGH = 10
_SAMPLE = 2000  # digits tell the usual pen as well as 60,000 do, 0.3 s sooner
_CHUNK = 4096
_SIDE = 80  # pixels of the longer side at which the line is repainted: 4 for one of the digit image
_SMALL = 40  # pixels of an image whose lines may be fainter where they lie between two pixels
_FAINT, _SPAN = 0.15, 0.7  # of full ink: what is fainter is none, and above their sum all is full
_NARROW = 2.5  # pixels
_EVEN = 0.5  # of the brightest pixel: lines are brought to one level, but nothing fainter than this becomes ink


def pen_widths(features: FloatArray) -> NDArray[np.float64]:
    """The pen's mean width in pixels, also of blurred and grey lines: twice the ink's area over the length of its rim.

    width = 2 Σ v / Σ |∇v|, where |∇v| along a section of a line adds up to twice its brightest level, blurred or not.

    Args:
        features: (count, 20, 20) in [0, 1].

    Returns:
        (count,); 0 where there is no ink.
    """
    widths = np.zeros(len(features))
    for start in range(0, len(features), _CHUNK):
        levels = np.pad(features[start : start + _CHUNK], ((0, 0), (1, 1), (1, 1)))
        across, down = np.diff(levels, axis=2)[:, :-1], np.diff(levels, axis=1)[:, :, :-1]
        rim = np.hypot(across, down).sum(axis=(1, 2), dtype=np.float64)
        area = levels.sum(axis=(1, 2), dtype=np.float64)
        widths[start : start + _CHUNK] = 2 * area / np.maximum(rim, 1e-12)
    return widths


def are_thin(features: FloatArray) -> bool:
    """Whether the pen of most of these digits is far thinner than MNIST's; no for fewer than ten with ink.

    Args:
        features: (count, 20, 20) in [0, 1].
    """
    widths = pen_widths(features[:: max(1, len(features) // _SAMPLE)])
    widths = widths[widths > 0]
    return len(widths) >= _ENOUGH and float(np.median(widths)) < _THIN


def thickened(image: NDArray[np.uint8] | FloatArray) -> FloatArray:
    """The digit image of thin ink, repainted with MNIST's pen.

    Args:
        image: (height, width), cropped to the ink, on a background of 0.

    Returns:
        (20, 20) float32 in [0, 1].
    """
    from scipy import ndimage

    ink = np.pad(np.asarray(image, np.float32), 1)
    ink /= max(float(ink.max()), 1e-12)
    if max(ink.shape) <= _SMALL:
        ink /= np.maximum(ndimage.maximum_filter(ink, 3), np.float32(_EVEN))
    else:
        # As in photographs: the usual darkness of the ink is full, and a line so narrow that it has gaps is widened.
        full = float(np.median(ink[ink > _EVEN]))
        ink = np.clip((ink / np.float32(full) - _FAINT) / _SPAN, 0, 1)
        if pen_width(ink > _EVEN) < _NARROW:
            ink = ndimage.maximum_filter(ink, 3)
        rows, columns = np.flatnonzero((ink > _EVEN).any(axis=1)), np.flatnonzero((ink > _EVEN).any(axis=0))
        ink = np.pad(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    shape = repainted(ink, _SIDE)
    return digit_image_from_ink(ink[1:-1, 1:-1] if shape is None else shape)

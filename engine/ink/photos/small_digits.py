"""Digits of few pixels, enlarged to the digit image by a smooth curve.

Spread in blocks, a digit of 8 pixels has a pen of three pixels and steps for curves, which a model refuses: of
scikit-learn's 8×8 digits 88 % were right and answered in blocks, and 98 % are by this (docs/recognition.md has more).
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import digit_image_from_ink

ENLARGED = "small digits: enlarged smoothly"  # what a reader tells
SMALL = 18  # pixels of the ink's longer side; MNIST's have 19 or 20
_SIDE = 80  # pixels of the longer side between: 4 for one of the digit image
_DARKEST = 0.5  # of full ink: what is fainter is not brought to its neighbours' level
_FAINT, _GAIN = 0.2, 2.0  # what is fainter than this is none, and from _FAINT + 1 / _GAIN on all is full
_RIM = 0.5  # of full ink: where the enlarged digit ends


def enlarged(ink: NDArray[np.uint8] | FloatArray) -> FloatArray:
    """The digit image of ink of few pixels: its lines evened out by half, enlarged by Lanczos' filter, made firm again.

    v ← (v + v / max(½, greatest of the 3×3 around)) / 2, since a thin line is fainter where it lies between two
    pixels; then clip(2 (v − 0.2), 0, 1) at four times the size of the digit image, which is area-averaged.

    Args:
        ink: (height, width), cropped to the ink, on a background of 0; some pixel is above 0.

    Returns:
        (20, 20) float32 in [0, 1].
    """
    from PIL import Image
    from scipy import ndimage

    levels = np.pad(np.asarray(ink, np.float32), 1)
    levels /= levels.max()
    levels = (levels + levels / np.maximum(ndimage.maximum_filter(levels, 3), np.float32(_DARKEST))) / 2
    factor = _SIDE / max(levels.shape)
    size = (round(levels.shape[1] * factor), round(levels.shape[0] * factor))
    large = np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.LANCZOS))
    large = np.clip((large - _FAINT) * _GAIN, 0, 1, dtype=np.float32)
    rows, columns = np.flatnonzero((large > _RIM).any(axis=1)), np.flatnonzero((large > _RIM).any(axis=0))
    return digit_image_from_ink(large[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])

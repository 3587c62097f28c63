"""A number for each picture, by which it is known again wherever it stands."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray

# An odd number with well mixed bits (Knuth's golden ratio, 64 bits wide): its powers weigh the pixels.
_FACTOR = 0x9E3779B97F4A7C15
_CHUNK = 1000


def picture_marks(images: FloatArray) -> NDArray[np.uint64]:
    """A mark for each of the images (n, height, width), (n,): Σᵢ bitsᵢ·Fⁱ modulo 2⁶⁴ over their float32 pixels.

    Equal pictures have equal marks; two different ones have the same with odds of about one to 2⁶⁴.
    """
    count, pixels = len(images), int(np.prod(images.shape[1:]))
    weights = np.cumprod(np.full(pixels, _FACTOR, np.uint64))
    marks = np.empty(count, np.uint64)
    # A whole data set widened to 64 bits at once would take twice its own room.
    for start in range(0, count, _CHUNK):
        part = np.ascontiguousarray(images[start : start + _CHUNK], np.float32).reshape(-1, pixels)
        marks[start : start + len(part)] = (part.view(np.uint32).astype(np.uint64) * weights).sum(axis=1)
    return marks

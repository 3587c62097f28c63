"""Reading images between their pixels."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray


def sample_bilinear(images: FloatArray, x: FloatArray, y: FloatArray, target: FloatArray) -> None:
    """Read each image at its own places with bilinear weights; beyond the rim everything is 0.

    value = (1 − v)·((1 − u)·p₀₀ + u·p₀₁) + v·((1 − u)·p₁₀ + u·p₁₁) with u, v the fractions of x and y.

    Args:
        images: (count, side, side) float32.
        x: (count, places) float32, columns in pixels from the middle of the first one; overwritten.
        y: (count, places) float32, rows likewise; overwritten.
        target: (count, places) float32, receives the values.
    """
    count, side = images.shape[:2]
    padded_side = side + 3
    padded = np.zeros((count, padded_side, padded_side), np.float32)
    padded[:, 1 : side + 1, 1 : side + 1] = images
    flat = padded.reshape(-1)
    for places in (x, y):
        places += np.float32(1)
        # Everything outside is background, so a place far away may as well be just outside.
        np.clip(places, 0, side + 1, out=places)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    index = top * np.int32(padded_side)
    index += left
    index += (np.arange(count, dtype=np.int32) * np.int32(padded_side * padded_side))[:, None]
    index = index.astype(np.intp)
    # Along the upper and the lower pair of neighbors, then between them.
    upper = _between(flat, index, x)
    index += padded_side
    lower = _between(flat, index, x)
    lower -= upper
    lower *= y
    np.add(upper, lower, out=target)


def _between(flat: FloatArray, index: NDArray[np.intp], share: FloatArray) -> FloatArray:
    """The value `share` of the way from the pixel at `index` to the next one."""
    first = flat.take(index)
    index += 1
    second = flat.take(index)
    index -= 1
    second -= first
    second *= share
    second += first
    return second

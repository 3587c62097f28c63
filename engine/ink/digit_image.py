"""The 20×20 digit image that every model of DigitLab sees, and the way to it from images of the MNIST kind."""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import ShapeError

DIGIT_SIDE = 20
_CHUNK = 4096


def features_from_mnist(images: NDArray[np.uint8]) -> FloatArray:
    """Bring images of the MNIST kind to features: the tight crop of the ink, centred in 20×20, without loss.

    MNIST's digits are 20×20 images that were pasted into 28×28 by their centre of mass; this takes them out
    again, so every grey level survives. An image whose ink is larger than 20×20 (EMNIST's fill 24) is
    area-averaged until its longer side is 20.

    Args:
        images: (batch, height, width) uint8, 0 is background and 255 is ink.

    Returns:
        (batch, 20, 20) float32 in [0, 1]; an image without ink gives zeros.

    Raises:
        ShapeError: the array has another number of axes or another type.
    """
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ShapeError(
            f"Images of the MNIST kind are (batch, height, width) of type uint8, "
            f"not {images.shape} of type {images.dtype}."
        )
    batch, height, width = images.shape
    features: FloatArray = np.zeros((batch, DIGIT_SIDE, DIGIT_SIDE), np.float32)
    if height == 0 or width == 0:
        return features
    # The crop starts at most 10 pixels before the frame and ends at most 20 after it.
    padded = np.zeros((min(batch, _CHUNK), height + 2 * DIGIT_SIDE, width + 2 * DIGIT_SIDE), np.uint8)
    crops = sliding_window_view(padded, (DIGIT_SIDE, DIGIT_SIDE), axis=(1, 2))
    for start in range(0, batch, _CHUNK):
        chunk = images[start : start + _CHUNK]
        padded[: len(chunk), DIGIT_SIDE:-DIGIT_SIDE, DIGIT_SIDE:-DIGIT_SIDE] = chunk
        inked = chunk != 0
        top, ink_height = _extents(inked.any(axis=2))
        left, ink_width = _extents(inked.any(axis=1))
        first_rows = top - (DIGIT_SIDE - ink_height) // 2 + DIGIT_SIDE
        first_columns = left - (DIGIT_SIDE - ink_width) // 2 + DIGIT_SIDE
        fits = np.maximum(ink_height, ink_width) <= DIGIT_SIDE
        which = np.flatnonzero(fits)
        digits = crops[which, first_rows[which], first_columns[which]]
        features[start + which] = digits.astype(np.float32) / np.float32(255)
        for index in np.flatnonzero(~fits):
            ink = chunk[
                index, top[index] : top[index] + ink_height[index], left[index] : left[index] + ink_width[index]
            ]
            features[start + index] = digit_image_from_ink(ink.astype(np.float32))
    return features


def _extents(occupied: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First occupied position of each row, and the length up to the last one; (0, 0) for an empty row."""
    first = occupied.argmax(axis=1)
    last = occupied.shape[1] - 1 - occupied[:, ::-1].argmax(axis=1)
    return first, np.where(occupied.any(axis=1), last - first + 1, 0)


def digit_image_from_ink(ink: FloatArray) -> FloatArray:
    """Bring a tightly cropped grey image to the digit image as MNIST's authors did.

    The box is widened to a square, each source pixel is spread over the cells that it covers (area-averaging,
    also where the image is smaller than the digit image), and the brightest cell becomes 1.

    Args:
        ink: (height, width), 0 is background.

    Returns:
        (20, 20) float32 in [0, 1]; zeros where there is no ink.
    """
    height, width = ink.shape
    side = max(height, width)
    digit = (_area_weights(height, side) @ ink @ _area_weights(width, side).T).astype(np.float32)
    brightest = float(digit.max(initial=0.0))
    if brightest > 0:
        digit /= np.float32(brightest)
    return np.clip(digit, 0, 1)


@lru_cache(maxsize=1024)
def _area_weights(length: int, side: int) -> FloatArray:
    """(20, length) float32: how much of each of `length` pixels, centred in `side`, falls into each of the 20 cells."""
    scale = side / DIGIT_SIDE
    edges = np.arange(DIGIT_SIDE + 1) * scale - (side - length) / 2
    covered = np.clip(edges[:, None] - np.arange(length)[None, :], 0, 1)
    return np.asarray(np.diff(covered, axis=0) / scale, np.float32)

"""Turning digits and fitting them to 20×20 again, as preprocessing does with a drawing that the user turned."""

from collections.abc import Callable

import numpy as np

from engine.core.parameters import FloatArray
from engine.data.augmentation.sampling import sample_bilinear
from engine.ink.digit_image import DIGIT_SIDE

# Fainter pixels are the blurred rim of the ink: they do not count for the ink's box.
_INK = 0.1
# Points sampled along each side of a cell; their mean stands for the cell's area.
_SAMPLES = 2
_CHUNK = 1024


def rotate_digits(images: FloatArray, degrees: FloatArray, report: Callable[[float], None] | None = None) -> FloatArray:
    """Turn every image by its own angle and fit the ink to the digit image again.

    One resampling does both: for each cell of the new image, the points inside it are turned back into the old one
    and read there with bilinear weights.

    Args:
        images: (n, 20, 20) in [0, 1].
        degrees: (n,), positive clockwise as seen on the screen.
        report: hears which part is done, 0 to 1; may raise to end the work.

    Returns:
        (n, 20, 20) float32: ink's longer side 20, brightest ink 1; images without ink stay zero.
    """
    turned = np.zeros((len(images), DIGIT_SIDE, DIGIT_SIDE), np.float32)
    for start in range(0, len(images), _CHUNK):
        part = slice(start, start + _CHUNK)
        if report is not None:
            report(start / len(images))
        turned[part] = _rotate(np.asarray(images[part], np.float32), np.asarray(degrees[part], np.float32))
    return turned


def _rotate(images: FloatArray, degrees: FloatArray) -> FloatArray:
    angles = np.deg2rad(degrees)[:, None]
    cosine, sine = np.cos(angles), np.sin(angles)
    centre_x, centre_y, side = _turned_box(images, cosine, sine)
    # Sample points of the new digit image, measured from its middle in units of its side.
    steps = (np.arange(DIGIT_SIDE * _SAMPLES, dtype=np.float32) + 0.5) / (DIGIT_SIDE * _SAMPLES) - 0.5
    x = np.tile(steps, len(steps)) * side + centre_x
    y = np.repeat(steps, len(steps)) * side + centre_y
    # Turned back, and from the middle of the old image to pixel positions in it.
    middle = (DIGIT_SIDE - 1) / 2
    samples = np.empty((len(images), x.shape[1]), np.float32)
    sample_bilinear(images, x * cosine + y * sine + middle, y * cosine - x * sine + middle, samples)
    digits = samples.reshape(-1, DIGIT_SIDE, _SAMPLES, DIGIT_SIDE, _SAMPLES).mean(axis=(2, 4))
    brightest = digits.max(axis=(1, 2), keepdims=True)
    return np.asarray(digits / np.where(brightest > 0, brightest, 1), np.float32)


def _turned_box(images: FloatArray, cosine: FloatArray, sine: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Middle (x, y) and longer side of the turned ink's box, each (n, 1), measured from the middle of the image."""
    rows, columns = np.divmod(np.arange(DIGIT_SIDE * DIGIT_SIDE), DIGIT_SIDE)
    x = (columns - (DIGIT_SIDE - 1) / 2).astype(np.float32)
    y = (rows - (DIGIT_SIDE - 1) / 2).astype(np.float32)
    ink = images.reshape(len(images), -1) > _INK
    # A pixel is a square: turned, its corners reach this far from its middle.
    reach = (np.abs(cosine) + np.abs(sine)) / 2
    blank = ~ink.any(axis=1, keepdims=True)
    centres, sides = [], []
    for position in (x * cosine - y * sine, x * sine + y * cosine):
        low = np.where(ink, position, DIGIT_SIDE).min(axis=1, keepdims=True) - reach
        high = np.where(ink, position, -DIGIT_SIDE).max(axis=1, keepdims=True) + reach
        centres.append(np.where(blank, 0, (low + high) / 2).astype(np.float32))
        sides.append(np.where(blank, DIGIT_SIDE, high - low).astype(np.float32))
    return centres[0], centres[1], np.maximum(sides[0], sides[1])

"""Painting a centre line with a round pen, anti-aliased by area."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE

# Cells a side into which each pixel is cut; the edge of the line is exact to about 1/50 of a grey level per pixel.
_FINE = 5
_BLOCK = 2048


def paint(points: NDArray[np.float64], pen_width: float, side: int = DIGIT_SIDE, fine: int = _FINE) -> FloatArray:
    """The coverage of each pixel by a round pen that was set down at every one of the points.

    The distance of each cell of a fine grid to the nearest point decides how much of the cell is inked; the
    cells of a pixel are averaged. Only cells near a point are looked at, so the cost grows with the line's length.

    Args:
        points: (n, 2) in pixels of the image, x then y, (0, 0) is the upper left corner; their distance along the
            line should be at most a quarter of the pen's width. Points far outside leave no trace.
        pen_width: in pixels of the image, > 0.
        side: pixels a side of the image.
        fine: cells a side into which each pixel is cut.

    Returns:
        (side, side) float32 in [0, 1].
    """
    cells = side * fine
    radius = pen_width / 2
    reach = int(np.ceil(radius * fine + 0.5)) + 1
    margin = reach + 1
    width = cells + 2 * margin
    near = (points > -radius - 1).all(axis=1) & (points < side + radius + 1).all(axis=1)
    places = np.clip(points[near] * fine, -1.0, cells + 0.5)
    offsets = np.arange(-reach, reach + 1)
    neighbours = (offsets[:, None] * width + offsets).ravel()
    squared = np.full(width * width, np.inf, np.float32)
    for start in range(0, len(places), _BLOCK):
        place = places[start : start + _BLOCK]
        cell = np.floor(place).astype(np.intp)
        apart = ((cell + 0.5 - place).astype(np.float32)[:, :, None] + offsets.astype(np.float32)) ** 2
        distances = apart[:, 1, :, None] + apart[:, 0, None, :]
        index = (cell[:, 1] + margin) * width + (cell[:, 0] + margin)
        np.minimum.at(squared, (index[:, None] + neighbours).ravel(), distances.ravel())
    inner = squared.reshape(width, width)[margin : margin + cells, margin : margin + cells]
    inked = np.clip(np.float32(radius * fine + 0.5) - np.sqrt(inner), 0, 1)
    return np.asarray(inked.reshape(side, fine, side, fine).mean(axis=(1, 3)), np.float32)

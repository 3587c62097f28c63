"""Painting a centre line with a round pen into the tile, anti-aliased by area."""

import numpy as np
from numpy.typing import NDArray

from engine.parameters import FloatArray
from engine.preprocessing.tile import TILE_SIDE

# Cells a side into which each pixel is cut; the edge of the line is exact to about 1/50 of a grey level per pixel.
_FINE = 5
_BLOCK = 2048


def paint_tile(points: NDArray[np.float64], pen_width: float) -> FloatArray:
    """The coverage of each pixel by a round pen that was set down at every one of the points.

    The distance of each cell of a fine grid to the nearest point decides how much of the cell is inked; the
    cells of a pixel are averaged. Only cells near a point are looked at, so the cost grows with the line's length.

    Args:
        points: (n, 2) in pixels of the tile, x then y, (0, 0) is the upper left corner; their distance along the
            line should be at most a quarter of the pen's width. Points far outside the tile leave no trace.
        pen_width: in pixels of the tile, > 0.

    Returns:
        (20, 20) float32 in [0, 1].
    """
    cells = TILE_SIDE * _FINE
    radius = pen_width / 2
    reach = int(np.ceil(radius * _FINE + 0.5)) + 1
    margin = reach + 1
    side = cells + 2 * margin
    near = (points > -radius - 1).all(axis=1) & (points < TILE_SIDE + radius + 1).all(axis=1)
    places = np.clip(points[near] * _FINE, -1.0, cells + 0.5)
    offsets = np.arange(-reach, reach + 1)
    neighbours = (offsets[:, None] * side + offsets).ravel()
    squared = np.full(side * side, np.inf, np.float32)
    for start in range(0, len(places), _BLOCK):
        place = places[start : start + _BLOCK]
        cell = np.floor(place).astype(np.intp)
        apart = ((cell + 0.5 - place).astype(np.float32)[:, :, None] + offsets.astype(np.float32)) ** 2
        distances = apart[:, 1, :, None] + apart[:, 0, None, :]
        index = (cell[:, 1] + margin) * side + (cell[:, 0] + margin)
        np.minimum.at(squared, (index[:, None] + neighbours).ravel(), distances.ravel())
    inner = squared.reshape(side, side)[margin : margin + cells, margin : margin + cells]
    inked = np.clip(np.float32(radius * _FINE + 0.5) - np.sqrt(inner), 0, 1)
    return np.asarray(inked.reshape(TILE_SIDE, _FINE, TILE_SIDE, _FINE).mean(axis=(1, 3)), np.float32)

"""Painting centre lines with a round pen, anti-aliased by area."""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE

# Cells a side into which each pixel is cut; the edge of the line is exact to about 1/50 of a grey level per pixel.
_FINE = 5
# Points whose cells are worked on at once, and images: more would leave the cache, and new memory is dear.
_BLOCK, _TOGETHER = 256, 8


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
    return np.asarray(paint_each([points], pen_width, side, fine)[0])


def paint_each(
    lines: list[NDArray[np.float64]], pen_width: float, side: int = DIGIT_SIDE, fine: int = _FINE
) -> FloatArray:
    """Several images at once, (lines, side, side), each as `paint` gives it, at half the price.

    Args:
        lines: the points of each image.
        pen_width: as in `paint`.
        side: as in `paint`.
        fine: as in `paint`.
    """
    cells = side * fine
    radius = pen_width / 2
    reach = radius * fine + 0.5
    margin = math.ceil(reach) + 2
    width = cells + 2 * margin
    offsets, rows, columns = _disc(reach)
    neighbours = ((rows + offsets[0]) * width + columns + offsets[0])[:, None]
    images = np.empty((len(lines), side, side), np.float32)
    grids = np.empty((min(len(lines), _TOGETHER), width, width), np.float32)
    for first in range(0, len(lines), _TOGETHER):
        group = lines[first : first + _TOGETHER]
        points = np.concatenate(group)
        corners = np.repeat(np.arange(len(group)) * (width * width), [len(line) for line in group])
        if not (points.min() > -radius - 1 and points.max() < side + radius + 1):
            near = ((points > -radius - 1) & (points < side + radius + 1)).all(axis=1)
            points, corners = points[near], corners[near]
        places = np.clip(points * fine, -1.0, cells + 0.5)
        cell = np.floor(places)
        middles = (cell.astype(np.intp) + margin) @ (1, width) + corners
        apart = (cell + 0.5 - places).astype(np.float32).T[:, None]
        squared = grids[: len(group)]
        squared.fill(np.inf)
        for start in range(0, len(places), _BLOCK):
            block = slice(start, start + _BLOCK)
            x, y = (apart[..., block] + offsets.astype(np.float32)[:, None]) ** 2
            distances = y.take(rows, axis=0)
            distances += x.take(columns, axis=0)
            np.minimum.at(squared.reshape(-1), (neighbours + middles[block]).ravel(), distances.ravel())
        distances = np.sqrt(squared[:, margin : margin + cells, margin : margin + cells])
        inked = np.clip(np.float32(reach) - distances, 0, 1).reshape(-1, side, fine, side, fine)
        # The same mean as NumPy's own, which is slow over so few cells.
        across = functools.reduce(np.add, (inked[..., number] for number in range(fine)))
        total = functools.reduce(np.add, (across[:, :, number] for number in range(fine)))
        np.divide(total, np.float32(fine * fine), out=images[first : first + _TOGETHER])
    return images


@functools.lru_cache(maxsize=8)
def _disc(reach: float) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Offsets of cells from a point's own one, and the places among them of the rows and columns within reach."""
    far = math.ceil(reach)
    offsets = np.arange(-far, far + 1)
    # The point is at most half a diagonal from the middle of its cell.
    rows, columns = np.nonzero(np.hypot(offsets[:, None], offsets) < reach + 0.75)
    return offsets, rows, columns

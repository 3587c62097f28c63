"""Where the ink of a picture lies, and its pieces: what is connected, as strokes of a drawing that can be cut."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.drawing import Drawing, Stroke
from engine.ink.photos.ink_mask import pen_width
from engine.ink.photos.pen_width import digit_image_with_one_pen
from engine.ink.photos.thinning import thinned

if TYPE_CHECKING:
    from engine.ink.segmentation.groups import StrokeGroup

# (left, top, right, bottom) as shares of a picture's width and height.
Box = tuple[float, float, float, float]
# More than a number has; a picture of more pieces is a page, or noise.
_MOST_PIECES = 40
# Points that stand for a piece.
_POINTS = 120


@dataclass(frozen=True, slots=True, eq=False)
class FoundInk:
    """The ink of a picture.

    Attributes:
        levels: (height, width) float32 in [0, 1], cropped to the ink.
        picture_size: width and height of the picture, in pixels.
        box: where the ink lies in the picture.
        sheet: the box of the sheet of paper under it, or None.
    """

    levels: FloatArray
    picture_size: tuple[int, int]
    box: Box
    sheet: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class InkPieces:
    """The connected pieces of found ink, and all sensible groups of them that may be one digit.

    Attributes:
        drawing: one stroke for each piece along its centre line, in the unit square with the picture in its middle.
        groups: at least two, from `candidate_groups`.
        inks: (height, width) of each group, as `FoundInk.levels`.
        features: (20, 20) of each group, read-only, as a model receives it.
    """

    drawing: Drawing
    groups: "tuple[StrokeGroup, ...]"
    inks: tuple[FloatArray, ...]
    features: tuple[FloatArray, ...]


def within(outer: Box, inner: Box) -> Box:
    """A box of a part of a picture as a box of the picture; `outer` is the part."""
    left, top, right, bottom = outer
    width, height = right - left, bottom - top
    return left + inner[0] * width, top + inner[1] * height, left + inner[2] * width, top + inner[3] * height


def in_square(box: Box, size: tuple[int, int]) -> Box:
    """A box of a picture of this size in the unit square that has the picture in its middle."""
    width, height = (side / max(size) for side in size)
    left, top = (1 - width) / 2, (1 - height) / 2
    return within((left, top, left + width, top + height), box)


def ink_pieces(found: FoundInk) -> InkPieces | None:
    """The pieces of the ink; None where they are surely one digit, or so many that they are no number."""
    from scipy import ndimage

    inked = found.levels > 0.5
    labels, count = ndimage.label(inked, np.ones((3, 3)))
    if not 1 < count <= _MOST_PIECES:
        return None
    left, top, right, bottom = in_square(found.box, found.picture_size)
    height, width = inked.shape
    scale = np.array([(right - left) / width, (bottom - top) / height])
    strokes = []
    width_of_pen = pen_width(inked) * float(scale[0])
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = np.nonzero(thinned(np.pad(labels[place] == number, 1)))
        corner = np.array([place[1].start, place[0].start]) - 0.5
        points = _in_a_row(np.column_stack([columns, rows]) + corner)
        strokes.append(Stroke(points * scale + (left, top), width=width_of_pen))
    drawing = Drawing(tuple(strokes))
    # The window's first answer needs no groups.
    from engine.ink.segmentation.groups import candidate_groups

    groups = candidate_groups(drawing)
    if len(groups) < 2:
        return None
    inks = tuple(_ink_of(found.levels, labels, group) for group in groups)
    features = tuple(map(digit_image_with_one_pen, inks))
    for image in features:
        image.flags.writeable = False
    return InkPieces(drawing, groups, inks, features)


def _ink_of(levels: FloatArray, labels: NDArray[np.int32], group: "StrokeGroup") -> FloatArray:
    """The ink of the pieces of a group, cropped."""
    ink = np.where(np.isin(labels, np.array(group.strokes) + 1), levels, np.float32(0))
    inked = ink > 0.5
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _in_a_row(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Some of the points (n, 2), each followed by the nearest of those that are left."""
    points = points[:: -(-len(points) // _POINTS)]
    left, row = points[1:], [points[0]]
    while len(left):
        nearest = int(((left - row[-1]) ** 2).sum(axis=1).argmin())
        row.append(left[nearest])
        left = np.delete(left, nearest, axis=0)
    return np.array(row)

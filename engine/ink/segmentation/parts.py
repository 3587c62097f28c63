"""From strokes to parts: what of the ink certainly belongs to one digit.

All measures that decide anything are in heights of the line of writing, so that neither the size nor the place of a
drawing matters.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Drawing, Stroke
from engine.ink.strokes.centre_line import MOST_FINISHED, Curve, curves_of, resampled

Box = tuple[float, float, float, float]

_SPACING = 0.04  # between the points that stand for a stroke, in heights of the line
_RESAMPLED = 4  # `resampled` puts that many points into the length that it is given
# Enough for the digits of a number, few enough for a scribble without end.
_MOST_POINTS, _MOST_POINTS_OF_ALL = 200, 3000
_REMEMBERED = 64  # strokes: those of a drawing in progress stay the same but for the last
_SAME_COLUMN = 0.5  # strokes that share this much of the narrower one's width stand above each other


@dataclass(frozen=True, slots=True, eq=False)
class StrokePart:
    """Strokes that belong together.

    Attributes:
        strokes: their positions in the drawing, ascending.
        box: (left, top, right, bottom) of the centre lines, in the drawing's unit.
        points: (n, 2) on the centre lines, evenly spaced.
        joined_of: the parts of which this one was made; empty for a single stroke.
    """

    strokes: tuple[int, ...]
    box: Box
    points: Curve
    joined_of: "tuple[StrokePart, ...]" = ()

    @property
    def middle(self) -> float:
        """The middle of the box, from left to right."""
        return (self.box[0] + self.box[2]) / 2


def stroke_parts(drawing: Drawing) -> tuple[list[StrokePart], float]:
    """One part for every stroke, and the height of the line of writing.

    Points that no device reports are left out, and strokes without any other point. The height is the median
    over the columns of ink, of two the greater one, where strokes that stand above each other form a column; columns
    of less than half the highest don't count. It is 0 when the drawing is blank or a dot.
    """
    curves = {}
    for index, stroke in enumerate(drawing.strokes):
        usable = _curve_of(stroke)
        if usable is not None:
            curves[index] = usable
    boxes = {index: box_of_points(curve) for index, curve in curves.items()}
    height = _line_height(list(boxes.values()))
    lines = list(curves.values())
    if height > 0:
        pixels = np.full(len(lines), _RESAMPLED * _SPACING * height)
        lines = resampled(lines, pixels, len(lines) * [MOST_FINISHED])
    parts = []
    for index, points in zip(curves, lines, strict=True):
        most = min(_MOST_POINTS, _MOST_POINTS_OF_ALL // len(curves))
        parts.append(StrokePart((index,), boxes[index], points[:: 1 + len(points) // most]))
    return parts, height


@lru_cache(maxsize=_REMEMBERED)
def _curve_of(stroke: Stroke) -> Curve | None:
    """The stroke's usable points; None where there are none. A stroke never changes, so it is remembered."""
    (usable,) = curves_of([Drawing((stroke,))])
    return usable[0] if usable else None


def box_of_points(points: Curve) -> Box:
    """(left, top, right, bottom) of points."""
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def joined(parts: list[StrokePart]) -> StrokePart:
    """Several parts as one."""
    if len(parts) == 1:
        return parts[0]
    boxes = np.array([part.box for part in parts])
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    strokes = tuple(sorted(stroke for part in parts for stroke in part.strokes))
    return StrokePart(
        strokes, (left, top, right, bottom), np.concatenate([part.points for part in parts]), tuple(parts)
    )


class Distances:
    """The least distances between the points of parts, in the drawing's unit; each pair of strokes is measured once."""

    def __init__(self) -> None:
        self._known: dict[tuple[StrokePart, StrokePart], float] = {}

    def between(self, first: StrokePart, second: StrokePart) -> float:
        """The distance of two parts, joined ones or single strokes."""
        key = (first, second)
        if key not in self._known:
            known = self._known.get((second, first))
            self._known[key] = self._measured(first, second) if known is None else known
        return self._known[key]

    def _measured(self, first: StrokePart, second: StrokePart) -> float:
        if not first.joined_of and not second.joined_of:
            # Axis by axis: half the time of one array of differences.
            mine, other = first.points, second.points
            squared: NDArray[np.float64] = (mine[:, None, 0] - other[None, :, 0]) ** 2
            squared += (mine[:, None, 1] - other[None, :, 1]) ** 2
            return math.sqrt(float(squared.min()))
        one, rest = (first, second) if first.joined_of else (second, first)
        return min(self.between(part, rest) for part in one.joined_of)


def shared_width(first: Box, second: Box) -> float:
    """How far two boxes reach into each other from left to right; the gap, negative, when they don't."""
    return min(first[2], second[2]) - max(first[0], second[0])


def _line_height(boxes: list[Box]) -> float:
    """The median height of the columns of ink."""
    columns: list[Box] = []
    for box in sorted(boxes, key=lambda box: box[2] - box[0], reverse=True):
        for place, column in enumerate(columns):
            if shared_width(box, column) >= _SAME_COLUMN * (box[2] - box[0]):
                columns[place] = (
                    min(box[0], column[0]),
                    min(box[1], column[1]),
                    max(box[2], column[2]),
                    max(box[3], column[3]),
                )
                break
        else:
            columns.append(box)
    if not columns:
        return 0.0
    heights = np.array([bottom - top for _, top, _, bottom in columns])
    widest = max(right - left for left, _, right, _ in columns)
    # A lying stroke alone has next to no height: its length then tells the size of the writing.
    counted = np.sort(heights[heights >= heights.max() / 2])
    return max(float(counted[len(counted) // 2]), 0.2 * widest)

"""Which strokes may be one digit: all sensible groups of neighbouring parts, with what their shape says."""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from engine.ink.drawing import Drawing
from engine.ink.segmentation.links import farthest_middles, link_log_odds, log_probability
from engine.ink.segmentation.parts import Box, Distances, StrokePart, box_of_points, joined, stroke_parts

_SURE = 4.6  # log odds of 99 to 1: joined without asking the model
_CUT = -5.8  # log odds of 1 to 330: separated without asking the model
_MOST_PARTS = 4  # of one digit
_DOT = 0.2  # heights of the line: a part that is smaller and far from all others is a pen artifact
# A drawing of more strokes, or with more that surely belong together, is a scribble. Of 9,588 digits none has more
# than three strokes; 32 are a number of 16 digits of two strokes each.
_MOST_STROKES, _MOST_OF_A_DIGIT = 32, 16
# A digit is at least so high, compared with the line, and at most so wide, and how sure that is: half of a squared
# normal deviate is taken off the logarithm of the group's probability.
_LEAST_HEIGHT, _HEIGHT_DEVIATION = 0.5, 0.07
_MOST_WIDTH, _WIDTH_DEVIATION = 1.2, 0.15


@dataclass(frozen=True, slots=True)
class StrokeGroup:
    """Neighbouring parts that may be one digit.

    Attributes:
        strokes: their positions in the drawing, ascending.
        box: (left, top, right, bottom) of the ink, in the drawing's unit.
        first: position of the first part in the row of parts, from left to right.
        stop: position behind the last part.
        log_prior: what the shape says, before anybody looks at the digit: log P(these parts are together and the next
            one apart), and a penalty for groups that are too low or too wide for a digit.
    """

    strokes: tuple[int, ...]
    box: Box
    first: int
    stop: int
    log_prior: float


def candidate_groups(drawing: Drawing) -> tuple[StrokeGroup, ...]:
    """All groups of strokes that may be one digit of a number, from left to right.

    Strokes whose place leaves no doubt are joined to parts first: those that lie above each other or cross. What
    remains in doubt is in several groups. A number is a choice of groups that takes every part once:
    `best_partition` finds the best one. A single group means that the drawing is one digit. Stray dots are in no
    group.

    Returns:
        Groups in ascending order of `first`, then `stop`; empty when the drawing is blank.
    """
    if len(drawing.strokes) > _MOST_STROKES:
        return _scribble(drawing)
    parts, height = stroke_parts(drawing)
    if not height > 0:
        parts = [joined(parts)] if parts else []
    distances = Distances()
    if len(parts) > 1:
        parts = _without_dots(_sure_parts(parts, height, distances), height, distances)
    if len(parts) == 1:
        return (StrokeGroup(parts[0].strokes, _inked(parts[0], drawing), 0, 1, 0.0),)
    together = [link_log_odds(left, right, height, distances) for left, right in pairwise(parts)]
    groups = []
    for first in range(len(parts)):
        inner = 0.0
        for stop in range(first + 1, min(first + _MOST_PARTS, len(parts)) + 1):
            if stop - first > 1:
                link = together[stop - 2]
                if link < _CUT:
                    break
                inner += log_probability(link)
            outer = log_probability(-together[stop - 1]) if stop < len(parts) else 0.0
            whole = joined(parts[first:stop])
            prior = inner + outer + _shape(whole.box, height)
            groups.append(StrokeGroup(whole.strokes, _inked(whole, drawing), first, stop, prior))
    return tuple(groups)


def _sure_parts(parts: list[StrokePart], height: float, distances: Distances) -> list[StrokePart]:
    """Join what surely belongs together until nothing more does; from left to right. A scribble is one part.

    What two parts have to do with each other stays true while others are joined, so each pair is judged once.
    """
    parts = sorted(parts, key=lambda part: part.middle)
    far = farthest_middles(_SURE) * height
    apart: set[tuple[StrokePart, StrokePart]] = set()
    found = True
    while found:
        found = False
        for pair in combinations(parts, 2):
            if pair in apart:
                continue
            left, right = pair
            if right.middle - left.middle <= far and link_log_odds(left, right, height, distances) > _SURE:
                whole = joined([left, right])
                if len(whole.strokes) > _MOST_OF_A_DIGIT:
                    return [joined(parts)]
                rest = [part for part in parts if part is not left and part is not right]
                parts = sorted([*rest, whole], key=lambda part: part.middle)
                found = True
                break
            apart.add(pair)
    return parts


def _scribble(drawing: Drawing) -> tuple[StrokeGroup, ...]:
    """All strokes as one group."""
    used = tuple(place for place, stroke in enumerate(drawing.strokes) if len(stroke.points))
    if not used:
        return ()
    points = np.concatenate([drawing.strokes[place].points for place in used])
    usable = points[np.isfinite(points).all(axis=1)]
    if not len(usable):
        return ()
    whole = StrokePart(used, box_of_points(usable), usable)
    return (StrokeGroup(used, _inked(whole, drawing), 0, 1, 0.0),)


def _without_dots(parts: list[StrokePart], height: float, distances: Distances) -> list[StrokePart]:
    """The parts but the small ones that belong to none of the others."""
    far = farthest_middles(_CUT) * height

    def belongs(part: StrokePart) -> bool:
        near = (other for other in parts if other is not part and abs(other.middle - part.middle) <= far)
        return any(link_log_odds(part, other, height, distances) > _CUT for other in near)

    return [
        part
        for part in parts
        if max(part.box[2] - part.box[0], part.box[3] - part.box[1]) >= _DOT * height or belongs(part)
    ]


def _shape(box: Box, height: float) -> float:
    low = max(0.0, _LEAST_HEIGHT - (box[3] - box[1]) / height) / _HEIGHT_DEVIATION
    wide = max(0.0, (box[2] - box[0]) / height - _MOST_WIDTH) / _WIDTH_DEVIATION
    return -(low * low + wide * wide) / 2


def _inked(part: StrokePart, drawing: Drawing) -> Box:
    """The box with the pen's width, where it is known."""
    margin = max(drawing.strokes[stroke].width for stroke in part.strokes) / 2
    left, top, right, bottom = part.box
    return left - margin, top - margin, right + margin, bottom + margin

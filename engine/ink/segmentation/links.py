"""How likely two parts of a drawing are strokes of one digit, from where they lie."""

import math

from engine.ink.segmentation.parts import Distances, StrokePart, shared_width

# A logistic regression, fitted on pairs of strokes: digits of 24 writers and drawn ones, composed to numbers
# with usual and with tight gaps. For the 6 other writers it is right about 99.5 % of the pairs, by places alone.
# Lengths are in heights of the line.
_BIAS = 3.2
_DISTANCE = -5.5  # of the nearest points, up to `_FAR`
_MIDDLES = -20.2  # from middle to middle, left to right
_SHARED_WIDTH = 11.6  # within ± `_MOST_SHARED`; negative across a gap
_TOUCHING = 7.5  # of the shared width, where the parts touch: the flying bar of a 5
_STEP_DOWN = 5.1  # of the right part, top and bottom, up to `_MOST_STEP`: the stem of an open 4
_BOTTOMS = 8.0  # difference of the bottoms, up to `_MOST_UNEVEN`: digits stand on one line, strokes of a digit needn't
_TOPS = 3.2  # difference of the tops, likewise
_FAR = 0.8
_NEAR = 0.05  # the distance at which touching has faded to 1 / e
_MOST_SHARED = 0.5
_MOST_STEP = 0.4
_MOST_UNEVEN = 0.5
_NO_DOUBT = -25.0


def link_log_odds(first: StrokePart, second: StrokePart, height: float, distances: Distances) -> float:
    """The logarithm of P(same digit) / P(different digits) for two parts.

    Args:
        first: one part.
        second: another one.
        height: of the line of writing, in the drawing's unit; > 0.
        distances: between the parts of the drawing.
    """
    left, right = (first, second) if first.middle <= second.middle else (second, first)
    middles = (right.middle - left.middle) / height
    shared = min(max(shared_width(left.box, right.box) / height, -_MOST_SHARED), _MOST_SHARED)
    lower_top = (right.box[1] - left.box[1]) / height
    lower_bottom = (right.box[3] - left.box[3]) / height
    score = (
        _BIAS
        + _MIDDLES * middles
        + _SHARED_WIDTH * shared
        + _STEP_DOWN * min(max(0.0, min(lower_top, lower_bottom)), _MOST_STEP)
        + _BOTTOMS * min(abs(lower_bottom), _MOST_UNEVEN)
        + _TOPS * min(abs(lower_top), _MOST_UNEVEN)
    )
    if score + _TOUCHING * max(0.0, shared) < _NO_DOUBT:
        # The distance can't change that: spare the measuring.
        return _NO_DOUBT
    apart = distances.between(left, right) / height
    return score + _DISTANCE * min(apart, _FAR) + _TOUCHING * max(0.0, shared) * math.exp(-apart / _NEAR)


def farthest_middles(log_odds: float) -> float:
    """How far apart, in heights of the line, the middles of parts are at most that `link_log_odds` gives so much."""
    most = _BIAS + (_SHARED_WIDTH + _TOUCHING) * _MOST_SHARED + _STEP_DOWN * _MOST_STEP
    return (most + (_BOTTOMS + _TOPS) * _MOST_UNEVEN - log_odds) / -_MIDDLES


def log_probability(log_odds: float) -> float:
    """log(1 / (1 + exp(−log_odds))), without overflow."""
    return min(log_odds, 0.0) - math.log1p(math.exp(-abs(log_odds)))

"""How likely two parts of a drawing are strokes of one digit, from where they lie."""

import math

from engine.segmentation.parts import Part, distance, shared_width

# A logistic regression, fitted on 17,000 pairs of strokes: digits of 24 writers and generated habits, composed to
# numbers with usual and with tight gaps. On the 6 other writers it is right for 99.4 % of the pairs. Lengths are in
# heights of the line.
_BIAS = 7.2
_DISTANCE = -12.9  # of the nearest points, up to `_FAR`
_MIDDLES = -17.2  # from middle to middle, left to right
_SHARED_WIDTH = 12.3  # within ± `_MOST_SHARED`; negative across a gap
_LOWER_HEIGHT = 5.8  # of the lower part, up to 1
_SHARED_HEIGHT = -9.8  # how far they stand beside each other; negative for one above the other
_FAR = 0.8
_MOST_SHARED = 0.5


def link_log_odds(first: Part, second: Part, height: float) -> float:
    """The logarithm of P(same digit) / P(different digits) for two parts.

    Args:
        first: one part.
        second: another one.
        height: of the line of writing, in the drawing's unit; > 0.
    """
    middles = abs(first.middle - second.middle) / height
    beside = shared_width(first.box, second.box) / height
    apart_at_least = max(0.0, -beside)
    if _MIDDLES * middles + _DISTANCE * apart_at_least < -25:
        # Whatever the rest says, these are two digits: spare the measuring of distances.
        return -25.0
    lower = min(first.box[3] - first.box[1], second.box[3] - second.box[1]) / height
    level = (min(first.box[3], second.box[3]) - max(first.box[1], second.box[1])) / height
    return (
        _BIAS
        + _DISTANCE * min(distance(first, second) / height, _FAR)
        + _MIDDLES * middles
        + _SHARED_WIDTH * min(max(beside, -_MOST_SHARED), _MOST_SHARED)
        + _LOWER_HEIGHT * min(lower, 1.0)
        + _SHARED_HEIGHT * level
    )


def log_probability(log_odds: float) -> float:
    """log(1 / (1 + exp(−log_odds))), without overflow."""
    return min(log_odds, 0.0) - math.log1p(math.exp(-abs(log_odds)))

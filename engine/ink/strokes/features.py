"""From a drawing's strokes to the digit image: clean the centre line, fit it, repaint it with one pen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE
from engine.ink.drawing import Drawing
from engine.ink.strokes.centre_line import Curve, curves_of, most_points, resampled, smoothed
from engine.ink.strokes.curves import boxes_of
from engine.ink.strokes.rasterize import paint_each

# MNIST's median pen, in pixels of the digit image: ink area divided by the centre line's length.
PEN_WIDTH = 2.25
# A centre line that is smaller than this share of a known pen width is a dot.
_DOT = 0.25
# A stroke smaller than this share of the largest stroke is a pen artifact.
_STRAY = 0.12
# Drawings that go through one call of NumPy: their arrays stay in the cache.
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class PreprocessingSteps:
    """Which steps of the path from strokes to features are taken; models are trained with all of them.

    Attributes:
        clean: drop stray dots and hooks and smooth the line.
        fit: bring the ink's box to all of the digit image, centred; otherwise the whole canvas is shrunk to it.
        one_pen: repaint with MNIST's pen width; otherwise with the width of the drawing's own pen, where known.
        canvas_side: side of the square canvas in the unit of the points; used only without `fit`.
    """

    clean: bool = True
    fit: bool = True
    one_pen: bool = True
    canvas_side: float = 1.0


FULL_PATH = PreprocessingSteps()


def features_from_drawing(drawing: Drawing, path: PreprocessingSteps = FULL_PATH) -> FloatArray | None:
    """The features of a drawing, or None when it is blank.

    The ink's box (centre line and pen) is brought to 20×20 so that its longer side is 20, aspect kept, centred;
    the centre line is repainted with a pen of 2.25 pixels and area-averaged; the brightest pixel becomes 1. Size,
    place, pen width and the device's sampling rate therefore don't matter. A dot becomes a dot in the middle.

    Returns:
        (20, 20) float32 in [0, 1], 0 is background and 1 is ink.
    """
    return features_from_drawings([drawing], path)[0]


def features_from_drawings(
    drawings: Sequence[Drawing], path: PreprocessingSteps = FULL_PATH
) -> list[FloatArray | None]:
    """The same for many drawings, each to the bit as it is alone, at a third of the price.

    Returns:
        For each drawing its (20, 20) features, or None when it is blank.
    """
    found: list[FloatArray | None] = []
    for start in range(0, len(drawings), _TOGETHER):
        found += _features_of(drawings[start : start + _TOGETHER], path)
    return found


def _features_of(drawings: Sequence[Drawing], path: PreprocessingSteps) -> list[FloatArray | None]:
    results: list[FloatArray | None] = [None] * len(drawings)
    lines = {place: curves for place, curves in enumerate(centre_lines(drawings, path)) if curves}
    by_width: dict[float, list[tuple[int, Curve]]] = {}
    if lines:
        for place, (curves, width) in zip(
            lines, fitted(list(lines.values()), [drawings[place] for place in lines], path), strict=True
        ):
            by_width.setdefault(width, []).append((place, np.concatenate(curves)))
    for width, same in by_width.items():
        digits = repaint([line for _, line in same], width)
        for (place, _), digit in zip(same, digits, strict=True):
            results[place] = digit
    return results


def centre_lines(drawings: Sequence[Drawing], path: PreprocessingSteps = FULL_PATH) -> list[list[Curve]]:
    """Each drawing's centre line in its own unit, evenly sampled; empty where the drawing is blank."""
    lines = curves_of(drawings)
    if path.clean:
        lines = _without_strays(lines)
    places = [place for place, curves in enumerate(lines) if curves]
    sizes = _sizes([lines[place] for place in places])
    places = [place for place, size in zip(places, sizes, strict=True) if size > 0]
    pixels = [
        size / (DIGIT_SIDE - PEN_WIDTH) if path.fit else path.canvas_side / DIGIT_SIDE for size in sizes if size > 0
    ]
    counts = [len(lines[place]) for place in places]
    whole = [curve for place in places for curve in lines[place]]
    lengths = np.repeat(pixels, counts)
    most = [number for place in places for number in most_points(lines[place])]
    finished = iter((smoothed if path.clean else resampled)(whole, lengths, most))
    for place, count in zip(places, counts, strict=True):
        lines[place] = list(islice(finished, count))
    return lines


def _sizes(groups: list[list[Curve]]) -> list[float]:
    """The longer side of the box around all curves of each group."""
    if not groups:
        return []
    lowers, uppers = boxes_of(groups)
    return [max(size) for size in (uppers - lowers).tolist()]


def _without_strays(lines: list[list[Curve]]) -> list[list[Curve]]:
    """The curves that are not much smaller than the largest one of their drawing, so one of dots alone is kept."""
    sizes = iter(_sizes([[curve] for curves in lines for curve in curves]))
    kept = []
    for curves in lines:
        sized = list(zip(curves, islice(sizes, len(curves)), strict=True))
        least = _STRAY * max((size for _, size in sized), default=0.0)
        kept.append([curve for curve, size in sized if size >= least])
    return kept


def fitted(
    lines: list[list[Curve]], drawings: Sequence[Drawing], path: PreprocessingSteps = FULL_PATH
) -> list[tuple[list[Curve], float]]:
    """Centre lines, none empty, in pixels of the digit image, and for each the pen width to paint it with."""
    lowers, uppers = boxes_of(lines)
    sizes = (uppers - lowers).max(axis=1).tolist()
    return [_fitted(*each, path) for each in zip(lines, (lowers + uppers) / 2, sizes, drawings, strict=True)]


def _fitted(
    curves: list[Curve], middle: NDArray[np.float64], size: float, drawing: Drawing, path: PreprocessingSteps
) -> tuple[list[Curve], float]:
    own_width = _own_width(drawing)
    if not path.fit:
        scale = DIGIT_SIDE / path.canvas_side
        width = own_width * scale if own_width and not path.one_pen else PEN_WIDTH
        return [curve * scale for curve in curves], width
    if not size > _DOT * own_width:
        # A dot: there is no size to fit, whatever the pen did within its own width.
        return [np.full((1, 2), DIGIT_SIDE / 2)], PEN_WIDTH
    keeps_width = own_width > 0 and not path.one_pen
    width = DIGIT_SIDE * own_width / (size + own_width) if keeps_width else PEN_WIDTH
    scale = (DIGIT_SIDE - width) / size
    return [(curve - middle) * scale + DIGIT_SIDE / 2 for curve in curves], width


def repaint(lines: list[Curve], pen_width: float) -> FloatArray:
    """Paint fitted center lines, (n, 2) each, into (lines, 20, 20); the brightest pixel of each becomes 1."""
    digits = paint_each(lines, pen_width)
    brightest = digits.max(axis=(1, 2), keepdims=True)
    np.divide(digits, brightest, out=digits, where=brightest > 0)
    return digits


def dot_digit_image() -> FloatArray:
    """The digit image, (20, 20), of a single dot: the pen set down once, in the middle."""
    return np.asarray(repaint([np.full((1, 2), DIGIT_SIDE / 2)], PEN_WIDTH)[0])


def _own_width(drawing: Drawing) -> float:
    """The median of the strokes' known pen widths, 0.0 when none is known."""
    return median([stroke.width for stroke in drawing.strokes if 0 < stroke.width < math.inf])


def median(values: Sequence[float]) -> float:
    """The middle of the values, of two the mean; 0.0 without any.

    NumPy's own loads its masked arrays when it is first called, and the first stroke of the pen waits for that.
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2

"""From a drawing's strokes to the digit image: clean the centre line, fit it, repaint it with one pen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE
from engine.ink.drawing import Drawing
from engine.ink.strokes.centre_line import Curve, box_of, curves_of, resampled, size_of, smoothed, without_slips
from engine.ink.strokes.rasterize import paint

# MNIST's median pen, in pixels of the digit image: ink area divided by the centre line's length.
PEN_WIDTH = 2.25
# A centre line that is smaller than this share of a known pen width is a dot.
_DOT = 0.25


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
    curves = centre_line(drawing, path)
    return None if not curves else repaint(*fitted(curves, drawing, path))


def centre_line(drawing: Drawing, path: PreprocessingSteps = FULL_PATH) -> list[Curve]:
    """The drawing's centre line in its own unit, evenly sampled; empty when the drawing is blank."""
    curves = curves_of(drawing)
    if curves and path.clean:
        curves = without_slips(curves)
    if not curves:
        return curves
    size = size_of(curves)
    if not size > 0:
        return curves
    pixel = size / (DIGIT_SIDE - PEN_WIDTH) if path.fit else path.canvas_side / DIGIT_SIDE
    return smoothed(curves, pixel) if path.clean else resampled(curves, pixel)


def fitted(curves: list[Curve], drawing: Drawing, path: PreprocessingSteps = FULL_PATH) -> tuple[list[Curve], float]:
    """The centre line in pixels of the digit image, and the pen width to paint it with."""
    own_width = _own_width(drawing)
    if not path.fit:
        scale = DIGIT_SIDE / path.canvas_side
        width = own_width * scale if own_width and not path.one_pen else PEN_WIDTH
        return [curve * scale for curve in curves], width
    lower, upper = box_of(curves)
    size = float((upper - lower).max())
    if not size > _DOT * own_width:
        # A dot: there is no size to fit, whatever the pen did within its own width.
        return [np.full((1, 2), DIGIT_SIDE / 2)], PEN_WIDTH
    keeps_width = own_width > 0 and not path.one_pen
    width = DIGIT_SIDE * own_width / (size + own_width) if keeps_width else PEN_WIDTH
    scale = (DIGIT_SIDE - width) / size
    middle = (lower + upper) / 2
    return [(curve - middle) * scale + DIGIT_SIDE / 2 for curve in curves], width


def repaint(curves: list[Curve], pen_width: float) -> FloatArray:
    """Paint a fitted center line, curves (n, 2), into (20, 20); the brightest pixel becomes 1."""
    digit = paint(np.concatenate(curves), pen_width)
    brightest = float(digit.max())
    if brightest > 0:
        digit /= np.float32(brightest)
    return digit


def dot_digit_image() -> FloatArray:
    """The digit image, (20, 20), of a single dot: the pen set down once, in the middle."""
    return repaint([np.full((1, 2), DIGIT_SIDE / 2)], PEN_WIDTH)


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

"""The path from strokes to features taken apart, so that a person can look at every step."""

from dataclasses import dataclass

import numpy as np

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE
from engine.ink.drawing import Drawing
from engine.ink.strokes.centre_line import Curve, curves_of
from engine.ink.strokes.features import FULL_PATH, PreprocessingSteps, centre_lines, fitted, median, repaint
from engine.ink.strokes.rasterize import paint

_LARGE = 8  # pixels of the repainted picture for one pixel of the digit image


@dataclass(frozen=True, slots=True, eq=False)
class DrawingStep:
    """One step on the way: lines, or a picture, or both.

    Attributes:
        name: "drawing", "centre line", "repainted" or "20×20".
        explanation: one plain sentence about what has been done.
        curves: (n, 2) arrays of x and y as shares of the picture's side, 0 to 1; empty where there are none.
        pen_width: of the lines, as a share of the picture's side; 0.0 when unknown.
        image: (side, side) float32 in [0, 1], 1 is ink, or None.
    """

    name: str
    explanation: str
    curves: tuple[Curve, ...] = ()
    pen_width: float = 0.0
    image: FloatArray | None = None


def drawing_steps(drawing: Drawing, path: PreprocessingSteps = FULL_PATH) -> tuple[DrawingStep, ...]:
    """The drawing, its centre line, the line repainted large, and the features; empty for a blank drawing.

    Switch a step off in `path` to see what it is worth: the last step's `image` is then what
    `features_from_drawing(drawing, path)` returns.
    """
    (lines,) = centre_lines([drawing], path)
    if not lines:
        return ()
    ((curves, pen_width),) = fitted([lines], [drawing], path)
    line = np.concatenate(curves)
    picture = paint(line * _LARGE, pen_width * _LARGE, DIGIT_SIDE * _LARGE, fine=1)
    widths = [stroke.width for stroke in drawing.strokes if stroke.width > 0]
    return (
        DrawingStep(
            "drawing",
            "What the pen did.",
            tuple(curve / path.canvas_side for curve in curves_of([drawing])[0]),
            median(widths) / path.canvas_side,
        ),
        DrawingStep(
            "centre line",
            "Cleaned and smoothed, size and place made equal."
            if path.clean and path.fit
            else "The line along which the pen went.",
            tuple(curve / DIGIT_SIDE for curve in curves),
        ),
        DrawingStep(
            "repainted",
            "The same line with MNIST's pen." if path.one_pen else "The same line with its own pen.",
            tuple(curve / DIGIT_SIDE for curve in curves),
            pen_width / DIGIT_SIDE,
            picture,
        ),
        DrawingStep("20×20", "What the model sees.", image=repaint([line], pen_width)[0]),
    )

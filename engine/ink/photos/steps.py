"""The path from the ink of a picture to features taken apart, so that a person can look at every step."""

import numpy as np

from engine.core.parameters import FloatArray
from engine.ink.photos.pen_width import repainted
from engine.ink.photos.thinning import thinned
from engine.ink.strokes.steps import DrawingStep


def image_steps(ink: FloatArray, features: FloatArray) -> tuple[DrawingStep, ...]:
    """The found ink, its centre line, the line repainted large, and the features, as `drawing_steps` gives them.

    Args:
        ink: (height, width) float32 in [0, 1], cropped to the ink.
        features: (20, 20) that the model receives.
    """
    large = repainted(ink)
    return (
        DrawingStep("ink", "The ink that was found, without paper and shadows.", image=_squared(ink)),
        DrawingStep(
            "centre line",
            "The line along which the pen went.",
            image=_squared(thinned(np.pad(ink > 0.5, 1)).astype(np.float32)),
        ),
        DrawingStep(
            "repainted",
            "Repainted with one pen width, as in the training digits.",
            image=_squared(features if large is None else large),
        ),
        DrawingStep("20×20", "Averaged to the pixels that the model receives.", image=features),
    )


def _squared(image: FloatArray) -> FloatArray:
    """The image in the middle of a square, with a little room around it."""
    height, width = image.shape
    side = max(height, width) + max(height, width) // 8
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    return square

"""Varying drawings: the same digit as another hand, another mood or another device might have written it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Drawing, Stroke

_Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StrokeVariation:
    """How far drawings are varied; amounts are drawn evenly from their ranges.

    Attributes:
        rotation: degrees to either side.
        slant: horizontal shear to either side.
        stretch: greatest factor by which height and width grow apart.
        wobble: standard deviation of a slow trembling, as a share of the drawing's size.
        pen_widths: least and greatest pen width as a share of the size; what is drawn stands in the strokes'
            `width`, which `PreprocessingSteps(one_pen=False)` paints with.
        sparse: greatest factor by which points are thinned out (a fast hand or a slow device).
        reorder: chance that the strokes come in another order, and of each stroke to be written backwards.
        join: chance that the pen isn't lifted between two strokes whose ends are near.
    """

    rotation: float = 8.0
    slant: float = 0.3
    stretch: float = 1.25
    wobble: float = 0.012
    pen_widths: tuple[float, float] = (0.08, 0.17)
    sparse: float = 3.0
    reorder: float = 0.2
    join: float = 0.15


USUAL_VARIATION = StrokeVariation()
_NEAR = 0.35  # of the size: strokes whose ends are nearer may be joined


def augment_drawing(
    drawing: Drawing, rng: np.random.Generator, variation: StrokeVariation = USUAL_VARIATION
) -> Drawing:
    """A varied copy of a drawing; label and other keys are kept, pressures are not.

    Args:
        drawing: a drawing with finite points; a blank one comes back as it is.
        rng: where the amounts come from; the same state gives the same result.
        variation: how far to go.
    """
    curves = [np.asarray(stroke.points, np.float64) for stroke in drawing.strokes if len(stroke.points)]
    if not curves:
        return drawing
    points = np.concatenate(curves)
    lower, upper = points.min(axis=0), points.max(axis=0)
    size = float((upper - lower).max())
    if size > 0:
        curves = _reordered(curves, rng, variation)
        curves = _joined(curves, rng, variation.join, _NEAR * size)
        curves = [_thinned(curve, rng, variation.sparse) for curve in curves]
        curves = [curve + _trembling(curve, rng, variation.wobble * size, size) for curve in curves]
        linear = linear_map(rng, variation.rotation, variation.slant, variation.stretch)
        middle = (lower + upper) / 2
        curves = [(curve - middle) @ linear.T + middle for curve in curves]
    width = float(rng.uniform(*variation.pen_widths)) * size
    return replace(drawing, strokes=tuple(Stroke(curve, None, width) for curve in curves))


def linear_map(rng: np.random.Generator, most_degrees: float, most_slant: float, most_stretch: float) -> _Points:
    """A stretch, slant and rotation as one matrix (2, 2), each at most so far to either side."""
    angle = np.radians(most_degrees) * rng.uniform(-1, 1)
    slant = most_slant * rng.uniform(-1, 1)
    stretch = np.exp(np.log(most_stretch) * rng.uniform(-1, 1) / 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    return np.asarray(rotation @ np.array([[1.0, slant], [0.0, 1.0]]) @ np.diag([stretch, 1 / stretch]))


def _reordered(curves: list[_Points], rng: np.random.Generator, variation: StrokeVariation) -> list[_Points]:
    if rng.random() < variation.reorder:
        curves = [curves[index] for index in rng.permutation(len(curves))]
    return [curve[::-1] if rng.random() < variation.reorder else curve for curve in curves]


def _joined(curves: list[_Points], rng: np.random.Generator, chance: float, near: float) -> list[_Points]:
    joined = [curves[0]]
    for curve in curves[1:]:
        if np.hypot(*(joined[-1][-1] - curve[0])) < near and rng.random() < chance:
            joined[-1] = np.concatenate([joined[-1], curve])
        else:
            joined.append(curve)
    return joined


def _thinned(curve: _Points, rng: np.random.Generator, most: float) -> _Points:
    """Fewer points, at even times, the ends among them; a curve of few points stays as it is."""
    count = round(len(curve) / rng.uniform(1.0, most))
    if count < 8 or count >= len(curve):
        return curve
    times = np.linspace(0, len(curve) - 1, count)
    return np.stack([np.interp(times, np.arange(len(curve)), curve[:, axis]) for axis in (0, 1)], axis=1)


def _trembling(curve: _Points, rng: np.random.Generator, deviation: float, size: float) -> _Points:
    """A smooth random displacement along the curve: Gaussian knots a sixth of the size apart, joined by cosines."""
    steps = np.diff(curve, axis=0)
    places = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))]) / (size / 6)
    knots = rng.normal(0.0, deviation, (int(places[-1]) + 2, 2))
    before = places.astype(np.intp)
    share = (0.5 - 0.5 * np.cos(np.pi * (places - before)))[:, None]
    return np.asarray(knots[before] * (1 - share) + knots[before + 1] * share)

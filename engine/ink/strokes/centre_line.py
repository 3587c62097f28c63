"""From a pen's points to a clean centre line: no strays, no hooks, even spacing, no jitter.

Everything here is relative to the drawing's own size, so the result scales and moves with the drawing, and
everything is a function of arc length, so the result doesn't depend on how often the device reported a point.
Curves are (n, 2) float64 arrays, x to the right and y down.
"""

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Drawing
from engine.ink.strokes.pen_artifacts import without_hooks, without_strays
from engine.ink.strokes.spline import through
from engine.ink.strokes.turning_angles import Curve as Curve
from engine.ink.strokes.turning_angles import row_dots, smoothstep, turning_cosines

FloatLine = NDArray[np.float64]

# All lengths are in pixels of the 20×20 digit image, once the drawing fills it.
SPACING = 0.25  # between the points of the finished centre line
SMOOTHING = 0.5  # standard deviation of the Gaussian along the line that takes jitter away
_WINDOW = 4  # points before and after a point, between which its turn is measured
# A turn of about 150 degrees is smoothed like all the line, one of 170 is a tip that stays as long as it is.
_TIP_COSINES = (-0.85, -0.98)
# Far more than a digit needs, and few enough for a scribble without end: any drawing takes next to no time.
_MOST_STROKES = 64
_MOST_POINTS = 8_000  # of a drawing, as it came and as a finished line
_LARGEST, _SMALLEST = 1e12, 1e-50  # between them no product of two lengths overflows or vanishes


def curves_of(drawing: Drawing) -> list[Curve]:
    """The drawing's strokes as curves, without repeated points; empty strokes are left out.

    Points that no device reports (not a number, infinite, beyond 10¹²) are left out as well. Of a scribble the strokes
    with the most points are kept, and of their points every second, third or n-th.
    """
    curves = []
    for points in _bounded([np.asarray(stroke.points, np.float64) for stroke in drawing.strokes]):
        usable = (np.abs(points) < _LARGEST).all(axis=1)
        if not usable.all():
            points = points[usable]
        if len(points):
            curves.append(_without_repeats(np.where(np.abs(points) < _SMALLEST, 0.0, points)))
    return curves


def _bounded(strokes: list[Curve]) -> list[Curve]:
    """At most 64 strokes of about 8,000 points in all; ordinary drawings as they are."""
    if len(strokes) > _MOST_STROKES:
        longest = sorted(range(len(strokes)), key=lambda place: -len(strokes[place]))[:_MOST_STROKES]
        strokes = [strokes[place] for place in sorted(longest)]
    step = sum(map(len, strokes)) // _MOST_POINTS + 1
    return [np.concatenate([points[:-1:step], points[-1:]]) for points in strokes] if step > 1 else strokes


def box_of(curves: list[Curve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper left and lower right corner, each (2,), of the box around all points of curves (n, 2)."""
    lower = np.min([curve.min(axis=0) for curve in curves], axis=0)
    upper = np.max([curve.max(axis=0) for curve in curves], axis=0)
    return lower, upper


def size_of(curves: list[Curve]) -> float:
    """The longer side of the box around all points."""
    lower, upper = box_of(curves)
    return float((upper - lower).max())


def without_slips(curves: list[Curve]) -> list[Curve]:
    """The curves without stray dots; hooks go as the line is smoothed."""
    return without_strays(curves, [size_of([curve]) for curve in curves])


def smoothed(curves: list[Curve], pixel: float) -> list[Curve]:
    """The curves with evenly spaced points, few points joined by a round curve, hooks cut, jitter smoothed away.

    Args:
        curves: the curves.
        pixel: length of one pixel of the digit image in the unit of the points; > 0.
    """
    most = _MOST_POINTS // max(len(curves), 1)
    return [_smoothed(curve, pixel, most) for curve in curves]


def resampled(curves: list[Curve], pixel: float) -> list[Curve]:
    """The curves with evenly spaced points and otherwise as they are; arguments as in `smoothed`."""
    most = _MOST_POINTS // max(len(curves), 1)
    return [_along(curve, SPACING * pixel, 1, most, rounded=False) for curve in curves]


def _without_repeats(points: Curve) -> Curve:
    if len(points) < 2:
        return points
    moved = np.empty(len(points), bool)
    moved[0] = True
    np.any(points[1:] != points[:-1], axis=1, out=moved[1:])
    return points if moved.all() else points[moved]


def _smoothed(curve: Curve, pixel: float, most: int) -> Curve:
    radius = len(_KERNEL) // 2
    if len(curve) < 2:
        return curve
    # First evenly spaced, then judged: what is decided must not depend on where the device happened to report.
    points = _along(curve, SPACING * pixel, 2 * radius, most, rounded=True)
    turns = turning_cosines(points, _WINDOW)
    tidy = without_hooks(points, turns)
    if tidy is not points:
        points, turns = tidy, turning_cosines(tidy, _WINDOW)
    # Mirrored through the end points, so that the line keeps its ends and its direction there.
    before = 2 * points[0] - points[radius:0:-1]
    after = 2 * points[-1] - points[-2 : -radius - 2 : -1]
    padded = np.concatenate([before, points, after])
    smooth = np.stack([np.convolve(padded[:, axis], _KERNEL, "valid") for axis in (0, 1)], axis=1)
    if turns.min() < _TIP_COSINES[0]:
        # Where the pen turned back, smoothing would shorten the tip, and a line written twice would be smaller.
        smooth += smoothstep(turns, *_TIP_COSINES)[:, None] * (points - smooth)
    return smooth


def _gaussian(deviation: float) -> NDArray[np.float64]:
    radius = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    return np.asarray(weights / weights.sum())


_KERNEL = _gaussian(SMOOTHING / SPACING)


def _along(curve: Curve, spacing: float, least: int, most: int, *, rounded: bool) -> Curve:
    """Points along a curve at even distances, near `spacing`; at least `least` + 1 of them and at most `most` + 1."""
    if len(curve) < 2:
        return curve
    if rounded and len(curve) > 2:
        curve = through(curve, spacing)
    steps = np.diff(curve, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    places = np.empty(len(curve))
    places[0] = 0.0
    np.cumsum(lengths, out=places[1:])
    count = min(max(int(np.ceil(places[-1] / spacing)), least), most)
    targets = np.linspace(0.0, places[-1], count + 1)
    if rounded:
        _move_to_tips(targets, places, steps, lengths)
    return np.stack([np.interp(targets, places, curve[:, axis]) for axis in (0, 1)], axis=1)


def _move_to_tips(targets: FloatLine, places: FloatLine, steps: Curve, lengths: FloatLine) -> None:
    """Move the target that is nearest to each tip of a line there, so that even spacing doesn't cut the tip off."""
    dots = row_dots(steps[:-1], steps[1:])
    products = lengths[:-1] * lengths[1:]
    tips = np.flatnonzero(dots < _TIP_COSINES[0] * products)
    if len(tips):
        share = smoothstep(dots[tips] / products[tips], *_TIP_COSINES)
        nearest = np.rint(places[tips + 1] / targets[1]).astype(np.intp)
        targets[nearest] += share * (places[tips + 1] - targets[nearest])

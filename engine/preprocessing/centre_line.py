"""From a pen's points to a clean centre line: no strays, no hooks, even spacing, no jitter.

Everything here is relative to the drawing's own size, so the result scales and moves with the drawing, and
everything is a function of arc length, so the result doesn't depend on how often the device reported a point.
Curves are (n, 2) float64 arrays, x to the right and y down.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.drawing import Drawing

Curve = NDArray[np.float64]

# All lengths are in pixels of the 20×20 tile, once the drawing fills it.
SPACING = 0.25  # between the points of the finished centre line
SMOOTHING = 0.5  # standard deviation of the Gaussian along the line that takes jitter away
STRAY = 0.12  # a stroke smaller than this share of the largest stroke is a slip of the pen
HOOK = 0.08  # a hook at a stroke's end is at most this share of the stroke's size
HOOK_COSINE = -0.5  # and turns back by more than 120 degrees
CUSP_COSINE = -0.9  # the pen turned back by more than about 155 degrees
CUSP_DISTANCE = 1.5
# A turn of more than about 140 degrees between two reported points is a corner; below 100 degrees it is part of a
# curve that a slow device reported coarsely; between the two, something of both.
CORNER_COSINES = (-0.8, -0.2)
_MOST_PARTS = 64  # of one piece between two reported points
_MOST_POINTS = 20_000  # of one stroke: far more than a digit needs, few enough for a scribble without end
_LARGEST, _SMALLEST = 1e12, 1e-50  # between them no product of two lengths overflows or vanishes


def curves_of(drawing: Drawing) -> list[Curve]:
    """The drawing's strokes as curves, without repeated points; empty strokes are left out.

    Points that no device reports (not a number, infinite, beyond 10¹²) are left out as well.
    """
    curves = []
    for stroke in drawing.strokes:
        points = np.asarray(stroke.points, np.float64)
        usable = (np.abs(points) < _LARGEST).all(axis=1)
        if not usable.all():
            points = points[usable]
        if len(points):
            curves.append(_without_repeats(np.where(np.abs(points) < _SMALLEST, 0.0, points)))
    return curves


def box_of(curves: list[Curve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper left and lower right corner of the box around all points."""
    lower = np.min([curve.min(axis=0) for curve in curves], axis=0)
    upper = np.max([curve.max(axis=0) for curve in curves], axis=0)
    return lower, upper


def size_of(curves: list[Curve]) -> float:
    """The longer side of the box around all points."""
    lower, upper = box_of(curves)
    return float((upper - lower).max())


def without_slips(curves: list[Curve]) -> list[Curve]:
    """The curves without stray dots and without the hooks that a pen makes as it lands and lifts.

    A stroke counts as stray when it is much smaller than the largest one, so a drawing of dots alone is kept.
    """
    sizes = np.array([size_of([curve]) for curve in curves])
    return [
        _without_hook(_without_hook(curve)[::-1])[::-1]
        for curve, size in zip(curves, sizes, strict=True)
        if size >= STRAY * sizes.max()
    ]


def smoothed(curves: list[Curve], pixel: float) -> list[Curve]:
    """The curves with evenly spaced points, a curve through few points rounded, jitter smoothed away.

    Args:
        curves: the curves.
        pixel: length of one pixel of the tile in the unit of the points; > 0.
    """
    return [_smoothed(part, pixel) for curve in curves for part in _cut_at_cusps(curve, CUSP_DISTANCE * pixel)]


def resampled(curves: list[Curve], pixel: float) -> list[Curve]:
    """The curves with evenly spaced points and otherwise as they are; arguments as in `smoothed`."""
    return [_along(curve, SPACING * pixel, 1, rounded=False) for curve in curves]


def _without_repeats(points: Curve) -> Curve:
    if len(points) < 2:
        return points
    moved = np.empty(len(points), bool)
    moved[0] = True
    np.any(points[1:] != points[:-1], axis=1, out=moved[1:])
    return points if moved.all() else points[moved]


def _without_hook(curve: Curve) -> Curve:
    """Cut a short start that turns back sharply."""
    if len(curve) < 3:
        return curve
    limit = HOOK * size_of([curve])
    steps = np.diff(curve, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    # Corner k lies `travelled[k]` after the start, between step k and step k + 1.
    travelled = np.cumsum(lengths)[:-1]
    near = int(np.searchsorted(travelled, limit, side="right"))
    if near == 0:
        return curve
    cosines = np.einsum("ij,ij->i", steps[:near], steps[1 : near + 1])
    corners = np.flatnonzero(cosines < HOOK_COSINE * lengths[:near] * lengths[1 : near + 1])
    return curve[corners[-1] + 1 :] if len(corners) else curve


def _cut_at_cusps(curve: Curve, distance: float) -> list[Curve]:
    """The parts of a curve between the points where the pen turned back; smoothing would shorten those tips.

    Parts shorter than `distance` are not made: there the pen only trembled.
    """
    if len(curve) < 3:
        return [curve]
    steps = np.diff(curve, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    cosines = (steps[:-1] * steps[1:]).sum(axis=1)
    cusps = np.flatnonzero(cosines < CUSP_COSINE * lengths[:-1] * lengths[1:])
    if not len(cusps):
        return [curve]
    travelled = np.cumsum(lengths)
    cuts, last = [], 0.0
    for cusp in cusps:
        if travelled[cusp] - last > distance and travelled[-1] - travelled[cusp] > distance:
            cuts.append(int(cusp) + 1)
            last = travelled[cusp]
    ends = [0, *cuts, len(curve) - 1]
    return [curve[start : end + 1] for start, end in pairwise(ends)]


def _smoothed(curve: Curve, pixel: float) -> Curve:
    radius = len(_KERNEL) // 2
    if len(curve) < 2:
        return curve
    points = _along(curve, SPACING * pixel, 2 * radius, rounded=True)
    # Mirrored through the end points, so that the line keeps its ends and its direction there.
    before = 2 * points[0] - points[radius:0:-1]
    after = 2 * points[-1] - points[-2 : -radius - 2 : -1]
    padded = np.concatenate([before, points, after])
    return np.stack([np.convolve(padded[:, axis], _KERNEL, "valid") for axis in (0, 1)], axis=1)


def _gaussian(deviation: float) -> NDArray[np.float64]:
    radius = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    return np.asarray(weights / weights.sum())


_KERNEL = _gaussian(SMOOTHING / SPACING)


def _along(curve: Curve, spacing: float, least: int, *, rounded: bool) -> Curve:
    """Points along a curve at even distances, near `spacing`; at least `least` + 1 of them."""
    if len(curve) < 2:
        return curve
    if rounded and len(curve) > 2:
        curve = _through(curve, spacing)
    steps = np.diff(curve, axis=0)
    places = np.empty(len(curve))
    places[0] = 0.0
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=places[1:])
    count = min(max(int(np.ceil(places[-1] / spacing)), least), _MOST_POINTS)
    targets = np.linspace(0.0, places[-1], count + 1)
    return np.stack([np.interp(targets, places, curve[:, axis]) for axis in (0, 1)], axis=1)


def _through(curve: Curve, spacing: float) -> Curve:
    """A smooth curve through the points: what the pen did between two reports of a slow device.

    A cubic Hermite spline whose knots lie √length apart ("centripetal", which never loops between two points: Yuksel,
    Schaefer, Keyser 2011) and whose velocities are those of a parabola through three neighbours, fading to 0 at
    corners. Long pieces are cut into parts of about `spacing`.
    """
    steps = np.diff(curve, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    knots = np.sqrt(lengths)[:, None]
    secants = steps / knots
    velocities = _velocities(secants, knots)
    parts = np.clip(np.ceil(lengths / spacing).astype(np.intp), 1, _MOST_PARTS)
    piece = np.repeat(np.arange(len(steps)), parts)
    part = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    t = (part / parts[piece])[:, None]
    secant = secants[piece]
    # Hermite's cubic written around the straight piece: the two terms vanish where velocities follow it.
    bend = (1 - t) * (velocities[piece] - secant) - t * (velocities[piece + 1] - secant)
    points = curve[piece] + t * steps[piece] + (t * (1 - t) * knots[piece]) * bend
    return np.concatenate([points, curve[-1:]])


def _velocities(secants: Curve, knots: Curve) -> Curve:
    """Velocity at each point, given the mean velocity between neighbours and the time between them."""
    before, after = knots[:-1], knots[1:]
    inner = (after * secants[:-1] + before * secants[1:]) / (before + after)
    # |secant| is √length, that is, the time itself.
    cosines = (secants[:-1] * secants[1:]).sum(axis=1, keepdims=True) / (before * after)
    low, high = CORNER_COSINES
    share = np.clip((cosines - low) / (high - low), 0.0, 1.0)
    inner *= share * share * (3 - 2 * share)
    first = 1.5 * secants[:1] - 0.5 * inner[:1]
    last = 1.5 * secants[-1:] - 0.5 * inner[-1:]
    return np.concatenate([first, inner, last])

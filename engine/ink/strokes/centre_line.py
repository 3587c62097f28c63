"""From a pen's points to a clean centre line: no strays, no hooks, even spacing, no jitter.

Everything here is relative to the drawing's own size, so the result scales and moves with the drawing, and
everything is a function of arc length, so the result doesn't depend on how often the device reported a point.
Curves are (n, 2) float64 arrays, x to the right and y down.
"""

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Drawing
from engine.ink.strokes.curves import Curve as Curve
from engine.ink.strokes.curves import Curves, Pieces, joined, row_dots, smoothstep, turning_cosines
from engine.ink.strokes.pen_artifacts import without_hooks
from engine.ink.strokes.spline import through

FloatLine = NDArray[np.float64]
Finish = Callable[[list[Curve], FloatLine, list[int]], list[Curve]]

# All lengths are in pixels of the 20×20 digit image, once the drawing fills it.
SPACING = 0.25  # between the points of the finished centre line
SMOOTHING = 0.5  # standard deviation of the Gaussian along the line that takes jitter away
_WINDOW = 4  # points before and after a point, between which its turn is measured
# A turn of about 150 degrees is smoothed like all the line, one of 170 is a tip that stays as long as it is.
_TIP_COSINES = (-0.85, -0.98)
# Far more than a digit needs, and few enough for a scribble without end: any drawing takes next to no time.
_MOST_STROKES = 64
_MOST_POINTS, MOST_FINISHED = 8_000, 4_000  # of a drawing, as it came and as a finished line
_LARGEST, _SMALLEST = 1e12, 1e-50  # between them no product of two lengths overflows or vanishes


def curves_of(drawings: Sequence[Drawing]) -> list[list[Curve]]:
    """Each drawing's strokes as curves, without repeated points; empty strokes are left out.

    Points that no device reports (not a number, infinite, beyond 10¹²) are left out as well. Of a scribble the strokes
    with the most points are kept, and of their points every second, third or n-th.
    """
    groups = [_bounded([np.asarray(stroke.points, np.float64) for stroke in drawing.strokes]) for drawing in drawings]
    if not any(groups):
        return groups
    line = joined([curve for group in groups for curve in group])
    sizes = np.abs(line.points)
    usable = sizes < _LARGEST
    line = _only(Curves(np.where(sizes < _SMALLEST, 0.0, line.points), line.counts), usable[:, 0] & usable[:, 1])
    moved = np.ones(len(line.points), bool)
    changed = line.points[1:] != line.points[:-1]
    moved[1:] = changed[:, 0] | changed[:, 1]
    moved[line.firsts[line.counts > 0]] = True
    curves = iter(_only(line, moved).apart())
    return [[curve for curve in islice(curves, len(group)) if len(curve)] for group in groups]


def _only(curves: Curves, kept: NDArray[np.bool_]) -> Curves:
    """The curves without some of their points; some may be empty then."""
    if kept.all():
        return curves
    return Curves(curves.points[kept], np.bincount(curves.owners[kept], minlength=len(curves.counts)))


def _bounded(strokes: list[Curve]) -> list[Curve]:
    """At most 64 strokes of about 8,000 points in all; ordinary drawings as they are."""
    if len(strokes) > _MOST_STROKES:
        longest = sorted(range(len(strokes)), key=lambda place: -len(strokes[place]))[:_MOST_STROKES]
        strokes = [strokes[place] for place in sorted(longest)]
    step = sum(map(len, strokes)) // _MOST_POINTS + 1
    return [np.concatenate([points[:-1:step], points[-1:]]) for points in strokes] if step > 1 else strokes


def smoothed(curves: list[Curve], pixels: FloatLine, most: list[int]) -> list[Curve]:
    """The curves with evenly spaced points, few points joined by a round curve, hooks cut, jitter smoothed away.

    Args:
        curves: the curves, of one or many drawings.
        pixels: (curves,), the length of one pixel of the digit image in the unit of the points; > 0.
        most: for each curve, the most points of the line that comes of it.
    """
    return _lines_of(_smoothed, curves, pixels, most)


def resampled(curves: list[Curve], pixels: FloatLine, most: list[int]) -> list[Curve]:
    """The curves with evenly spaced points and otherwise as they are; arguments as in `smoothed`."""
    return _lines_of(_even, curves, pixels, most)


def _lines_of(finish: Finish, curves: list[Curve], pixels: FloatLine, most: list[int]) -> list[Curve]:
    """The curves finished, those of one point as they are."""
    long = [place for place, curve in enumerate(curves) if len(curve) > 1]
    result = list(curves)
    if long:
        finished = finish([curves[place] for place in long], pixels[long], [most[place] for place in long])
        for place, curve in zip(long, finished, strict=True):
            result[place] = curve
    return result


def _even(curves: list[Curve], pixels: FloatLine, most: list[int]) -> list[Curve]:
    return _along(curves, SPACING * pixels, 1, most, rounded=False)


def most_points(curves: list[Curve]) -> list[int]:
    """For each curve of one drawing, the most points that its finished line may have."""
    return [MOST_FINISHED // max(len(curves), 1)] * len(curves)


def _smoothed(curves: list[Curve], pixels: FloatLine, most: list[int]) -> list[Curve]:
    radius = len(_KERNEL) // 2
    # First evenly spaced, then judged: what is decided must not depend on where the device happened to report.
    curves = _along(curves, SPACING * pixels, 2 * radius, most, rounded=True)
    line = joined(curves)
    turns = turning_cosines(line, _WINDOW)
    tidy = without_hooks(line, turns)
    if tidy is not line:
        line, turns = tidy, turning_cosines(tidy, _WINDOW)
    # Mirrored through the end points, so that the line keeps its ends and its direction there.
    counts = line.counts + 2 * radius
    owners = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(len(owners)) - (np.cumsum(counts) - counts + radius)[owners]
    last = (line.counts - 1)[owners]
    inside = last - np.abs(last - np.abs(places))
    padded = line.points[line.firsts[owners] + inside]
    for beyond, ends in ((places < 0, line.firsts), (places > last, line.lasts)):
        padded[beyond] = 2 * line.points[ends[owners[beyond]]] - padded[beyond]
    wanted = np.flatnonzero(inside == places) - radius
    smooth = np.stack([np.convolve(padded[:, axis], _KERNEL, "valid")[wanted] for axis in (0, 1)], axis=1)
    # Where the pen turned back, smoothing would shorten the tip, and a line written twice would be smaller.
    tips = np.flatnonzero(turns < _TIP_COSINES[0])
    smooth[tips] += smoothstep(turns[tips], *_TIP_COSINES)[:, None] * (line.points[tips] - smooth[tips])
    return Curves(smooth, line.counts).apart()


def _gaussian(deviation: float) -> NDArray[np.float64]:
    radius = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    return np.asarray(weights / weights.sum())


_KERNEL = _gaussian(SMOOTHING / SPACING)


def _along(curves: list[Curve], spacings: FloatLine, least: int, most: list[int], *, rounded: bool) -> list[Curve]:
    """Points along curves of two points or more, at even distances near `spacings`, and a round line between them.

    Each curve gets at least `least` + 1 and at most `most` + 1 points.
    """
    if rounded and (bent := [place for place, curve in enumerate(curves) if len(curve) > 2]):
        curves = list(curves)
        for place, curve in zip(bent, through([curves[place] for place in bent], spacings[bent]), strict=True):
            curves[place] = curve
    line = joined(curves)
    pieces = Pieces(line)
    places = np.zeros(len(line.points))
    for start, end, piece in zip(line.firsts.tolist(), line.lasts.tolist(), pieces.firsts.tolist(), strict=True):
        pieces.lengths[piece : piece + end - start].cumsum(out=places[start + 1 : end + 1])
    ends = places[line.lasts]
    counts = np.minimum(np.maximum(np.ceil(ends / spacings), least), most).astype(np.intp)
    even = Curves(np.empty((int(counts.sum()) + len(counts), 2)), counts + 1)
    targets = (np.arange(len(even.points)) - even.firsts[even.owners]) * (ends / counts)[even.owners]
    targets[even.lasts] = ends
    if rounded:
        _move_to_tips(targets, even, places, pieces)
    for curve, result, target, along in zip(
        curves, even.apart(), Curves(targets, even.counts).apart(), Curves(places, line.counts).apart(), strict=True
    ):
        # x and y at once, as the two parts of a complex number.
        result.view(np.complex128)[:, 0] = np.interp(target, along, curve.view(np.complex128)[:, 0])
    return even.apart()


def _move_to_tips(targets: FloatLine, even: Curves, places: FloatLine, pieces: Pieces) -> None:
    """Move the target that is nearest to each tip of a line there, so that even spacing doesn't cut the tip off."""
    first, second = pieces.joints, pieces.joints + 1
    dots = row_dots(pieces.steps[first], pieces.steps[second])
    products = pieces.lengths[first] * pieces.lengths[second]
    tips = np.flatnonzero(dots < _TIP_COSINES[0] * products)
    if len(tips):
        share = smoothstep(dots[tips] / products[tips], *_TIP_COSINES)
        start = even.firsts[pieces.owners[first[tips]]]
        there = places[pieces.starts[second[tips]]]
        nearest = start + np.rint(there / targets[start + 1]).astype(np.intp)
        targets[nearest] += share * (there - targets[nearest])

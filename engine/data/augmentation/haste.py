"""A hasty hand on a slow device: few points, cut corners, overshooting ends, joined strokes, odd proportions."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.data.augmentation.strokes import linear_map
from engine.ink.drawing import Drawing, Stroke

_Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Haste:
    """How far haste goes; amounts are drawn evenly from zero or the lower end to what stands here.

    Attributes:
        points: least and greatest number of points that a drawing keeps.
        sparse: chance that a drawing keeps so few points.
        cutting: longest stretch of the line that is averaged, as a share of the drawing's size: corners become round.
        overshoot: by how much ends run on or stop short, as a share of the size.
        jitter: standard deviation of the device's error in every point, as a share of the size.
        join: chance that the pen stays down between two strokes.
        slant: greatest horizontal shear to either side.
        squeeze: greatest factor by which height and width grow apart.
        rotation: degrees to either side.
    """

    points: tuple[int, int] = (5, 14)
    sparse: float = 0.5
    cutting: float = 0.22
    overshoot: float = 0.12
    jitter: float = 0.012
    join: float = 0.12
    slant: float = 0.55
    squeeze: float = 1.6
    rotation: float = 12.0


USUAL_HASTE = Haste()
_SAMPLES = 96  # points of the evenly resampled line that corners are cut on


def hurry(drawing: Drawing, rng: np.random.Generator, haste: Haste = USUAL_HASTE) -> Drawing:
    """The drawing as somebody in a hurry would have made it; label and other keys are kept, pressures are not.

    Args:
        drawing: with finite points; a blank one comes back as it is.
        rng: where the amounts come from; the same state gives the same result.
        haste: how far to go.
    """
    curves = [np.asarray(stroke.points, np.float64) for stroke in drawing.strokes if len(stroke.points)]
    if not curves:
        return drawing
    points = np.concatenate(curves)
    size = float(np.ptp(points, axis=0).max())
    if size <= 0:
        return drawing
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    if len(curves) > 1 and rng.random() < haste.join:
        place = int(rng.integers(len(curves) - 1))
        curves[place : place + 2] = [np.concatenate(curves[place : place + 2])]
    lengths = np.array([_length(curve) for curve in curves])
    count = rng.integers(haste.points[0], haste.points[1] + 1) if rng.random() < haste.sparse else None
    cutting = rng.uniform(0, haste.cutting) * size
    hurried = []
    for curve, length in zip(curves, lengths, strict=True):
        if length > 0.05 * size:
            curve = _cut_corners(_resampled(curve, _SAMPLES), cutting / length)
            curve = _overshot(curve, rng, haste.overshoot * size)
            kept = _SAMPLES // 3 if count is None else max(2, round(count * length / lengths.sum()))
            # Devices report at even times, and a hand slows down at corners: uneven places along the line.
            curve = _resampled(curve, kept, rng)
        hurried.append(curve + rng.normal(0, rng.uniform(0, haste.jitter) * size, curve.shape))
    linear = linear_map(rng, haste.rotation, haste.slant, haste.squeeze)
    return replace(drawing, strokes=tuple(Stroke((curve - middle) @ linear.T + middle) for curve in hurried))


def _length(curve: _Points) -> float:
    return float(np.hypot(*np.diff(curve, axis=0).T).sum())


def _resampled(curve: _Points, count: int, rng: np.random.Generator | None = None) -> _Points:
    """`count` points along the line, the ends among them; with `rng` at uneven distances."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    places = np.linspace(0, along[-1], count)
    if rng is not None and count > 2:
        places[1:-1] += rng.uniform(-0.35, 0.35, count - 2) * (places[1] - places[0])
    return np.stack([np.interp(places, along, curve[:, axis]) for axis in (0, 1)], axis=1)


def _cut_corners(curve: _Points, share: float) -> _Points:
    """The mean of the line over a window of this share of its length; the ends stay."""
    window = int(share * len(curve)) // 2
    if window < 1:
        return curve
    width = np.minimum(np.minimum(np.arange(len(curve)), np.arange(len(curve))[::-1]), window)
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(curve, axis=0)])
    places = np.arange(len(curve))
    return np.asarray((sums[places + width + 1] - sums[places - width]) / (2 * width + 1)[:, None])


def _overshot(curve: _Points, rng: np.random.Generator, most: float) -> _Points:
    """Each end runs on in its direction by up to `most`, or stops short by half as much."""
    start, stop = rng.uniform(-0.5, 1.0, 2) * most
    ends = []
    for end, inner, reach in ((curve[0], curve[4], start), (curve[-1], curve[-5], stop)):
        step = end - inner
        ends.append(end + step / max(float(np.hypot(*step)), 1e-12) * reach)
    return np.concatenate([ends[:1], curve[2:-2], ends[1:]])

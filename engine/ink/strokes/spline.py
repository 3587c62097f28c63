"""A smooth curve through a pen's reported points: what the hand did between two reports of a slow device."""

import numpy as np
from numpy.typing import NDArray

from engine.ink.strokes.turning_angles import Curve, row_dots, smoothstep

# A piece shorter than this share of its longer neighbour took less than the time between two reports: there the
# pen landed, lifted or rested.
_SHORT = 0.25
# A hand isn't so much faster than just before and just after: reports were lost there, at most so many are assumed.
_LONG, _MOST_LOST = 1.4, 2
# Straight back is a corner, and a turn of less than 120 degrees at a reported point is part of a curve that a slow
# device reported coarsely; between the two, something of both.
_CORNER_COSINES = (-1.0, -0.5)
_MOST_PARTS = 64  # of one piece between two reported points


def through(points: Curve, spacing: float) -> Curve:
    """A cubic spline through points, cut finely.

    A device reports at even times and a hand moves without jerks, so the spline's time is that of the reports: one
    unit a piece, less for a piece that is far shorter than its neighbours (a mouse at rest, the last report as the
    pen lifts), more for one that is far longer (a busy computer missed some), so that nothing bulges there. The
    velocities are those of a parabola through three neighbours, brought one step nearer to an even acceleration (a
    Jacobi step for the spline with continuous second derivatives; more steps change little), and fade to 0 where
    the pen turned back.

    Args:
        points: (n, 2), n ≥ 3, neighbours differ.
        spacing: about how far apart the points of the result are, in the unit of the points; > 0.

    Returns:
        (m, 2), m ≥ n; all the given points are among them.
    """
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    times = _times(lengths)
    means = steps / times
    velocities = _velocities(means, times, _smoothness(steps, lengths))
    parts = np.clip(np.ceil(lengths / spacing).astype(np.intp), 1, _MOST_PARTS)
    piece = np.repeat(np.arange(len(steps)), parts)
    part = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    t = (part / parts[piece])[:, None]
    # Hermite's cubic written around the straight piece: the two terms vanish where velocities follow it.
    leaving, arriving = (velocities[:-1] - means) * times, (velocities[1:] - means) * times
    bend = (1 - t) * leaving[piece] - t * arriving[piece]
    curve = points[piece] + t * steps[piece] + t * (1 - t) * bend
    return np.concatenate([curve, points[-1:]])


def _times(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 1): how long the pen took for each piece; 1 is the time between two reports."""
    longer = np.zeros_like(lengths)
    longer[:-1] = lengths[1:]
    np.maximum(longer[1:], lengths[:-1], out=longer[1:])
    times = np.minimum(1.0, lengths / (_SHORT * longer))
    # The first and the last piece have one neighbour only: there the hand may well be slowing down.
    times[1:-1] *= np.clip(lengths[1:-1] / (_LONG * longer[1:-1]), 1.0, 1.0 + _MOST_LOST)
    return np.asarray(times[:, None])


def _smoothness(steps: Curve, lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n − 1, 1): 0 where the pen turned back between two pieces, 1 where it went on in a curve."""
    cosines = row_dots(steps[:-1], steps[1:]) / (lengths[:-1] * lengths[1:])
    return smoothstep(cosines, *_CORNER_COSINES)[:, None]


def _velocities(means: Curve, times: NDArray[np.float64], smoothness: NDArray[np.float64]) -> Curve:
    """Velocity at each point, given the mean velocity and the time of each piece."""
    before, after = times[:-1], times[1:]
    parabola = (after * means[:-1] + before * means[1:]) / (before + after)
    velocities = _with_ends(means, parabola * smoothness)
    beside = (after * velocities[:-2] + before * velocities[2:]) / (before + after)
    return _with_ends(means, (1.5 * parabola - 0.5 * beside) * smoothness)


def _with_ends(means: Curve, inner: Curve) -> Curve:
    """The velocities at the first and the last point so that the curve is not bent there."""
    return np.concatenate([1.5 * means[:1] - 0.5 * inner[:1], inner, 1.5 * means[-1:] - 0.5 * inner[-1:]])

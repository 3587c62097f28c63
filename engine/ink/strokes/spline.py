"""A smooth curve through a pen's reported points: what the hand did between two reports of a slow device."""

import numpy as np
from numpy.typing import NDArray

from engine.ink.strokes.curves import Curve, Curves, Pieces, joined, row_dots, smoothstep

# A piece shorter than this share of its longer neighbour took less than the time between two reports: there the
# pen landed, lifted or rested.
_SHORT = 0.25
# A hand isn't so much faster than just before and just after: reports were lost there, at most so many are assumed.
_LONG, _MOST_LOST = 1.4, 2
# Straight back is a corner, and a turn of less than 120 degrees at a reported point is part of a curve that a slow
# device reported coarsely; between the two, something of both.
_CORNER_COSINES = (-1.0, -0.5)
_MOST_PARTS = 64  # of one piece between two reported points


def through(curves: list[Curve], spacings: NDArray[np.float64]) -> list[Curve]:
    """Cubic splines through the points of curves, cut finely.

    A device reports at even times and a hand moves without jerks, so the spline's time is that of the reports: one
    unit a piece, less for a piece that is far shorter than its neighbours (a mouse at rest, the last report as the
    pen lifts), more for one that is far longer (a busy computer missed some), so that nothing bulges there. The
    velocities are those of a parabola through three neighbours, brought one step nearer to an even acceleration (a
    Jacobi step for the spline with continuous second derivatives; more steps change little), and fade to 0 where
    the pen turned back.

    Args:
        curves: (n, 2) each, n ≥ 3, neighbours differ.
        spacings: (curves,), about how far apart the points of the result are, in the unit of the points; > 0.

    Returns:
        (m, 2) each, m ≥ n; all the given points are among them.
    """
    line = joined(curves)
    pieces = Pieces(line)
    steps, lengths = pieces.steps, pieces.lengths
    times = _times(pieces)
    means = steps / times
    velocities = _velocities(line, pieces, means, times)
    # Hermite's cubic written around the straight piece: the two terms vanish where velocities follow it.
    leaving, arriving = (velocities[pieces.starts] - means) * times, (velocities[pieces.starts + 1] - means) * times
    parts = np.ceil(lengths / spacings[pieces.owners]).clip(1, _MOST_PARTS).astype(np.intp)
    ends = parts.cumsum()
    piece = np.repeat(np.arange(len(parts)), parts)
    t = ((np.arange(len(piece)) - (ends - parts)[piece]) / parts[piece])[:, None]
    bend = (1 - t) * leaving[piece] - t * arriving[piece]
    inner = line.points[pieces.starts[piece]] + t * steps[piece] + t * (1 - t) * bend
    # After the last piece of each curve comes its last point.
    counts = np.add.reduceat(parts, pieces.firsts) + 1
    cut = Curves(np.empty((len(inner) + len(counts), 2)), counts)
    is_inner = np.ones(len(cut.points), bool)
    is_inner[cut.lasts] = False
    cut.points[is_inner] = inner
    cut.points[cut.lasts] = line.points[line.lasts]
    return cut.apart()


def _times(pieces: Pieces) -> NDArray[np.float64]:
    """(n, 1): how long the pen took for each piece; 1 is the time between two reports."""
    lengths = pieces.lengths
    longer, before = np.zeros_like(lengths), np.zeros_like(lengths)
    longer[:-1], before[1:] = lengths[1:], lengths[:-1]
    longer[pieces.lasts], before[pieces.firsts] = 0.0, 0.0
    np.maximum(longer, before, out=longer)
    times = np.minimum(1.0, lengths / (_SHORT * longer))
    late = np.clip(lengths / (_LONG * longer), 1.0, 1.0 + _MOST_LOST)
    # The first and the last piece have one neighbour only: there the hand may well be slowing down.
    late[pieces.firsts], late[pieces.lasts] = 1.0, 1.0
    return np.asarray((times * late)[:, None])


def _velocities(line: Curves, pieces: Pieces, means: Curve, times: NDArray[np.float64]) -> Curve:
    """Velocity at each point, given the mean velocity and the time of each piece."""
    first, second = pieces.joints, pieces.joints + 1
    cosines = row_dots(pieces.steps[first], pieces.steps[second]) / (pieces.lengths[first] * pieces.lengths[second])
    # 0 where the pen turned back between two pieces, 1 where it went on in a curve.
    smoothness = smoothstep(cosines, *_CORNER_COSINES)[:, None]
    before, after = times[first], times[second]
    parabola = (after * means[first] + before * means[second]) / (before + after)
    velocities = np.empty_like(line.points)
    inner = pieces.starts[second]

    def set_velocities(within: Curve) -> None:
        velocities[inner] = within
        # At the first and the last point so that the curve is not bent there.
        velocities[line.firsts] = 1.5 * means[pieces.firsts] - 0.5 * velocities[line.firsts + 1]
        velocities[line.lasts] = 1.5 * means[pieces.lasts] - 0.5 * velocities[line.lasts - 1]

    set_velocities(parabola * smoothness)
    beside = (after * velocities[inner - 1] + before * velocities[inner + 1]) / (before + after)
    set_velocities((1.5 * parabola - 0.5 * beside) * smoothness)
    return velocities

"""Lines that mean nothing: scribbles, zigzags, spirals, waves, hatching and simple shapes as pen strokes.

Each recipe draws its sizes at random and gives strokes, (points, 2) each: x to the right, y down, about 1 high.
"""

from itertools import pairwise

import numpy as np

from engine.ink.drawing import PointArray

Generator = np.random.Generator


def smooth_line(knots: PointArray, steps: int = 10) -> PointArray:
    """A smooth line through the knots, (n, 2) (Catmull–Rom spline)."""
    ends = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for before, start, stop, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        bend = t**2 * (before - 2.5 * start + 2 * stop - 0.5 * after)
        parts.append(start + 0.5 * t * (stop - before) + bend + t**3 * (1.5 * (start - stop) + 0.5 * (after - before)))
    return np.concatenate([*parts, knots[-1:]])


def straight_line(corners: PointArray, steps: int = 8) -> PointArray:
    """Straight segments through the corners, (n, 2)."""
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    return np.concatenate([*(start + t * (stop - start) for start, stop in pairwise(corners)), corners[-1:]])


def scribble(rng: Generator) -> list[PointArray]:
    """One to three wild smooth lines with many turns."""
    count = int(rng.choice([1, 1, 1, 2, 3]))
    return [smooth_line(rng.random((int(rng.integers(7, 26)) // count + 3, 2))) for _ in range(count)]


def wander(rng: Generator) -> list[PointArray]:
    """A pen that turns at random while it moves on."""
    count = int(rng.integers(150, 400))
    curvature = np.cumsum(rng.normal(0, rng.uniform(0.05, 0.2), count))
    heading = np.cumsum(np.clip(curvature, -0.6, 0.6)) + rng.uniform(0, 2 * np.pi)
    return [np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0) / 30]


def zigzag(rng: Generator) -> list[PointArray]:
    """Back and forth with sharp or round turns, in any direction."""
    count = int(rng.integers(5, 14))
    width = rng.uniform(0.3, 2.0)
    corners = np.stack([np.linspace(0, width, count), np.arange(count) % 2.0], axis=1)
    corners += rng.normal(0, 0.06, corners.shape)
    line = straight_line(corners) if rng.random() < 0.6 else smooth_line(corners)
    return [line @ turned(rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.3))]


def spiral(rng: Generator) -> list[PointArray]:
    """At least one and three quarter turns, inwards or outwards."""
    turns = rng.uniform(1.75, 5.0)
    angle = np.linspace(0, 2 * np.pi * turns, int(24 * turns))
    radius = np.linspace(rng.uniform(0.0, 0.15), 1.0, len(angle))
    line = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) * [rng.choice([-1, 1]), 1.0]
    return [line @ turned(rng.uniform(0, 2 * np.pi))]


def curls(rng: Generator) -> list[PointArray]:
    """A row of loops, as children write before they can write."""
    count = rng.uniform(2.5, 7)
    t = np.linspace(0, 2 * np.pi * count, int(24 * count))
    line = np.stack([t * rng.uniform(0.1, 0.3) - np.sin(t), np.cos(t) * rng.uniform(0.8, 2.0)], axis=1)
    return [line @ turned(rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.2))]


def wave(rng: Generator) -> list[PointArray]:
    """A lying wave of at least one and a quarter periods."""
    t = np.linspace(0, rng.uniform(1.25, 5.0), 80)
    return [np.stack([t, rng.uniform(0.1, 0.5) * np.sin(2 * np.pi * t + rng.uniform(0, 6))], axis=1)]


def hatching(rng: Generator) -> list[PointArray]:
    """Parallel lines, sometimes crossed by others: hatching, ladders, grids and sharps."""
    directions = [rng.uniform(0, np.pi)]
    if rng.random() < 0.6:
        directions.append(directions[0] + np.pi / 2 + rng.normal(0, 0.2))
    strokes = []
    for direction in directions:
        count = int(rng.integers(2, 7)) + (len(directions) == 1)
        for offset in np.linspace(-0.5, 0.5, count):
            ends = np.array([[-0.5, offset], [0.5, offset]]) * [rng.uniform(0.8, 1.2), 1.0]
            strokes.append(straight_line(ends + rng.normal(0, 0.04, (2, 2))) @ turned(direction))
    return strokes


def dots(rng: Generator) -> list[PointArray]:
    """Dots and short ticks here and there, or one dot."""
    count = int(rng.choice([1, 2, 3, 4, 6, 9]))
    if count == 1:
        return [np.zeros((1, 2))]
    return [place + rng.normal(0, 0.02, (3, 2)) for place in rng.random((count, 2))]


def bars(rng: Generator) -> list[PointArray]:
    """One to three lying lines, or a roof: minus, equals, caret."""
    if rng.random() < 0.5:
        heights = np.linspace(0, rng.uniform(0.2, 0.8), int(rng.integers(1, 4)))
        return [straight_line(np.array([[0.0, y], [1.0, y]]) + rng.normal(0, 0.04, (2, 2))) for y in heights]
    corner = [rng.uniform(0.35, 0.65), rng.uniform(0.0, 0.3)]
    return [straight_line(np.array([[0.0, 1.0], corner, [1.0, rng.uniform(0.9, 1.1)]]))]


def polygon(rng: Generator) -> list[PointArray]:
    """A triangle, a square, a diamond, a pentagon or a star; more corners would make a ring, which is a 0."""
    corners = int(rng.integers(3, 6))
    angle = np.linspace(0, 2 * np.pi, corners + 1) - np.pi / 2 + rng.choice([0.0, np.pi / corners])
    radius = np.ones(corners + 1)
    if rng.random() < 0.4:
        angle = np.linspace(0, 2 * np.pi, 2 * max(corners, 4) + 1) - np.pi / 2
        radius = np.where(np.arange(len(angle)) % 2, rng.uniform(0.3, 0.6), 1.0)
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    ring[:-1] += rng.normal(0, 0.05, (len(ring) - 1, 2))
    ring[-1] = ring[0]
    return [straight_line(ring)]


def cross(rng: Generator) -> list[PointArray]:
    """A plus, a cross, an asterisk, a tick or an arrow."""
    kind = int(rng.integers(4))
    if kind == 0:
        first = rng.choice([0.0, np.pi / 4])
        angles = first + np.arange(2) * np.pi / 2 + rng.normal(0, 0.1, 2)
    elif kind == 1:
        angles = np.arange(3) * np.pi / 3 + rng.normal(0, 0.1, 3)
    elif kind == 2:
        return [straight_line(np.array([[0.0, 0.6], [rng.uniform(0.2, 0.5), 1.0], [1.0, rng.uniform(-0.2, 0.3)]]))]
    else:
        shaft = straight_line(np.array([[0.0, 0.0], [1.0, 0.0]]))
        head = straight_line(np.array([[0.65, -0.3], [1.0, 0.0], [0.65, 0.3]]) + rng.normal(0, 0.03, (3, 2)))
        # Not straight up, where an arrow is a 1 with a second flag.
        matrix = turned(float(rng.choice([0.0, np.pi / 2, np.pi])) + rng.normal(0, 0.2))
        return [shaft @ matrix, head @ matrix]
    reach = rng.uniform(0.8, 1.2, len(angles))
    tips = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]
    return [straight_line(np.array([-tip, tip])) for tip in tips]


def turned(angle: float) -> PointArray:
    """The matrix, (2, 2), that turns row vectors by an angle in radians."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

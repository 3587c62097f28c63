"""Outlines of things: hearts, clouds, moons, leaves, flashes and whatever else has bays, as pen strokes.

A closed line is not a 0 when it has bays or corners, which a network only knows that has seen such lines. Each recipe
draws its sizes at random and gives strokes, (points, 2) each: x to the right, y down, about 1 high.
"""

import numpy as np

from engine.data.synthetic.lines import Generator, smooth_line, straight_line, turned
from engine.ink.drawing import PointArray
from engine.ink.polygons import convex_hull, polygon_area

# A closed line that fills more of its hull than this could be somebody's 0.
_FULLEST = 0.72


def star_shaped(rng: Generator) -> list[PointArray]:
    """A closed line around a middle, smooth or with corners, with bays that take away much of it."""
    while True:
        count = int(rng.integers(4, 9))
        angle = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count + rng.uniform(0, 2 * np.pi)
        radius = rng.uniform(0.15, 1.0, count)
        knots = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) * [rng.uniform(0.7, 1.4), 1.0]
        line = _closed(knots, smooth=bool(rng.random() < 0.5))
        area = polygon_area(line)
        if area < _FULLEST * polygon_area(convex_hull(line)) and area > 0.3 * np.prod(np.ptp(line, axis=0)) / 2:
            return [line]


def heart(rng: Generator) -> list[PointArray]:
    """Two lobes that meet in a notch above and in a point below (E. W. Weisstein's eighth heart curve, MathWorld)."""
    t = np.linspace(0, 2 * np.pi, 48)
    notch, lobe = rng.uniform(4.0, 7.0), rng.uniform(1.0, 3.0)
    down = -13 * np.cos(t) + notch * np.cos(2 * t) + lobe * np.cos(3 * t) + np.cos(4 * t)
    line = np.stack([16 * np.sin(t) ** 3 * rng.uniform(0.8, 1.3), down], axis=1) / 16
    return [line @ turned(rng.normal(0, 0.15))]


def cloud(rng: Generator) -> list[PointArray]:
    """A ring of bulges: a cloud, a blossom, the edge of a stamp."""
    count = int(rng.integers(4, 9))
    t = np.linspace(0, np.pi, 12 * count)
    depth = rng.uniform(0.25, 0.6)
    radius = 1 - depth + depth * np.abs(np.sin(count * t + rng.uniform(0, np.pi)))
    stretch = rng.uniform(0.8, 2.0)
    line = np.stack([stretch * radius * np.cos(2 * t), radius * np.sin(2 * t)], axis=1)
    if rng.random() < 0.4:
        line[:, 1] = np.minimum(line[:, 1], rng.uniform(0.2, 0.6))
    return [line]


def crescent(rng: Generator) -> list[PointArray]:
    """Two arcs that bulge to the same side between the same tips: a moon, a banana."""
    t = np.linspace(-1, 1, 20)
    outer = rng.uniform(0.6, 1.0)
    inner = outer * rng.uniform(0.15, 0.5)
    tip = rng.choice([0.0, np.pi, np.pi / 2]) + rng.normal(0, 0.3)
    arcs = [np.stack([bulge * np.sqrt(1 - t**2), t], axis=1) for bulge in (outer, inner)]
    return [np.concatenate([arcs[0], arcs[1][::-1]]) @ turned(tip)]


def flash(rng: Generator) -> list[PointArray]:
    """A zigzag and its way back: a flash, a step, a broad arrow."""
    count = int(rng.integers(3, 6))
    way = np.stack([np.where(np.arange(count) % 2, 1.0, 0.0), np.linspace(0, 2, count)], axis=1)
    way += rng.normal(0, 0.12, way.shape)
    back = way[::-1] + np.array([rng.uniform(0.3, 0.8), rng.uniform(-0.5, 0.1)])
    line = np.concatenate([way, back[1:-1]])
    return [_closed(line * [rng.choice([-1, 1]), 1.0], smooth=False) @ turned(rng.normal(0, 0.3))]


def face(rng: Generator) -> list[PointArray]:
    """A ring or a box with something in it: a face, a clock, a button, a window."""
    angle = np.linspace(0, 2 * np.pi, 28)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if rng.random() < 0.4:
        ring = straight_line(np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]))
    strokes = [ring * [rng.uniform(0.8, 1.3), 1.0]]
    for _ in range(int(rng.integers(3, 6))):
        direction, reach = rng.uniform(0, np.pi), rng.uniform(0.2, 0.5)
        ends = np.array([-1, rng.uniform(-0.2, 0.2), 1])[:, None] * [np.cos(direction), np.sin(direction)] * reach
        bend = rng.normal(0, 0.25) * np.array([[0.0, 0.0], [-np.sin(direction), np.cos(direction)], [0.0, 0.0]])
        strokes.append(smooth_line(rng.uniform(-0.4, 0.4, 2) + ends + bend))
    return strokes


RECIPES = (star_shaped, heart, cloud, crescent, flash, face)


def outline(rng: Generator) -> list[PointArray]:
    """One of the outlines of this file."""
    return RECIPES[int(rng.integers(len(RECIPES)))](rng)


def _closed(knots: PointArray, smooth: bool) -> PointArray:
    ring = np.concatenate([knots, knots[:1]])
    if not smooth:
        return straight_line(ring)
    around = np.concatenate([knots[-1:], ring, knots[1:2]])
    return smooth_line(around)[10:-11]

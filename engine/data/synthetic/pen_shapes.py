"""The shapes that writing styles are made of: arcs, curves, straight lines and rings."""

import numpy as np

from engine.data.synthetic.lines import smooth_line, straight_line
from engine.ink.drawing import PointArray


def arc(x: float, y: float, width: float, height: float, start: float, stop: float) -> PointArray:
    """Part of an ellipse, (n, 2), of semi-axes `width`, `height`; degrees, 0 at the right, clockwise on the screen."""
    count = max(6, int(abs(stop - start) / 12))
    angles = np.radians(np.linspace(start, stop, count))
    return np.stack([x + width * np.cos(angles), y + height * np.sin(angles)], axis=1)


def curve(*points: tuple[float, float]) -> PointArray:
    """A smooth line through the points, (n, 2)."""
    return smooth_line(np.array(points, np.float64), steps=8)


def line(*points: tuple[float, float]) -> PointArray:
    """Straight segments through the points, (n, 2)."""
    return straight_line(np.array(points, np.float64), steps=6)


def ring(rng: np.random.Generator, x: float, y: float, width: float, height: float) -> PointArray:
    """A closed loop, (n, 2), in either direction, that starts near the top and may overlap or stay a little open."""
    start = rng.uniform(-150, -50)
    turn = rng.uniform(335, 390) * rng.choice([-1, 1])
    return arc(x, y, width, height, start, start + turn)

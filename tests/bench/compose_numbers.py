"""Numbers of several digits, composed of single digits that one hand has written."""

from dataclasses import dataclass

import numpy as np

from engine.ink.drawing import Drawing, Stroke

# Most pairs of digits stand apart; some slanted ones reach under each other, as on paper.
_KERNED = 0.2
_ROWS = 24


@dataclass(frozen=True)
class Spacing:
    """How digits stand beside each other, in heights of a digit.

    Attributes:
        mean: of the gap between two digits, normally distributed.
        deviation: its standard deviation.
        least: the least gap.
        size: heights are 1 ± so much.
        base_line: the standard deviation of the digits' feet.
        slant: horizontal shear of all digits, to the right.
    """

    mean: float
    deviation: float
    least: float
    size: float = 0.15
    base_line: float = 0.05
    slant: float = 0.0


NATURAL = Spacing(0.25, 0.12, 0.05)
TIGHT = Spacing(0.08, 0.08, -0.05)  # every sixth pair touches or nearly so
SLANTED = Spacing(0.2, 0.1, 0.0, slant=0.4)
UNEVEN = Spacing(0.25, 0.12, 0.05, size=0.35, base_line=0.15)
NARROW = Spacing(0.15, 0.1, 0.0)
SPACINGS = {
    "natural": NATURAL,
    "tight": TIGHT,
    "slanted": SLANTED,
    "different sizes and base lines": UNEVEN,
}


@dataclass(frozen=True)
class Number:
    """A composed number.

    Attributes:
        drawing: all strokes, in the order of writing.
        text: the digits, left to right.
        owners: for each stroke of the drawing, the position of the digit that it belongs to.
    """

    drawing: Drawing
    text: str
    owners: tuple[int, ...]


def compose(digits: list[Drawing], rng: np.random.Generator, spacing: Spacing = NATURAL) -> Number:
    """A number of these digits, about 100 high.

    Every digit is slanted, scaled and moved off the base line as `spacing` says, and stands a gap right of the one
    before: between the boxes of the ink, or for one number in five between the outlines row by row, which lets the
    boxes of slanted digits overlap.
    """
    kerned = rng.random() < _KERNED
    placed: list[list[np.ndarray]] = []
    for digit in digits:
        curves = [stroke.points @ np.array([[1.0, 0.0], [-spacing.slant, 1.0]]) for stroke in digit.strokes]
        lower, upper = _box(curves)
        height = rng.uniform(1 - spacing.size, 1 + spacing.size)
        scale = height / max(upper[1] - lower[1], 0.4 * (upper[0] - lower[0]), 1e-9)
        gap = max(spacing.least, rng.normal(spacing.mean, spacing.deviation))
        jitter = rng.normal(0.0, spacing.base_line)
        curves = [(curve - (lower[0], upper[1])) * scale + np.array([0.0, jitter]) for curve in curves]
        if placed:
            before = placed[-1]
            right = _box(before)[1][0]
            shift = right + gap
            if kerned:
                free = _row_gap(before, curves, right)
                # Boxes overlap by at most 0.15, and digits of different rows don't slide over each other.
                shift -= min(max(free, 0.0), gap + 0.15)
            curves = [curve + np.array([shift, 0.0]) for curve in curves]
        placed.append(curves)
    return Number(
        Drawing(tuple(Stroke(curve * 100) for curves in placed for curve in curves)),
        "".join(str(digit.label) for digit in digits),
        tuple(position for position, curves in enumerate(placed) for _ in curves),
    )


def _box(curves: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate(curves)
    return points.min(axis=0), points.max(axis=0)


def _row_gap(left: list[np.ndarray], right: list[np.ndarray], edge: float) -> float:
    """How far the right digit, its box starting at `edge`, could move left until it meets the left one in some row."""
    rows = np.linspace(-1.3, 0.3, _ROWS)
    ends = _profile(left, rows, right=True)
    starts = _profile([curve + np.array([edge, 0.0]) for curve in right], rows, right=False)
    return float(np.min(starts - ends))


def _profile(curves: list[np.ndarray], rows: np.ndarray, *, right: bool) -> np.ndarray:
    """The outermost x of the ink near each row."""
    outermost = np.full(len(rows), -9.0 if right else 9.0)
    for curve in curves:
        steps = np.linspace(0, len(curve) - 1, 8 * len(curve))
        x, y = (np.interp(steps, np.arange(len(curve)), curve[:, axis]) for axis in (0, 1))
        near = np.clip(np.rint((y - rows[0]) / (rows[1] - rows[0])).astype(int), 0, len(rows) - 1)
        for shift in (-1, 0, 1):
            place = np.clip(near + shift, 0, len(rows) - 1)
            (np.maximum if right else np.minimum).at(outermost, place, x)
    return outermost

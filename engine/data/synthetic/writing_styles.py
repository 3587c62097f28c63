"""Digits as people write them around the world, generated as pen strokes.

MNIST was written by Americans. Elsewhere a 7 is crossed, a 1 has a flag and perhaps a foot, a 0 is slashed or dotted.
Each is a small recipe of arcs and curves whose sizes and places are drawn at random, so that one recipe
gives as many different drawings as are asked for. Coordinates: x to the right, y down, a digit about 1 high.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.synthetic.loose_styles import LOOSE_STYLES
from engine.data.synthetic.pen_shapes import arc, curve, line, ring
from engine.ink.drawing import Drawing, PointArray, Stroke

Recipe = Callable[[np.random.Generator], list[PointArray]]


@dataclass(frozen=True, slots=True)
class WritingStyle:
    """One way of writing one digit.

    Attributes:
        label: the digit that is meant.
        title: what is special about it, in a few words.
        draw: gives the strokes of one variant.
    """

    label: int
    title: str
    draw: Recipe


def _slashed_zero(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.26, 0.42)
    reach = rng.uniform(0.65, 1.35)
    dx, dy = width * reach * rng.uniform(0.75, 1.0), 0.5 * reach * rng.uniform(0.55, 1.0)
    # Most people strike from the lower left to the upper right; some from the upper left.
    lean = -1 if rng.random() < 0.25 else 1
    cx, cy = rng.uniform(-0.04, 0.04, 2)
    slash = curve((cx - lean * dx, cy + dy), (cx + rng.uniform(-0.03, 0.03), cy), (cx + lean * dx, cy - dy))
    return [ring(rng, 0, 0, width, 0.5), slash if rng.random() < 0.5 else slash[::-1]]


def _dotted_zero(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.28, 0.44)
    x, y = rng.uniform(-0.07, 0.07), rng.uniform(-0.1, 0.1)
    dx, dy = rng.uniform(-0.035, 0.035), rng.uniform(-0.06, 0.06)
    return [ring(rng, 0, 0, width, 0.5), line((x - dx, y - dy), (x + dx, y + dy))]


def _flagged_one(rng: np.random.Generator) -> list[PointArray]:
    top = (0.0, 0.0)
    flag = (-rng.uniform(0.14, 0.5), rng.uniform(0.12, 0.55))
    foot = (rng.uniform(-0.08, 0.06), 1.0)
    if rng.random() < 0.25:
        bend = (flag[0] / 2 + 0.03, flag[1] / 2 + rng.uniform(0.0, 0.06))
        return [curve(flag, bend, top), line(top, foot)]
    return [line(flag, top, foot)]


def _footed_one(rng: np.random.Generator) -> list[PointArray]:
    strokes = _flagged_one(rng) if rng.random() < 0.8 else [line((0, 0), (rng.uniform(-0.05, 0.05), 1.0))]
    x, y = strokes[-1][-1]
    left, right = rng.uniform(0.1, 0.35, 2)
    tilt = rng.uniform(-0.04, 0.04)
    height = y + rng.uniform(-0.04, 0.03)
    return [*strokes, line((x - left, height + tilt), (x + right, height - tilt))]


def _crossed_seven(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.4, 0.75)
    foot = (rng.uniform(0.0, 0.5) * width, 1.0)
    tilt = rng.uniform(-0.06, 0.06)
    start: list[tuple[float, float]] = [(0.0, tilt)]
    if rng.random() < 0.4:
        start.insert(0, (rng.uniform(-0.04, 0.03), rng.uniform(0.08, 0.2)))
    corner = (width, 0.0)
    level = rng.uniform(0.35, 0.62)
    x = corner[0] + (foot[0] - corner[0]) * level
    if rng.random() < 0.4:
        stem = curve(corner, (x - rng.uniform(0.0, 0.08), level), foot)
        body = np.concatenate([line(*start, corner), stem[1:]])
    else:
        body = line(*start, corner, foot)
    left, right = rng.uniform(0.12, 0.34, 2)
    slope = rng.uniform(-0.09, 0.05)
    return [body, line((x - left, level - slope), (x + right, level + slope))]


def _looped_two(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.45, 0.7)
    size = rng.uniform(0.06, 0.16)
    low = 1.0 - size
    return [
        curve(
            (0.02, rng.uniform(0.12, 0.3)),
            (width * 0.4, 0.0),
            (width * 0.9, 0.2),
            (width * 0.72, 0.55),
            (size * 1.6, low + size * 0.7),
            (0.0, low + size * 0.9),
            (-0.02, low - size * 0.4),
            (size * 1.2, low - size * 0.6),
            (width * 0.6, 0.97),
            (width * rng.uniform(1.0, 1.25), rng.uniform(0.88, 1.02)),
        )
    ]


def _open_four(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.4, 0.65)
    bar = rng.uniform(0.5, 0.68)
    stem = width * rng.uniform(0.6, 0.85)
    top = rng.uniform(-0.02, 0.3)
    start, corner, end = (rng.uniform(0.0, 0.18), 0.0), (0.0, bar), (width, bar + rng.uniform(-0.05, 0.04))
    hook = line(start, corner, end) if rng.random() < 0.6 else curve(start, (0.0, bar * 0.8), (0.12, bar), end)
    return [hook, line((stem + rng.uniform(-0.02, 0.1), top), (stem, 1.0))]


def _closed_four(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.4, 0.65)
    bar = rng.uniform(0.52, 0.72)
    stem = width * rng.uniform(0.55, 0.8)
    apex = (stem + rng.uniform(-0.03, 0.05), 0.0)
    bar_end = (width * rng.uniform(1.0, 1.2), bar + rng.uniform(-0.05, 0.05))
    foot = (stem + rng.uniform(-0.06, 0.03), 1.0)
    if rng.random() < 0.5:
        return [line(apex, (0.0, bar), bar_end), line(apex, foot)]
    return (
        [line((0.0, bar), bar_end, (0.0, bar), apex, foot)]
        if rng.random() < 0.3
        else [line(apex, (0.0, bar), bar_end), line((apex[0], rng.uniform(-0.04, 0.04)), foot)]
    )


def _detached_five(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.42, 0.62)
    gap = rng.uniform(0.02, 0.12)
    waist = rng.uniform(0.34, 0.46)
    body = curve(
        (rng.uniform(0.02, 0.1), rng.uniform(0.02, 0.1)),
        (0.0, waist),
        (width * 0.5, waist - 0.04),
        (width * 0.98, 0.68),
        (width * 0.5, 1.0),
        (rng.uniform(-0.05, 0.05), rng.uniform(0.85, 0.95)),
    )
    left = rng.uniform(-0.03, 0.12) + gap
    lift = rng.uniform(-0.08, 0.02)
    bar = line((left, lift), (left + rng.uniform(0.28, 0.5), lift + rng.uniform(-0.08, 0.03)))
    return [body, bar]


def _hooked_nine(rng: np.random.Generator) -> list[PointArray]:
    width, height = rng.uniform(0.2, 0.3), rng.uniform(0.2, 0.28)
    start = rng.uniform(-60, -20)
    head = arc(0, height, width, height, start, start - rng.uniform(300, 345))
    right = width * rng.uniform(0.95, 1.05)
    tail = curve(
        (right, height * rng.uniform(0.5, 1.0)),
        (right, 0.65),
        (right * 0.75, 0.92),
        (0.0, 1.0),
        (-width * rng.uniform(0.7, 1.2), rng.uniform(0.82, 0.95)),
    )
    return [np.concatenate([head, tail])]


def _flat_three(rng: np.random.Generator) -> list[PointArray]:
    width = rng.uniform(0.45, 0.65)
    middle = rng.uniform(0.36, 0.46)
    corner = (width * rng.uniform(0.85, 1.05), rng.uniform(-0.03, 0.03))
    turn = (width * rng.uniform(0.25, 0.5), middle)
    bowl = curve(
        turn,
        (width * 0.85, middle + 0.1),
        (width * 0.95, 0.76),
        (width * 0.45, 1.0),
        (rng.uniform(-0.05, 0.05), rng.uniform(0.84, 0.96)),
    )
    return [np.concatenate([line((0.0, rng.uniform(-0.03, 0.05)), corner, turn), bowl[1:]])]


def _ringed_eight(rng: np.random.Generator) -> list[PointArray]:
    upper, lower = rng.uniform(0.18, 0.26), rng.uniform(0.22, 0.3)
    touch = rng.uniform(-0.05, 0.05)
    top = ring(rng, rng.uniform(-0.05, 0.05), 0, upper * rng.uniform(0.8, 1.2), upper)
    bottom = ring(rng, 0, upper + lower + touch, lower * rng.uniform(0.8, 1.2), lower)
    return [top, bottom] if rng.random() < 0.7 else [bottom, top]


WRITING_STYLES: dict[str, WritingStyle] = {
    "slashed 0": WritingStyle(0, "a stroke through the zero", _slashed_zero),
    "dotted 0": WritingStyle(0, "a dot inside the zero", _dotted_zero),
    "flagged 1": WritingStyle(1, "an upstroke before the stem", _flagged_one),
    "footed 1": WritingStyle(1, "a flag and a base line", _footed_one),
    "crossed 7": WritingStyle(7, "a bar through the stem", _crossed_seven),
    "looped 2": WritingStyle(2, "a loop at the foot", _looped_two),
    "open 4": WritingStyle(4, "open at the top", _open_four),
    "closed 4": WritingStyle(4, "a closed triangle", _closed_four),
    "detached 5": WritingStyle(5, "the bar drawn apart", _detached_five),
    "hooked 9": WritingStyle(9, "a tail that curls to the left", _hooked_nine),
    "flat 3": WritingStyle(3, "a flat top and a corner", _flat_three),
    "ringed 8": WritingStyle(8, "two rings, one on the other", _ringed_eight),
    **{name: WritingStyle(*style) for name, style in LOOSE_STYLES.items()},
}


def draw_style(name: str, rng: np.random.Generator, *, wobble: float = 0.012) -> Drawing:
    """One variant of a style: its recipe, then a slant, a change of proportions and a trembling hand.

    `wobble` is the size of the tremor in heights of the digit.
    """
    style = WRITING_STYLES[name]
    slant = rng.normal(0, 0.15)
    stretch = np.exp(rng.normal(0, 0.12))
    turn = rng.normal(0, 0.06)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    matrix = np.array([[stretch, 0.0], [-slant, 1.0]]) @ matrix
    strokes = []
    for points in style.draw(rng):
        # A slow tremor: white noise would make hair, a moving average makes a hand.
        noise = rng.normal(0, wobble, (len(points) + 6, 2))
        tremor = np.stack([np.convolve(noise[:, axis], np.ones(7) / np.sqrt(7), "valid") for axis in (0, 1)], axis=1)
        strokes.append(Stroke((points + tremor) @ matrix))
    return Drawing(tuple(strokes), style.label, {"habit": name})

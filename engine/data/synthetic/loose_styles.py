"""Digits of quick and loose hands: open tops, short stems, long up-strokes, bars that go too far.

Each recipe draws one variant; coordinates: x to the right, y down, a digit about 1 high.
"""

from collections.abc import Callable

import numpy as np

from engine.data.synthetic.pen_shapes import arc, curve, line
from engine.ink.drawing import PointArray

Generator = np.random.Generator
Style = tuple[int, str, Callable[[Generator], list[PointArray]]]


def _long_upstroke_one(rng: Generator) -> list[PointArray]:
    """The up-stroke begins far down at the left and bends: nearly a 4 or a 7; the stem may lean as far: a caret."""
    start = (-rng.uniform(0.3, 0.62), rng.uniform(0.45, 0.95))
    bend = (start[0] * rng.uniform(0.25, 0.5), start[1] * rng.uniform(0.25, 0.55))
    lean = rng.uniform(0.0, 0.4) if rng.random() < 0.4 else rng.uniform(-0.08, 0.06)
    stem = line((0.0, 0.0), (lean, 1.0))
    rise = curve(start, bend, (0.0, 0.0)) if rng.random() < 0.7 else line(start, (0.0, 0.0))
    return [np.concatenate([rise, stem[1:]])]


def _printed_one(rng: Generator) -> list[PointArray]:
    """A flag that may be long and flat, a stem, and a base line that may be long."""
    reach = rng.uniform(0.15, 0.45)
    flag = line((-reach, reach * rng.uniform(0.25, 1.2)), (0.0, 0.0))
    foot = rng.uniform(-0.05, 0.05)
    stem = line((0.0, 0.0), (foot, 1.0))
    left, right = rng.uniform(0.12, 0.45, 2)
    tilt = rng.uniform(-0.05, 0.05)
    base = line((foot - left, 1.0 + tilt), (foot + right, 1.0 - tilt))
    if rng.random() < 0.35:
        # Without lifting the pen: down, to the left, and back to the right.
        return [np.concatenate([flag, stem[1:], base])]
    return [np.concatenate([flag, stem[1:]]), base] if rng.random() < 0.8 else [flag, stem, base]


def _bare_one(rng: Generator) -> list[PointArray]:
    """One stroke, straight or slightly bent, sometimes with a small hook."""
    lean = rng.uniform(-0.25, 0.5)
    bow = rng.uniform(-0.09, 0.09)
    stem = curve((lean, 0.0), (lean / 2 + bow, 0.5), (0.0, 1.0))
    if rng.random() < 0.25:
        hook = (rng.choice([-1, 1]) * rng.uniform(0.03, 0.12), 1.0 - rng.uniform(0.0, 0.08))
        stem = np.concatenate([stem, [hook]])
    return [stem]


def _open_nine(rng: Generator) -> list[PointArray]:
    """The head does not close; the tail is straight or hooked."""
    width, height = rng.uniform(0.2, 0.34), rng.uniform(0.18, 0.28)
    start = rng.uniform(-75, -25)
    head = arc(0, height, width, height, start, start - rng.uniform(215, 300))
    x, y = head[-1]
    corner = (width * rng.uniform(0.85, 1.15), rng.uniform(-0.02, 0.3))
    foot = (corner[0] - rng.uniform(-0.05, 0.3), 1.0)
    joint = (max(x, -width) + (corner[0] - x) * 0.6, y + (corner[1] - y) * 0.5)
    tail = line(corner, foot)
    if rng.random() < 0.45:
        tail = curve(
            corner, (corner[0], 0.6), (foot[0], 0.92), (foot[0] - rng.uniform(0.15, 0.45), rng.uniform(0.8, 1.0))
        )
    return [np.concatenate([head, [joint], tail])]


def _straight_nine(rng: Generator) -> list[PointArray]:
    """A closed head and a stem like a stick, in one stroke or two."""
    width, height = rng.uniform(0.18, 0.32), rng.uniform(0.16, 0.28)
    start = rng.uniform(-70, 0)
    head = arc(0, height, width, height, start, start - rng.uniform(330, 400))
    stem = line((width * rng.uniform(0.9, 1.1), rng.uniform(0.0, 2 * height)), (width * rng.uniform(0.2, 1.1), 1.0))
    return [np.concatenate([head, stem])] if rng.random() < 0.7 else [head, stem]


def _uncrossed_four(rng: Generator) -> list[PointArray]:
    """Open at the top, and the bar ends at the stem: like a y or a high 9."""
    width, bar = rng.uniform(0.35, 0.6), rng.uniform(0.42, 0.62)
    left = curve((rng.uniform(-0.05, 0.12), 0.0), (-0.02, bar * 0.6), (width * 0.35, bar), (width, bar - 0.04))
    if rng.random() < 0.5:
        left = line((rng.uniform(-0.02, 0.15), 0.0), (0.0, bar), (width * rng.uniform(0.95, 1.12), bar))
    stem = line((width + rng.uniform(-0.04, 0.1), rng.uniform(-0.05, 0.15)), (width + rng.uniform(-0.1, 0.04), 1.0))
    return [left, stem] if rng.random() < 0.6 else [np.concatenate([left, stem])]


def _big_looped_two(rng: Generator) -> list[PointArray]:
    """A loop at the foot that is as large as a head of 9."""
    width, loop = rng.uniform(0.45, 0.75), rng.uniform(0.12, 0.28)
    low = 1.0 - loop
    return [
        curve(
            (rng.uniform(-0.05, 0.1), rng.uniform(0.1, 0.35)),
            (width * 0.45, 0.0),
            (width * 0.95, rng.uniform(0.15, 0.3)),
            (width * 0.6, 0.6),
            (loop * 0.6, low + loop),
            (-loop * 0.6, low + loop * 0.5),
            (loop * 0.3, low - loop * 0.3),
            (width * 0.55, low + loop * rng.uniform(0.5, 0.9)),
            (width * rng.uniform(1.0, 1.4), rng.uniform(0.85, 1.0)),
        )
    ]


def _open_eight(rng: Generator) -> list[PointArray]:
    """Begun at the top right, and not closed there."""
    width = rng.uniform(0.2, 0.32)
    gap = rng.uniform(0.02, 0.2)
    return [
        curve(
            (width * rng.uniform(0.7, 1.1), rng.uniform(0.0, 0.12)),
            (0.0, 0.0),
            (-width * 0.85, 0.2),
            (0.0, 0.46),
            (width, 0.74),
            (0.0, 1.0),
            (-width, 0.76),
            (0.0, 0.5),
            (width * rng.uniform(0.5, 1.0), 0.12 + gap),
        )
    ]


def _broad_barred_seven(rng: Generator) -> list[PointArray]:
    """The bar through the stem is as long as the top."""
    width = rng.uniform(0.35, 0.65)
    foot = width * rng.uniform(-0.1, 0.6)
    level = rng.uniform(0.35, 0.65)
    x = width + (foot - width) * level
    reach = rng.uniform(0.25, 0.55)
    tilt = rng.uniform(-0.1, 0.08)
    body = line((0.0, rng.uniform(-0.03, 0.08)), (width, 0.0), (foot, 1.0))
    return [body, line((x - reach, level - tilt), (x + reach * rng.uniform(0.6, 1.0), level + tilt))]


def _short_stemmed_six(rng: Generator) -> list[PointArray]:
    """Hardly any stem above the bowl."""
    width = rng.uniform(0.26, 0.4)
    top = rng.uniform(0.0, 0.22)
    bowl = rng.uniform(0.42, 0.56)
    return [
        curve(
            (width * rng.uniform(0.0, 0.9), top),
            (-width * 0.7, 0.45),
            (-width * 0.8, 0.8),
            (0.0, 1.0),
            (width, 0.78),
            (width * 0.3, bowl),
            (-width * rng.uniform(0.4, 0.8), rng.uniform(0.6, 0.75)),
        )
    ]


def _mouse_six(rng: Generator) -> list[PointArray]:
    """Angular and wide, as a mouse makes it: the bowl may stay open."""
    width = rng.uniform(0.25, 0.45)
    close = rng.uniform(-1.0, -0.2)
    knots = (
        (width * rng.uniform(0.2, 0.9), 0.0),
        (-width * 0.6, 0.35),
        (-width, 0.75),
        (-width * 0.2, 1.0),
        (width * 0.8, 0.9),
        (width, 0.65),
        (width * 0.3, 0.5),
        (width * close, rng.uniform(0.55, 0.75)),
    )
    return [line(*knots) if rng.random() < 0.4 else curve(*knots)]


def _mouse_five(rng: Generator) -> list[PointArray]:
    """In one stroke, its corners round or sharp, the bowl small or large."""
    width, waist = rng.uniform(0.35, 0.6), rng.uniform(0.3, 0.5)
    knots = (
        (width * rng.uniform(0.8, 1.2), rng.uniform(-0.05, 0.06)),
        (rng.uniform(-0.02, 0.12), 0.0),
        (rng.uniform(-0.04, 0.06), waist),
        (width * 0.6, waist - rng.uniform(-0.04, 0.1)),
        (width, 0.7),
        (width * 0.5, 1.0),
        (-rng.uniform(-0.05, 0.15), rng.uniform(0.82, 1.0)),
    )
    return [line(*knots) if rng.random() < 0.35 else curve(*knots)]


def _far_barred_five(rng: Generator) -> list[PointArray]:
    """The bar stands apart, above or too far to the right."""
    width, waist = rng.uniform(0.38, 0.6), rng.uniform(0.34, 0.48)
    body = curve(
        (rng.uniform(0.0, 0.12), rng.uniform(0.05, 0.15)),
        (0.0, waist),
        (width * 0.55, waist - 0.03),
        (width, 0.7),
        (width * 0.5, 1.0),
        (rng.uniform(-0.12, 0.05), rng.uniform(0.84, 0.98)),
    )
    left = rng.uniform(0.05, 0.3)
    bar = line((left, rng.uniform(-0.12, 0.08)), (left + rng.uniform(0.25, 0.55), rng.uniform(-0.15, 0.06)))
    return [body, bar]


def _hasty_zero(rng: Generator) -> list[PointArray]:
    """Not quite closed, or with ends that run past each other."""
    width = rng.uniform(0.2, 0.48)
    start = rng.uniform(-140, -20)
    return [arc(0, 0.5, width, 0.5, start, start + rng.choice([-1, 1]) * rng.uniform(310, 430))]


LOOSE_STYLES: dict[str, Style] = {
    "long up-stroke 1": (1, "an up-stroke that begins far down", _long_upstroke_one),
    "printed 1": (1, "flag, stem and a long base line", _printed_one),
    "bare 1": (1, "one bent stroke", _bare_one),
    "open 9": (9, "a head that does not close", _open_nine),
    "straight 9": (9, "a stem like a stick", _straight_nine),
    "uncrossed 4": (4, "the bar ends at the stem", _uncrossed_four),
    "big-looped 2": (2, "a large loop at the foot", _big_looped_two),
    "open 8": (8, "begun at the top right and left open", _open_eight),
    "broad-barred 7": (7, "a bar as long as the top", _broad_barred_seven),
    "short-stemmed 6": (6, "hardly any stem", _short_stemmed_six),
    "mouse 6": (6, "angular, perhaps open", _mouse_six),
    "mouse 5": (5, "in one stroke", _mouse_five),
    "far-barred 5": (5, "a bar that stands apart", _far_barred_five),
    "hasty 0": (0, "not quite closed", _hasty_zero),
}

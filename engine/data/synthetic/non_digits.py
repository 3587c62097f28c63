"""Drawings that are no digit: what a model has to see in training to say "not a digit I know".

`draw_negative("letter", rng)` draws one; `NEGATIVES` lists the kinds. Halves of digits and several digits in one
drawing are made from digits that are given (a writer's, say), or else from `engine.data.synthetic.writing_styles`.

Some signs have the very shape of a digit, and are left out everywhere: see `DIGIT_SHAPES`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from engine.data.augmentation.strokes import StrokeVariation, augment_drawing
from engine.data.synthetic import lines, outlines
from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.ink.drawing import Drawing, PointArray, Stroke
from engine.ink.drawing_files import read_drawings

GLYPH_FILE = "glyphs.jsonl.gz"

# A ring is a 0 and a straight upright or slanted stroke is a 1, whatever was meant; i and ! are such strokes too once
# their dot is taken for a pen artifact. A caret is the 1 of hands whose up-stroke begins at the base line: such a
# 1 is refused where a caret is taught as no digit. Only these are excused: S, Z, B, b, g, q and the like have to be
# told from 5, 2, 8, 6 and 9.
DIGIT_SHAPES = frozenset("Oo°0" + "Il|/\\'`,1" + "i!" + "^")

Recipe = Callable[[np.random.Generator, Sequence[Drawing]], list[PointArray]]


@dataclass(frozen=True, slots=True)
class Negative:
    """One kind of drawing that is no digit.

    Attributes:
        title: what it is, in a few words.
        draw: gives the strokes of one drawing; its second argument are digits to make it from.
        share: how often `draw_negatives` draws it, against the others.
    """

    title: str
    draw: Recipe
    share: float = 1.0


def draw_negative(kind: str, rng: np.random.Generator, digits: Sequence[Drawing] = ()) -> Drawing:
    """One drawing of a kind of `NEGATIVES`, without a label, with the kind under the key `negative`.

    Args:
        kind: key of `NEGATIVES`.
        rng: where the amounts come from; the same state gives the same drawing.
        digits: labelled digits that halves and pairs are made from; without any, digits as `WRITING_STYLES` draws them.
    """
    strokes = tuple(Stroke(points) for points in NEGATIVES[kind].draw(rng, digits) if len(points))
    return augment_drawing(Drawing(strokes, None, {"negative": kind}), rng, _VARIATION)


def draw_negatives(count: int, rng: np.random.Generator, digits: Sequence[Drawing] = ()) -> list[Drawing]:
    """Drawings of all kinds, mixed by their shares."""
    kinds = list(NEGATIVES)
    shares = np.array([NEGATIVES[kind].share for kind in kinds])
    chosen = rng.choice(len(kinds), count, p=shares / shares.sum())
    return [draw_negative(kinds[index], rng, digits) for index in chosen]


# Strokes stay apart and in order: joining two digits would be another drawing.
_VARIATION = StrokeVariation(rotation=12.0, slant=0.4, wobble=0.025, stretch=1.5, reorder=0.0, join=0.0)


@cache
def load_glyphs() -> tuple[Drawing, ...]:
    """Letters and symbols as strokes, each with its `character` and its `face`; none has a digit's shape."""
    with resources.as_file(resources.files("engine.data.bundled") / GLYPH_FILE) as path:
        return tuple(glyph for glyph in read_drawings(path) if glyph.extra["character"] not in DIGIT_SHAPES)


@cache
def _glyphs(letters: bool) -> tuple[Drawing, ...]:
    return tuple(glyph for glyph in load_glyphs() if str(glyph.extra["character"]).isalpha() is letters)


def _points(drawing: Drawing) -> list[PointArray]:
    """The strokes brought to height 1 with the upper left corner of their box at the origin."""
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    lower, upper = points.min(axis=0), points.max(axis=0)
    height = max(float(upper[1] - lower[1]), 0.2 * float(upper[0] - lower[0]), 1e-9)
    return [(stroke.points - lower) / height for stroke in drawing.strokes]


def _glyph(letters: bool) -> Recipe:
    def draw(rng: np.random.Generator, _digits: Sequence[Drawing]) -> list[PointArray]:
        glyphs = _glyphs(letters)
        return _points(glyphs[int(rng.integers(len(glyphs)))])

    return draw


def _digit(rng: np.random.Generator, digits: Sequence[Drawing]) -> Drawing:
    if digits:
        return digits[int(rng.integers(len(digits)))]
    return draw_style(str(rng.choice(list(WRITING_STYLES))), rng)


# The halves that are no digit themselves; half an 8 may be a 0 or a 3, half a 7 a 1.
_HALVES: dict[int | None, tuple[str, ...]] = {
    0: ("top", "bottom", "left", "right"),
    2: ("bottom",),
    3: ("left",),
    4: ("left", "top"),
    5: ("top", "left"),
    8: ("left",),
}


def _half_digit(rng: np.random.Generator, digits: Sequence[Drawing]) -> list[PointArray]:
    digit = _digit(rng, digits)
    for _ in range(30):
        if digit.label in _HALVES:
            break
        digit = _digit(rng, digits)
    else:
        digit = draw_style("slashed 0", rng)
    side = str(rng.choice(_HALVES[digit.label]))
    axis, sign = (1, 1) if side in ("top", "bottom") else (0, 1)
    sign = 1 if side in ("top", "left") else -1
    strokes = _points(digit)
    extent = np.concatenate(strokes)[:, axis]
    cut = extent.min() + (extent.max() - extent.min()) * rng.uniform(0.42, 0.58)
    parts = []
    for stroke in strokes:
        dense = lines.straight_line(stroke, 4) if len(stroke) > 1 else stroke
        inside = sign * (dense[:, axis] - cut) <= 0
        edges = np.flatnonzero(np.diff(inside.astype(np.int8))) + 1
        pieces = zip(np.split(dense, edges), np.split(inside, edges), strict=True)
        parts += [piece for piece, kept in pieces if kept.all()]
    return parts


def _several_digits(rng: np.random.Generator, digits: Sequence[Drawing]) -> list[PointArray]:
    strokes: list[PointArray] = []
    right = 0.0
    gap = rng.uniform(-0.03, 0.5)
    for _ in range(int(rng.choice([2, 2, 2, 3]))):
        points = _points(_digit(rng, digits))
        scale = rng.uniform(0.8, 1.1)
        moved = [stroke * scale + [right, rng.normal(0, 0.05)] for stroke in points]
        strokes += moved
        right = float(max(stroke[:, 0].max() for stroke in moved)) + max(gap + rng.normal(0, 0.05), -0.05)
    return strokes


def _struck_out(rng: np.random.Generator, digits: Sequence[Drawing]) -> list[PointArray]:
    """A digit that was crossed out; one line is not enough, 0 and 7 have it by habit."""
    strokes = _points(_digit(rng, digits))
    width = max(float(stroke[:, 0].max()) for stroke in strokes)
    if rng.random() < 0.5:
        count = int(rng.integers(4, 9))
        corners = np.stack([np.linspace(0, width, count), np.where(np.arange(count) % 2, 0.9, 0.1)], axis=1)
        return [*strokes, lines.straight_line(corners + rng.normal(0, 0.05, corners.shape))]
    slant = rng.uniform(-0.3, 0.3, 2)
    first = np.array([[-0.2, slant[0]], [width + 0.2, 1 + slant[0]]])
    second = np.array([[-0.2, 1 + slant[1]], [width + 0.2, slant[1]]])
    return [*strokes, lines.straight_line(first), lines.straight_line(second)]


def _lines(draw: Callable[[np.random.Generator], list[PointArray]]) -> Recipe:
    return lambda rng, _digits: draw(rng)


# To add a kind: its recipe, and its line here.
NEGATIVES: dict[str, Negative] = {
    "letter": Negative("a letter of one of several alphabets", _glyph(True), 14.0),
    "symbol": Negative("a sign such as +, ?, & or ♥", _glyph(False), 3.0),
    "several digits": Negative("two or three digits side by side", _several_digits, 3.0),
    "half digit": Negative("half a digit", _half_digit, 1.0),
    "struck out": Negative("a digit crossed out", _struck_out, 0.5),
    "scribble": Negative("wild smooth lines", _lines(lines.scribble), 2.0),
    "wander": Negative("a pen that turns at random", _lines(lines.wander)),
    "zigzag": Negative("back and forth", _lines(lines.zigzag)),
    "spiral": Negative("turns inwards or outwards", _lines(lines.spiral), 0.5),
    "curls": Negative("a row of loops", _lines(lines.curls), 0.5),
    "wave": Negative("a lying wave", _lines(lines.wave), 0.5),
    "hatching": Negative("parallel or crossed lines", _lines(lines.hatching)),
    "dots": Negative("dots and ticks", _lines(lines.dots), 0.5),
    "bars": Negative("lying lines and angles", _lines(lines.bars), 0.5),
    "outline": Negative("a heart, a cloud, a moon, a flash, a face", _lines(outlines.outline), 3.0),
    "polygon": Negative("a triangle, a square, a star", _lines(lines.polygon)),
    "cross": Negative("a cross, a tick, an arrow", _lines(lines.cross), 0.5),
}

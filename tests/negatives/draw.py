"""Draws the test set of what is no digit: `PYTHONPATH=packaging/bundled python -m tests.negatives.draw` rewrites `drawings.jsonl.gz` beside it.

Nothing here shares a font, a shape or a generator with `engine.data.synthetic.non_digits`, which training uses, so that a model
is not tested on its own generator; digits to pair and to halve are those of the habit test sets. It needs these
Debian packages: fonts-inter fonts-comic-neue fonts-humor-sans fonts-dkg-handwriting fonts-breip fonts-femkeklaver
fonts-dancingscript fonts-ecolier-court fonts-bwht. The file itself needs none.

Left out are the signs that are a digit's shape: O o (a ring is a 0), I l | / \\ ' ` , (a straight stroke is a 1),
i ! (the same once the dot is taken for a slip of the pen).
"""

import sys
from pathlib import Path

import numpy as np
from glyph_skeletons import glyph_strokes

from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import read_drawings, write_drawings

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts")
FACES = (
    "opentype/inter/Inter-Regular.otf",
    "opentype/inter/Inter-LightItalic.otf",
    "opentype/comic-neue/ComicNeue-Regular.otf",
    "truetype/humor-sans/Humor-Sans.ttf",
    "truetype/fifthhorseman/dkg.ttf",
    "truetype/breip/Breip.ttf",
    "truetype/femkeklaver/femkeklaver.ttf",
    "opentype/dancingscript/DancingScript-Regular.otf",
    "truetype/ecolier-court/Ecolier-court.ttf",
    "opentype/bwht/BecauseWeBuild-Regular.otf",
    "opentype/bwht/BecauseWeLearn-Regular.otf",
)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
SYMBOLS = '"#$%&()*+-:;<=>?@[]^_{}~'

Points = list[tuple[float, float]]
# By hand, on a 100 × 100 sheet.
# ruff: noqa: E501
SHAPES: dict[str, list[Points]] = {
    "heart": [[(50, 30), (40, 12), (22, 8), (8, 22), (10, 44), (28, 68), (50, 92), (72, 68), (90, 44), (92, 22),
               (78, 8), (60, 12), (50, 30)]],
    "house": [[(15, 45), (15, 95), (85, 95), (85, 45), (15, 45)], [(8, 50), (50, 8), (92, 50)],
              [(42, 95), (42, 68), (60, 68), (60, 95)]],
    "face": [[(50, 6), (16, 20), (6, 52), (20, 84), (50, 95), (82, 82), (94, 50), (82, 18), (50, 6)], [(34, 36), (35, 40)],
             [(66, 36), (65, 40)], [(28, 62), (40, 76), (60, 76), (72, 62)]],
    "flash": [[(60, 4), (22, 55), (52, 52), (36, 96), (80, 38), (50, 42), (60, 4)]],
    "moon": [[(62, 6), (30, 20), (20, 52), (32, 82), (66, 94), (46, 74), (42, 50), (46, 26), (62, 6)]],
    "fish": [[(6, 50), (30, 26), (60, 28), (90, 70)], [(6, 50), (30, 74), (60, 72), (90, 30), (90, 70)]],
    "cloud": [[(20, 78), (6, 66), (14, 50), (26, 48), (32, 30), (52, 26), (64, 40), (82, 40), (94, 58), (84, 76), (20, 78)]],
    "lying eight": [[(50, 50), (30, 28), (8, 36), (6, 62), (28, 72), (50, 50), (72, 28), (94, 38), (92, 64), (70, 72), (50, 50)]],
    "flower": [[(50, 50), (38, 20), (62, 20), (50, 50), (84, 40), (80, 66), (50, 50), (60, 84), (36, 82), (50, 50), (16, 62),
                (20, 36), (50, 50)]],
    "man": [[(50, 4), (40, 14), (50, 24), (60, 14), (50, 4)], [(50, 24), (50, 62)], [(24, 40), (76, 40)],
            [(28, 96), (50, 62), (72, 96)]],
    "tree": [[(50, 96), (50, 70)], [(20, 70), (50, 6), (80, 70), (20, 70)]],
    "envelope": [[(5, 25), (95, 25), (95, 80), (5, 80), (5, 25), (50, 56), (95, 25)]],
    "hourglass": [[(20, 8), (80, 8), (22, 92), (80, 92), (20, 8)]],
    "stairs": [[(5, 95), (5, 65), (35, 65), (35, 38), (65, 38), (65, 8), (95, 8)]],
    "fork": [[(30, 5), (32, 40), (68, 40), (70, 5)], [(50, 5), (50, 95)]],
}  # fmt: skip


def varied(strokes: list[np.ndarray], rng: np.random.Generator, turn: float = 8.0) -> list[np.ndarray]:
    """Slanted, turned, stretched and trembling by little."""
    points = np.concatenate(strokes)
    middle, size = (points.max(0) + points.min(0)) / 2, max(float(np.ptp(points, axis=0).max()), 1e-9)
    angle = np.radians(rng.uniform(-turn, turn))
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = matrix @ np.array([[rng.uniform(0.8, 1.2), 0], [rng.uniform(-0.2, 0.2), 1]])
    a, b = rng.normal(0, 0.02, (2, 2)), rng.uniform(3, 9, 2)
    out = []
    for stroke in strokes:
        unit = (stroke - middle) / size
        out.append((unit + a[0] * np.sin(b[0] * unit[:, ::-1]) + a[1] * np.cos(b[1] * unit)) @ matrix)
    return out


def glyph(characters: str, rng: np.random.Generator) -> tuple[list[np.ndarray], dict[str, str]]:
    """A character in one of the faces; one that the face lacks is replaced by another."""
    while True:
        face, character = FACES[rng.integers(len(FACES))], characters[rng.integers(len(characters))]
        strokes = glyph_strokes(FONTS / face, character)
        missing = glyph_strokes(FONTS / face, "\uffff")
        if strokes and [s.tobytes() for s in strokes] != [s.tobytes() for s in missing]:
            strokes = [np.concatenate([s[:-1:4], s[-1:]]) if len(s) > 12 else s for s in strokes]
            return varied(strokes, rng), {"character": character, "face": Path(face).stem}


def scribble(rng: np.random.Generator) -> list[np.ndarray]:
    """Sums of sines of many frequencies, polylines of random corners, or a pen thrown between random targets."""
    kind = rng.integers(3)
    if kind == 0:
        t = np.linspace(0, 2 * np.pi, 160)
        f, phase = rng.uniform(2, 8, (2, 3)), rng.uniform(0, 6, (2, 3))
        return [np.stack([(np.sin(f[axis] * t[:, None] + phase[axis])).sum(1) for axis in (0, 1)], axis=1)]
    if kind == 1:
        return [rng.normal(0, 1, (int(rng.integers(8, 18)), 2))]
    place, speed, target, line = np.zeros(2), rng.normal(0, 0.1, 2), rng.random(2), []
    for step in range(int(rng.integers(100, 260))):
        if step % 12 == 0:
            target = rng.random(2)
        speed = 0.86 * speed + 0.04 * (target - place)
        place = place + speed
        line.append(place)
    return [np.array(line)]


def several(digits: list[Drawing], rng: np.random.Generator) -> list[np.ndarray]:
    """Two digits side by side with a gap of 5 to 60 % of their height."""
    right, strokes = 0.0, []
    for digit in (digits[rng.integers(len(digits))] for _ in range(2)):
        points = np.concatenate([s.points for s in digit.strokes])
        height = max(float(np.ptp(points[:, 1])), 1e-9)
        moved = [(s.points - points.min(0)) / height + [right, 0] for s in digit.strokes]
        right = max(float(s[:, 0].max()) for s in moved) + rng.uniform(0.05, 0.6)
        strokes += moved
    return strokes


def half(digits: list[Drawing], rng: np.random.Generator) -> list[np.ndarray]:
    """The upper half of a 0, 4 or 5, or the left half of a 0, 3 or 8: what is left is no digit."""
    while True:
        digit = digits[rng.integers(len(digits))]
        axis = int(rng.integers(2))
        if digit.label not in ((0, 3, 8), (0, 4, 5))[axis]:
            continue
        points = np.concatenate([s.points for s in digit.strokes])
        middle = (points.min(0) + points.max(0))[axis] / 2
        kept = []
        for stroke in digit.strokes:
            inside = stroke.points[:, axis] < middle
            edges = np.flatnonzero(np.diff(inside.astype(int))) + 1
            kept += [part for part in np.split(stroke.points, edges) if len(part) > 1 and part[0, axis] < middle]
        return varied(kept, rng)


def draw_all(count: int) -> list[Drawing]:
    """`count` letters and half as many of each other kind."""
    rng = np.random.default_rng(7)
    digits = read_drawings(HERE.parent / "habits" / "drawings.jsonl.gz")
    drawings = []

    def add(kind: str, strokes: list[np.ndarray], **extra: str) -> None:
        points = np.concatenate(strokes)
        scale = 1000 / max(float(np.ptp(points, axis=0).max()), 1e-9)
        rounded = tuple(Stroke(np.rint((stroke - points.min(0)) * scale)) for stroke in strokes)
        drawings.append(Drawing(rounded, None, {"negative": kind, **extra}))

    for kind, characters, share in (("letter", LETTERS, 1.0), ("symbol", SYMBOLS, 0.5)):
        for _ in range(int(count * share)):
            strokes, extra = glyph(characters, rng)
            add(kind, strokes, **extra)
    for _ in range(count // 2):
        add("scribble", scribble(rng))
        name = list(SHAPES)[rng.integers(len(SHAPES))]
        add("shape", varied([np.array(stroke, float) for stroke in SHAPES[name]], rng), shape=name)
        add("several digits", several(digits, rng))
        add("half digit", half(digits, rng))
    return drawings


if __name__ == "__main__":
    write_drawings(HERE / "drawings.jsonl.gz", draw_all(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

"""Rebuild `glyphs.jsonl.gz`: letters and symbols as pen strokes, from the Hershey fonts and some outline fonts.

    python packaging/bundled/rebuild_glyphs.py FONTS_FOLDER

The folder is Debian's /usr/share/fonts/truetype with the packages fonts-dejavu-core fonts-dejavu-extra fonts-tuffy
fonts-open-sans fonts-roboto-unhinted fonts-lato fonts-quicksand fonts-comfortaa fonts-klee fonts-kristi
fonts-liberation; the Hershey fonts come from the Python package `hershey-fonts` 2.1.0. None of them is needed to run
the program or its tests.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
from glyph_skeletons import glyph_strokes

from engine.data import bundled
from engine.data.synthetic.non_digits import DIGIT_SHAPES, GLYPH_FILE
from engine.ink.drawing import Drawing, PointArray, Stroke
from engine.ink.drawing_files import write_drawings

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
SYMBOLS = '#$%&()*+-:;<=>?@[]^_{}~"£€§±×÷√∞≈≠≤≥∑∫∂πΔΩαβγδεθλμφψω←↑→↓♥★☺✓'
HERSHEY_FACES = ("futural", "scripts", "cursive", "greeks", "markers")
# Light cuts, hands and slab serifs beside each other: what a letter's lines may look like.
OUTLINE_FACES = (
    "dejavu/DejaVuSans",
    "dejavu/DejaVuSans-Oblique",
    "dejavu/DejaVuSerif-Italic",
    "dejavu/DejaVuSansMono",
    "tuffy/tuffy_regular",
    "tuffy/tuffy_italic",
    "open-sans/OpenSans-Light",
    "roboto/unhinted/RobotoTTF/Roboto-Light",
    "lato/Lato-Light",
    "quicksand/Quicksand-Light",
    "comfortaa/Comfortaa-Light",
    "klee/KleeOne-Regular",
    "kristi/Kristi",
    "liberation/LiberationMono-Italic",
    "liberation/LiberationSerif-Regular",
)
_GRID = 100  # a glyph's longer side in the file's whole units


def hershey_glyphs() -> list[Drawing]:
    """The single-stroke faces' glyphs; a face may have other signs than ASCII's at ASCII's places."""
    fonts = importlib.import_module("HersheyFonts").HersheyFonts()
    glyphs = []
    for face in HERSHEY_FACES:
        fonts.load_default_font(face)
        for character in (chr(code) for code in range(33, 127)):
            if character.isdigit() or character in DIGIT_SHAPES:
                continue
            strokes = [np.array(list(stroke), np.float64) for stroke in fonts.strokes_for_text(character)]
            glyphs.append(_glyph(f"Hershey {face}", character, [stroke for stroke in strokes if len(stroke)]))
    return [glyph for glyph in glyphs if glyph.strokes]


def outline_glyphs(folder: Path) -> list[Drawing]:
    """The centre lines of the outline faces' letters and symbols."""
    glyphs = []
    for face in OUTLINE_FACES:
        missing = [stroke.tobytes() for stroke in glyph_strokes(folder / f"{face}.ttf", "\uffff")]
        for character in LETTERS + SYMBOLS:
            strokes = glyph_strokes(folder / f"{face}.ttf", character)
            if strokes and [stroke.tobytes() for stroke in strokes] != missing:
                glyphs.append(_glyph(Path(face).name, character, strokes))
    return glyphs


def _glyph(face: str, character: str, strokes: list[PointArray]) -> Drawing:
    if not strokes:
        return Drawing()
    points = np.concatenate(strokes)
    lower = points.min(axis=0)
    scale = _GRID / max(float(np.ptp(points, axis=0).max()), 1e-9)
    kept = []
    for stroke in strokes:
        # Every third pixel of a traced line says enough.
        thinned = np.concatenate([stroke[:-1:3], stroke[-1:]]) if len(stroke) > 12 else stroke
        kept.append(Stroke(np.rint((thinned - lower) * scale)))
    return Drawing(tuple(kept), None, {"face": face, "character": character})


if __name__ == "__main__":
    drawings = [*hershey_glyphs(), *outline_glyphs(Path(sys.argv[1]))]
    target = Path(bundled.__file__).with_name(GLYPH_FILE)
    write_drawings(target, drawings)
    sys.stdout.write(f"{target}: {len(drawings)} glyphs, {target.stat().st_size} bytes\n")

"""Rebuild `glyphs.jsonl.gz`: letters and symbols as pen strokes, from the Hershey and the DejaVu fonts.

    python -m engine.data.bundled.rebuild_glyphs DEJAVU_FOLDER

The folder is the one with `DejaVuSans.ttf` (Debian: fonts-dejavu-core, fonts-dejavu-extra); the Hershey fonts come
from the Python package `hershey-fonts` 2.1.0. Neither is needed to run the program or its tests.
"""

import importlib
import sys
from pathlib import Path

import numpy as np

from engine.data.centre_lines import glyph_strokes
from engine.data.not_digits import DIGIT_SHAPES, GLYPH_FILE
from engine.drawing import Drawing, PointArray, Stroke
from engine.drawing_files import write_drawings

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
SYMBOLS = '#$%&()*+-:;<=>?@[]^_{}~"£€§±×÷√∞≈≠≤≥∑∫∂πΔΩαβγδεθλμφψω←↑→↓♥★☺✓'
HERSHEY_FACES = ("futural", "scripts", "cursive", "greeks", "markers")
DEJAVU_FACES = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif-Italic", "DejaVuSansMono")
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


def dejavu_glyphs(folder: Path) -> list[Drawing]:
    """The centre lines of DejaVu's letters and symbols."""
    glyphs = []
    for face in DEJAVU_FACES:
        missing = [stroke.tobytes() for stroke in glyph_strokes(folder / f"{face}.ttf", "\uffff")]
        for character in LETTERS + SYMBOLS:
            strokes = glyph_strokes(folder / f"{face}.ttf", character)
            if strokes and [stroke.tobytes() for stroke in strokes] != missing:
                glyphs.append(_glyph(face, character, strokes))
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
    drawings = [*hershey_glyphs(), *dejavu_glyphs(Path(sys.argv[1]))]
    target = Path(__file__).with_name(GLYPH_FILE)
    write_drawings(target, drawings)
    sys.stdout.write(f"{target}: {len(drawings)} glyphs, {target.stat().st_size} bytes\n")

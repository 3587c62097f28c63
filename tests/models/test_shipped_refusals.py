"""The shipped recogniser on what is no digit, and on the world's ways to write digits."""

from pathlib import Path

import numpy as np

from engine.ink import features_from_drawings
from engine.ink.drawing_files import read_drawings
from models import load

TESTS = Path(__file__).parent.parent
MODEL = load()


def features_of(file):
    drawings = read_drawings(TESTS / file / "drawings.jsonl.gz")
    return drawings, np.stack(features_from_drawings(drawings))


def test_scribbles_letters_symbols_and_pairs_are_refused():
    drawings, features = features_of("negatives")
    kinds = np.array([drawing.extra["negative"] for drawing in drawings])
    refused = MODEL.rejects(features)
    signs = np.isin(kinds, ["scribble", "letter", "symbol"])
    assert refused[signs].mean() >= 0.90
    assert refused[kinds == "several digits"].mean() >= 0.95
    # The lookalikes may be taken for digits, but nothing refused is answered with confidence.
    assert MODEL.answer(features)[refused].max() < 0.8


def test_digits_of_all_habits_are_answered():
    _, features = features_of("habits")
    assert MODEL.rejects(features).mean() <= 0.01

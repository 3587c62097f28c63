"""The full recipe made small enough for a test, and a file of pen strokes by ten writers."""

import numpy as np
import pytest

import models.recipes.full_recipe
from engine.data import load_bundled
from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings
from models.recipes.full_recipe import Amounts, HeldOut, full_recipe


@pytest.fixture
def small_recipe(monkeypatch):
    """A function that gives a calibration fold's data, with amounts that a test can wait for, here and in commands."""
    monkeypatch.setattr(models.recipes.full_recipe, "FULL_AMOUNTS", Amounts(2, 2, 3, 20))
    return lambda pen_file: full_recipe([pen_file, "bundled"], HeldOut(1, 500), 0)


@pytest.fixture
def pen_file(tmp_path):
    rng = np.random.default_rng(0)
    drawings = [
        Drawing(draw_style(name, rng).strokes, WRITING_STYLES[name].label, {"writer": writer})
        for writer in range(10)
        for name in list(WRITING_STYLES)[:3]
    ]
    path = tmp_path / "pen.jsonl"
    write_drawings(path, drawings)
    return str(path)


@pytest.fixture
def small_digits(tmp_path):
    """300 bundled digits as an .npz file."""
    digits = load_bundled()
    path = tmp_path / "digits.npz"
    np.savez(path, images=digits.images[:300], labels=digits.labels[:300])
    return path

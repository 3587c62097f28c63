"""Drawings of quick and loose hands: few points, cut corners, and styles that the training writers did not have."""

import numpy as np
import pytest

from engine.data.augmentation.haste import Haste, hurry
from engine.data.synthetic.loose_styles import LOOSE_STYLES
from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.ink import features_from_drawing, features_from_drawings
from engine.ink.drawing import Drawing, Stroke
from tests.tables import over

SQUARE = Drawing(
    (Stroke(np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)), Stroke(np.array([[20, 50], [80, 50]], float))),
    4,
    {"writer": "w"},
)
STILL = Haste(sparse=0, cutting=0, overshoot=0, jitter=0, join=0, slant=0, squeeze=1, rotation=0)


def test_equal_seeds_give_equal_haste_and_keys_are_kept():
    first, second = (hurry(SQUARE, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a.points, b.points) for a, b in zip(first.strokes, second.strokes, strict=True))
    assert (first.label, first.extra) == (4, {"writer": "w"})
    assert not np.array_equal(hurry(SQUARE, np.random.default_rng(4)).strokes[0].points, first.strokes[0].points)


def test_without_haste_the_line_stays_where_it_is():
    drawing = draw_style("crossed 7", np.random.default_rng(0), wobble=0.0)
    still = hurry(drawing, np.random.default_rng(0), STILL)
    assert np.abs(features_from_drawing(still) - features_from_drawing(drawing)).mean() < 0.02


def test_a_slow_device_reports_few_points():
    haste = Haste(sparse=1.0)
    counts = [
        sum(len(stroke.points) for stroke in hurry(SQUARE, np.random.default_rng(seed), haste).strokes)
        for seed in range(40)
    ]
    assert 4 <= min(counts) <= max(counts) <= haste.points[1] + 1


def test_corners_are_cut():
    def distance(haste: Haste) -> float:
        hands = [hurry(SQUARE, np.random.default_rng(seed), haste).strokes[0].points for seed in range(20)]
        return float(np.mean([np.hypot(*(points - [100, 0]).T).min() for points in hands]))

    assert distance(Haste(**{**_still(), "cutting": 0.4})) > distance(STILL) + 2


def _still() -> dict[str, float]:
    return {name: getattr(STILL, name) for name in STILL.__slots__}


def test_strokes_may_be_joined_and_blank_drawings_stay():
    assert len(hurry(SQUARE, np.random.default_rng(0), Haste(**{**_still(), "join": 1.0})).strokes) == 1
    blank = Drawing(())
    assert hurry(blank, np.random.default_rng(0)) is blank
    dot = Drawing((Stroke(np.array([[3.0, 4.0]])),), 1)
    assert hurry(dot, np.random.default_rng(0)) is dot


@over("name", LOOSE_STYLES)
def test_every_loose_style_draws_its_digit_in_many_ways(name):
    rng = np.random.default_rng(2)
    drawings = [draw_style(name, rng) for _ in range(5)]
    tiles = features_from_drawings(drawings)
    assert WRITING_STYLES[name].label == LOOSE_STYLES[name][0] == drawings[0].label
    assert all(tile is not None and tile.max() == pytest.approx(1, abs=0.01) for tile in tiles)
    assert np.abs(tiles[0] - tiles[1]).mean() > 0.005

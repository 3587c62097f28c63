"""What is no digit: every kind can be drawn, again and again the same, and none has a digit's very shape."""

from pathlib import Path

import numpy as np
import pytest
from glyph_skeletons import trace

from engine.data.synthetic.non_digits import DIGIT_SHAPES, NEGATIVES, draw_negative, draw_negatives, load_glyphs
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.ink.photos.thinning import thinned

TEST_SET = Path(__file__).parents[2] / "negatives" / "drawings.jsonl.gz"


@pytest.mark.parametrize("kind", NEGATIVES)
def test_every_kind_gives_ink_without_a_label(kind):
    rng = np.random.default_rng(0)
    for _ in range(12):
        drawing = draw_negative(kind, rng)
        assert drawing.label is None
        assert drawing.extra["negative"] == kind
        features = features_from_drawing(drawing)
        assert features is not None
        assert features.max() == 1


def test_the_same_seed_gives_the_same_drawings():
    first, second = (draw_negatives(20, np.random.default_rng(3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.extra == other.extra
        for left, right in zip(one.strokes, other.strokes, strict=True):
            np.testing.assert_array_equal(left.points, right.points)


def test_pairs_are_made_of_the_given_digits():
    bar = Drawing.from_points([[(0, 0), (0, 1)]], 1)
    drawing = draw_negative("several digits", np.random.default_rng(1), [bar])
    assert 2 <= len(drawing.strokes) <= 3
    assert all(np.ptp(stroke.points[:, 0]) < 0.6 * np.ptp(stroke.points[:, 1]) for stroke in drawing.strokes)


def test_no_glyph_has_the_shape_of_a_digit():
    characters = {glyph.extra["character"] for glyph in load_glyphs()}
    assert not characters & DIGIT_SHAPES
    assert not characters & set("0123456789")
    assert set("ABCXYZabcxyz+?&") <= characters


def test_the_test_set_has_all_kinds_and_only_drawings_with_ink():
    drawings = read_drawings(TEST_SET)
    kinds = {drawing.extra["negative"] for drawing in drawings}
    assert kinds == {"letter", "symbol", "scribble", "shape", "several digits", "half digit"}
    assert all(not drawing.is_blank for drawing in drawings)


def test_a_thick_cross_is_thinned_and_traced_to_four_arms():
    ink = np.zeros((41, 41), bool)
    ink[17:24, 3:38] = ink[3:38, 17:24] = True
    skeleton = thinned(ink)
    assert skeleton.sum() < 80
    lengths = sorted(len(line) for line in trace(skeleton))
    assert len([length for length in lengths if length > 10]) == 4


def test_a_ring_is_traced_to_one_closed_line():
    y, x = np.indices((41, 41)) - 20
    distance = np.hypot(x, y)
    lines = trace(thinned((distance > 11) & (distance < 18)))
    assert len(lines) == 1
    np.testing.assert_array_equal(lines[0][0], lines[0][-1])

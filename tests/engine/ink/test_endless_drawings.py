"""Scribbles without end: bounded work, whatever they hold, and ordinary drawings as they were."""

import numpy as np
import pytest

from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing, Stroke
from engine.ink.segmentation import candidate_groups
from engine.ink.strokes.centre_line import curves_of
from engine.ink.strokes.features import centre_lines

MOST_POINTS, MOST_FINISHED = 8_000, 4_000


def scribble(strokes: int, points: int) -> Drawing:
    rng = np.random.default_rng(strokes)
    return Drawing(tuple(Stroke(rng.normal(0, 50, (points, 2))) for _ in range(strokes)))


@pytest.mark.parametrize(("strokes", "points"), [(1, 300_000), (64, 2_000), (10_000, 5), (64, 20)])
def test_no_scribble_becomes_a_longer_line_than_a_digit_needs(strokes: int, points: int) -> None:
    drawing = scribble(strokes, points)
    (lines,) = centre_lines([drawing])
    assert 0 < len(lines) <= 64
    assert sum(map(len, lines)) <= MOST_FINISHED + 2 * len(lines)
    features = features_from_drawing(drawing)
    assert features is not None
    assert features.max() == 1


def test_the_ends_of_a_thinned_stroke_stay() -> None:
    points = np.stack([np.linspace(0, 100, 100_001), np.zeros(100_001)], axis=1)
    ((curve,),) = curves_of([Drawing((Stroke(points),))])
    assert len(curve) <= MOST_POINTS + 1
    assert curve[0].tolist() == [0, 0]
    assert curve[-1].tolist() == [100, 0]


def test_ordinary_drawings_keep_every_point() -> None:
    drawing = scribble(40, 180)
    for curve, stroke in zip(curves_of([drawing])[0], drawing.strokes, strict=True):
        np.testing.assert_array_equal(curve, stroke.points)


def test_more_strokes_than_a_number_has_are_one_group() -> None:
    drawing = scribble(10_000, 3)
    (group,) = candidate_groups(drawing)
    assert group.strokes == tuple(range(10_000))
    left, top, right, bottom = group.box
    assert left < 0 < right
    assert top < 0 < bottom
    assert candidate_groups(Drawing((Stroke(np.zeros((0, 2))),) * 100)) == ()


@pytest.mark.parametrize(("strokes", "groups"), [(16, 2), (17, 1)])
def test_a_place_with_more_strokes_than_a_digit_has_makes_the_drawing_a_scribble(strokes: int, groups: int) -> None:
    across = [[(0.0, height), (1.0, 1 - height)] for height in np.linspace(0, 1, strokes)]
    drawing = Drawing.from_points([*across, [(5.0, 0.0), (5.0, 1.0)]])
    found = candidate_groups(drawing)
    assert len(found) == groups
    assert found[-1].strokes == (tuple(range(strokes + 1)) if groups == 1 else (strokes,))

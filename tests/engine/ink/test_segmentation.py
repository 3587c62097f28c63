"""From strokes to the groups that may be digits, and the best way to share the strokes out."""

import math

import numpy as np
import pytest

from engine.ink.drawing import Drawing, Stroke
from engine.ink.segmentation import StrokeGroup, best_partition, candidate_groups

# On a sheet where a digit is 100 high, y down.
ONE = [[(0, 0), (0, 100)]]
SEVEN = [[(0, 0), (60, 0), (25, 100)], [(15, 50), (60, 45)]]
FIVE = [[(5, 5), (0, 40), (40, 40), (50, 70), (30, 100), (0, 90)], [(12, 0), (55, -4)]]
FOUR = [[(15, 0), (0, 60), (55, 60)], [(45, 20), (40, 100)]]
RINGS = [
    [(25 + 20 * math.sin(t), 24 - 24 * math.cos(t)) for t in np.linspace(0, 6.3, 30)],
    [(25 + 25 * math.sin(t), 75 - 25 * math.cos(t)) for t in np.linspace(0, 6.3, 30)],
]


def row(*digits, gap=30.0, width=0.0):
    """A drawing of digits side by side."""
    strokes, right = [], 0.0
    for digit in digits:
        curves = [np.array(curve, np.float64) for curve in digit]
        left = min(curve[:, 0].min() for curve in curves)
        curves = [curve + np.array([right - left, 0.0]) for curve in curves]
        right = max(curve[:, 0].max() for curve in curves) + gap
        strokes += [Stroke(curve, width=width) for curve in curves]
    return Drawing(tuple(strokes))


def moved(drawing, scale, shift):
    return Drawing(tuple(Stroke(stroke.points * scale + shift) for stroke in drawing.strokes))


@pytest.mark.parametrize("digit", [ONE, SEVEN, FIVE, FOUR, RINGS])
def test_the_strokes_of_one_digit_stay_together_without_asking_a_model(digit):
    (group,) = candidate_groups(row(digit))
    assert group.strokes == tuple(range(len(digit)))
    assert group.log_prior == 0.0


def test_digits_well_apart_are_separated_whatever_their_strokes():
    groups = candidate_groups(row(SEVEN, FIVE, ONE, FOUR, RINGS, gap=45))
    likelihoods = [0.0] * len(groups)
    chosen, confidence = best_partition(groups, likelihoods)
    assert [groups[place].strokes for place in chosen] == [(0, 1), (2, 3), (4,), (5, 6), (7, 8)]
    assert confidence > 0.9


def test_the_order_of_writing_does_not_matter():
    drawing = row(SEVEN, ONE, FIVE)
    order = [3, 0, 4, 2, 1]
    shuffled = Drawing(tuple(drawing.strokes[place] for place in order))
    expected = [[order.index(stroke) for stroke in group.strokes] for group in candidate_groups(drawing)]
    assert [list(group.strokes) for group in candidate_groups(shuffled)] == [sorted(group) for group in expected]


def test_size_and_place_do_not_matter():
    drawing = row(SEVEN, ONE, ONE, FOUR, gap=18)
    original = candidate_groups(drawing)
    shift = np.array([-3.0, 7.5])
    for group, other in zip(original, candidate_groups(moved(drawing, 0.01, shift)), strict=True):
        assert group.strokes == other.strokes
        assert group.log_prior == pytest.approx(other.log_prior, abs=1e-6)
        assert np.array(other.box).reshape(2, 2) == pytest.approx(np.array(group.box).reshape(2, 2) * 0.01 + shift)


def test_doubtful_neighbours_are_offered_both_together_and_apart():
    groups = candidate_groups(row(ONE, ONE, gap=20))
    assert [group.strokes for group in groups] == [(0,), (0, 1), (1,)]


def test_boxes_include_the_pen():
    groups = candidate_groups(row(ONE, ONE, gap=80, width=10))
    assert [group.box for group in groups] == [(-5, -5, 5, 105), (75, -5, 85, 105)]


def test_stray_dots_are_left_out_and_a_dot_in_a_zero_is_not_a_digit():
    zero = [[(25 + 25 * math.sin(t), 50 - 50 * math.cos(t)) for t in np.linspace(0, 6.3, 40)]]
    dot = [[(25, 50), (26, 53)]]
    assert len(candidate_groups(row(zero + dot, ONE, gap=60))) == 2
    far = [[(0, 100), (4, 112)]]
    assert [group.strokes for group in candidate_groups(row(zero, far, zero, gap=60))] == [(0,), (2,)]


def test_blank_drawings_dots_and_broken_points():
    assert candidate_groups(Drawing()) == ()
    assert candidate_groups(Drawing.from_points([[]])) == ()
    assert candidate_groups(Drawing.from_points([[(np.nan, 0.0)]])) == ()
    assert [group.strokes for group in candidate_groups(Drawing.from_points([[(3.0, 4.0)]]))] == [(0,)]
    assert [group.strokes for group in candidate_groups(Drawing.from_points([[(3.0, 4.0)], [(3.0, 4.0)]]))] == [(0, 1)]
    broken = Drawing.from_points([[(np.inf, 1.0)], [(0.0, 0.0), (np.nan, 1.0), (0.0, 9.0)]])
    assert [group.strokes for group in candidate_groups(broken)] == [(1,)]


def test_a_scribble_of_many_strokes_is_one_group():
    rng = np.random.default_rng(0)
    scribble = Drawing(tuple(Stroke(rng.uniform(0, 100, (20, 2))) for _ in range(100)))
    assert len(candidate_groups(scribble)) == 1


def group(first, stop, prior=0.0):
    return StrokeGroup(tuple(range(first, stop)), (0.0, 0.0, 1.0, 1.0), first, stop, prior)


def test_the_partition_is_the_best_of_all_and_its_probability_is_its_share():
    groups = [group(0, 1, -1.0), group(0, 2, -0.5), group(1, 2, -0.2), group(1, 3, -3.0), group(2, 3, -0.1)]
    likelihoods = [-0.1, -2.0, -0.3, -0.4, -0.2]
    scores = [group.log_prior + value for group, value in zip(groups, likelihoods, strict=True)]
    every = {(0, 2, 4): scores[0] + scores[2] + scores[4], (1, 4): scores[1] + scores[4], (0, 3): scores[0] + scores[3]}
    chosen, probability = best_partition(groups, likelihoods)
    best = max(every, key=every.get)
    assert tuple(chosen) == best
    assert probability == pytest.approx(math.exp(every[best]) / sum(math.exp(score) for score in every.values()))


def test_the_model_decides_where_the_places_leave_doubt():
    groups = [group(0, 1, -0.7), group(0, 2, -0.7), group(1, 2)]
    assert best_partition(groups, [-0.1, -3.0, -0.1])[0] == [0, 2]
    assert best_partition(groups, [-3.0, -0.1, -3.0])[0] == [1]

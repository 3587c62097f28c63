import numpy as np
import pytest

from engine.ink.drawing import Stroke
from gui.canvas.stroke_geometry import distance_to_segment, erase, smooth_curve
from gui.lab.stroke_fitting import fit_to_canvas


def line(x0, y0, x1, y1, count=11, width=0.05):
    return Stroke(np.linspace((x0, y0), (x1, y1), count), None, width)


def test_curve_keeps_the_ends_and_is_fine():
    stroke = Stroke(np.array([(0.1, 0.1), (0.5, 0.2), (0.6, 0.9)]), np.array([0.0, 0.5, 1.0]))
    points, pressures = smooth_curve(stroke, 0.01)
    np.testing.assert_allclose(points[[0, -1]], stroke.points[[0, -1]])
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 0.0101
    assert pressures[0] == 0
    assert pressures[-1] == 1
    assert (np.diff(pressures) >= 0).all()


def test_curve_passes_through_the_middles_with_the_chords_direction():
    corners = np.array([(0.0, 0.0), (0.4, 0.0), (0.4, 0.4)])
    points, _ = smooth_curve(Stroke(corners), 0.001)
    for middle in (corners[:-1] + corners[1:]) / 2:
        assert np.hypot(*(points - middle).T).min() < 1e-3
    # The corner itself is rounded off.
    assert np.hypot(*(points - corners[1]).T).min() > 0.05


def test_a_dot_stays_a_dot():
    points, pressures = smooth_curve(Stroke(np.array([(0.3, 0.4)])), 0.01)
    assert points.tolist() == [[0.3, 0.4]]
    assert pressures is None


def test_distance_to_segment():
    points = np.array([(0.0, 1.0), (5.0, 0.0), (-3.0, 4.0)])
    distances = distance_to_segment(points, np.array((0.0, 0.0)), np.array((2.0, 0.0)))
    np.testing.assert_allclose(distances, [1.0, 3.0, 5.0])
    np.testing.assert_allclose(distance_to_segment(points[:1], points[0], points[0]), [0.0])


def test_erasing_across_cuts_in_two_where_the_eraser_passed():
    pieces = erase(line(0.1, 0.5, 0.9, 0.5), np.array((0.5, 0.2)), np.array((0.5, 0.8)), 0.05)
    left, right = pieces
    # What goes is the eraser's radius and half the ink's width on either side.
    assert left.points[-1, 0] == pytest.approx(0.5 - 0.075, abs=0.006)
    assert right.points[0, 0] == pytest.approx(0.5 + 0.075, abs=0.006)
    assert left.points[0].tolist() == [0.1, 0.5]
    assert left.width == right.width == 0.05


def test_a_fast_stroke_of_two_points_is_cut_too():
    pieces = erase(line(0.0, 0.0, 1.0, 1.0, count=2), np.array((0.5, 0.5)), np.array((0.5, 0.5)), 0.05)
    assert len(pieces) == 2


def test_erasing_elsewhere_changes_nothing():
    assert erase(line(0.1, 0.1, 0.9, 0.1), np.array((0.1, 0.8)), np.array((0.9, 0.8)), 0.05) is None
    # Inside the bounding box, but not on the line.
    assert erase(line(0.1, 0.1, 0.9, 0.9), np.array((0.8, 0.2)), np.array((0.8, 0.2)), 0.05) is None


def test_erasing_everything_leaves_nothing():
    assert erase(line(0.4, 0.5, 0.6, 0.5), np.array((0.3, 0.5)), np.array((0.7, 0.5)), 0.05) == []


def test_erasing_keeps_the_pressure_of_what_remains():
    points = np.linspace((0.0, 0.5), (1.0, 0.5), 21)
    pieces = erase(Stroke(points, np.linspace(0, 1, 21), 0.05), np.array((0.5, 0.5)), np.array((0.5, 0.5)), 0.05)
    assert pieces[0].pressures.max() < 0.5 < pieces[1].pressures.min()
    assert len(pieces[0].pressures) == len(pieces[0].points)


def test_drawings_of_any_unit_are_fitted():
    strokes = (Stroke(np.array([(100.0, 0.0), (100.0, 400.0)])), Stroke(np.array([(200.0, 100.0)]), None, 40.0))
    fitted = fit_to_canvas(strokes, 0.07)
    every = np.concatenate([stroke.points for stroke in fitted])
    assert every[:, 1].min() == pytest.approx(0.15)
    assert every[:, 1].max() == pytest.approx(0.85)
    # The aspect is kept.
    assert np.ptp(every[:, 0]) == pytest.approx(0.7 / 4)
    assert fitted[0].width == 0.07
    assert fitted[1].width == pytest.approx(0.07)


def test_drawings_on_the_canvas_stay_where_they_are():
    stroke = line(0.0, 0.2, 1.0, 0.2)
    (kept,) = fit_to_canvas((stroke,), 0.07)
    np.testing.assert_array_equal(kept.points, stroke.points)
    assert fit_to_canvas((), 0.07) == ()

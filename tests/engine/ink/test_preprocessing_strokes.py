import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from engine.ink import PreprocessingSteps, drawing_steps, features_from_drawing
from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import read_drawings
from engine.ink.strokes.features import median
from engine.ink.strokes.rasterize import paint
from tests.tables import over

HABITS = Path(__file__).parents[2] / "habits" / "drawings.jsonl.gz"
Shape = Callable[[np.ndarray], list[np.ndarray]]


def curve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], axis=1)


def three(t: np.ndarray) -> list[np.ndarray]:
    return [curve(0.5 + 0.25 * np.sin(4.4 * t * np.pi / 2 + 0.8), t + 0.0 * t)]


def zero(t: np.ndarray) -> list[np.ndarray]:
    return [curve(0.3 * np.sin(2 * np.pi * t), -0.5 * np.cos(2 * np.pi * t))]


def seven(t: np.ndarray) -> list[np.ndarray]:
    # The pen slows down at a corner, as a hand does.
    slow = np.where(t < 0.5, np.sin(np.pi * t), 2 - np.sin(np.pi * t))
    x = np.where(slow < 1, slow * 0.6, 0.6 - 0.4 * (slow - 1))
    y = np.where(slow < 1, 0.0, slow - 1)
    return [curve(x, y), curve(0.25 + 0.35 * t, np.full_like(t, 0.5))]


def eight(t: np.ndarray) -> list[np.ndarray]:
    return [curve(0.25 * np.sin(4 * np.pi * t), -0.5 * np.cos(2 * np.pi * t))]


SHAPES: dict[str, Shape] = {"3": three, "0": zero, "7": seven, "8": eight}


def sampled(shape: Shape, hertz: float = 125, seconds: float = 1.0) -> list[np.ndarray]:
    strokes = shape(np.linspace(0, 1, max(2, round(hertz * seconds))))
    lower = np.min([stroke.min(axis=0) for stroke in strokes], axis=0)
    upper = np.max([stroke.max(axis=0) for stroke in strokes], axis=0)
    return [(stroke - lower) / (upper - lower).max() for stroke in strokes]


def drawing(strokes: list[np.ndarray], width: float = 0.0) -> Drawing:
    return Drawing(tuple(Stroke(stroke, None, width) for stroke in strokes))


def features(strokes: list[np.ndarray], width: float = 0.0) -> np.ndarray:
    result = features_from_drawing(drawing(strokes, width))
    assert result is not None
    assert (result.shape, result.dtype) == ((20, 20), np.float32)
    assert 0.0 <= result.min() <= result.max() == 1.0
    return result


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("size", [0.15, 0.4, 0.95])
@pytest.mark.parametrize("pen", [4 / 280, 40 / 280])
@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, 0.3)])
def test_size_place_and_pen_do_not_matter(name: str, size: float, pen: float, place: tuple[float, float]) -> None:
    strokes = sampled(SHAPES[name])
    exact, moved = features(strokes, 0.1), [stroke * size + np.array(place) * (1 - size) for stroke in strokes]
    for unit in (1.0, 280.0, 3000.0):
        difference = np.abs(features([stroke * unit for stroke in moved], pen * unit) - exact)
        assert difference.max() <= 0.002


@over("name", SHAPES)
@over("hertz", [30, 60, 250, 1000])
def test_sampling_rate_does_not_matter(name: str, hertz: float) -> None:
    difference = np.abs(features(sampled(SHAPES[name], hertz)) - features(sampled(SHAPES[name])))
    assert difference.mean() <= 0.01


def at_rate(points: np.ndarray, hertz: float, *, round_curve: bool) -> np.ndarray:
    """The points that a device of another rate reports, given those of one of 100 Hz; pen down and up stay."""
    given = np.arange(len(points)) / 100
    wanted = np.append(np.arange(0, given[-1] - 1e-9, 1 / hertz), given[-1])
    if round_curve and len(points) > 3:
        return np.asarray(CubicSpline(given, points, bc_type="natural")(wanted))
    return np.stack([np.interp(wanted, given, points[:, axis]) for axis in (0, 1)], axis=1)


@cache
def of_all_habits() -> tuple[list[list[np.ndarray]], list[np.ndarray]]:
    """Every ninth of the drawings, and its features."""
    drawings = [[stroke.points for stroke in source.strokes] for source in read_drawings(HABITS)[::9]]
    return drawings, [features(strokes) for strokes in drawings]


@pytest.mark.parametrize("round_curve", [False, True])
@pytest.mark.parametrize(("hertz", "allowed"), [(30, 0.05), *((hertz, 0.02) for hertz in (50, 60, 125, 250, 1000))])
def test_no_drawing_changes_with_the_sampling_rate(hertz: float, allowed: float, round_curve: bool) -> None:
    drawings, exact = of_all_habits()
    again = [[at_rate(stroke, hertz, round_curve=round_curve) for stroke in strokes] for strokes in drawings]
    differences = np.array([np.abs(features(a) - b).mean() for a, b in zip(again, exact, strict=True)])
    assert differences.max() <= allowed
    assert differences.mean() <= 0.008
    assert (differences > 0.02).mean() <= 0.06


@pytest.mark.parametrize("name", SHAPES)
def test_lost_reports_hardly_matter(name: str) -> None:
    strokes = sampled(SHAPES[name], 40)
    lossy = [np.delete(stroke, [5, 6, 14, 22, 30], axis=0) for stroke in strokes]
    assert np.abs(features(lossy) - features(strokes)).mean() <= 0.0055


@pytest.mark.parametrize("name", SHAPES)
def test_a_hook_fades_out_as_the_pen_turns_less(name: str) -> None:
    strokes = sampled(SHAPES[name])
    first = strokes[0]
    along = (first[8] - first[0]) / np.linalg.norm(first[8] - first[0])
    across = np.array([-along[1], along[0]])
    lengths, angles = np.linspace(0.04, 0.14, 26), np.linspace(0.4 * np.pi, np.pi, 61)

    def hooked(length: float, angle: float) -> np.ndarray:
        # Towards its end the hook meets the line at `angle`; the points lie close, as those of a slow pen.
        start = first[0] - length * (np.cos(angle) * along + np.sin(angle) * across)
        hook = start + np.linspace(0, 1, 12, endpoint=False)[:, None] * (first[0] - start)
        return features([np.concatenate([hook, first]), *strokes[1:]])

    for row, step in (([hooked(0.06, angle) for angle in angles], 0.008), ([hooked(d, 2.8) for d in lengths], 0.025)):
        assert max(float(np.abs(a - b).mean()) for a, b in pairwise(row)) <= step


@pytest.mark.parametrize("name", SHAPES)
def test_whole_pixels_of_a_mouse_hardly_matter(name: str) -> None:
    exact = features(sampled(SHAPES[name]))
    for pixels, tolerance in ((42, 0.03), (90, 0.015), (300, 0.006)):
        mouse = [np.rint(stroke * pixels + 17.3) for stroke in sampled(SHAPES[name], 250)]
        assert np.abs(features(mouse) - exact).mean() <= tolerance


@pytest.mark.parametrize("name", SHAPES)
def test_slips_of_the_pen_do_no_harm(name: str) -> None:
    strokes = sampled(SHAPES[name])
    exact = features(strokes)
    dot = np.array([[1.4, -0.3]])
    blob = np.array([[-0.4, 0.5], [-0.38, 0.51], [-0.39, 0.49]])
    np.testing.assert_array_equal(features([dot, *strokes, blob]), exact)
    # Writing over the same line again, backwards.
    np.testing.assert_allclose(features([*strokes, strokes[0][::-1]]), exact, atol=1e-5)
    assert np.abs(features([np.concatenate([strokes[0], strokes[0][::-1]]), *strokes[1:]]) - exact).mean() < 0.005
    # The pen lands a little inside the line, jumps back and then writes.
    first = strokes[0]
    hook = first[0] + 0.05 * (first[8] - first[0]) / np.linalg.norm(first[8] - first[0])
    assert np.abs(features([np.concatenate([[hook], first]), *strokes[1:]]) - exact).mean() < 0.002


def test_ink_box_fills_the_tile_and_keeps_its_aspect() -> None:
    result = features([np.array([[0.0, 0.0], [0.0, 3.0]])])
    inked = result > 0
    assert inked.any(axis=1).all()
    assert inked.any(axis=0).sum() == 4  # 2.25 wide, centred between two columns
    np.testing.assert_allclose(result.sum(axis=1)[2:-2], 2.25, atol=0.02)
    np.testing.assert_allclose(result, result[:, ::-1], atol=1e-6)
    wide = features([np.array([[10.0, 5.0], [40.0, 5.0]])])
    np.testing.assert_allclose(wide, result.T, atol=1e-6)


def test_corners_stay_and_coarse_curves_become_round() -> None:
    corner = features([np.array([[0.0, 0.0], [1.0, 0.0], [0.3, 1.5]])])
    assert corner[0].max() > 0.5
    assert corner[:, -4:].max(initial=0) <= 1
    eight_points = features(sampled(zero, hertz=12))
    assert np.abs(eight_points - features(sampled(zero))).mean() < 0.01


def test_dot_and_wobbly_click_are_a_dot() -> None:
    point = features([np.array([[5.0, 5.0]])])
    assert (point > 0).sum() == 4 * 4 - 4 or (point > 0).sum() == 4 * 4
    np.testing.assert_allclose(point, point[::-1, ::-1], atol=1e-6)
    np.testing.assert_array_equal(features([np.array([[0.2, 0.2], [0.2, 0.2]])]), point)
    wobble = np.array([[0.5, 0.5], [0.505, 0.5], [0.5, 0.503]])
    np.testing.assert_array_equal(features([wobble], width=0.075), point)
    two = features([np.array([[0.0, 0.0]]), np.array([[0.0, 9.0]])])
    assert two[:3].max() > 0.9
    assert two[-3:].max() > 0.9
    assert not two[5:15].any()


@pytest.mark.parametrize(
    "strokes",
    [
        [],
        [np.zeros((0, 2))],
        [np.array([[np.nan, 1.0]])],
        [np.array([[np.inf, 1.0], [2.0, -np.inf]]), np.zeros((0, 2))],
    ],
)
def test_blank_is_none(strokes: list[np.ndarray]) -> None:
    assert features_from_drawing(drawing(strokes)) is None
    assert drawing_steps(drawing(strokes)) == ()


def test_unusable_points_are_left_out() -> None:
    strokes = sampled(three)
    spoilt = np.insert(strokes[0], [0, 40], [[np.nan, 0.0], [0.0, np.inf]], axis=0)
    np.testing.assert_array_equal(features([spoilt]), features(strokes))


@given(
    st.lists(
        st.lists(st.tuples(*[st.floats(-1e300, 1e300) | st.integers(-9, 9).map(float)] * 2), max_size=12), max_size=5
    ),
    st.floats(0, 1e6),
)
@settings(max_examples=150, deadline=None)
def test_anything_gives_features_or_none(strokes: list[list[tuple[float, float]]], width: float) -> None:
    result = features_from_drawing(drawing([np.array(stroke).reshape(-1, 2) for stroke in strokes], width))
    if not any(abs(x) < 1e12 and abs(y) < 1e12 for stroke in strokes for x, y in stroke):
        assert result is None
    else:
        assert result is not None
        assert np.isfinite(result).all()
        assert 0.0 <= result.min() <= result.max() == 1.0


def test_long_scribble_is_answered() -> None:
    rng = np.random.default_rng(1)
    scribble = np.cumsum(rng.normal(size=(20_000, 2)), axis=0)
    for strokes in ([scribble], [rng.random((3, 2)) for _ in range(1000)]):
        result = features(strokes)
        assert result.shape == (20, 20)
        assert result.max() == 1


def test_steps_show_the_way_and_can_be_switched() -> None:
    strokes = [stroke * 0.3 + 0.4 for stroke in sampled(seven)]
    source = drawing([*strokes, np.array([[0.05, 0.05]])], width=0.01)
    steps = drawing_steps(source)
    assert [step.name for step in steps] == ["drawing", "centre line", "repainted", "20×20"]
    assert len(steps[0].curves) == 3
    assert steps[0].pen_width == pytest.approx(0.01)
    assert len(steps[1].curves) == 2
    for step in steps[1:3]:
        assert all(line.min() >= 0 and line.max() <= 1 for line in step.curves)
    assert steps[2].image is not None
    assert steps[2].image.shape == (160, 160)
    final = steps[3].image
    assert final is not None
    np.testing.assert_array_equal(final, features([*strokes, np.array([[0.05, 0.05]])]))
    large = steps[2].image.reshape(20, 8, 20, 8).mean(axis=(1, 3))
    np.testing.assert_allclose(large / large.max(), final, atol=0.05)
    results = {
        switched: features_from_drawing(source, PreprocessingSteps(**{switched: False}))
        for switched in ("clean", "fit", "one_pen")
    }
    for switched, result in results.items():
        assert result is not None
        assert not np.allclose(result, final, atol=0.05), switched
        last = drawing_steps(source, PreprocessingSteps(**{switched: False}))[-1].image
        assert last is not None
        np.testing.assert_array_equal(last, result)
    shrunk = results["fit"]
    assert shrunk is not None
    inked = np.argwhere(shrunk > 0.01)
    assert np.ptp(inked[-20:], axis=0).max() <= 9  # 0.3 of the canvas is 6 pixels, and the pen


def test_paint_is_exact_for_a_disc() -> None:
    for width in (2.25, 5.0):
        disc = paint(np.array([[10.3, 9.6]]), width)
        assert float(disc.sum()) == pytest.approx(np.pi * width**2 / 4, rel=0.01)
        rows, columns = np.indices((20, 20)) + 0.5
        assert float((disc * columns).sum() / disc.sum()) == pytest.approx(10.3, abs=0.02)
        assert float((disc * rows).sum() / disc.sum()) == pytest.approx(9.6, abs=0.02)


@pytest.mark.parametrize("values", [[], [3.0], [1.0, 4.0], [5.0, 1.0, 2.0], [4.0, 1.0, 3.0, 2.0]])
def test_the_median_is_numpys(values):
    assert median(values) == (np.median(values) if values else 0.0)


def test_the_first_stroke_waits_for_no_import():
    code = """
import sys, numpy as np
from engine.ink.drawing import Drawing, Stroke
from engine.ink import features_from_drawing
before = set(sys.modules)
features_from_drawing(Drawing((Stroke(np.array([[0.0, 0.0], [3.0, 9.0], [4.0, 20.0]]), width=2.0),)))
sys.exit(len(set(sys.modules) - before))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.charts.live_series import LiveSeries
from gui.workspaces.train.charts.exponential_average import ExponentialAverage


def filled(values, pieces=1):
    series = LiveSeries(capacity=64)
    x = np.arange(len(values), dtype=float)
    for part_x, part_y in zip(np.array_split(x, pieces), np.array_split(values, pieces), strict=True):
        series.append(part_x, part_y)
    return series


@given(
    count=st.integers(1, 5000),
    pieces=st.integers(1, 7),
    points=st.integers(16, 500),
    low=st.floats(-10, 5000),
    width=st.floats(0, 5000),
    seed=st.integers(0, 99),
)
def test_decimation_keeps_the_extremes_and_the_order(count, pieces, points, low, width, seed):
    values = np.random.default_rng(seed).normal(size=count)
    series = filled(values, pieces)
    x, y = series.window(low, low + width, points)
    assert len(x) <= points
    assert np.all(np.diff(x) > 0)
    assert np.array_equal(y, values[x.astype(int)])
    inside = values[(np.arange(count) >= low) & (np.arange(count) <= low + width)]
    if inside.size:
        assert y.min() <= inside.min()
        assert y.max() >= inside.max()


def test_a_window_reaches_one_point_beyond_either_side():
    x, _ = filled(np.arange(100.0)).window(10.5, 20.5, 50)
    assert (x[0], x[-1]) == (10, 21)


def test_a_peak_survives_a_million_points():
    values = np.ones(1_000_000)
    values[654_321], values[123_456] = 9.0, -9.0
    series = LiveSeries()
    series.append(np.arange(values.size) / 1000, values)
    x, y = series.window(0, 1000, 2000)
    assert len(x) <= 2000
    assert (y.max(), y.min()) == (9.0, -9.0)
    assert x[y.argmax()] == 654.321


def test_buckets_do_not_move_when_the_series_grows():
    """Otherwise the curve would shimmer."""
    values = np.random.default_rng(3).normal(size=9000)
    before = set(filled(values[:8000]).window(0, 1e9, 1000)[0][2:-4])
    after = set(filled(values[:8050]).window(0, 1e9, 1000)[0])
    assert before <= after


def test_values_that_are_not_finite_are_left_out():
    series = LiveSeries()
    series.append([0, 1, 2, 3], [1.0, np.nan, np.inf, 4.0])
    assert series.x.tolist() == [0, 3]
    assert series.last() == (3.0, 4.0)


def test_points_further_back_replace_the_end():
    series = filled(np.zeros(200), 3)
    series.append([100.0, 101.0], [5.0, 6.0])
    assert len(series) == 102
    assert series.last() == (101.0, 6.0)
    assert series.window(0, 1e9, 20)[1].max() == 6.0


def test_unsorted_or_unequal_points_are_refused():
    series = LiveSeries()
    with pytest.raises(ValueError, match="sorted"):
        series.append([2, 1], [0, 0])
    with pytest.raises(ValueError, match="one length"):
        series.append([1, 2], [0])


def test_nearest():
    series = filled(np.array([5.0, 6.0, 7.0]))
    assert series.nearest(1.4) == (1.0, 6.0)
    assert series.nearest(-5) == (0.0, 5.0)
    assert series.nearest(99) == (2.0, 7.0)
    assert LiveSeries().nearest(0) is None
    assert LiveSeries().last() is None


@pytest.mark.parametrize("pieces", [1, 7, 50])
@pytest.mark.parametrize("span", [1.0, 5.0, 100.0])
def test_the_average_equals_the_written_out_loop(pieces, span):
    values = np.random.default_rng(1).normal(size=500)
    decay, total, weight, expected = 1 - 2 / (span + 1), 0.0, 0.0, []
    for value in values:
        total, weight = decay * total + (1 - decay) * value, decay * weight + (1 - decay)
        expected.append(total / weight)
    average = ExponentialAverage(span)
    smooth = np.concatenate([average.feed(part) for part in np.array_split(values, pieces)])
    np.testing.assert_allclose(smooth, expected, rtol=1e-9)


def test_the_average_skips_what_is_not_finite():
    average = ExponentialAverage(3)
    smooth = average.feed([1.0, np.nan, 1.0, np.inf, 1.0])
    np.testing.assert_array_equal(np.isnan(smooth), [False, True, False, True, False])
    np.testing.assert_allclose(smooth[[0, 2, 4]], 1.0)

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from gui.charts.axis import PaintedAxis, log_ticks, round_ticks
from gui.charts.axis_range import snapped_range, steady_range
from gui.charts.bar_chart import BarChart
from gui.charts.end_labels import spread
from gui.charts.line import from_axis
from gui.charts.plot_view import PlotView
from gui.lab.classifier import Prediction
from gui.prediction.probability_bars import ProbabilityBars


def test_labels_are_spread_and_stay_near():
    assert spread([50.0, 51.0], 15, 0, 200) == pytest.approx([43.0, 58.0])
    assert spread([10.0, 100.0], 15, 0, 200) == [10.0, 100.0]
    assert spread([200.0, 199.0, 198.0], 15, 0, 200) == pytest.approx([200.0, 185.0, 170.0])
    assert spread([], 15, 0, 200) == []
    spots = sorted(spread([5.0] * 4, 15, 0, 200))
    assert all(b - a >= 15 - 1e-9 for a, b in itertools.pairwise(spots))


@pytest.mark.parametrize("count", [2, 4, 8])
@pytest.mark.parametrize(("low", "high"), [(0, 7), (0.9, 0.97), (-3, 250), (0, 1e-4)])
def test_ticks_are_round_and_about_as_many_as_asked(low, high, count):
    ticks = round_ticks(low, high, count)
    assert count / 2.1 <= len(ticks) <= 2 * count + 1
    steps = np.diff(ticks)
    np.testing.assert_allclose(steps, steps[0])
    assert all(low <= tick <= high for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "values"),
    [(-2, 1, [0.01, 0.1, 1, 10]), (-1, 0.3, [0.1, 0.2, 0.5, 1]), (-9, 0, [1e-9, 1e-6, 1e-3, 1])],
)
def test_logarithmic_ticks_are_round(low, high, values):
    ticks = 10.0 ** np.array(log_ticks(low, high, 4))
    for value in values:
        assert np.isclose(ticks, value).any(), ticks
    assert len(ticks) <= 9


def test_degenerate_ranges_have_no_ticks():
    assert round_ticks(1, 1, 5) == []
    assert round_ticks(0, float("nan"), 5) == []
    assert log_ticks(2, 2, 5) == []


def test_a_range_goes_in_steps_so_that_the_axes_keep_their_picture():
    seen = {snapped_range(0.0, 10.0 + 0.01 * step) for step in range(100)}
    assert len(seen) <= 4
    for low, high in ((0.0, 10.3), (-3.7, 0.2), (1e-9, 3e-9), (5.0, 5.001)):
        first, last = snapped_range(low, high)
        assert first <= low
        assert last >= high
        assert last - first <= (high - low) * 1.15
    assert snapped_range(2.0, 2.0) == (2.0, 2.0)


def test_a_range_that_still_fits_is_kept():
    present = steady_range(None, 0.1, 0.9)
    assert present == snapped_range(0.1, 0.9)
    for low, high in ((0.12, 0.9), (0.1, 0.88), (0.1, 0.9)):
        assert steady_range(present, low, high) == present
    # Too narrow for the values, and too wide.
    assert steady_range(present, 0.1, 1.5)[1] >= 1.5
    assert steady_range(present, 0.1, 0.5) == snapped_range(0.1, 0.5)


class Bars(BarChart):
    object_name = title = empty_text = explanation = "bars"


class NakedBars(Bars):
    has_scale = False


def test_only_an_axis_that_is_used_takes_room(qtbot, themes):
    chart = Bars(themes)
    bare = NakedBars(themes)
    for one in (chart, bare):
        qtbot.addWidget(one)
        one.resize(400, 200)
        one.show()
        one.view.axes["left"].set_room("−30 to −10°")
        one.set_bars(("a", "b"), (1.0, 2.0))
    assert bare.view.area.left() < 10
    metrics = QFontMetricsF(QApplication.font())
    qtbot.waitUntil(lambda: chart.view.area.left() >= metrics.horizontalAdvance("−30 to −10°"), timeout=2000)


def test_a_name_of_several_words_is_written_in_lines(qtbot, themes):
    chart = Bars(themes)
    qtbot.addWidget(chart)
    chart.resize(330, 200)
    chart.show()
    axis, line = chart.view.axes["bottom"], QFontMetricsF(QApplication.font()).height()
    chart.set_bars(("even", "prime"), (1.0, 2.0))
    plain = axis.maximumHeight()
    chart.set_bars(("even", "at least 5", "has a closed loop"), (1.0, 2.0, 3.0))
    assert axis.maximumHeight() == pytest.approx(plain + 2 * line, abs=1)


def test_names_below_bars_are_painted_when_they_change(qtbot, themes, monkeypatch):
    asked = []
    ticks = PaintedAxis.ticks
    # What painting asks for each time.
    monkeypatch.setattr(PaintedAxis, "ticks", lambda axis, length: (asked.append(axis), ticks(axis, length))[1])
    bars = ProbabilityBars(themes)
    qtbot.addWidget(bars)
    bars.show()
    for first, expected in ((0.6, 1), (0.7, 1), (0.1, 2)):
        bars.set_answer(Prediction(None, np.array([first, 0.3, *8 * [0.0]]), tuple("0123456789"), "multiclass"))
        bars.view.viewport().grab()
        assert (bars.values[0], len(asked)) == (first, expected)


def test_a_lone_number_is_not_rounded(qapp):
    axis = PaintedAxis("left")
    axis.setRange(0.83, 0.94)
    assert axis.ticks(60.0) == ([pytest.approx(0.9)], ["0.9"])


def test_steps_that_are_nothing_beside_their_numbers_are_written(qapp):
    axis = PaintedAxis("left")
    axis.setRange(1e20, 1e20 + 20_000)
    values, texts = axis.ticks(200.0)
    assert len(values) == len(texts)
    assert set(texts) <= {"1e20"}


@pytest.mark.parametrize(("last", "names"), [(1.4, ["1"]), (2.0, ["1", "2"]), (3.1, ["1", "2", "3"]), (60.0, None)])
def test_an_axis_that_counts_has_whole_numbers_alone(last, names, qapp):
    axis = PaintedAxis("bottom")
    axis.counts = True
    axis.setRange(1.0, last)
    values, texts = axis.ticks(1000.0)
    assert all(value == pytest.approx(round(value)) for value in values)
    assert texts == (names or [str(5 * place) for place in range(1, 13)])


@pytest.mark.parametrize("last", [400.0, 1e30])
def test_plain_numbers_are_no_exponents_that_end_the_program(last, qtbot):
    view = PlotView()
    qtbot.addWidget(view)
    view.show()
    view.show_range((0.0, last), (0.0, last))
    # A moment later the chart sets another range.
    for axis in ("left", "bottom"):
        view.set_logarithmic(True, axis)
    view.viewport().grab()
    assert len(view.axes["left"].ticks(200.0)[1]) > 1
    assert np.isfinite(from_axis(last, True))

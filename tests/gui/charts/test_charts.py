import numpy as np
import pytest
from chart_helpers import drawn, falling, line, progress, started, trained
from fake_training import epoch_ended
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from gui.theme.tokens import DARK, LIGHT
from gui.workspaces.train.charts.registry import CHARTS

OBJECT_NAMES = {
    "loss": "lossChart",
    "accuracy": "accuracyChart",
    "pinned": "pinnedChart",
    "learning_rate": "learningRateChart",
    "gradient_norm": "gradientNormChart",
    "update_ratio": "updateRatioChart",
    "dead_units": "deadUnitsChart",
    "weights": "weightHistogramChart",
    "activations": "activationHistogramChart",
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_name_an_empty_state_and_a_description(show, name):
    chart = show(name).chart
    assert chart.objectName() == OBJECT_NAMES[name]
    assert chart.accessibleName()
    assert chart.accessibleDescription() == "no data yet"
    assert chart.empty
    words = [label for label in chart.findChildren(QLabel) if label.text() == chart.empty_text]
    assert words[0].isVisible()
    assert not chart.view.axes["left"].isVisible()


def test_the_only_point_of_a_run_can_be_seen(show):
    chart = show("loss").chart
    chart.begin(started())
    chart.add(progress(0, [0.5]))
    chart.redraw()
    smoothed = line(chart, "training_smoothed")
    assert [len(part) for part in smoothed.dots] == [1, 1]
    place = chart.view.to_pixels(*(float(part[0]) for part in smoothed.points)).toPoint()
    picture = chart.view.grab().toImage()
    assert picture.pixelColor(place) == QColor(LIGHT.accent)
    chart.add(progress(1, [0.4]))
    chart.redraw()
    assert [len(part) for part in smoothed.dots] == [0, 0]


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_draws_follows_the_theme_and_forgets(show, themes, name):
    card = show(name)
    chart = trained(card)
    assert not chart.empty
    assert chart.accessibleDescription() != "no data yet"
    assert not next(label for label in chart.findChildren(QLabel) if label.text() == chart.empty_text).isVisible()
    corner = QPoint(3, 3)
    assert chart.view.grab().toImage().pixelColor(corner) == QColor(LIGHT.surface)
    light = [line.color for line in chart.lines]
    themes.set_mode("dark")
    chart.redraw()
    assert chart.view.grab().toImage().pixelColor(corner) == QColor(DARK.surface)
    assert [line.color for line in chart.lines] != light
    themes.set_mode("light")
    chart.clear()
    chart.redraw()
    assert chart.empty
    assert chart.accessibleDescription() == "no data yet"


def test_loss_lines(show):
    card = show("loss")
    chart = trained(card)
    x, y = drawn(chart, "training_batch")
    np.testing.assert_allclose(x, np.arange(1, 31) / 10)
    np.testing.assert_allclose(10**y, falling(30))
    assert line(chart, "validation").series.y.tolist() == [1.0, 0.5, 1 / 3]
    assert len(line(chart, "training_smoothed").series) == 30
    assert chart.best_point() == (3.0, 1 / 3)
    assert card.subtitle == "validation 0.333 · best at epoch 3"
    assert "after 3 epochs, falling" in chart.accessibleDescription()
    assert "best at epoch 3" in chart.accessibleDescription()


def test_penalties_are_charted_apart_from_the_data_loss(show):
    chart = show("loss").chart
    chart.begin(started())
    chart.add(progress(0, falling(10)))
    assert not len(line(chart, "penalty").series)
    chart.add(progress(10, falling(10, 10), penalties=0.25))
    np.testing.assert_allclose(line(chart, "penalty").series.y, 0.25)
    np.testing.assert_allclose(line(chart, "training_batch").series.y, falling(20))


def test_the_logarithmic_switch_with_zeros_and_values_that_are_not_finite(show):
    card = show("loss")
    chart = card.chart
    chart.begin(started())
    chart.add(progress(0, [1.0, 0.0, 0.5, np.nan, np.inf, 0.25, 0.0, 1e-30]))
    for _ in range(2):
        chart.redraw()
        chart.view.grab()
        low, high = chart.view.ranges[1]
        assert np.isfinite([low, high]).all()
        assert low < high
        assert np.isfinite(drawn(chart, "training_batch")[1]).all()
        card.log_button.toggle()
    assert chart.view.logarithmic
    chart.clear()
    chart.begin(started())
    chart.add(progress(0, [0.0, 0.0, 0.0]))
    chart.redraw()
    chart.view.grab()
    assert np.isfinite(chart.view.ranges[1]).all()


def test_log_switch_changes_the_axis(qtbot, show):
    card = show("loss")
    chart = trained(card)
    assert chart.view.ranges[1][0] < 0
    qtbot.mouseClick(card.log_button, Qt.MouseButton.LeftButton)
    chart.redraw()
    assert not chart.view.logarithmic
    low, high = chart.view.ranges[1]
    assert 0 < low < 0.3
    assert high > 1.5
    np.testing.assert_allclose(drawn(chart, "training_batch")[1], falling(30))


def test_the_range_fits_until_the_user_zooms_and_again_after_fit(qtbot, show):
    card = show("loss")
    chart = trained(card)
    assert chart.view.ranges[0][1] == pytest.approx(3.0, abs=0.2)
    chart.add(progress(30, falling(10, 30)))
    chart.redraw()
    assert chart.view.ranges[0][1] == pytest.approx(4.0, abs=0.2)
    assert not card.fit_button.isVisible()

    QTest.keyClick(chart.view, Qt.Key.Key_Plus)
    zoomed = chart.view.ranges[0], chart.view.ranges[1]
    assert card.fit_button.isVisible()
    chart.add(progress(40, falling(200, 40)))
    chart.redraw()
    assert (chart.view.ranges[0], chart.view.ranges[1]) == zoomed

    qtbot.mouseClick(card.fit_button, Qt.MouseButton.LeftButton)
    chart.redraw()
    assert not card.fit_button.isVisible()
    assert chart.view.ranges[0][1] == pytest.approx(24.0, rel=0.05)


def test_the_mouse_pans_and_that_survives_too(qtbot, show):
    chart = trained(show("loss"))
    before = chart.view.ranges[0]
    middle = chart.view.to_pixels(1.5, -0.3).toPoint()
    viewport = chart.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 9):
        QTest.mouseMove(viewport, middle + QPoint(8 * step, 0))
        qtbot.wait(10)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle + QPoint(64, 0))
    assert any(chart.view.chosen_axes)
    panned = chart.view.ranges[0]
    assert panned[0] < before[0]
    chart.add(progress(30, falling(100, 30)))
    chart.redraw()
    assert chart.view.ranges[0] == panned


def test_crosshair_reads_all_named_lines(show):
    chart = trained(show("loss"))
    chart.view.pointed.emit(QPointF(2.04, -0.3))
    chart.redraw()
    text = chart.readout.text
    assert "epoch 2.00" in text
    assert "validation" in text
    assert "0.5" in text
    assert "training" in text
    QTest.keyClick(chart.view, Qt.Key.Key_Right)
    chart.redraw()
    assert "epoch 2.10" in chart.readout.text
    QTest.keyClick(chart.view, Qt.Key.Key_Left)
    QTest.keyClick(chart.view, Qt.Key.Key_Left)
    chart.redraw()
    assert "epoch 1.90" in chart.readout.text
    QTest.keyClick(chart.view, Qt.Key.Key_Escape)
    chart.redraw()
    assert chart.readout.text == ""


def test_no_reading_is_beyond_the_data_and_the_box_goes_with_the_focus(show):
    chart = trained(show("loss"))
    chart.view.setFocus()
    chart.view.pointed.emit(QPointF(3.07, -0.3))
    chart.redraw()
    assert "epoch 3.00" in chart.readout.text
    QApplication.sendEvent(chart.view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    chart.redraw()
    assert chart.readout.text == ""


@pytest.mark.parametrize("name", CHARTS)
def test_zooming_never_leaves_the_data_and_an_empty_chart_cannot_be_zoomed(show, name):
    card = show(name)
    chart = card.chart
    before = chart.view.ranges
    for _ in range(5):
        QTest.keyClick(chart.view, Qt.Key.Key_Plus)
        QTest.keyClick(chart.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert chart.view.ranges == before
    assert not any(chart.view.chosen_axes)
    trained(card)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        for _ in range(80):
            QTest.keyClick(chart.view, key)
        chart.redraw()
        (left, right), (low, high) = chart.view.ranges
        assert right - left > 1e-5
        shown = [y[(x >= left) & (x <= right)] for x, y in (line.points for line in chart.lines if line.label)]
        visible = [y for part in shown for y in part] or [y for line in chart.lines for y in line.points[1]]
        assert any(low <= y <= high for y in visible)
        assert right - left <= 3 * 4.0


def test_a_click_selects_a_point_of_the_nearest_line(qtbot, show):
    chart = trained(show("loss"))
    place = chart.view.to_pixels(2.0, np.log10(0.5)).toPoint()
    with qtbot.waitSignal(chart.clicked) as told:
        qtbot.mouseClick(chart.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [("validation", 1)]
    chart.view.pointed.emit(QPointF(2.0, np.log10(0.5)))
    chart.redraw()
    with qtbot.waitSignal(chart.clicked) as told:
        QTest.keyClick(chart.view, Qt.Key.Key_Return)
    assert told.args == [("validation", 1)]


def test_the_pointer_moves_the_crosshair(qtbot, show):
    chart = trained(show("loss"))
    place = chart.view.to_pixels(1.0, -0.3)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        chart.view.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(chart.view.viewport(), move)
    qtbot.waitUntil(lambda: "epoch 1.0" in chart.readout.text, timeout=2000)


def test_a_million_points_reach_the_screen_as_a_few(show):
    chart = show("loss").chart
    chart.begin(started())
    values = 1 + np.random.default_rng(0).random(1_000_000)
    values[777_777] = 0.01
    chart.add(progress(0, values, steps_per_epoch=1000))
    chart.set_logarithmic(False)
    chart.redraw()
    points = [len(line.points[0]) for line in chart.lines]
    assert sum(points) <= 2000
    assert drawn(chart, "training_batch")[1].min() == 0.01


def test_many_epochs_keep_one_dot(show):
    chart = show("loss").chart
    chart.begin(started())
    chart.add(progress(0, falling(10), epochs=[epoch_ended(epoch) for epoch in range(1, 400)]))
    chart.redraw()
    assert len(line(chart, "validation").dots[0]) == 1


def test_points_map_to_pixels(show):
    view = trained(show("loss")).view
    left, right = view.to_pixels(0, 0), view.to_pixels(1, 0)
    assert isinstance(left, QPointF)
    assert right.x() > left.x()


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_what_the_user_does_is_drawn_at_once_and_data_when_their_turn_comes(qtbot, show, name):
    chart = show(name).chart
    chart.begin(started())
    for batch in range(0, 100, 10):
        chart.add(progress(batch, falling(10, batch)))
        chart.redraw()
        QApplication.processEvents()
        # The plot's own layout settles in the first frames; a range that grew is no wish of the user's.
        assert batch < 50 or chart.redraw_ticks == chart.calm_ticks > 1
    chart.resize(chart.width() - 40, chart.height())
    assert chart.dirty
    assert chart.redraw_ticks == 1
    chart.redraw()
    assert not chart.dirty
    assert chart.redraw_ticks == chart.calm_ticks

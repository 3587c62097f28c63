"""The charts of the Train tab: switched in their menu, fed while they are shown, and free while they are hidden."""

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.training.step_measures import StepMeasures
from gui.lab.session_state import SessionState
from gui.lab.training_session import TrainingSession
from gui.workspaces.train.charts.registry import CHARTS
from gui.workspaces.train.workspace import TrainWorkspace

HIDDEN = [key for key, kind in CHARTS.items() if not kind.shown_first]


@pytest.fixture
def make(qtbot, themes, make_lab):
    kept = []

    def make_workspace():
        workspace = TrainWorkspace(make_lab(session=TrainingSession(load_data=few_digits)), themes)
        kept.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 720)
        workspace.show()
        return workspace

    yield make_workspace
    for workspace in kept:
        workspace.shut_down()


def switch(workspace, key):
    """Trigger the chart's entry of the menu."""
    menu = workspace.chart_grid.button.menu()
    next(action for action in menu.actions() if action.objectName() == f"show_{key}").trigger()


def train(qtbot, workspace, preset, **texts):
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData(preset))
    for key, text in {"threads": "1", "batch_size": "50", "augment": "no", "refuse": "no", **texts}.items():
        form.fields[key].set_text(text)
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        qtbot.mouseClick(workspace.panel.train_button, Qt.MouseButton.LeftButton)


def test_every_chart_is_switched_in_the_menu_and_shows_the_run(qtbot, make):
    workspace = make()
    for key in HIDDEN:
        switch(workspace, key)
        assert workspace.findChild(QWidget, CHARTS[key].object_name).isVisible()
    train(qtbot, workspace, "mlp", epochs="3")
    qtbot.waitUntil(
        lambda: len(workspace.layers.readings) >= 2 and workspace.layers.readings[-1].epoch == 3, timeout=20_000
    )
    for key in HIDDEN:
        chart = workspace.charts[key]
        assert not chart.empty
        assert chart.accessibleDescription() != "no data"
        assert chart.table().parts
    rate = workspace.charts["learning_rate"].lines[0].series
    assert rate.x[-1] == 3
    assert rate.y[-1] < 0.1 * rate.y[0]
    boxes = [workspace.charts[key].layer_box for key in ("weights", "activations")]
    for box in boxes:
        assert [box.itemText(number) for number in range(box.count())] == ["2 · dense, relu", "3 · dense"]
    table, newest = workspace.charts["weights"].table(), workspace.layers.readings[-1]
    assert table.columns == ("layer", "step", "epoch", "from", "to", "count")
    spread = next(part for layer in newest.layers if (part := workspace.charts["weights"].part(layer)) is not None)
    name, _, epochs, low, high, counts = table.parts[-1]
    assert (name, epochs[0], low[0], high[-1]) == ("2 · dense, relu", 3, spread.low, spread.high)
    assert counts.tolist() == spread.counts.tolist()
    before = workspace.charts["weights"].lines[1].series.y.copy()
    qtbot.keyClick(boxes[0], Qt.Key.Key_Down)
    assert not np.array_equal(workspace.charts["weights"].lines[1].series.y, before)
    assert workspace.values()["charts"] == list(CHARTS)
    other = make()
    other.set_values(workspace.values())
    assert other.chart_grid.shown == tuple(CHARTS)


def test_what_is_hidden_computes_nothing(qtbot, make, monkeypatch):
    workspace = make()
    asked = []
    step = StepMeasures.step
    monkeypatch.setattr(
        StepMeasures, "step", lambda self, batch, number: asked.append(number) or step(self, batch, number)
    )
    train(qtbot, workspace, "softmax", epochs="3")
    assert asked == []
    assert set(workspace.charts) == set(CHARTS) - set(HIDDEN)
    switch(workspace, "gradient_norm")
    train(qtbot, workspace, "softmax", epochs="3", batch_size="1")
    assert asked
    assert len(workspace.charts["gradient_norm"].lines[0].series) == len(asked)
    # Neither is anything measured for a tab that is not seen, nor for a chart that was switched off.
    del asked[:]
    workspace.hide()
    train(qtbot, workspace, "softmax", epochs="2")
    workspace.show()
    switch(workspace, "gradient_norm")
    train(qtbot, workspace, "softmax", epochs="2")
    assert asked == []


def test_a_chart_that_is_shown_in_the_middle_of_a_run_has_its_epochs(qtbot, make):
    workspace = make()
    train(qtbot, workspace, "softmax", epochs="3")
    switch(workspace, "learning_rate")
    series = workspace.charts["learning_rate"].lines[0].series
    assert series.x.tolist() == [1, 2, 3]
    for key in workspace.chart_grid.shown:
        switch(workspace, key)
    assert workspace.chart_grid.shown == ()
    switch(workspace, "loss")
    assert workspace.charts["loss"].isVisible()
    assert workspace.session.state is SessionState.IDLE


def test_smoothing_changes_the_thick_line_and_keeps_the_raw_one(qtbot, make):
    workspace = make()
    train(qtbot, workspace, "softmax", epochs="5", batch_size="8")
    lines = {line.name: line.series for line in workspace.charts["loss"].lines}
    raw, smooth = lines["training_batch"], lines["training_smoothed"]
    before, usual = raw.y.copy(), smooth.y.copy()

    def roughness(values):
        return np.abs(np.diff(values)).sum()

    slider = workspace.findChild(QWidget, "smoothingSlider")
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert roughness(smooth.y) < 0.5 * roughness(usual)
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    np.testing.assert_allclose(smooth.y, raw.y)
    np.testing.assert_array_equal(raw.y, before)
    slider.setValue(50)
    np.testing.assert_allclose(smooth.y, usual)

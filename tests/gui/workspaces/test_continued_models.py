"""A model that is opened from a file is trained further, and its record goes on."""

import numpy as np
from fake_training import few_digits
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from engine.storage.model_file import load_model
from gui.charts.overlays import Mark


def train(window, qtbot, begin):
    with qtbot.waitSignal(window.lab.session.finished, timeout=20_000) as finished:
        begin()
    return finished.args[1]


def test_an_opened_model_goes_on_with_its_epochs(window, open_window, qtbot, tmp_path):
    window.lab.session.set_data_source(few_digits)
    form = window.workspaces.workspace("train").panel.form
    form.selector.setCurrentIndex(form.selector.findData("logistic"))
    form.digits.set_value(3, 8)
    form.fields["epochs"].set_text("3")
    button = window.findChild(QAbstractButton, "trainButton")
    train(window, qtbot, lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))
    path = tmp_path / "three-or-eight.safetensors"
    assert window.lab.models.save(window.lab.models.current, path)
    before = load_model(path)
    window.close_without_asking()

    later = open_window()
    later.lab.session.set_data_source(few_digits)
    assert later.lab.models.open(path)
    workspace = later.workspaces.workspace("train")
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData("softmax"))
    started = []
    later.lab.session.started.connect(started.append)
    form.fields["epochs"].set_text("2")
    model = train(later, qtbot, later.menus.actions["continue_modelAction"].trigger)
    assert form.preset.labels == model.labels == before.labels == ("3", "8")
    assert started[0].first_epoch == 3
    np.testing.assert_array_equal(started[0].model.network.store.values.shape, before.network.store.values.shape)
    assert [record["epoch"] for record in model.training["history"]] == [1, 2, 3, 4, 5]
    assert model.training["history"][:3] == before.training["history"]
    assert model.training["epochs"] == 5
    assert ", 5 in all" in workspace.panel.findChild(QLabel, "trainingStatus").text()
    steps = [record["step"] for record in model.training["history"]]
    assert steps == sorted(set(steps))
    loss = workspace.charts["loss"]
    lines = {line.name: line.series for line in loss.lines}
    # What the record tells of the epochs before, and where they end.
    assert lines["earlier_epochs"].x.tolist() == [1, 2, 3]
    assert lines["earlier_epochs"].y.tolist() == [record["loss"] for record in before.training["history"]]
    assert lines["validation"].x.tolist() == [1, 2, 3, 4, 5]
    assert float(lines["training_smoothed"].x[0]) > 3
    assert [mark.x for mark in loss.overlays_of(Mark)] == [3]
    accuracy = {line.name: line.series for line in workspace.charts["accuracy"].lines}
    assert accuracy["validation"].x.tolist() == [1, 2, 3, 4, 5]
    assert max(float(line.series.x.max()) for line in loss.lines if len(line.series)) == 5


def test_a_model_in_training_is_not_continued(window, qtbot):
    window.lab.session.set_data_source(few_digits)
    form = window.workspaces.workspace("train").panel.form
    window.lab.session.start(form.preset, form.config, hold_after="batch")
    with qtbot.waitSignal(window.lab.messages.message) as told:
        window.menus.actions["continue_modelAction"].trigger()
    assert "under way" in told.args[0]
    window.lab.session.stop()
    qtbot.waitUntil(lambda: not window.lab.session.active, timeout=5000)

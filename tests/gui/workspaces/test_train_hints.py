"""Hints in the Train tab: they come with a run that needs them, and their buttons do what they say."""

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.charts.overlays import Shade
from gui.lab.training_session import TrainingSession
from gui.workspaces.train.workspace import TrainWorkspace


@pytest.fixture
def make(qtbot, themes, make_lab):
    kept = []

    def make_workspace(load_data=few_digits):
        session = TrainingSession(load_data=load_data)
        workspace = TrainWorkspace(make_lab(session=session), themes)
        kept.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 720)
        workspace.show()
        return workspace

    yield make_workspace
    for workspace in kept:
        workspace.shut_down()


def train(qtbot, workspace, preset, **texts):
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData(preset))
    for key, text in texts.items():
        form.fields[key].set_text(text)
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        qtbot.mouseClick(workspace.panel.train_button, Qt.MouseButton.LeftButton)


def one_step_an_epoch(qtbot, workspace):
    train(qtbot, workspace, "softmax", epochs="4", batch_size="400", threads="1", seed="1")
    return workspace.hints.list


def test_a_hint_is_there_when_there_is_something_to_say_and_only_then(qtbot, make):
    workspace = make()
    assert workspace.findChild(QWidget, "hintList").isHidden()
    hints = one_step_an_epoch(qtbot, workspace)
    assert hints.isVisible()
    assert hints.accessibleName() == "Hints"
    row = hints.rows["batch_too_large"]
    assert "400 of the 400 training digits" in row.text
    assert "batches are too large" in row.accessibleName()
    assert all(button.accessibleName() for button in row.findChildren(QAbstractButton))
    # Another run, with the advice followed, needs none.
    qtbot.mouseClick(row.apply_button, Qt.MouseButton.LeftButton)
    assert workspace.panel.form.fields["batch_size"].text() == "8"
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        qtbot.mouseClick(workspace.panel.train_button, Qt.MouseButton.LeftButton)
    assert hints.isHidden()


def test_why_show_and_dismiss(qtbot, make):
    workspace = make()
    hints = one_step_an_epoch(qtbot, workspace)
    row = hints.rows["batch_too_large"]
    said = []
    workspace.lab.messages.message.connect(said.append)
    qtbot.mouseClick(row.why_button, Qt.MouseButton.LeftButton)
    assert "square root" in " ".join(label.text() for label in row.findChildren(QWidget) if hasattr(label, "text"))
    qtbot.mouseClick(row.shade_button, Qt.MouseButton.LeftButton)
    for key in ("loss", "accuracy"):
        (shade,) = workspace.charts[key].overlays_of(Shade)
        assert (shade.first, shade.last) == (0, 4)
    qtbot.mouseClick(row.shade_button, Qt.MouseButton.LeftButton)
    assert not workspace.charts["loss"].overlays_of(Shade)
    qtbot.mouseClick(row.shade_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(row.apply_button, Qt.MouseButton.LeftButton)
    assert said == ["For the next training: Batch size: 8."]
    qtbot.mouseClick(row.dismiss_button, Qt.MouseButton.LeftButton)
    assert hints.isHidden()
    assert not workspace.charts["loss"].overlays_of(Shade)


def test_layers_are_read_beside_the_training_while_somebody_watches(qtbot, make):
    workspace = make()
    train(qtbot, workspace, "mlp", epochs="1", batch_size="50", threads="1", learning_rate="0.5", augment="no")
    qtbot.waitUntil(lambda: len(workspace.layers.readings) == 2, timeout=5000)
    untrained, trained = workspace.layers.readings
    assert (untrained.epoch, trained.epoch) == (0.0, 1.0)
    assert untrained.dead < 0.2 < trained.dead
    workspace.hide()
    train(qtbot, workspace, "mlp", epochs="1")
    assert workspace.layers.readings == []


def test_copies_in_the_validation_are_told(qtbot, make):
    training, _ = few_digits()
    workspace = make(lambda: (training, training.subset(np.arange(50))))
    train(qtbot, workspace, "softmax", epochs="1", batch_size="16", threads="1")
    row = workspace.hints.list.rows["validation_leaking"]
    assert "50 of the 50 validation digits" in row.text
    qtbot.mouseClick(row.apply_button, Qt.MouseButton.LeftButton)
    assert workspace.panel.form.config.distinct

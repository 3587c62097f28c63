"""Knobs in the Train tab: turned by the user while a run goes on, marked in the charts, kept with the run."""

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.charts.overlays import Mark
from gui.lab.session_state import SessionState
from gui.lab.training_session import TrainingSession
from gui.workspaces.train.workspace import TrainWorkspace


@pytest.fixture
def workspace(qtbot, themes, make_lab):
    session = TrainingSession(load_data=few_digits)
    workspace = TrainWorkspace(make_lab(session=session), themes)
    qtbot.addWidget(workspace)
    workspace.resize(900, 720)
    workspace.show()
    yield workspace
    workspace.shut_down()


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def begin(qtbot, workspace, preset, **texts):
    """A run that is paused after its first batch."""
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData(preset))
    for key, text in texts.items():
        form.fields[key].set_text(text)
    press(qtbot, workspace.panel.step_button)
    qtbot.waitUntil(
        lambda: workspace.session.state is SessionState.PAUSED and bool(workspace.knobs.knobs), timeout=10_000
    )


def test_a_turned_knob_is_marked_in_the_charts_and_kept_with_the_run(qtbot, workspace):
    card = workspace.knobs
    assert not card.button.isEnabled()
    begin(qtbot, workspace, "softmax", epochs="3", batch_size="50", threads="1", augment="no")
    assert card.isHidden()
    press(qtbot, card.button)
    assert card.isVisible()
    assert set(card.knobs) == {"learning_rate", "l2", "batch_size", "augmentation"}
    for key, knob in card.knobs.items():
        assert workspace.findChild(QWidget, f"{key}Knob") is knob.slider
        assert knob.slider.accessibleName()
    rate, size = card.knobs["learning_rate"], card.knobs["batch_size"]
    with qtbot.waitSignal(card.turned, timeout=2000) as turn:
        qtbot.keyClick(rate.slider, Qt.Key.Key_PageUp)
    knob, value = turn.args
    assert (knob, value) == ("learning_rate", rate.value)
    assert value > 0.003
    with qtbot.waitSignal(card.turned, timeout=2000):
        qtbot.keyClick(size.slider, Qt.Key.Key_Left)
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        press(qtbot, workspace.panel.pause_button)
    assert not card.button.isEnabled()
    assert card.isHidden()
    marks = {round(mark.x, 4) for mark in workspace.charts["loss"].overlays_of(Mark)}
    assert marks == {0.125}
    # Eight batches in the first epoch, then more, smaller ones; each epoch of the chart is one epoch long.
    steps = [event.step for event in workspace.lab.runs.newest.epochs]
    assert steps == [8, 8 + -(-400 // int(size.value)), 8 + 2 * -(-400 // int(size.value))]
    validation = next(line for line in workspace.charts["loss"].lines if line.name == "validation")
    raw = next(line for line in workspace.charts["loss"].lines if line.name == "training_batch")
    assert validation.series.x.tolist() == [1, 2, 3]
    assert raw.series.x[-1] == 3
    changes = workspace.lab.runs.newest.progress.changes
    assert [(change.step, change.knob) for change in changes] == [(1, "learning_rate"), (1, "batch_size")]
    # A run that goes on has its knobs where they were left, and shows them there.
    left = {key: knob.value for key, knob in card.knobs.items()}
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        press(qtbot, workspace.panel.continue_button)
    assert {key: knob.value for key, knob in card.knobs.items()} == left
    assert left["learning_rate"] == value


def test_varied_digits_are_shown_as_they_will_be(qtbot, workspace):
    begin(qtbot, workspace, "softmax", epochs="1", batch_size="50", threads="1", augment="no")
    press(qtbot, workspace.knobs.button)
    preview, knob = workspace.knobs.preview, workspace.knobs.knobs["augmentation"]
    plain = preview.images
    np.testing.assert_allclose(plain, few_digits()[0].images[: len(plain)], atol=1e-5)
    qtbot.keyClick(knob.slider, Qt.Key.Key_End)
    assert knob.value == 2.0
    assert np.abs(preview.images - plain).mean() > 0.05


def test_a_model_whose_answer_would_change_has_no_varying_and_lbfgs_has_no_knobs(qtbot, workspace):
    begin(qtbot, workspace, "angle", epochs="1", batch_size="400", threads="1")
    assert "augmentation" not in workspace.knobs.knobs
    workspace.session.stop()
    qtbot.waitUntil(lambda: not workspace.session.active, timeout=10_000)
    begin_lbfgs = workspace.panel.form
    begin_lbfgs.selector.setCurrentIndex(begin_lbfgs.selector.findData("softmax"))
    begin_lbfgs.fields["optimizer"].set_text("lbfgs")
    begin_lbfgs.fields["epochs"].set_text("2")
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        press(qtbot, workspace.panel.train_button)
    assert workspace.knobs.knobs == {}

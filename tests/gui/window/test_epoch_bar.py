"""The slider over the stored epochs, through real events: what it shows is what answers."""

from dataclasses import replace

import numpy as np
import pytest
from chart_helpers import progress
from fake_training import epoch_ended, make_fake, short
from PySide6.QtCore import Qt

from engine.evaluation.calibration import Calibration
from gui.charts.overlays import Mark
from gui.lab.current_epoch import CurrentEpoch
from gui.lab.training_session import TrainingSession
from gui.window import epoch_bar
from gui.window.epoch_bar import EpochBar
from gui.workspaces.evaluate.workspace import EvaluateWorkspace
from gui.workspaces.train.workspace import TrainWorkspace
from models import PRESETS

EPOCHS = 6


@pytest.fixture
def trained(qtbot, make_lab):
    """A lab in which a run of six epochs has ended, each with other weights; and its bar."""
    lab = make_lab(session=TrainingSession(make_trainer=make_fake()))
    lab.models.choose("softmax")
    bar = EpochBar(lab)
    qtbot.addWidget(bar)
    bar.show()
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=EPOCHS))
    yield lab, bar
    bar.shut_down()


def answering(lab):
    return lab.classifier.answering.network.store.snapshot()


def test_the_bar_is_there_for_the_model_of_the_stored_epochs_alone(trained):
    lab, bar = trained
    assert bar.isVisible()
    assert bar.label.text() == f"newest, {EPOCHS} epochs"
    lab.models.choose("softmax")
    assert not bar.isVisible()
    lab.models.choose(lab.models.unsaved_entries[0].key)
    assert bar.isVisible()


def test_keys_move_through_the_epochs_and_their_weights_answer(trained, qtbot):
    lab, bar = trained
    newest = answering(lab)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert (lab.epoch.shown, bar.label.text()) == (1, f"epoch 1 of {EPOCHS}")
    np.testing.assert_array_equal(answering(lab), lab.epoch.chosen_weights)
    assert not np.array_equal(answering(lab), newest)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Right)
    assert lab.epoch.shown == 2
    # The trainer of these tests adds 1 to every weight at each of ten steps.
    np.testing.assert_allclose(answering(lab) - lab.epoch.weights_until_shown()[0], 10)
    qtbot.keyClick(bar.slider, Qt.Key.Key_End)
    assert (lab.epoch.shown, lab.epoch.follows_newest) == (EPOCHS, False)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    qtbot.mouseClick(bar.follow_button, Qt.MouseButton.LeftButton)
    assert lab.epoch.follows_newest
    assert bar.follow_button.isChecked()
    np.testing.assert_array_equal(answering(lab), newest)


def test_another_model_answers_with_its_own_weights_whatever_epoch_is_shown(trained):
    lab, _bar = trained
    lab.epoch.show_epoch(2)
    shipped = lab.models.choose("softmax")
    assert shipped
    np.testing.assert_array_equal(answering(lab), lab.models.current.model.network.store.snapshot())
    lab.models.choose(lab.models.unsaved_entries[0].key)
    np.testing.assert_array_equal(answering(lab), lab.epoch.chosen_weights)


def test_play_goes_through_the_epochs_and_loops(trained, qtbot, monkeypatch):
    lab, bar = trained
    shown = []
    lab.epoch.changed.connect(lambda: shown.append(lab.epoch.shown))
    qtbot.mouseClick(bar.play_button, Qt.MouseButton.LeftButton)
    assert bar.play_button.text() == "Pause"
    for timer in bar.children():
        if hasattr(timer, "setInterval"):
            timer.setInterval(1)
    qtbot.waitUntil(lambda: not bar.play_button.isChecked(), timeout=5_000)
    assert shown == list(range(1, EPOCHS + 1))
    bar.loop_box.setChecked(True)
    qtbot.mouseClick(bar.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.count(2) >= 3, timeout=5_000)
    qtbot.mouseClick(bar.play_button, Qt.MouseButton.LeftButton)
    assert epoch_bar.PLAY_MS > 100


def test_a_chosen_epoch_stays_while_the_training_goes_on(qtbot, make_lab):
    lab = make_lab(session=TrainingSession(make_trainer=make_fake(batch_seconds=0.004)))
    lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=8))
    qtbot.waitUntil(lambda: len(lab.epoch.stored) >= 2, timeout=10_000)
    lab.epoch.show_epoch(1)
    first = answering(lab)
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        qtbot.waitUntil(lambda: len(lab.epoch.stored) >= 4, timeout=10_000)
        np.testing.assert_array_equal(answering(lab), first)
    np.testing.assert_array_equal(answering(lab), first)
    lab.epoch.follow_newest()
    np.testing.assert_array_equal(answering(lab), lab.models.current.model.network.store.snapshot())


def test_after_a_run_that_went_back_to_its_best_epoch_the_bar_names_that_one(trained, qtbot):
    lab, bar = trained
    with qtbot.waitSignal(lab.session.finished, timeout=10_000) as ended:
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=EPOCHS))
    finished, model = ended.args
    lab.session.finished.emit(replace(finished, kept=finished.history[1]), model)
    assert (bar.label.text(), bar.slider.value()) == (f"kept: epoch 2 of {EPOCHS}", 1)
    qtbot.keyClick(bar.slider, Qt.Key.Key_End)
    assert bar.label.text() == f"epoch {EPOCHS} of {EPOCHS}"
    qtbot.mouseClick(bar.follow_button, Qt.MouseButton.LeftButton)
    assert bar.slider.value() == 1
    # Stopped before another epoch ended: what it was measured to be then is no epoch's.
    lab.session.finished.emit(replace(finished, kept=replace(finished.history[-1], seconds=99.0)), model)
    assert bar.label.text() == f"newest, within epoch {EPOCHS + 1}"
    qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert bar.label.text() == f"epoch 1 of {EPOCHS}"


def test_a_thinned_run_says_how_many_epochs_are_stored(qtbot, make_lab, monkeypatch):
    monkeypatch.setattr(CurrentEpoch.__init__, "__kwdefaults__", {"most_bytes": 1 << 26, "most_epochs": 6})
    lab = make_lab(session=TrainingSession(make_trainer=make_fake()))
    bar = EpochBar(lab)
    qtbot.addWidget(bar)
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=12))
    bar.show()
    assert bar.label.text() == f"newest, 12 epochs · stored {len(lab.epoch.stored)} of 12"
    qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert bar.label.text() == f"epoch 1 of 12 · stored {len(lab.epoch.stored)} of 12"
    assert len(lab.epoch.stored) <= 6
    bar.shut_down()


def test_a_long_run_is_thinned_but_keeps_first_newest_and_chosen(qapp):
    epoch = CurrentEpoch(most_epochs=6)
    for number in range(1, 31):
        epoch.add_progress(progress(epochs=[epoch_ended(number)]))
        if number == 6:
            epoch.show_epoch(4)
    assert len(epoch.stored) <= 7
    assert {1, 4, 30} <= set(epoch.stored)
    assert epoch.ended == 30
    assert (epoch.shown, epoch.chosen_weights[0]) == (4, 4)
    steps = np.diff([number for number in epoch.stored if number not in (4, 30)])
    assert set(steps.tolist()) == {8}


def test_memory_is_bounded_by_bytes_too(qapp):
    epoch = CurrentEpoch(most_bytes=3 * 16)
    for number in range(1, 20):
        epoch.add_progress(progress(epochs=[epoch_ended(number)]))
    assert len(epoch.stored) <= 3
    assert epoch.shown == 19


def test_the_matrix_and_the_mark_in_the_loss_chart_obey_the_slider(qtbot, make_lab, themes):
    lab = make_lab(session=TrainingSession(make_trainer=make_fake()))
    lab.models.choose("softmax")
    evaluate, train = EvaluateWorkspace(lab, themes), TrainWorkspace(lab, themes)
    for workspace in (evaluate, train):
        qtbot.addWidget(workspace)
    train.show()
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=3))
    model, plain = lab.models.current.model, lab.models.current.model.calibration
    model.calibration = Calibration(3.0)
    lab.epoch.show_epoch(3)
    assert lab.classifier.answering.calibration == Calibration(3.0), "the last epoch has the weights of the model"
    lab.epoch.show_epoch(2)
    assert lab.classifier.answering.calibration == plain, "it was fitted on other weights"
    evaluate.show()
    qtbot.waitUntil(lambda: evaluate.found is not None, timeout=20_000)
    assert evaluate.found.title.endswith(", epoch 2")
    assert evaluate.found.model.calibration == plain
    np.testing.assert_array_equal(evaluate.found.model.network.store.snapshot(), lab.epoch.chosen_weights)
    marks = [mark for mark in train.charts["loss"].overlays_of(Mark) if mark.item.label.toPlainText() == "epoch 2"]
    assert [mark.x for mark in marks] == [2]
    lab.epoch.follow_newest()
    qtbot.waitUntil(lambda: "epoch" not in evaluate.found.title, timeout=20_000)
    assert train.charts["loss"].overlays_of(Mark) == []
    assert evaluate.found.model.calibration == lab.classifier.answering.calibration == Calibration(3.0)
    evaluate.shut_down()
    train.shut_down()


def test_a_narrow_bar_takes_two_rows_and_cuts_nothing(trained, qtbot):
    _, bar = trained
    bar.resize(900, bar.height())
    assert bar.slider.y() < bar.play_button.geometry().bottom()
    bar.resize(bar.minimumSizeHint().width(), 100)
    qtbot.waitUntil(lambda: bar.play_button.y() > bar.label.geometry().bottom())
    for part in (bar.label, bar.slider, bar.play_button, bar.loop_box, bar.follow_button):
        assert bar.rect().contains(part.geometry())
        assert part.width() >= part.minimumSizeHint().width()

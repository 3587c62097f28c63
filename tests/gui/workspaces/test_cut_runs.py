"""A training that was cut off is offered at the next start, and what cannot go on says why where it was asked."""

from dataclasses import replace

from fake_training import few_digits, short
from PySide6.QtWidgets import QLabel
from sweep_helpers import press

from engine.storage.runs.run_store import RunStore
from gui.lab.training_session import TrainingSession
from gui.workspaces.runs.workspace import RunsWorkspace
from gui.workspaces.train.cut_run_card import CutRunCard
from models import PRESETS
from models.recipes.training_data import fewer_examples


def test_a_cut_run_is_offered_once_and_goes_on(qtbot, make_lab):
    lab = make_lab(session=TrainingSession(load_data=few_digits))
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        assert lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=2))
    [(folder, entry)] = RunStore().list()[0]
    # As a killed process leaves it.
    folder.write_entry(replace(entry, ended="", outcome="", message="", config={**entry.config, "epochs": 3}))
    later = make_lab(session=TrainingSession(load_data=few_digits))
    told = []
    later.messages.message.connect(told.append)
    later.kept_runs.offer_cut_runs()
    qtbot.waitUntil(lambda: bool(told))
    assert "was cut off after epoch 2 of 3" in told[0]
    assert folder.entry().outcome == "cut off"
    card = CutRunCard(later)
    qtbot.addWidget(card)
    assert not card.isHidden()
    assert told[0].startswith(card.findChild(QLabel, "cutRunWords").text()[:-1])
    with qtbot.waitSignal(later.session.finished, timeout=20_000):
        press(card, "continueCutRun")
    assert card.isHidden()
    assert [event.epoch for event in folder.epochs()] == [1, 2, 3]
    assert folder.entry().outcome == "completed"


def test_the_tab_runs_says_why_a_run_does_not_go_on(qtbot, themes, make_lab):
    lab = make_lab(session=TrainingSession(load_data=few_digits))
    workspace = RunsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    told = []
    lab.messages.error.connect(told.append)
    lab.session.failed.emit("Hidden.")
    workspace.show()
    lab.session.failed.emit("The run learned from other digits.")
    assert told == ["The run learned from other digits."]
    workspace.shut_down()


def test_a_run_of_fewer_examples_goes_on_with_the_same_ones(qtbot, make_lab):
    preset = PRESETS["softmax"]
    config = short(preset, epochs=1)

    def fewer():
        training, validation = few_digits()
        return fewer_examples(training, 100, config.seed), validation

    lab = make_lab(session=TrainingSession(load_data=fewer))
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        assert lab.session.start(preset, config)
    [(folder, entry)] = RunStore().list()[0]
    folder.write_entry(replace(entry, data=replace(entry.data, arguments={"examples": 100})))
    later = make_lab(session=TrainingSession(load_data=few_digits))
    with qtbot.waitSignal(later.session.finished, timeout=20_000):
        later.kept_runs.continue_exactly(entry.run_id, 1)
    assert [event.epoch for event in folder.epochs()] == [1, 2]

"""Which weights of a kept run answer, and what its metrics are called."""

from types import SimpleNamespace

import numpy as np
import pytest
from fake_training import epoch_ended, few_digits, short
from sweep_helpers import press

from engine.storage.runs.run_store import RunStore
from gui.lab.training_session import TrainingSession
from gui.workspaces.runs.columns import COLUMNS
from gui.workspaces.runs.overlay_chart import CURVES
from gui.workspaces.runs.workspace import RunsWorkspace
from models import PRESETS

SOFTMAX = PRESETS["softmax"]


@pytest.fixture
def runs(qtbot, make_lab, themes):
    """The tab with one run."""
    lab = make_lab(session=TrainingSession(load_data=few_digits))
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        lab.session.start(SOFTMAX, short(SOFTMAX, epochs=1))
    workspace = RunsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.show()
    qtbot.waitUntil(lambda: len(lab.kept_runs.runs) == 1)
    yield workspace
    workspace.shut_down()


def test_what_answers_is_called_what_it_is(qtbot, runs):
    lab, folder = runs.lab, RunStore().list()[0][0][0]
    name = folder.entry().name
    # What stays may be another epoch than the last one, or lie within one.
    runs.card.weights_box.setCurrentText("at the end")
    press(runs, "openRunButton")
    assert lab.models.current.title == f"{name} · at the end"
    folder.write_epochs([])
    with qtbot.waitSignal(lab.kept_runs.changed):
        lab.kept_runs.reload()
    lab.models.choose("softmax")
    runs.card.weights_box.setCurrentText("of the best epoch")
    press(runs, "openRunButton")
    assert lab.models.current.title == f"{name} · at the end", "without a whole epoch there is no best one"
    (folder.path / "last.safetensors").unlink()
    with qtbot.waitSignal(lab.messages.message) as told:
        press(runs, "openRunButton")
    assert told.args == ["This run ended before its first epoch: no weights of it are kept."]


@pytest.mark.parametrize("button", ["resumeButton", "startFromButton", "openRunButton"])
def test_a_table_that_is_read_anew_has_no_run_to_go_on_with(runs, button):
    # Which says nothing of it.
    current = runs.lab.models.current
    runs.card.table.selectionModel().reset()
    press(runs, button)
    assert not runs.lab.session.active
    assert runs.lab.models.current is current


def test_an_angle_s_error_is_not_told_as_an_accuracy():
    def run(name, metrics):
        return SimpleNamespace(run_id=name, epochs=(epoch_ended(1, validation_metrics=metrics),))

    angle, digit = run("angle", {"rmse": 6.214, "r2": 0.9}), run("digit", {"accuracy": 0.9})
    column = next(column for column in COLUMNS if column.key == "last_figure")
    assert column.text(angle, digit) == "6.21°", "no difference from an accuracy either"
    assert column.text(digit, None) == "90.00"
    assert np.isnan(CURVES["Accuracy, %"](angle.epochs[0]))
    assert CURVES["Accuracy, %"](digit.epochs[0]) == 90

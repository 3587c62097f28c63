"""The tab Runs: what is kept is shown, compared, renamed, deleted, and gone on with, through real events."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from fake_training import few_digits, short
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QTableView
from sweep_helpers import press

from engine.storage.runs.run_store import RunStore
from gui.charts.overlays import Mark
from gui.lab.training_session import TrainingSession
from gui.workspaces.runs.columns import COLUMNS
from gui.workspaces.runs.workspace import RunsWorkspace
from models import PRESETS

SOFTMAX = PRESETS["softmax"]
PLACES = {column.key: place for place, column in enumerate(COLUMNS)}


@pytest.fixture
def lab(make_lab):
    return make_lab(session=TrainingSession(load_data=few_digits))


def train(qtbot, lab, **settings):
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        assert lab.session.start(SOFTMAX, short(SOFTMAX, **settings))
    return RunStore().list()[0]


@pytest.fixture
def runs(qtbot, lab, themes):
    """The tab with two runs, the newer one, of another rate, in the first row."""
    train(qtbot, lab, learning_rate=0.001, epochs=2)
    train(qtbot, lab, learning_rate=0.01, epochs=3)
    workspace = RunsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(1000, 800)
    workspace.show()
    qtbot.waitUntil(lambda: len(lab.kept_runs.runs) == 2)
    by_start = sorted(lab.kept_runs.runs, key=lambda run: run.entry.config["learning_rate"])
    workspace.old, workspace.new = by_start
    yield workspace
    workspace.shut_down()


def table_of(workspace):
    return workspace.findChild(QTableView, "runTable")


def cell(workspace, run, key):
    table = table_of(workspace)
    row = [shown.run_id for shown in workspace.card.found.shown()].index(run.run_id)
    return table.model().index(row, PLACES[key])


def click_cell(workspace, run, key, modifier=Qt.KeyboardModifier.NoModifier):
    table, index = table_of(workspace), cell(workspace, run, key)
    table.scrollTo(index)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, table.visualRect(index).center())


def select_both(workspace):
    click_cell(workspace, workspace.old, "state")
    click_cell(workspace, workspace.new, "state", Qt.KeyboardModifier.ControlModifier)


def test_the_selected_runs_are_drawn_over_each_other(runs):
    # The newest one is selected at first.
    assert [len(line.series) for line in runs.chart.lines] == [len(runs.new.epochs)]
    select_both(runs)
    assert sorted(len(line.series) for line in runs.chart.lines) == [2, 3]
    line = next(line for line in runs.chart.lines if len(line.series) == 3)
    np.testing.assert_allclose(line.series.y, [event.validation_loss for event in runs.new.epochs])
    assert line.series.x.tolist() == [1, 2, 3]
    runs.alignment_box.setCurrentText("step")
    line = next(line for line in runs.chart.lines if len(line.series) == 3)
    assert line.series.x.tolist() == [event.step for event in runs.new.epochs]
    runs.alignment_box.setCurrentText("seconds")
    line = next(line for line in runs.chart.lines if len(line.series) == 3)
    np.testing.assert_allclose(line.series.x, np.cumsum([event.seconds for event in runs.new.epochs]))
    # Told apart by colour and by dashes, and by their values under the pointer.
    first, second = (one.style for one in runs.chart.lines)
    assert (first.color(runs.themes.theme), first.dash) != (second.color(runs.themes.theme), second.dash)
    text = runs.chart.reading_at(float(line.series.x[-1]), float(line.series.y[-1])).text
    assert f"{line.series.y[-1]:.4f}" in text
    QTest.mouseClick(runs.chart_card.log_button, Qt.MouseButton.LeftButton)
    assert runs.chart.view.logarithmic
    runs.themes.set_mode("dark")
    assert len(runs.chart.lines) == 2
    assert not runs.grab().isNull()


def test_a_baseline_is_pinned_and_the_others_are_differences(runs):
    click_cell(runs, runs.old, "state")
    press(runs, "baselineButton")
    assert runs.baseline.run_id == runs.old.run_id
    difference = runs.new.epochs[-1].validation_loss - runs.old.epochs[-1].validation_loss
    sign = "+" if difference >= 0 else "−"
    assert f"({sign}{abs(difference):.4f})" in cell(runs, runs.new, "last_loss").data()
    assert "(" not in cell(runs, runs.old, "last_loss").data()
    click_cell(runs, runs.new, "state")
    assert len(runs.chart.lines) == 2
    box = runs.findChild(QCheckBox, "runChartDifferences")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    values = {line.name: line.series.y for line in runs.chart.lines}
    np.testing.assert_array_equal(values[runs.old.run_id], [0, 0])
    expected = runs.new.epochs[1].validation_loss - runs.old.epochs[1].validation_loss
    np.testing.assert_allclose(values[runs.new.run_id][1], expected)
    click_cell(runs, runs.old, "state")
    press(runs, "baselineButton")
    assert runs.baseline is None


def test_the_table_is_sorted_searched_and_shows_only_differences(runs):
    table, found = table_of(runs), runs.card.found
    table.sortByColumn(PLACES["learning_rate"], Qt.SortOrder.AscendingOrder)
    assert [run.run_id for run in found.shown()] == [runs.old.run_id, runs.new.run_id]
    table.sortByColumn(PLACES["epochs"], Qt.SortOrder.DescendingOrder)
    assert [run.run_id for run in found.shown()] == [runs.new.run_id, runs.old.run_id]
    search = runs.findChild(QLineEdit, "runSearch")
    QTest.keyClicks(search, "softmax 0.01")
    assert [run.run_id for run in found.shown()] == [runs.new.run_id]
    search.clear()
    runs.findChild(QComboBox, "runFilter").setCurrentText("starred")
    assert found.shown() == []
    runs.findChild(QComboBox, "runFilter").setCurrentText("all")
    assert not table.isColumnHidden(PLACES["optimizer"])
    runs.findChild(QCheckBox, "runDifferences").setChecked(True)
    assert table.isColumnHidden(PLACES["optimizer"])
    assert not table.isColumnHidden(PLACES["learning_rate"])


def test_every_metric_that_a_run_holds_has_columns_and_a_curve(qtbot, runs, lab):
    assert "best_macro_f1" not in [column.key for column in runs.card.model.columns]
    click_cell(runs, runs.old, "state")
    with qtbot.waitSignal(lab.kept_runs.changed, timeout=20_000):
        train(qtbot, lab, epochs=3, learning_rate=0.05, metrics="macro_f1")
        lab.kept_runs.reload()
    run = next(run for run in lab.kept_runs.runs if run.entry.config["metrics"])
    values = [event.validation_metrics["macro_f1"] for event in run.epochs]
    best = next(event for event in reversed(run.epochs) if event.best).validation_metrics["macro_f1"]
    columns = {column.key: place for place, column in enumerate(runs.card.model.columns)}
    row = [shown.run_id for shown in runs.card.found.shown()].index(run.run_id)

    def shown(kind):
        return runs.card.found.index(row, columns[f"{kind}_macro_f1"]).data()

    expected = [best, values[-1], min(values), max(values)]
    assert [shown(kind) for kind in ("best", "last", "min", "max")] == [f"{value:.4f}" for value in expected]
    header = table_of(runs).horizontalHeader()
    places = [header.visualIndex(columns[key]) for key in ("last_loss", "best_macro_f1", "max_macro_f1", "note")]
    assert places == sorted(places)
    assert [one.run_id for one in runs.card.selected()] == [runs.old.run_id]
    click_cell(runs, run, "state")
    runs.metric_box.setCurrentText("macro f1")
    [line] = runs.chart.lines
    np.testing.assert_allclose(line.series.y, values)


def test_name_note_and_star_are_kept_and_undone(qtbot, runs, lab):
    table = table_of(runs)
    for key, text in (("name", "a high rate"), ("note", "learns fast")):
        index = cell(runs, runs.new, key)
        table.scrollTo(index)
        table.setCurrentIndex(index)
        table.edit(index)
        editor = table.viewport().findChild(QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, text)
        with qtbot.waitSignal(lab.kept_runs.changed):
            QTest.keyClick(editor, Qt.Key.Key_Return)
    with qtbot.waitSignal(lab.kept_runs.changed):
        click_cell(runs, runs.new, "star")
    entry = RunStore().find(runs.new.run_id).entry()
    assert (entry.name, entry.note, entry.star) == ("a high rate", "learns fast", True)
    for _ in range(3):
        with qtbot.waitSignal(lab.kept_runs.changed):
            press(runs, "undoRunButton")
    assert RunStore().find(runs.new.run_id).entry() == runs.new.entry


def test_delete_can_be_undone(qtbot, runs, lab):
    select_both(runs)
    with qtbot.waitSignal(lab.kept_runs.changed):
        press(runs, "deleteRunButton")
    assert lab.kept_runs.runs == []
    assert runs.chart.empty
    with qtbot.waitSignal(lab.messages.message, check_params_cb=lambda text: text == "Delete undone."):
        press(runs, "undoRunButton")
    qtbot.waitUntil(lambda: len(lab.kept_runs.runs) == 2)


def test_what_was_deleted_earlier_can_be_brought_back(qtbot, lab, make_lab):
    train(qtbot, lab, epochs=1)
    [(folder, entry)] = RunStore().list()[0]
    RunStore().delete(entry.run_id)
    kept = make_lab(session=TrainingSession(load_data=few_digits)).kept_runs
    with qtbot.waitSignal(kept.undo_changed):
        kept.reload()
    assert (kept.runs, kept.undo_text) == ([], "delete")
    with qtbot.waitSignal(kept.changed):
        kept.undo()
    assert [run.run_id for run in kept.runs] == [entry.run_id]
    assert kept.undo_text == ""
    assert folder.path.is_dir()


def test_a_run_is_continued_in_its_own_folder(qtbot, runs, lab):
    click_cell(runs, runs.new, "state")
    runs.card.epochs_box.setValue(2)
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        press(runs, "resumeButton")
    folder = RunStore().find(runs.new.run_id)
    assert [event.epoch for event in folder.epochs()] == [1, 2, 3, 4, 5]
    assert len(RunStore().list()[0]) == 2
    # Continued exactly: the same as a run of five epochs, where the rate does not depend on the number of epochs.
    whole = train(qtbot, lab, learning_rate=0.01, epochs=5)
    straight = next(kept for kept, entry in whole if entry.run_id not in (runs.new.run_id, runs.old.run_id))
    np.testing.assert_array_equal(straight.model().network.store.values, folder.model().network.store.values)


def test_start_from_here_is_a_new_run(qtbot, runs, lab):
    click_cell(runs, runs.old, "state")
    with qtbot.waitSignal(lab.session.finished, timeout=20_000):
        press(runs, "startFromButton")
    entries = {entry.run_id: entry for _, entry in RunStore().list()[0]}
    assert len(entries) == 3
    [new] = [entry for run_id, entry in entries.items() if run_id not in (runs.old.run_id, runs.new.run_id)]
    assert (new.parent, new.earlier_epochs) == (runs.old.run_id, 2)
    assert RunStore().find(new.run_id).epochs()[0].loss < runs.old.epochs[0].loss


def test_turns_of_knobs_are_marked_where_a_run_stands_alone(qtbot, runs, lab):
    folder = RunStore().find(runs.new.run_id)
    per_epoch = runs.new.epochs[0].step
    turns = ({"step": 0, "knob": "l2", "value": 0.5}, {"step": per_epoch + 1, "knob": "learning_rate", "value": 0.1})
    folder.write_entry(replace(folder.entry(), changes=turns))
    click_cell(runs, runs.new, "state")
    with qtbot.waitSignal(lab.kept_runs.changed):
        lab.kept_runs.reload()
    assert [mark.x for mark in runs.chart.overlays_of(Mark)] == pytest.approx([0, 1 + 1 / per_epoch])
    assert [mark.item.label.format for mark in runs.chart.overlays_of(Mark)] == ["L2 0.5", "learning rate 0.1"]
    runs.alignment_box.setCurrentText("step")
    assert [mark.x for mark in runs.chart.overlays_of(Mark)] == [0, per_epoch + 1]
    select_both(runs)
    assert runs.chart.overlays_of(Mark) == []


def test_what_the_runs_take_is_told_and_old_ones_are_found(qtbot, runs, lab):
    root = RunStore().root
    sizes = {
        run.run_id: sum(path.stat().st_size for path in (root / run.run_id).iterdir()) for run in lab.kept_runs.runs
    }
    assert {run.run_id: run.size_bytes for run in lab.kept_runs.runs} == sizes
    assert cell(runs, runs.new, "size").data() == f"{sizes[runs.new.run_id] / 1e6:.2f}"
    folder = RunStore().find(runs.old.run_id)
    folder.write_entry(replace(folder.entry(), started="2020-01-31T12:00:00"))
    with qtbot.waitSignal(lab.kept_runs.changed):
        lab.kept_runs.reload()
    runs.findChild(QComboBox, "runFilter").setCurrentText("old")
    assert [run.run_id for run in runs.card.found.shown()] == [runs.old.run_id]
    with qtbot.waitSignal(lab.kept_runs.changed):
        lab.kept_runs.set_star(runs.old.run_id, True)
    assert runs.card.found.shown() == []


def test_its_model_answers(runs, lab):
    click_cell(runs, runs.new, "state")
    press(runs, "openRunButton")
    best = RunStore().find(runs.new.run_id).model(best=True)
    np.testing.assert_array_equal(lab.models.current.model.network.store.values, best.network.store.values)
    # All runs have files of the same names.
    assert lab.models.current.title == f"{runs.new.entry.name} · best epoch"


def test_the_table_is_exported(qtbot, runs, lab, tmp_path, monkeypatch):
    path = tmp_path / "runs.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "runs"), ""))
    with qtbot.waitSignal(runs.card.files.written):
        press(runs, "exportRunsButton")
    assert lab.settings.last_folder == str(tmp_path)
    rows = [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if not row[0].startswith("#")]
    assert rows[0][:3] == ["run", "star", "name"]
    assert {row[0] for row in rows[1:]} == {runs.old.run_id, runs.new.run_id}


def test_other_digits_are_refused_in_a_sentence(qtbot, lab, make_lab):
    train(qtbot, lab, epochs=1)
    [(folder, entry)] = RunStore().list()[0]
    later = make_lab(session=TrainingSession(load_data=lambda: few_digits()[::-1]))
    with qtbot.waitSignal(later.session.failed, timeout=20_000) as failed:
        later.kept_runs.continue_exactly(entry.run_id, 1)
    assert "learned from other digits" in failed.args[0]
    assert len(folder.epochs()) == 1

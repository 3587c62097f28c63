"""The page of sweeps in the tab Runs, through real events: form, table, charts, experiments, race, and how it ends."""

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from fake_training import short
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QSpinBox
from sweep_helpers import column, press, vary
from sweep_workers import Threads, few_digits

from engine.storage.runs.run_store import RunStore
from gui.lab.training_session import TrainingSession
from gui.workspaces.runs.workspace import RunsWorkspace
from models import PRESETS
from models.sweeps.plan import make_plan
from models.sweeps.summary import summarize
from models.sweeps.sweep import TrialState
from models.sweeps.trial import TrialOutcome
from models.sweeps.variation import parse_variation


@pytest.fixture
def lab(make_lab, monkeypatch):
    lab = make_lab(session=TrainingSession(load_data=few_digits))
    monkeypatch.setattr(lab.datasets, "split_source", lambda: few_digits)
    yield lab
    lab.sweeps.shut_down()


@pytest.fixture
def page(qtbot, lab, themes):
    """The page, whose trials are trained by a thread of this process."""
    lab.sweeps.make_workers = lambda _digits, _at_once, _scheduler: Threads(RunStore().root)
    workspace = RunsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(900, 900)
    workspace.show()
    assert workspace.sweep_page is None
    press(workspace, "sweepButton")
    yield workspace.sweep_page
    workspace.shut_down()


def add(page, field, values):
    press(page, "addFieldButton")
    vary(page, page.form.rows[-1], field, values)


def run_to_its_end(qtbot, page, name):
    with qtbot.waitSignal(page.lab.sweeps.ended, timeout=20_000):
        press(page, name)
    return page.lab.sweeps.states


def test_the_number_of_trials_is_told_before_anything_starts(page):
    count = page.findChild(QLabel, "trialCount")
    assert count.text().startswith("4 trials: 4 × 1 seed")
    add(page, "l2", "0, 0.1, 0.2")
    page.findChild(QSpinBox, "sweepSeeds").setValue(2)
    assert count.text().startswith("24 trials: 4 × 3 × 2 seeds")
    start = page.findChild(QAbstractButton, "startSweepButton")
    row = page.form.rows[1]
    QTest.keyClicks(row.values_edit, ", many")
    assert not start.isEnabled()
    assert "many" in row.message_label.text()
    QTest.mouseClick(row.remove_button, Qt.MouseButton.LeftButton)
    assert start.isEnabled()
    assert count.text().startswith("8 trials")


def test_two_fields_are_a_heat_map_of_the_means(qtbot, page):
    vary(page, page.form.rows[0], "learning_rate", "0.001, 0.1")
    add(page, "l2", "0, 0.5")
    add(page, "epochs", "2")
    page.form.seeds_box.setValue(2)
    states = run_to_its_end(qtbot, page, "startSweepButton")
    assert [state.outcome.reason for state in states] == ["completed"] * 8
    assert {entry.sweep for _, entry in RunStore().list()[0]} == {page.lab.sweeps.plan.sweep_id}
    accuracies = 100 * np.array([state.outcome.metrics["validation_accuracy"] for state in states]).reshape(4, 2)
    assert page.chart_box.currentText() == "Heat map"
    assert page.heat_map.isVisible()
    reading = page.heat_map.reading_at(1.0, 0.0)
    assert reading.index == (0, 1)
    assert f"{accuracies[1].mean():.2f}" in reading.text
    spread = f"{accuracies[0].mean():.2f} ± {accuracies[0].std(ddof=1):.2f}"
    assert column(page, "Mean ± deviation")[:2] == [spread, spread]
    best = max(states, key=lambda state: (state.outcome.metrics["validation_accuracy"],
                                          -state.outcome.metrics["validation_loss"]))  # fmt: skip
    assert [text.startswith("★") for text in column(page, "Trial")] == [state is best for state in states]
    rate, l2 = best.trial.values["learning_rate"], best.trial.values["l2"]
    told = page.findChild(QLabel, "sweepSentence").text()
    assert told == f"Best of 8 trials: Learning rate {rate:g}, L2 (λ) {l2:g}, seed {best.trial.config.seed}."
    losses = [state.epochs[-1].validation_loss for state in states]
    place = page.model.titles.index("Loss")
    header = page.table.horizontalHeader()
    x = header.sectionViewportPosition(place) + 6
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2))
    shown = [float(page.table.model().index(row, place).data()) for row in range(8)]
    assert shown == sorted(
        (round(loss, 4) for loss in losses), reverse=header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    )
    # A row that is chosen is the trial that it shows.
    page.table.selectRow(0)
    page.chart_box.setCurrentText("Curves")
    [line] = page.overlay.lines
    assert round(float(line.series.y[-1]), 4) == shown[0]
    page.chart_box.setCurrentText("Parallel coordinates")
    assert page.parallel.isVisible()
    assert len(page.parallel.lines) == 4
    assert not page.grab().isNull()


def test_the_end_of_a_trial_writes_its_own_row_alone(page):
    plan = make_plan("softmax", [parse_variation("l2=0,0.1,0.2,0.3")])
    states = [TrialState(trial) for trial in plan.trials]
    assert page.model.show_trials(states, summarize(states))
    rows = []
    page.model.dataChanged.connect(lambda first, last: rows.append((first.row(), last.row())))
    outcome = TrialOutcome(2, "completed", "", 1, 1, 1.0, {"validation_accuracy": 0.5}, "")
    later = [replace(state, state="ended", outcome=outcome) if state.trial.number == 2 else state for state in states]
    wider = page.model.show_trials(later, summarize(later))
    assert rows == [(2, 2)]
    assert list(wider.values()) == ["★ 3", "completed", "50.00"]
    assert column(page, "Mean ± deviation") == ["", "", "50.00", ""]


def test_of_equal_means_the_line_of_the_best_trial_is_thick(page):
    plan = make_plan("softmax", [parse_variation("l2=0,0.1,0.2")])
    states = [
        TrialState(trial, "ended", TrialOutcome(
            trial.number, "completed", "", metrics={"validation_accuracy": 1.0, "validation_loss": loss}
        ))
        for trial, loss in zip(plan.trials, (0.3, 0.1, 0.2), strict=True)
    ]  # fmt: skip
    summary = summarize(states)
    page.parallel.show_sweep(plan, summary)
    assert summary.best.trial.number == 1
    widths = [line.style.width for line in page.parallel.lines]
    assert widths.index(max(widths)) == 1


def test_when_no_trial_could_be_trained_the_page_says_why(qtbot, page):
    vary(page, page.form.rows[0], "learning_rate", "1e30, 1e35")
    states = run_to_its_end(qtbot, page, "startSweepButton")
    assert states[0].outcome.message
    told = page.findChild(QLabel, "sweepSentence").text()
    assert told == f"No trial was trained to its end. {states[0].outcome.message}"


def test_the_learning_curve_says_bias_or_variance(qtbot, page):
    states = run_to_its_end(qtbot, page, "learningCurveButton")
    counts = [state.trial.examples for state in states]
    assert counts[-1] == 150
    assert counts == sorted(counts)
    training, validation = page.errors.lines
    assert page.errors.isVisible()
    np.testing.assert_allclose(training.series.x, counts)
    expected = [100 * (1 - state.outcome.metrics["validation_accuracy"]) for state in states]
    np.testing.assert_allclose(validation.series.y, expected)
    assert training.series.y[-1] < validation.series.y[-1]
    sentence = page.findChild(QLabel, "sweepSentence").text()
    assert sentence.startswith("With 150 examples: variance: ")
    assert f"{expected[-1]:.1f} %" in sentence


def test_the_validation_curve_goes_over_lambda(qtbot, page):
    states = run_to_its_end(qtbot, page, "validationCurveButton")
    assert [state.trial.config.l2 for state in states] == [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
    assert page.errors.view.logarithmic_x
    assert len(page.errors.lines[0].series) == 6
    assert page.errors.x_text(1e-6) == "L2 (λ) 0"
    # On paper 0 is 0, not where there was room for it.
    table = page.errors.table()
    assert table.columns[2] == "L2 (λ)"
    assert [(part[:2], part[2].tolist()) for part in table.parts] == [
        (words, [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
        for words in [
            *(("training", "raw"), ("validation", "raw"), ("training", "lowest"), ("training", "highest")),
            *(("validation", "lowest"), ("validation", "highest")),
        ]
    ]
    assert "lowest at λ = " in page.findChild(QLabel, "sweepSentence").text()


def test_a_race_grows_on_one_chart(qtbot, page):
    vary(page, page.form.rows[0], "optimizer", "adam, momentum")
    add(page, "epochs", "3")
    states = run_to_its_end(qtbot, page, "raceButton")
    assert page.chart_box.currentText() == "Curves"
    assert [line.label for line in page.overlay.lines] == ["adam", "momentum"]
    for line, state in zip(page.overlay.lines, states, strict=True):
        np.testing.assert_allclose(line.series.y, [event.validation_loss for event in state.epochs])
    assert {(state.trial.config.batch_size, state.trial.config.seed) for state in states} == {(128, 0)}


def test_models_race_by_accuracy(qtbot, page):
    vary(page, page.form.rows[0], "preset", "softmax, mlp")
    add(page, "epochs", "2")
    states = run_to_its_end(qtbot, page, "raceButton")
    for line, state in zip(page.overlay.lines, states, strict=True):
        expected = [100 * event.validation_metrics["accuracy"] for event in state.epochs]
        np.testing.assert_allclose(line.series.y, expected)
    names = {entry.name for _, entry in RunStore().list()[0]}
    assert {name.partition(", epochs 2, ")[0] for name in names} == {"Softmax regression", "Neural network"}


def test_one_trial_and_all_are_stopped(qtbot, page):
    vary(page, page.form.rows[0], "epochs", "99999, 99998, 99997")
    press(page, "startSweepButton")
    qtbot.waitUntil(lambda: any(state.epochs for state in page.lab.sweeps.states), timeout=20_000)
    assert not page.form.start_button.isEnabled()
    # The window trains its own beside it.
    with qtbot.waitSignal(page.lab.session.finished, timeout=20_000):
        page.lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=1))
    assert page.lab.sweeps.active
    page.table.selectRow(2)
    press(page, "stopTrialButton")
    qtbot.waitUntil(lambda: column(page, "State")[2] == "stopped")
    assert page.lab.sweeps.active
    with qtbot.waitSignal(page.lab.sweeps.ended, timeout=20_000):
        press(page, "stopSweepButton")
    assert set(column(page, "State")) == {"stopped"}
    assert page.form.start_button.isEnabled()


def test_closing_ends_the_worker_processes(qtbot, lab):
    before = set(multiprocessing.active_children())

    def plan(_digits):
        return make_plan("softmax", [parse_variation("epochs=99999"), parse_variation("seed=0,1")])

    assert lab.sweeps.start(plan, at_once=1)
    qtbot.waitUntil(lambda: any(state.epochs for state in lab.sweeps.states), timeout=30_000)
    assert set(multiprocessing.active_children()) - before
    lab.close()
    assert set(multiprocessing.active_children()) == before
    assert not lab.sweeps.active
    [(folder, _)] = RunStore().list()[0]
    assert not folder.under_way
    assert folder.epochs()

"""The charts of the Evaluate tab and its report through real events."""

from itertools import cycle

import numpy as np
import pytest
from evaluate_helpers import click_cell, click_point, pick, wait_for
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFileDialog

from engine.evaluation.calibration import UNCALIBRATED, Calibration
from gui.workspaces.evaluate.reliability_chart import Rug


def test_a_bar_opens_its_class_in_whatever_order(evaluate, qtbot):
    qtbot.mouseClick(evaluate.classes.sort_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert evaluate.classes.sort_box.isChecked()
    recall = np.array(evaluate.found.metrics["recall"])
    assert (np.diff(evaluate.classes.chart.heights) >= 0).all()
    click_point(qtbot, evaluate.classes.chart, 0.0, 0.2)
    assert set(evaluate.found.answers.targets[evaluate.examples.places].tolist()) == {int(recall.argmin())}
    table, order = evaluate.classes.chart.table(), np.argsort(recall, kind="stable")
    assert table.columns == ("name", "recall", "precision", "f1", "support")
    assert list(table.parts[0][0]) == [str(place) for place in order]
    assert table.parts[0][2].tolist() == np.array(evaluate.found.metrics["precision"])[order].tolist()
    pick(qtbot, evaluate.classes.metric_box, "support")
    assert evaluate.classes.chart.value_text(1.0) == "1"


def test_a_point_of_the_reliability_curve_opens_its_bin(evaluate, qtbot):
    curve = evaluate.found.reliability.now.curve
    number = int(np.flatnonzero(curve.counts > 0)[0])
    click_point(qtbot, evaluate.reliability.chart, float(curve.confidence[number]), float(curve.accuracy[number]))
    sure = evaluate.found.answers.confidence[evaluate.examples.places]
    assert len(sure) == curve.counts[number]
    gaps = np.abs(curve.accuracy - curve.confidence)[curve.counts > 0] * curve.counts[curve.counts > 0]
    assert gaps.sum() / curve.counts.sum() == pytest.approx(evaluate.found.reliability.now.error, abs=1e-6)
    assert sure.max() <= curve.edges[number + 1] + 1e-6


def test_calibrate_keeps_a_better_temperature_in_the_model(evaluate, qtbot, lab):
    before, model = evaluate.found, lab.models.current.model
    model.calibration = Calibration(5.0, threshold=0.5)
    lab.models.choose("softmax")
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    spoiled = evaluate.found
    qtbot.mouseClick(evaluate.reliability.calibrate_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.found is not spoiled, timeout=20_000)
    assert lab.models.current.model.calibration.temperature < 4.0
    assert lab.models.current.model.calibration.threshold == 0.5
    assert evaluate.found.reliability.now.brier < spoiled.reliability.now.brier
    assert evaluate.found.reliability.raw.brier == pytest.approx(spoiled.reliability.raw.brier)
    assert evaluate.found.metrics["accuracy"] == spoiled.metrics["accuracy"]
    assert f"{lab.models.current.model.calibration.temperature:.3f}" in evaluate.reliability.scores_label.text()
    lab.models.current.model.calibration = UNCALIBRATED


def test_the_slider_becomes_the_rule_of_refusal_and_undo_takes_it_back(evaluate, qtbot, lab):
    before, model, undo = evaluate.found, lab.models.current.model, evaluate.reliability.undo_button
    old = model.calibration
    assert not undo.isEnabled()
    qtbot.keyClick(evaluate.reliability.slider, Qt.Key.Key_PageDown)
    assert "99.0 % answered" in evaluate.reliability.rule_label.text()
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    assert evaluate.found.metrics["refused"] == pytest.approx(0.01, abs=0.002)
    assert evaluate.found.answers.logits is before.answers.logits
    assert model.calibration.threshold > before.answers.energies.min()
    ruled = evaluate.found
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.found is not ruled, timeout=20_000)
    assert model.calibration == old
    assert evaluate.reliability.slider.value() == 1000
    assert not undo.isEnabled()


def test_a_point_of_the_robustness_curve_opens_what_just_flipped(evaluate, qtbot):
    pick(qtbot, evaluate.robustness.change_box, "noise")
    qtbot.mouseClick(evaluate.robustness.measure_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.robustness.curve is not None, timeout=60_000)
    curve = evaluate.robustness.curve
    clean = evaluate.found.answers.right[curve.places].mean()
    assert curve.accuracy[0, 0] == pytest.approx([clean] * 3)
    assert curve.accuracy[0, 5].mean() < clean
    parts = {(name, kind): values for name, kind, _, values in evaluate.robustness.chart.table().parts}
    assert parts["model A", "lowest"].tolist() == curve.accuracy[0].min(axis=1).tolist()
    assert parts["model A", "highest"].tolist() == curve.accuracy[0].max(axis=1).tolist()
    click_point(qtbot, evaluate.robustness.chart, 5.0, float(curve.accuracy[0, 5].mean()))
    flipped = curve.flipped(0, 5)
    assert len(flipped) > 0
    assert evaluate.examples.places.tolist() == curve.places[flipped].tolist()
    assert evaluate.examples.grid.count == len(flipped)


def test_a_bar_of_residuals_opens_its_digits(evaluate, qtbot, lab):
    before = evaluate.found
    assert not evaluate.residuals.card.isVisible()
    lab.models.choose("angle")
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    assert evaluate.residuals.card.isVisible()
    assert not evaluate.reliability.card.isVisible()
    answers = evaluate.found.answers
    off = answers.predictions[:, 0] - answers.targets
    click_point(qtbot, evaluate.residuals.histogram, 6.0, 10.0)
    assert evaluate.examples.places.tolist() == np.flatnonzero((off >= 0) & (off < 4)).tolist()
    true, said = float(answers.targets[7]), float(answers.predictions[7, 0])
    click_point(qtbot, evaluate.residuals.chart, true, said)
    shown = evaluate.examples.places
    assert len(shown) == 1
    assert abs(answers.targets[shown[0]] - true) + abs(answers.predictions[shown[0], 0] - said) < 2
    assert "RMSE" in evaluate.choice.detail_label.text()


def test_the_report_is_one_file_that_needs_nothing_else(evaluate, qtbot, lab, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click_cell(qtbot, evaluate, *evaluate.found.pairs[0][:2])
    qtbot.mouseClick(evaluate.report_button, Qt.MouseButton.LeftButton)
    assert lab.settings.last_folder == str(tmp_path)
    text = path.read_text("utf-8")
    assert f"{100 * evaluate.found.metrics['accuracy']:.2f} % right" in text
    assert text.count('src="data:image/svg+xml;base64,') >= 4
    assert text.count('src="data:image/png;base64,') == 2
    for foreign in ("<script", "http://", "https://", "url("):
        assert foreign not in text
    truth, answer, count = evaluate.found.pairs[0]
    assert f"<td>{truth}</td><td>{answer}</td><td>{count}</td>" in text


def test_a_report_that_cannot_be_written_is_told(evaluate, qtbot, lab, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "report.html"), ""))
    with qtbot.waitSignal(lab.messages.error) as told:
        qtbot.mouseClick(evaluate.report_button, Qt.MouseButton.LeftButton)
    assert "report.html could not be saved" in told.args[0]


def test_the_threshold_can_be_dragged(evaluate, qtbot, lab):
    chart = evaluate.reliability.coverage_chart
    wait_for(qtbot, chart)
    view = chart.view
    y = sum(view.ranges[1]) / 2

    def at(x):
        return view.mapFromScene(view.box.mapViewToScene(QPointF(x, y)))

    start, end = at(chart.threshold.x), at(0.8)
    offsets = cycle((0, 1))

    def move(place):
        # The scene leaves out moves that follow each other too fast for a hand.
        qtbot.mouseMove(view.viewport(), place + QPoint(next(offsets), 0))

    def is_held():
        move(start)
        return chart.threshold.item.mouseHovering

    def is_there():
        move(end)
        return abs(evaluate.reliability.slider.value() - 800) < 10

    qtbot.waitUntil(is_held, timeout=5000)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.waitUntil(is_there, timeout=5000)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert not any(view.chosen_axes)
    curve = evaluate.found.reliability.coverage
    place = int(np.argmin(np.abs(curve.coverage - chart.threshold.x)))
    assert curve.coverage[place] == pytest.approx(chart.threshold.x)
    assert f"{100 * curve.accuracy[place]:.2f} % of these right" in evaluate.reliability.rule_label.text()
    # Where it was let go, there the model refuses.
    assert lab.models.current.model.calibration.threshold == curve.thresholds[place]
    lab.models.current.model.calibration = UNCALIBRATED


def test_the_rug_shows_where_single_digits_lie(evaluate):
    right, wrong = (rug.x for rug in evaluate.reliability.chart.overlays_of(Rug))
    answers = evaluate.found.answers
    assert wrong.min() == pytest.approx(answers.confidence[~answers.right].min(), abs=1e-3)
    assert right.max() == pytest.approx(answers.confidence[answers.right].max(), abs=1e-3)
    assert len(wrong) <= np.count_nonzero(~answers.right)

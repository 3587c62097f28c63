"""The Evaluate tab through real events: every figure opens exactly the digits behind it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFileDialog

from engine.evaluation.calibration import UNCALIBRATED, Calibration
from gui.workspaces.evaluate.workspace import EvaluateWorkspace
from models.scoring.matrix import AXES, MEASURES


@pytest.fixture
def evaluate(qtbot, lab, themes):
    """The tab with the answers of `softmax` to the held-out digits."""
    lab.models.choose("softmax")
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(1500, 1100)
    workspace.show()
    qtbot.waitUntil(lambda: workspace.found is not None, timeout=20_000)
    workspace.matrix.chart.redraw()
    yield workspace
    workspace.shut_down()


def click_cell(qtbot, workspace, row, column, modifier=Qt.KeyboardModifier.NoModifier):
    view = workspace.matrix.chart.view
    scene = view.box.mapViewToScene(QPoint(column, row).toPointF())
    qtbot.mouseMove(view.viewport(), view.mapFromScene(scene))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, view.mapFromScene(scene))


def places(workspace, truth, answer):
    answers = workspace.found.answers
    return np.flatnonzero((answers.targets == truth) & (answers.classes == answer))


def test_the_headline_tells_accuracy_with_its_interval(evaluate):
    figures, (low, high) = evaluate.found.figures, evaluate.found.interval
    assert low < figures["accuracy"] < high
    assert f"{100 * figures['accuracy']:.2f} %" in evaluate.choice.accuracy_label.text()
    for words in ("1,500 digits", "mean loss", "macro F1"):
        assert words in evaluate.choice.detail_label.text()


def test_a_cell_opens_exactly_its_digits(evaluate, qtbot, lab):
    truth, answer, count = evaluate.found.pairs[0]
    click_cell(qtbot, evaluate, truth, answer)
    expected = places(evaluate, truth, answer)
    assert len(expected) == count
    assert evaluate.examples.places.tolist() == expected.tolist()
    assert sorted(lab.selection.ids) == sorted(evaluate.found.ids[expected].tolist())
    assert lab.selection.changed_by == "evaluate"
    labels = lab.datasets.current.load().labels
    assert {int(labels[number]) for number in lab.selection.ids} == {truth}


def test_ctrl_adds_a_cell_and_takes_it_away(evaluate, qtbot):
    (first, second), control = [pair[:2] for pair in evaluate.found.pairs[:2]], Qt.KeyboardModifier.ControlModifier
    click_cell(qtbot, evaluate, *first)
    click_cell(qtbot, evaluate, *second, control)
    both = np.union1d(places(evaluate, *first), places(evaluate, *second))
    assert evaluate.examples.places.tolist() == both.tolist()
    click_cell(qtbot, evaluate, *first, control)
    assert evaluate.examples.places.tolist() == places(evaluate, *second).tolist()


def test_sums_and_names_stand_for_whole_rows_and_columns(evaluate, qtbot):
    answers = evaluate.found.answers
    click_cell(qtbot, evaluate, 3, 10)
    assert evaluate.examples.places.tolist() == np.flatnonzero(answers.targets == 3).tolist()
    click_cell(qtbot, evaluate, 10, 4)
    assert evaluate.examples.places.tolist() == np.flatnonzero(answers.classes == 4).tolist()
    click_cell(qtbot, evaluate, 10, 10)
    assert len(evaluate.examples.places) == len(answers)
    view = evaluate.matrix.chart.view
    row = view.mapFromScene(view.box.mapViewToScene(QPoint(0, 5).toPointF()))
    axis = view.mapFromScene(view.axes["left"].sceneBoundingRect().center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(axis.x(), row.y()))
    assert evaluate.examples.places.tolist() == np.flatnonzero(answers.targets == 5).tolist()


def test_the_matrix_works_from_the_keyboard(evaluate, qtbot):
    view = evaluate.matrix.chart.view
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert evaluate.examples.places.tolist() == places(evaluate, 1, 1).tolist()


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_counts_as_it_says(evaluate, measure):
    evaluate.matrix.measure_box.setCurrentText(measure)
    shown = np.array([row[2] for row in evaluate.matrix.chart.table().parts])
    counts = np.array(evaluate.found.figures["confusion"], float)
    answers = evaluate.found.answers
    expected = {
        "digits": counts,
        "share of row": counts / counts.sum(axis=1, keepdims=True),
        "share of column": counts / counts.sum(axis=0, keepdims=True),
        "sum of probabilities": np.stack([answers.predictions[answers.targets == k].sum(axis=0) for k in range(10)]),
    }[measure]
    np.testing.assert_allclose(shown[:10, :10], expected, rtol=1e-4)


def test_a_list_of_pairs_opens_the_same_digits(evaluate, qtbot):
    qtbot.keyClick(evaluate.confused.list, Qt.Key.Key_Down)
    truth, answer, _ = evaluate.found.pairs[0]
    assert evaluate.examples.places.tolist() == places(evaluate, truth, answer).tolist()
    assert f"{truth} taken for {answer}" in evaluate.confused.list.item(0).text()


def test_the_worst_mistakes_come_first(evaluate, qtbot):
    answers, shown = evaluate.found.answers, evaluate.worst.places
    losses = answers.errors[shown]
    assert (np.diff(losses) <= 0).all()
    assert not answers.right[shown].any()
    assert f"loss {losses[0]:.2f}" in evaluate.found.caption(int(shown[0]))
    evaluate.worst.list_box.setCurrentText("Most unsure")
    two = np.sort(answers.predictions[evaluate.worst.places], axis=1)[:, -2:]
    assert (np.diff(two[:, 1] - two[:, 0]) >= -1e-6).all()


def test_a_double_click_puts_a_digit_on_the_canvas(evaluate, qtbot, lab):
    grid = evaluate.worst.grid
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(1).center())
    expected = evaluate.found.answers.images[evaluate.worst.places[1]]
    assert np.array_equal(lab.drawing.image.features, expected)
    lab.drawing.undo()
    assert lab.drawing.is_blank


def test_a_second_model_is_compared_and_its_digits_open(evaluate, qtbot):
    box = evaluate.choice.against_box
    box.setCurrentIndex(box.findData("cnn"))
    qtbot.waitUntil(lambda: evaluate.found.comparison is not None, timeout=30_000)
    compared = evaluate.found.comparison
    assert compared.only_second_right > compared.only_first_right
    qtbot.mouseClick(evaluate.comparison.second_button, Qt.MouseButton.LeftButton)
    assert len(evaluate.examples.places) == compared.only_second_right
    first, second = evaluate.found.answers, evaluate.found.against
    assert not first.right[evaluate.examples.places].any()
    assert second.right[evaluate.examples.places].all()
    evaluate.matrix.axes_box.setCurrentText(AXES[1])
    evaluate.matrix.chart.redraw()
    click_cell(qtbot, evaluate, 2, 7)
    both = np.flatnonzero((first.classes == 2) & (second.classes == 7))
    assert evaluate.examples.places.tolist() == both.tolist()


@pytest.mark.parametrize("model", ["multilabel", "angle", "logistic"])
def test_other_tasks_have_tables_of_their_own(evaluate, qtbot, lab, model):
    before = evaluate.found
    lab.models.choose(model)
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    evaluate.matrix.chart.redraw()
    answers = evaluate.found.answers
    click_cell(qtbot, evaluate, 1, 2)
    if model == "multilabel":
        expected = np.flatnonzero(answers.targets[:, 1] & (answers.predictions[:, 1] < 0.5))
    elif model == "angle":
        turned, off = answers.targets, answers.errors
        expected = np.flatnonzero((turned >= -30) & (turned < -10) & (off >= 5) & (off < 10))
    else:
        expected = np.flatnonzero(answers.targets == 1)
    assert evaluate.examples.places.tolist() == expected.tolist()
    assert not answers.right[evaluate.worst.places].any()


def test_answers_are_computed_once(evaluate, qtbot, lab):
    first = evaluate.found
    lab.models.choose("mlp")
    qtbot.waitUntil(lambda: evaluate.found is not first, timeout=20_000)
    lab.models.choose("softmax")
    qtbot.waitUntil(lambda: evaluate.found is first, timeout=2000)
    assert not evaluate.tasks.is_running("evaluate")


def test_cancel_keeps_what_is_shown(evaluate, qtbot):
    before = evaluate.found
    evaluate.choice.digits_box.setCurrentIndex(2)
    qtbot.waitUntil(lambda: evaluate.choice.cancel_button.isVisible(), timeout=5000)
    qtbot.mouseClick(evaluate.choice.cancel_button, Qt.MouseButton.LeftButton)
    assert not evaluate.tasks.is_running("evaluate")
    assert not evaluate.choice.progress_bar.isVisible()
    assert evaluate.found is before


def click_point(qtbot, chart, x, y):
    chart.redraw()
    view = chart.view
    place = view.mapFromScene(view.box.mapViewToScene(QPointF(x, y)))
    qtbot.mouseMove(view.viewport(), place)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_bar_opens_its_class_in_whatever_order(evaluate, qtbot):
    qtbot.mouseClick(evaluate.classes.sort_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert evaluate.classes.sort_box.isChecked()
    recall = np.array(evaluate.found.figures["recall"])
    assert (np.diff(evaluate.classes.chart.heights) >= 0).all()
    click_point(qtbot, evaluate.classes.chart, 0.0, 0.2)
    assert set(evaluate.found.answers.targets[evaluate.examples.places].tolist()) == {int(recall.argmin())}


def test_a_point_of_the_reliability_curve_opens_its_bin(evaluate, qtbot):
    curve = evaluate.found.reliability.now.curve
    number = int(np.flatnonzero(curve.counts > 0)[0])
    click_point(qtbot, evaluate.reliability.chart, float(curve.confidence[number]), float(curve.accuracy[number]))
    sure = evaluate.found.answers.confidence[evaluate.examples.places]
    assert len(sure) == curve.counts[number]
    assert sure.max() <= curve.edges[number + 1] + 1e-6


def test_calibrate_keeps_a_better_temperature_in_the_model(evaluate, qtbot, lab):
    before, model = evaluate.found, lab.models.current.model
    model.calibration = Calibration(5.0)
    lab.models.choose("softmax")
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    spoiled = evaluate.found
    qtbot.mouseClick(evaluate.reliability.calibrate_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.found is not spoiled, timeout=20_000)
    assert lab.models.current.model.calibration.temperature < 4.0
    assert evaluate.found.reliability.now.brier < spoiled.reliability.now.brier
    assert evaluate.found.reliability.raw.brier == pytest.approx(spoiled.reliability.raw.brier)
    assert evaluate.found.figures["accuracy"] == spoiled.figures["accuracy"]
    assert f"{lab.models.current.model.calibration.temperature:.3f}" in evaluate.reliability.scores_label.text()
    lab.models.current.model.calibration = UNCALIBRATED


def test_a_threshold_becomes_the_rule_of_refusal(evaluate, qtbot, lab):
    before = evaluate.found
    evaluate.reliability.slider.setFocus()
    evaluate.reliability.slider.setValue(900)
    assert "90.0 % answered" in evaluate.reliability.rule_label.text()
    qtbot.mouseClick(evaluate.reliability.rule_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=20_000)
    assert evaluate.found.figures["refused"] == pytest.approx(0.1, abs=0.002)
    assert lab.models.current.model.calibration.threshold is not None
    lab.models.current.model.calibration = UNCALIBRATED


def test_a_point_of_the_robustness_curve_opens_what_just_flipped(evaluate, qtbot):
    evaluate.robustness.change_box.setCurrentText("noise")
    qtbot.mouseClick(evaluate.robustness.measure_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluate.robustness.curve is not None, timeout=60_000)
    curve = evaluate.robustness.curve
    clean = evaluate.found.answers.right[: len(curve.places)].mean()
    assert curve.accuracy[0, 0] == pytest.approx([clean] * 3)
    assert curve.accuracy[0, 5].mean() < clean
    click_point(qtbot, evaluate.robustness.chart, 5.0, float(curve.accuracy[0, 5].mean()))
    flipped = curve.flipped(0, 5)
    assert len(flipped) > 0
    assert evaluate.examples.places.tolist() == flipped.tolist()
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
    assert "RMSE" in evaluate.choice.detail_label.text()


def test_the_report_is_one_file_that_needs_nothing_else(evaluate, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click_cell(qtbot, evaluate, *evaluate.found.pairs[0][:2])
    qtbot.mouseClick(evaluate.report_button, Qt.MouseButton.LeftButton)
    text = path.read_text("utf-8")
    assert f"{100 * evaluate.found.figures['accuracy']:.2f} % right" in text
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

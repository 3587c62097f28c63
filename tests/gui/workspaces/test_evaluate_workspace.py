"""The Evaluate tab through real events: every number opens exactly the digits behind it."""

import numpy as np
from evaluate_helpers import click_cell, click_point, pick, places, wait_for
from PySide6.QtCore import QPoint, Qt

from engine.evaluation.confusion import suspicious_labels
from models.scoring.matrix import AXES, MEASURES


def test_the_headline_tells_accuracy_with_its_interval(standing):
    metrics, (low, high) = standing.found.metrics, standing.found.interval
    assert low < metrics["accuracy"] < high
    assert f"{100 * metrics['accuracy']:.2f} %" in standing.choice.accuracy_label.text()
    for words in ("1,500 digits", "mean loss", "macro F1"):
        assert words in standing.choice.detail_label.text()


def test_a_cell_opens_exactly_its_digits(standing, qtbot):
    truth, answer, count = standing.found.pairs[0]
    click_cell(qtbot, standing, truth, answer)
    expected = places(standing, truth, answer)
    assert len(expected) == count
    assert standing.examples.places.tolist() == expected.tolist()
    assert sorted(standing.lab.selection.ids) == sorted(standing.found.ids[expected].tolist())
    assert standing.lab.selection.changed_by == "evaluate"
    labels = standing.lab.datasets.current.load().labels
    assert {int(labels[number]) for number in standing.lab.selection.ids} == {truth}


def test_ctrl_adds_a_cell_and_takes_it_away(standing, qtbot):
    (first, second), control = [pair[:2] for pair in standing.found.pairs[:2]], Qt.KeyboardModifier.ControlModifier
    click_cell(qtbot, standing, *first)
    click_cell(qtbot, standing, *second, control)
    both = np.union1d(places(standing, *first), places(standing, *second))
    assert standing.examples.places.tolist() == both.tolist()
    click_cell(qtbot, standing, *first, control)
    assert standing.examples.places.tolist() == places(standing, *second).tolist()


def test_sums_and_names_stand_for_whole_rows_and_columns(standing, qtbot):
    answers = standing.found.answers
    click_cell(qtbot, standing, 3, 10)
    assert standing.examples.places.tolist() == np.flatnonzero(answers.targets == 3).tolist()
    click_cell(qtbot, standing, 10, 4)
    assert standing.examples.places.tolist() == np.flatnonzero(answers.classes == 4).tolist()
    click_cell(qtbot, standing, 10, 10)
    assert len(standing.examples.places) == len(answers)
    view = standing.matrix.chart.view
    row = view.mapFromScene(view.box.mapViewToScene(QPoint(0, 5).toPointF()))
    axis = view.mapFromScene(view.axes["left"].sceneBoundingRect().center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(axis.x(), row.y()))
    assert standing.examples.places.tolist() == np.flatnonzero(answers.targets == 5).tolist()
    column = view.mapFromScene(view.box.mapViewToScene(QPoint(7, 0).toPointF()))
    axis = view.mapFromScene(view.axes["bottom"].sceneBoundingRect().center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(column.x(), axis.y()))
    assert standing.examples.places.tolist() == np.flatnonzero(answers.classes == 7).tolist()


def test_the_matrix_works_from_the_keyboard(evaluate, qtbot):
    view = evaluate.matrix.chart.view
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert evaluate.examples.places.tolist() == places(evaluate, 1, 1).tolist()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    both = np.union1d(places(evaluate, 1, 1), places(evaluate, 1, 2))
    assert evaluate.examples.places.tolist() == both.tolist()


def test_every_measure_counts_as_it_says(standing, qtbot):
    box = standing.matrix.measure_box
    counts = np.array(standing.found.metrics["confusion"], float)
    answers = standing.found.answers
    expected = {
        "digits": counts,
        "share of row": counts / counts.sum(axis=1, keepdims=True),
        "share of column": counts / counts.sum(axis=0, keepdims=True),
        "sum of probabilities": np.stack([answers.predictions[answers.targets == k].sum(axis=0) for k in range(10)]),
    }
    # The first one is shown from the start: it is chosen again at the end.
    for measure in (*MEASURES[1:], MEASURES[0]):
        pick(qtbot, box, box.itemText(MEASURES.index(measure)))
        assert standing.matrix.values()["measure"] == measure
        assert standing.matrix.chart.table().columns == ("truth", "answer", box.currentText())
        shown = np.array([row[2] for row in standing.matrix.chart.table().parts])
        np.testing.assert_allclose(shown[:10, :10], expected[measure], rtol=1e-4, err_msg=measure)


def test_right_and_refused_can_be_the_axes(evaluate, qtbot, lab):
    before = evaluate.found
    lab.models.choose("cnn")
    qtbot.waitUntil(lambda: evaluate.found is not before, timeout=30_000)
    box = evaluate.matrix.measure_box
    assert [box.itemText(place) for place in (1, 2)] == ["share of truth", "share of answer"]
    pick(qtbot, evaluate.matrix.axes_box, AXES[2])
    wait_for(qtbot, evaluate.matrix.chart)
    assert [box.itemText(place) for place in (1, 2)] == ["share of outcome", "share of rule"]
    answers = evaluate.found.answers
    assert answers.refused.any()
    click_cell(qtbot, evaluate, 0, 1)
    assert evaluate.examples.places.tolist() == np.flatnonzero(answers.right & answers.refused).tolist()
    click_cell(qtbot, evaluate, 1, 2)
    assert evaluate.examples.places.tolist() == np.flatnonzero(~answers.right).tolist()


def test_a_list_of_pairs_opens_the_same_digits(standing, qtbot):
    qtbot.keyClick(standing.confused.list, Qt.Key.Key_Down)
    truth, answer, _ = standing.found.pairs[0]
    assert standing.examples.places.tolist() == places(standing, truth, answer).tolist()
    assert f"{truth} taken for {answer}" in standing.confused.list.item(0).text()


def test_the_worst_mistakes_come_first(standing, qtbot):
    answers, shown = standing.found.answers, standing.worst.places
    losses = answers.errors[shown]
    assert (np.diff(losses) <= 0).all()
    assert not answers.right[shown].any()
    assert f"loss {losses[0]:.2f}" in standing.found.caption(int(shown[0]))
    grid, worst = standing.worst.grid, shown[0]
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0).center())
    truth, said = answers.targets[worst], answers.classes[worst]
    own = 100 * answers.predictions[worst, truth]
    title = f"{truth}→{said} · loss {answers.errors[worst]:.2f} · p({truth}) {own:.1f} %"
    assert standing.worst.keys_label.text().startswith(title)
    pick(qtbot, standing.worst.list_box, "Most unsure")
    two = np.sort(answers.predictions[standing.worst.places], axis=1)[:, -2:]
    assert (np.diff(two[:, 1] - two[:, 0]) >= -1e-6).all()
    pick(qtbot, standing.worst.list_box, "Suspicious labels")
    doubted = suspicious_labels(answers.targets, answers.predictions)
    assert len(doubted) > 0
    assert standing.worst.places.tolist() == doubted.tolist()


def test_a_double_click_puts_a_digit_on_the_canvas(standing, qtbot):
    click_cell(qtbot, standing, 10, 10)
    for card in (standing.worst, standing.examples):
        grid = card.grid
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(1).center())
        assert np.array_equal(standing.lab.drawing.image.features, standing.found.answers.images[card.places[1]])
        standing.lab.drawing.undo()
        assert standing.lab.drawing.is_blank


def test_a_second_model_is_compared_and_its_digits_open(evaluate, qtbot):
    box = evaluate.choice.against_box
    pick(qtbot, box, box.itemText(box.findData("cnn")))
    qtbot.waitUntil(lambda: evaluate.found.comparison is not None, timeout=30_000)
    compared, first, second = evaluate.found.comparison, evaluate.found.answers, evaluate.found.against
    assert compared.only_second_right > compared.only_first_right > 0
    for button, one in ((evaluate.comparison.first_button, first), (evaluate.comparison.second_button, second)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        only = np.flatnonzero(one.right & (first.right != second.right))
        assert evaluate.examples.places.tolist() == only.tolist()
        assert button.text().endswith(f": {len(only)}")
    pick(qtbot, evaluate.matrix.axes_box, AXES[1])
    wait_for(qtbot, evaluate.matrix.chart)
    click_cell(qtbot, evaluate, 2, 7)
    both = np.flatnonzero((first.classes == 2) & (second.classes == 7))
    assert evaluate.examples.places.tolist() == both.tolist()


def test_other_tasks_have_tables_of_their_own(evaluate, qtbot, lab):
    for model in ("multilabel", "angle", "logistic"):
        before = evaluate.found
        lab.models.choose(model)
        qtbot.waitUntil(lambda before=before: evaluate.found is not before, timeout=20_000)
        wait_for(qtbot, evaluate.matrix.chart)
        answers = evaluate.found.answers
        click_cell(qtbot, evaluate, 1, 2)
        # Only what answers the same question can be compared with it.
        assert evaluate.choice.against_box.count() == (5 if model == "logistic" else 1)
        if model == "multilabel":
            expected = np.flatnonzero(answers.targets[:, 1] & (answers.predictions[:, 1] < 0.5))
        elif model == "angle":
            turned, off = answers.targets, answers.errors
            expected = np.flatnonzero((turned >= -30) & (turned < -10) & (off >= 5) & (off < 10))
        else:
            expected = np.flatnonzero(answers.targets == 1)
        assert evaluate.examples.places.tolist() == expected.tolist()
        assert not answers.right[evaluate.worst.places].any()
        if model == "multilabel":
            click_point(qtbot, evaluate.classes.chart, 3.0, 0.2)
            wrong = (answers.predictions[:, 3] >= 0.5) != answers.targets[:, 3]
            assert evaluate.examples.places.tolist() == np.flatnonzero(wrong).tolist()
            assert "exact match" in evaluate.choice.accuracy_label.text()
        # Where the list of pairs is missing, the next card takes its place.
        left = evaluate.confused if model == "logistic" else evaluate.worst
        qtbot.waitUntil(lambda left=left: left.x() == evaluate.matrix.card.x(), timeout=2000)


def test_axes_that_lack_something_say_so(standing, qtbot):
    pick(qtbot, standing.matrix.axes_box, AXES[1])
    assert standing.matrix.card.subtitle == "choose a second model"
    pick(qtbot, standing.matrix.axes_box, AXES[0])
    assert standing.matrix.card.subtitle == ""


def test_answers_are_computed_once(evaluate, qtbot, lab):
    first = evaluate.found
    lab.models.choose("mlp")
    qtbot.waitUntil(lambda: evaluate.found is not first, timeout=20_000)
    lab.models.choose("softmax")
    qtbot.waitUntil(lambda: evaluate.found is first, timeout=2000)
    assert not evaluate.tasks.is_running("evaluate")


def test_a_model_answers_the_same_digits_once(evaluate, qtbot, lab):
    first, box = evaluate.found, evaluate.choice.against_box
    lab.models.choose("mlp")
    qtbot.waitUntil(lambda: evaluate.found is not first, timeout=20_000)
    second = evaluate.found
    assert second.digits is first.digits
    box.setCurrentIndex(box.findData("softmax"))
    qtbot.waitUntil(lambda: evaluate.found.against is not None, timeout=20_000)
    assert evaluate.found.answers is second.answers
    assert evaluate.found.against is first.answers


def test_cancel_keeps_what_is_shown(evaluate, qtbot):
    before = evaluate.found
    pick(qtbot, evaluate.choice.digits_box, evaluate.choice.digits_box.itemText(2))
    qtbot.waitUntil(lambda: evaluate.choice.cancel_button.isVisible(), timeout=5000)
    qtbot.mouseClick(evaluate.choice.cancel_button, Qt.MouseButton.LeftButton)
    assert not evaluate.tasks.is_running("evaluate")
    assert not evaluate.choice.progress_bar.isVisible()
    assert evaluate.found is before


def test_one_key_relabels_or_leaves_out_and_another_takes_it_back(evaluate, qtbot, lab):
    grid, chosen = evaluate.worst.grid, evaluate.worst.places[:2].tolist()
    ids = evaluate.found.ids[chosen].tolist()
    trained = lab.datasets.split_source()()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0).center())
    qtbot.mouseClick(
        grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, grid.rect_of(1).center()
    )
    qtbot.keyClick(grid, Qt.Key.Key_3)
    assert dict(lab.edits.of("bundled").labels) == dict.fromkeys(ids, 3)
    assert "2 digits changed" in evaluate.worst.keys_label.text()
    assert grid.accessibleDescription().endswith("2 selected")
    edited = lab.datasets.split_source()()[1].labels
    assert np.flatnonzero(edited != trained[1].labels).tolist() == sorted(
        place for place in chosen if trained[1].labels[place] != 3
    )
    qtbot.keyClick(grid, Qt.Key.Key_Delete)
    assert lab.edits.of("bundled").excluded == set(ids)
    assert len(lab.datasets.split_source()()[1]) == len(edited) - 2
    for key, left in ((Qt.Key.Key_Z, False), (Qt.Key.Key_Y, True), (Qt.Key.Key_Z, False), (Qt.Key.Key_Z, False)):
        qtbot.keyClick(grid, key, Qt.KeyboardModifier.ControlModifier)
        assert bool(lab.edits.of("bundled").excluded) is left
    assert not lab.edits.of("bundled")
    assert lab.drawing.is_blank
    assert "changed" not in evaluate.worst.keys_label.text()

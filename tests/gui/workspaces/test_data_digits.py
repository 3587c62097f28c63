"""The digits of the Data tab through real events: looking, selecting, splitting, being warned."""

import time

import numpy as np
from data_helpers import LEFT, bring, click, click_digit
from PySide6.QtCore import QPoint, Qt

from gui.lab.dataset_library import BUNDLED_KEY
from models import label_check

# Looking.


def test_classes_parts_and_numbers_find_digits(data, qtbot, lab):
    labels = data.found.digits.labels
    data.digits.class_box.setCurrentIndex(4)
    assert data.digits.ids.tolist() == np.flatnonzero(labels == 3).tolist()
    data.digits.part_box.setCurrentText("validation")
    assert data.digits.ids.tolist() == np.flatnonzero((labels == 3) & (data.found.part == 2)).tolist()
    data.digits.number_edit.setFocus()
    qtbot.keyClicks(data.digits.number_edit, "4,321")
    assert lab.selection.primary == 4320
    assert data.digits.grid.current == 4320, "filters that hide the digit are taken away"
    data.digits.number_edit.clear()
    for wrong in ("99999999", "1,5", "0", "x"):
        data.digits.number_edit.clear()
        qtbot.keyClicks(data.digits.number_edit, wrong)
        assert data.digits.number_edit.property("invalid"), wrong
    assert lab.selection.primary != 99_999_998


def test_the_selection_is_that_of_all_tabs(data, qtbot, lab):
    data.digits.class_box.setCurrentIndex(8)
    sevens = data.digits.ids
    click_digit(qtbot, data.digits, 2)
    click_digit(qtbot, data.digits, 5, Qt.KeyboardModifier.ControlModifier)
    assert sorted(lab.selection.ids) == sorted(sevens[[2, 5]].tolist())
    assert (lab.selection.primary, lab.selection.changed_by) == (int(sevens[5]), "data")
    lab.selection.select([int(sevens[1]), 0], by="evaluate")
    assert data.digits.grid.selected == (1,)
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_Right)
    assert lab.selection.ids == (int(sevens[2]),)


def test_counts_and_averages_lead_to_their_class(data, qtbot):
    counts = np.bincount(data.found.digits.labels)
    assert data.classes.caption(4) == f"{counts[4]:,} · digits of class 4"
    grid = data.classes.grid
    qtbot.mouseClick(grid.viewport(), LEFT, pos=grid.rect_of(4).center())
    assert data.digits.grid.count == counts[4]


def test_digits_are_shown_as_they_came(data, qtbot, write):
    bring(qtbot, data, write())
    before = data.digits.grid.rect_of(0).width()
    assert data.digits.original_button.isVisible()
    click(qtbot, data.digits.original_button)
    assert data.digits.grid.rect_of(0).width() == before + 16
    assert data.collect_values()["originals"] is True


def test_keys_put_labels_right_and_leave_digits_out(data, qtbot, lab):
    click_digit(qtbot, data.digits, 3)
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_6)
    edits = lab.edits.of(BUNDLED_KEY)
    assert edits.labels == {3: 6}
    qtbot.waitUntil(lambda: data.digits.undo_button.text() == "1 changed: undo")
    click_digit(qtbot, data.digits, 4)
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_Delete)
    assert lab.edits.of(BUNDLED_KEY).excluded == {4}
    click_digit(qtbot, data.digits, 3)
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_Delete)
    # One digit, changed twice.
    qtbot.waitUntil(lambda: data.digits.undo_button.text() == "2 changed: undo")
    click_digit(qtbot, data.digits, 4)
    assert data.digits.grid.accessibleDescription().startswith("out · label ")
    click(qtbot, data.digits.undo_button)
    click(qtbot, data.digits.undo_button)
    qtbot.waitUntil(lambda: data.digits.undo_button.text() == "1 changed: undo")
    click_digit(qtbot, data.digits, 3)
    assert data.digits.grid.accessibleDescription().startswith("now 6 · label ")
    click(qtbot, data.digits.undo_button)
    assert not lab.edits.of(BUNDLED_KEY)
    qtbot.waitUntil(lambda: not data.digits.undo_button.isVisible())


def test_a_double_click_puts_a_digit_on_the_canvas(data, qtbot, lab):
    qtbot.mouseDClick(data.digits.grid.viewport(), LEFT, pos=data.digits.grid.rect_of(1).center())
    assert np.array_equal(lab.drawing.image.features, data.found.digits.images[1])


# Splitting and warnings.


def test_share_seed_and_writers_decide_the_split(data, qtbot, lab, write):
    assert not data.split.writer_switch.isEnabled()
    bring(qtbot, data, write(writers=np.arange(400) // 40))
    assert "of 10 writers" in data.choice.told_label.text()
    data.split.share_spin.setValue(20)
    qtbot.waitUntil(lambda: data.split.label.text() == "320 training digits · 80 validation digits")
    qtbot.mouseClick(data.split.writer_switch, LEFT, pos=QPoint(8, data.split.writer_switch.height() // 2))
    qtbot.waitUntil(lambda: "of 2 of 10 writers" in data.split.label.text())
    training, validation = lab.datasets.split_source()()
    assert not set(training.writers) & set(validation.writers)
    before = data.found.part
    data.split.seed_spin.setValue(9)
    qtbot.waitUntil(lambda: not np.array_equal(data.found.part, before))
    assert lab.datasets.seed == 9


def test_a_warning_opens_its_digits(data, qtbot, write, digits):
    other = int(np.flatnonzero(digits.labels != digits.labels[3])[-1])

    def twins(frames):
        frames[other] = frames[3]
        return frames

    bring(qtbot, data, write(change=twins))
    warnings = data.warnings
    kinds = [finding.kind for finding in warnings.findings]
    assert kinds[0] == "contradiction"
    qtbot.mouseClick(warnings.list.viewport(), LEFT, pos=warnings.list.visualItemRect(warnings.list.item(0)).center())
    assert data.digits.ids.tolist() == [3, other]
    click(qtbot, data.digits.all_button)
    assert data.digits.grid.count == 400


def test_suspicious_labels_are_listed_with_their_rule(data, qtbot, monkeypatch):
    def judge(digits, report):
        report(0.5)
        return np.eye(10)[(digits.labels + (np.arange(len(digits)) == 5)) % 10]

    monkeypatch.setattr(label_check, "out_of_sample_probabilities", judge)
    click(qtbot, data.warnings.search_button)
    qtbot.waitUntil(lambda: bool(data.warnings.findings), timeout=10_000)
    assert "out-of-sample probabilities only" in data.warnings.list.item(0).text()
    assert data.warnings.findings[-1].places.tolist() == [5]
    assert data.warnings.search_button.isVisible()


def test_the_search_can_be_cancelled(data, qtbot, monkeypatch):
    def judge_for_ever(_digits, report):
        while True:
            report(0.1)
            time.sleep(0.001)

    monkeypatch.setattr(label_check, "out_of_sample_probabilities", judge_for_ever)
    click(qtbot, data.warnings.search_button)
    qtbot.waitUntil(data.warnings.progress_bar.isVisible)
    click(qtbot, data.warnings.cancel_button)
    assert data.warnings.search_button.isVisible()
    assert data.warnings.findings == []

"""What the Evaluate tab can be told to judge on, and what it says where there is nothing to judge."""

import numpy as np
from fake_training import few_digits
from PySide6.QtCore import Qt

from engine.ink.drawing import Drawing, Stroke
from gui.lab.dataset_library import TEST_SUFFIX, DatasetEntry
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.workspaces.evaluate.choice_card import ChoiceCard
from gui.workspaces.evaluate.workspace import EvaluateWorkspace


def entry(key):
    return DatasetEntry(key, key, lambda: few_digits()[1])


def test_each_data_set_is_offered_in_the_parts_that_it_has(qtbot):
    card = ChoiceCard()
    qtbot.addWidget(card)
    card.show_datasets([entry("bundled"), entry(f"/mnist{TEST_SUFFIX}"), entry(MY_DIGITS_KEY)])
    offered = [card.digits_box.itemData(place) for place in range(card.digits_box.count())]
    assert [tuple(data) for data in offered] == [
        *(("bundled", part) for part in ("validation", "training", "all")),
        (f"/mnist{TEST_SUFFIX}", "all"),
        *((MY_DIGITS_KEY, part) for part in ("all", "validation", "training")),
    ]
    assert card.digits == ("bundled", "validation")


def test_the_tab_follows_the_data_set_of_the_window_to_its_test_part(qtbot, lab, themes):
    lab.models.choose("softmax")
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.show()
    qtbot.waitUntil(lambda: workspace.found is not None, timeout=10_000)
    for key in ("mnist", f"mnist{TEST_SUFFIX}", "plain"):
        lab.datasets.add(entry(key))
    lab.datasets.choose("mnist")
    qtbot.waitUntil(lambda: workspace.choice.digits == (f"mnist{TEST_SUFFIX}", "all"))
    lab.datasets.choose("plain")
    qtbot.waitUntil(lambda: workspace.choice.digits == ("plain", "validation"))
    # What the user chooses instead stays until another data set is current.
    box = workspace.choice.digits_box
    box.setCurrentIndex(box.findText("plain: all digits"))
    lab.datasets.set_split(0.3, 1)
    workspace.refresh_now()
    assert workspace.choice.digits == ("plain", "all")
    workspace.shut_down()


def test_without_a_model_the_tab_says_what_to_do(qtbot, lab, themes):
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.show()
    qtbot.waitUntil(lambda: workspace.choice.detail_label.text() == workspace.empty_text, timeout=5000)
    assert not workspace.report_button.isEnabled()
    workspace.shut_down()


def test_own_digits_are_judged_and_put_right_themselves(qtbot, lab, themes):
    digits = few_digits()[1]
    filed = [
        (Drawing((Stroke(np.array([[0.2, 0.2], [0.7, 0.8]])),), int(label)), image)
        for image, label in zip(digits.images[:12], digits.labels[:12], strict=True)
    ]
    keys = lab.my_digits.add(filed)
    lab.models.choose("softmax")
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.show()
    box = workspace.choice.digits_box
    qtbot.waitUntil(lambda: box.findText("My digits: all digits") >= 0, timeout=5000)
    box.setCurrentIndex(box.findText("My digits: all digits"))
    qtbot.waitUntil(lambda: workspace.found is not None and len(workspace.found.answers) == 12, timeout=10_000)
    workspace.worst.list_box.setCurrentText("Most unsure")
    grid, place = workspace.worst.grid, int(workspace.worst.places[0])
    key, wrong = keys[place], (int(digits.labels[place]) + 1) % 10
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0).center())
    before = workspace.found
    qtbot.keyClick(grid, Qt.Key.Key_0 + wrong)
    assert {digit.key: digit.drawing.label for digit in lab.my_digits.digits}[key] == wrong
    assert not lab.edits.of(MY_DIGITS_KEY)
    qtbot.waitUntil(lambda: workspace.found is not before, timeout=10_000)
    assert int(workspace.found.answers.targets[place]) == wrong
    qtbot.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert {digit.key: digit.drawing.label for digit in lab.my_digits.digits}[key] == digits.labels[place]
    workspace.shut_down()

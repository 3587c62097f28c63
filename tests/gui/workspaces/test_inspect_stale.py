"""The Inspect tab never shows a stale picture beside a new number."""

import gc
import threading
import weakref

import numpy as np
import pytest
from fake_training import few_digits, short
from PySide6.QtCore import Qt

from engine.evaluation.wording import percent
from engine.inspection.attribution import contrast, occlusion
from engine.inspection.counterfactual import counterfactual
from engine.inspection.twin import readable_twin
from gui.lab.dataset_library import DatasetEntry
from gui.lab.drawing_document import OpenedImage
from gui.prediction.angle_dial import AngleDial
from gui.workspaces.inspect import counterfactual_card
from gui.workspaces.inspect.explaining import INTEGRATED, OCCLUSION
from gui.workspaces.inspect.subject import Inspected
from models import PRESETS, load

DIGITS, _ = few_digits()


def test_maps_of_earlier_weights_are_dimmed_until_they_are_made_anew(show, few_lab, qtbot, five):
    page = show("mlp", "pixels")
    page.method_box.setCurrentText(OCCLUSION)
    parts = page.maps, page.counterfactual
    qtbot.waitUntil(lambda: all(part.isEnabled() for part in parts) and not page.tasks.busy, timeout=10_000)
    before = page.maps.values.copy()
    few_lab.classifier.set_weights(few_lab.models.current.model.network.store.snapshot() * 1.3)
    page.window().refresh_now()
    assert not any(part.isEnabled() for part in (page.maps, page.places, page.counterfactual.images))
    qtbot.waitUntil(lambda: all(part.isEnabled() for part in parts) and not page.tasks.busy, timeout=10_000)
    assert not np.allclose(page.maps.values, before)
    twin = readable_twin(few_lab.classifier.answering.network)
    weights = contrast(10, *page.answer_and_rival)
    np.testing.assert_allclose(page.maps.values[0], occlusion(twin, five, weights, 0.0).pixels, atol=1e-5)


def test_how_sure_a_changed_drawing_is_was_asked_of_the_weights_of_the_search(
    show, few_lab, qtbot, five, monkeypatch
):  # fmt: skip
    card = show("softmax", "pixels").counterfactual
    qtbot.waitUntil(lambda: card.found is not None and card.isEnabled(), timeout=10_000)
    first, began = card.found, []
    may_end = [threading.Event(), threading.Event()]

    def search(*asked):
        began.append(asked)
        assert may_end[len(began) - 1].wait(10)
        return counterfactual(*asked)

    monkeypatch.setattr(counterfactual_card, "counterfactual", search)
    model, weights = load("softmax"), few_lab.models.current.model.network.store.snapshot()
    few_lab.classifier.set_weights(weights * 2)
    qtbot.waitUntil(lambda: len(began) == 1, timeout=10_000)
    few_lab.classifier.set_weights(weights * 9)
    may_end[0].set()
    try:
        qtbot.waitUntil(lambda: card.found is not first, timeout=10_000)
        model.network.store.restore(weights * 2)
        rival = card.images.names[1]
        sure = float(model.answer(card.found.image.astype(np.float32))[0][int(rival)])
        assert f"it is taken for {rival}, {percent(sure)} sure." in card.note.text()
    finally:
        may_end[1].set()


def test_a_drawing_that_takes_the_place_of_another_in_memory_is_another(few_lab):
    few_lab.models.choose("softmax")
    inspected, seen = Inspected(few_lab), []
    for place in (0, 1, 0, 0):
        # Arrays of one size come to lie where an earlier one was.
        few_lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), DIGITS.images[place].copy(), ""))
        few_lab.prediction.predict_now()
        seen.append(inspected.now().drawing)
    assert seen == [1, 2, 3, 3]


def test_another_model_in_the_middle_of_everything_leaves_nothing_of_the_first(show, few_lab, qtbot):
    page = show("cnn", "pixels")
    page.method_box.setCurrentText(INTEGRATED)
    few_lab.models.choose("multilabel")
    qtbot.waitUntil(lambda: page.rival_box.count() == 4, timeout=5_000)
    page.rival_box.setCurrentIndex(3)
    qtbot.waitUntil(lambda: page.evidence_card.title == "Evidence: has a closed loop", timeout=20_000)
    qtbot.waitUntil(lambda: not page.tasks.is_running("map"), timeout=20_000)
    assert page.evidence_card.title == "Evidence: has a closed loop"


def test_the_units_page_forgets_the_digits_of_another_network(show, few_lab, qtbot):
    page = show("multilabel", "weights")
    qtbot.waitUntil(lambda: page.unit_card.exciting.count == 9, timeout=10_000)
    few_lab.models.choose("mlp")
    page.window().refresh_now()
    assert page.unit_card.exciting.count == 0
    assert len(page.unit_card.pushes.values) == 0
    qtbot.waitUntil(lambda: len(page.unit_card.pushes.values) == 10, timeout=10_000)


def draw(lab, place):
    lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), DIGITS.images[place].copy(), ""))
    lab.prediction.predict_now()


def test_what_is_quick_follows_every_stroke_and_what_is_not_waits_for_the_pen(show, few_lab, qtbot):
    page = show("mlp", "pixels")
    page.method_box.setCurrentText(OCCLUSION)
    qtbot.waitUntil(lambda: page.maps.isEnabled() and not page.tasks.busy, timeout=10_000)
    for place in (3, 4):
        page.is_quick = True
        draw(few_lab, place)
        page.window().refresh_now()
        assert page.tasks.is_running("map"), "no rest is waited for"
        assert page.maps.isEnabled(), "the new map is there within a frame"
        qtbot.waitUntil(lambda: not page.tasks.is_running("map"), timeout=10_000)
        twin, weights = readable_twin(few_lab.classifier.answering.network), contrast(10, *page.answer_and_rival)
        expected = occlusion(twin, DIGITS.images[place], weights, 0.0).pixels
        np.testing.assert_allclose(page.maps.values[0], expected, atol=1e-5)
    qtbot.waitUntil(lambda: not page.tasks.busy, timeout=10_000)
    page.is_quick = False
    draw(few_lab, 5)
    page.window().refresh_now()
    assert not page.tasks.busy
    assert not page.maps.isEnabled()
    qtbot.waitUntil(page.maps.isEnabled, timeout=10_000)


@pytest.mark.parametrize("few_lab", [0.002], indirect=True)
def test_steps_that_were_done_stay_while_a_training_goes_on(show, few_lab, qtbot):
    few_lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=2000))
    qtbot.waitUntil(lambda: few_lab.models.current is not None, timeout=10_000)
    page = show(few_lab.models.current.key, "step")
    qtbot.waitUntil(lambda: page.steps is not None, timeout=10_000)
    # Until a step is asked for, the numbers are those of the newest weights.
    first = page.steps
    qtbot.waitUntil(lambda: page.steps is not first, timeout=10_000)
    qtbot.mouseClick(page.ten_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.steps.records) == 11, timeout=10_000)
    kept, stored = page.steps, len(few_lab.epoch.stored)
    qtbot.waitUntil(lambda: len(few_lab.epoch.stored) > stored + 1 and not page.table.isEnabled(), timeout=10_000)
    assert page.steps is kept
    assert "earlier weights" in page.card.subtitle
    qtbot.mouseClick(page.forward_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(kept.records) == 12, timeout=10_000)
    few_lab.session.stop()
    qtbot.waitUntil(lambda: page.steps not in (None, kept) and page.table.isEnabled(), timeout=10_000)
    assert len(page.steps.records) == 1


def test_another_rival_another_drawing_and_other_digits_leave_nothing_behind(show, few_lab, qtbot):
    page = show("softmax", "pixels")
    card = page.counterfactual
    qtbot.waitUntil(card.isEnabled, timeout=10_000)
    page.activateWindow()
    page.rival_box.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.rival_box, Qt.Key.Key_Down)
    rival = page.rival_box.currentText()
    assert not card.isEnabled(), "it is of the runner-up still"
    qtbot.waitUntil(card.isEnabled, timeout=10_000)
    assert card.images.names[1] == rival
    page.places.setCurrentRow(0)
    draw(few_lab, 7)
    page.window().refresh_now()
    text, frame = page.places.currentItem().text(), page.maps.frames[0]
    assert text.startswith(f"row {frame.y() + 1}, column {frame.x() + 1}:")
    page.window().open_page("nearest")
    near = page.window().pages["nearest"]
    qtbot.waitUntil(lambda: bool(near.found) and not near.tasks.busy, timeout=10_000)
    few_lab.datasets.add(DatasetEntry("part", "part", lambda: DIGITS.subset(np.arange(60))))
    few_lab.datasets.choose("part")
    page.window().refresh_now()
    assert not near.grids[0].isEnabled(), "these are digits of the other data set"
    qtbot.waitUntil(lambda: near.found[0].compared < 60 and near.grids[0].isEnabled(), timeout=10_000)


def test_the_check_and_the_steps_follow_one_another_and_the_label_is_the_answer(show, few_lab, qtbot):
    page = show("mlp", "step", drawing=None)
    draw(few_lab, 3)
    page.window().refresh_now()
    answer = int(few_lab.prediction.newest.probabilities.argmax())
    assert page.choice.label_box.currentIndex() == answer > 0
    qtbot.waitUntil(lambda: page.steps is not None and not page.tasks.busy, timeout=10_000)
    for button in (page.forward_button, page.check_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.check_label.text()), timeout=10_000)
    assert len(page.steps.records) == 2
    qtbot.keyClick(page.choice.label_box, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: page.table.lines[0].numbers.endswith("y = 0"), timeout=10_000)
    # A check that is under way when the drawing goes has nothing to tell, and a new drawing is what the model says.
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    few_lab.drawing.clear()
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    qtbot.waitUntil(lambda: page.steps is None and not page.tasks.busy, timeout=10_000)
    draw(few_lab, 3)
    page.window().refresh_now()
    assert page.choice.label_box.currentIndex() == answer
    # Of properties the digit is offered that has them, also while the answer is still that of the model before.
    few_lab.models.choose("multilabel")
    page.window().refresh_now()
    assert len(few_lab.prediction.newest.probabilities) == 10
    few_lab.prediction.predict_now()
    offered = PRESETS["multilabel"].targets(np.array([page.choice.label_box.currentIndex()]))[0]
    np.testing.assert_array_equal(offered, few_lab.prediction.newest.probabilities > 0.5)


def test_the_hats_are_painted_and_the_links_have_the_colour_of_the_theme(show, themes, qtbot):
    page = show("softmax", "step")
    qtbot.keyClick(page.choice.optimizer_box, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: page.table.row_of("term-m\u0302") > 0, timeout=10_000)
    place = page.table.row_of("term-m\u0302")
    label = page.table.cellWidget(place, 1)
    painted, bare = label.grab().toImage(), label.text().replace("\u0302", "")
    label.setText(bare)
    assert label.grab().toImage() != painted
    themes.set_mode("dark" if themes.theme.name == "light" else "light")
    assert page.table.cellWidget(place, 1).text() != bare, "it is made anew"


def test_a_step_wished_right_after_a_switch_of_models_is_done_with_the_new_one(show, few_lab, qtbot):
    page = show("softmax", "step")
    qtbot.waitUntil(lambda: bool(page.table.lines), timeout=10_000)
    few_lab.models.choose("logistic")
    page.window().refresh_now()
    qtbot.mouseClick(page.forward_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.steps is not None and len(page.steps.records) == 2, timeout=10_000)
    assert page.steps.network.answer_shape == (1,)


def test_nothing_is_held_of_a_model_that_another_took_the_place_of(show, few_lab, qtbot):
    page = show("softmax", "step")
    workspace = page.window()
    qtbot.waitUntil(lambda: page.steps is not None, timeout=10_000)
    for key in ("pixels", "landscape"):
        workspace.open_page(key)
    other = workspace.pages["landscape"]
    qtbot.waitUntil(lambda: other.found is not None and not other.tasks.busy, timeout=10_000)
    assert other.bank is page.bank, "the digits are read once"
    held = [weakref.ref(page.steps), weakref.ref(other.found.loss), weakref.ref(few_lab.classifier.answering.network)]
    workspace.hide()
    few_lab.models.choose("mlp")
    gc.collect()
    assert [one() for one in held] == [None, None, None]


def test_the_dial_shows_no_answer_of_the_model_before(show, few_lab):
    page = show("angle", "layers")
    dial = page.findChild(AngleDial)
    own = dial.accessibleDescription()
    few_lab.models.choose("softmax")
    few_lab.prediction.predict_now()
    few_lab.models.choose("angle")
    page.window().refresh_now()
    assert dial.accessibleDescription() == "No answer yet."
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    assert dial.accessibleDescription() == own != "No answer yet."

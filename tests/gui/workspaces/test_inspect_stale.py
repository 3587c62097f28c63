"""The Inspect tab never shows a stale picture beside a new number."""

import numpy as np
from fake_training import few_digits

from engine.inspection.attribution import contrast, occlusion
from engine.inspection.twin import readable_twin
from gui.lab.drawing_document import OpenedImage
from gui.workspaces.inspect.explaining import INTEGRATED, OCCLUSION
from gui.workspaces.inspect.subject import Inspected

DIGITS, _ = few_digits()


def test_maps_of_earlier_weights_are_dimmed_until_they_are_made_anew(show, few_lab, qtbot, five):
    page = show("mlp", "pixels")
    page.method_box.setCurrentText(OCCLUSION)
    qtbot.waitUntil(lambda: page.maps.isEnabled() and page.counterfactual.isEnabled(), timeout=10_000)
    before = page.maps.values.copy()
    few_lab.classifier.set_weights(few_lab.models.current.model.network.store.snapshot() * 1.3)
    page.window().refresh_now()
    assert not any(part.isEnabled() for part in (page.maps, page.places, page.counterfactual.images))
    qtbot.waitUntil(lambda: page.maps.isEnabled() and page.counterfactual.isEnabled(), timeout=10_000)
    assert not np.allclose(page.maps.values, before)
    twin = readable_twin(few_lab.classifier.answering.network)
    weights = contrast(10, *page.answer_and_rival)
    np.testing.assert_allclose(page.maps.values[0], occlusion(twin, five, weights, 0.0).pixels, atol=1e-5)


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

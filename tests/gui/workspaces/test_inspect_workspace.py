"""The Inspect tab through real events: what it shows equals the engine's numbers."""

import numpy as np
import pytest
from fake_training import few_digits, short
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.inspection.activations import layer_outputs, softmax_steps, unit_sum
from engine.inspection.attribution import (
    contrast,
    integrated_gradients,
    linear_evidence,
    strongest,
    values_of,
)
from engine.inspection.nearest import nearest
from engine.inspection.twin import readable_twin
from engine.inspection.units import layer_responses
from gui.lab.dataset_library import DatasetEntry
from gui.theme.tokens import LIGHT
from gui.workspaces.inspect.explaining import EXACT, GRADIENT, INTEGRATED, NEAREST, OCCLUSION
from gui.workspaces.inspect.map_colors import color_table
from models import PRESETS

DIGITS, _ = few_digits()


def twin_of(lab):
    return readable_twin(lab.classifier.answering.network)


def click(qtbot, grid, place, row, column):
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_center(place, row, column))


def hover(grid, place, row, column):
    at = QPointF(grid.cell_center(place, row, column))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, grid.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(grid, move)


# What it learned.


def test_softmax_templates_are_the_weights_on_one_scale(show, few_lab, qtbot):
    page = show("softmax", "weights")
    kernel = few_lab.models.current.model.network.get_weights()[0]
    assert page.grid.objectName() == "templateView"
    for digit in range(10):
        np.testing.assert_allclose(page.grid.values[digit].ravel(), kernel[:, digit], rtol=1e-6)
    assert page.grid.limit == pytest.approx(np.abs(kernel).max())
    assert page.grid.names == tuple("0123456789")
    assert page.unit_card.isHidden()
    hover(page.grid, 7, 4, 9)
    weight, ink = kernel[4 * 20 + 9, 7], few_lab.prediction.newest.features[4, 9]
    texts = [f"{number:.4g}".replace("-", "−") for number in (weight, weight * ink)]
    assert all(text in page.card.subtitle for text in texts)


def test_the_signed_scale_is_symmetric_around_the_surface():
    colors, numbers = color_table(LIGHT, True)
    assert [QColor(numbers[place]).name() for place in (0, 127, 254)] == [LIGHT.accent, LIGHT.surface, LIGHT.second]
    surface = colors[127].astype(int)
    np.testing.assert_allclose(surface - colors[127 - 60], (surface - colors[0]) * 60 / 127, atol=1)
    np.testing.assert_allclose(surface - colors[127 + 60], (surface - colors[254]) * 60 / 127, atol=1)


def test_keys_read_a_template_too(show, qtbot):
    page = show("logistic", "weights")
    assert len(page.grid.values) == 1
    page.grid.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(page.grid, key)
    assert page.grid.cell == (0, 1, 1)
    assert "row 2, column 2" in page.card.subtitle


def test_a_units_page_has_the_digits_that_excite_it(show, few_lab, qtbot):
    page = show("mlp", "weights")
    click(qtbot, page.grid, 3, 5, 5)
    card = page.unit_card
    assert (card.layer_box.currentData(), card.unit_box.value()) == (1, 4)
    qtbot.waitUntil(lambda: card.exciting.count == 9, timeout=10_000)
    twin = twin_of(few_lab)
    read = few_lab.datasets.part_source(few_lab.datasets.current, "training")()
    images = read[0].images[read[1]]
    values = layer_responses(twin, images, 1).values[:, 3]
    kernel, bias = twin.layers[1].get_weights()
    activation = np.maximum(0, images.reshape(len(images), -1) @ kernel[:, 3] + bias[3])
    np.testing.assert_allclose(values, activation, rtol=1e-4, atol=1e-5)
    best = np.argsort(-activation, kind="stable")[:9]
    labels = read[0].labels[read[1]]
    for place in best:
        qtbot.keyClick(card.exciting, Qt.Key.Key_Right)
        caption = f"{labels[place]} · {activation[place]:.3g}"
        assert card.exciting.accessibleDescription().startswith(caption)
    counts, _ = np.histogram(activation, 20)
    assert card.histogram.heights.tolist() == counts.tolist()
    # The next layer is the last one: each output gets the activation times its weight.
    pushed = activation[:100].mean() * twin.layers[2].get_weights()[0][3]
    np.testing.assert_allclose(card.pushes.values, pushed, rtol=1e-3)
    np.testing.assert_allclose(card.weights.values[0].ravel(), twin.layers[1].parameters[0].value[:, 3], rtol=1e-6)
    present = layer_outputs(twin, few_lab.prediction.newest.features)[2][3]
    assert f"{present:.3g}".replace("-", "−") in card.value_label.text()


# What happens to the drawing.


def test_every_layer_shows_its_outputs_and_a_click_the_sum_behind_one(show, few_lab, qtbot):
    page = show("cnn", "layers")
    outputs = layer_outputs(twin_of(few_lab), few_lab.prediction.newest.features)
    first = page.rows[1][1]
    np.testing.assert_allclose(first.values, outputs[1].transpose(2, 0, 1), rtol=1e-5)
    assert "20×20×16" in page.rows[1][0].text()
    np.testing.assert_allclose(page.rows[-1][1].values, outputs[-1], rtol=1e-5)
    click(qtbot, first, 2, 7, 9)
    found = unit_sum(twin_of(few_lab), outputs, 0, (7, 9, 2))
    text = page.sum_card.sum_label.text()
    for number in (found.bias, found.total, found.output):
        assert f"{number:.5g}".replace("-", "−") in text
    np.testing.assert_allclose(page.sum_card.grids["product"].values[0], found.products[:, :, 0], rtol=1e-5, atol=1e-7)
    assert "rows 7 to 9, columns 9 to 11" in page.sum_card.note.text()


def test_the_table_goes_from_logits_to_probabilities(show, few_lab):
    page = show("softmax", "layers")
    steps = softmax_steps(layer_outputs(twin_of(few_lab), few_lab.prediction.newest.features)[-1])
    table = page.answer_table.table
    for column in range(4):
        for row in range(10):
            shown = float(table.item(row, column).text().replace("−", "-"))
            assert shown == pytest.approx(steps[column, row], rel=6e-2, abs=1e-9)


def test_a_blank_drawing_leaves_no_old_numbers(show, few_lab, qtbot):
    page = show("cnn", "layers")
    page.choose(0, (3, 3, 1))
    few_lab.drawing.clear()
    few_lab.prediction.predict_now()
    qtbot.waitUntil(lambda: not len(page.rows[1][1].values), timeout=2_000)
    assert page.answer_table.isHidden()
    assert page.sum_card.grids["input"].isHidden()


# Which pixels decided.


def choose(qtbot, box, place):
    """By the keys."""
    box.setFocus()
    for key in (Qt.Key.Key_Home, *place * [Qt.Key.Key_Down]):
        qtbot.keyClick(box, key)
    assert box.currentIndex() == place


def explained(qtbot, page, method):
    choose(qtbot, page.method_box, page.method_box.findText(method))
    qtbot.waitUntil(lambda: not page.tasks.is_running("map") and page.explanation is not None, timeout=20_000)
    return page.explanation


def test_the_exact_evidence_of_softmax(show, few_lab, qtbot):
    page = show("softmax", "pixels")
    found = explained(qtbot, page, EXACT)
    answer, rival = page.answer_and_rival
    image = few_lab.prediction.newest.features
    kernel, bias = few_lab.models.current.model.network.get_weights()
    order = np.argsort(-(image.reshape(-1) @ kernel + bias))
    assert (answer, rival) == tuple(order[:2]), "the runner-up, until another one is chosen"
    exact = linear_evidence(twin_of(few_lab), image, contrast(10, answer, rival))
    np.testing.assert_allclose(found.maps[0], exact.products, atol=1e-6)
    np.testing.assert_allclose(found.maps[1], np.where(image > 0, 0, exact.weights), atol=1e-6)
    np.testing.assert_allclose(page.maps.values, found.maps)
    down, across, value = strongest(exact.products)[0]
    assert page.places.item(0).text().startswith(f"row {down + 1}, column {across + 1}: ")
    assert page.places.count() == 10
    np.testing.assert_allclose(page.sides.values.sum(axis=0), exact.products, atol=1e-6)
    assert value != 0
    # A click on a place frames its pixel.
    bare = page.maps.grab().toImage()
    row = page.places.visualItemRect(page.places.item(0)).center()
    qtbot.mouseClick(page.places.viewport(), Qt.MouseButton.LeftButton, pos=row)
    framed, corner = page.maps.grab().toImage(), page.maps.cell_center(0, down, across)
    changed = [
        (x, y)
        for x in range(0, bare.width())
        for y in range(0, bare.height())
        if bare.pixel(x, y) != framed.pixel(x, y)
    ]
    assert changed
    assert max(max(abs(x - corner.x()), abs(y - corner.y())) for x, y in changed) < 12


def test_integrated_gradients_show_their_gap_and_are_complete(show, few_lab, qtbot):
    page = show("mlp", "pixels")
    explained(qtbot, page, INTEGRATED)
    choose(qtbot, page.baseline_box, page.baseline_box.findText(NEAREST))
    qtbot.waitUntil(lambda: NEAREST in page.note.text(), timeout=10_000)
    assert "gap" in page.note.text()
    # Fifty points follow the pen; more are taken where they leave a gap.
    qtbot.waitUntil(lambda: not page.explanation.is_rough, timeout=10_000)
    found = page.explanation
    answer, rival = page.answer_and_rival
    twin, image = twin_of(few_lab), few_lab.prediction.newest.features
    read, places = few_lab.datasets.part_source(few_lab.datasets.current, "training")()
    others = read.images[places][read.labels[places] == rival]
    closest = others[nearest(image.reshape(-1), others.reshape(len(others), -1), 1)[0][0]]
    weights = contrast(10, answer, rival)
    before, after = values_of(twin, np.stack([closest, image]), weights)
    assert abs(found.maps[0].sum() - (after - before)) < 1e-3 * max(1.0, abs(after - before))
    np.testing.assert_allclose(found.maps[0], integrated_gradients(twin, image, closest, weights).pixels, atol=1e-5)


def test_another_rival_and_random_weights_make_another_map(show, qtbot):
    page = show("mlp", "pixels")
    first = explained(qtbot, page, GRADIENT).maps
    choose(qtbot, page.rival_box, page.rival_box.count() - 1)
    qtbot.waitUntil(lambda: page.explanation.maps is not first, timeout=10_000)
    second = page.explanation.maps
    assert not np.allclose(first, second)
    assert page.evidence_card.title.endswith(f"not {page.rival_box.currentText()}?")
    qtbot.mouseClick(page.random_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: page.explanation.maps is not second, timeout=10_000)
    assert "random weights" in page.card.subtitle


def test_the_counterfactual_is_answered_with_the_rival(show, few_lab, qtbot):
    page = show("softmax", "pixels")
    card = page.counterfactual
    qtbot.waitUntil(lambda: card.found is not None, timeout=10_000)
    _, rival = page.answer_and_rival
    model = few_lab.models.current.model
    assert int(model.answer(card.found.image.astype(np.float32))[0].argmax()) == rival
    assert f"{card.found.changed} pixels" in card.note.text()
    np.testing.assert_allclose(card.images.values[1], card.found.image)


def test_properties_and_angles_have_views_that_fit(show, qtbot):
    page = show("multilabel", "pixels")
    assert [page.rival_box.itemText(place) for place in range(page.rival_box.count())][:2] == ["even", "prime"]
    assert page.counterfactual.isHidden()
    explained(qtbot, page, OCCLUSION)
    assert "even" in page.evidence_card.title
    page = show("angle", "pixels")
    explained(qtbot, page, GRADIENT)
    assert page.rival_box.isHidden()
    assert page.sides.names == ("raises it", "lowers it")


# Nearest digits.


def test_the_nearest_digits_are_the_closest_ones(show, few_lab, qtbot):
    page = show("mlp", "nearest")
    qtbot.waitUntil(lambda: len(page.found) == 2, timeout=20_000)
    read, places = few_lab.datasets.part_source(few_lab.datasets.current, "training")()
    image = few_lab.prediction.newest.features
    distances = np.sqrt(((read.images[places] - image) ** 2).sum(axis=(1, 2)))
    order = np.argsort(distances, kind="stable")[:12]
    assert page.found[0].ids.tolist() == places[order].tolist()
    np.testing.assert_allclose(page.found[0].distances, distances[order], rtol=1e-4, atol=1e-4)
    assert page.grids[0].count == page.grids[1].count == 12
    assert page.verdict.text().count("of 12") == 2
    # A click selects the digit in all tabs.
    qtbot.mouseClick(page.grids[0].viewport(), Qt.MouseButton.LeftButton, pos=page.grids[0].rect_of(2).center())
    assert few_lab.selection.ids == (int(page.found[0].ids[2]),)


def test_disagreeing_neighbours_are_told(show, few_lab, qtbot):
    wrong = few_lab.datasets.current.load()
    noisy = type(wrong)(wrong.images, np.full_like(wrong.labels, 9), name="all nines")
    few_lab.datasets.add(DatasetEntry("nines", "nines", lambda: noisy))
    few_lab.datasets.choose("nines")
    page = show("softmax", "nearest")
    qtbot.waitUntil(lambda: bool(page.found), timeout=20_000)
    assert "disagree" in page.verdict.text()
    assert page.cards[1].isHidden()


# Everything follows.


def test_the_pages_follow_model_pen_and_epoch(show, few_lab, qtbot):
    few_lab.models.choose("softmax")
    with qtbot.waitSignal(few_lab.session.finished, timeout=10_000):
        few_lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=3))
    trained = few_lab.models.current.key
    page = show(trained, "weights")
    newest = page.grid.values.copy()
    few_lab.epoch.show_epoch(1)
    qtbot.waitUntil(lambda: not np.allclose(page.grid.values, newest), timeout=5_000)
    kernel = few_lab.epoch.chosen_weights[:4000].reshape(400, 10)
    np.testing.assert_allclose(page.grid.values[0].ravel(), kernel[:, 0])
    assert "epoch 1" in page.card.subtitle
    few_lab.epoch.follow_newest()
    qtbot.waitUntil(lambda: np.allclose(page.grid.values, newest), timeout=5_000)

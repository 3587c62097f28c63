"""Networks that end with softmax or sigmoid themselves, as the editor's do for most losses, are opened like others."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine import Conv2D, Dense, Dropout, Flatten, Sequential
from engine.inspection.attribution import contrast
from engine.inspection.units import layer_responses
from engine.network.draft import NetworkDraft
from engine.storage.model import Model
from gui.widgets.explanation import plain_text
from gui.workspaces.inspect import unit_card
from gui.workspaces.inspect.explaining import EXACT
from models import PRESETS
from models.presets.own import OwnPreset

SHAPES = {"softmax": 10, "logistic": 1, "multilabel": 4}


def own_model(question, loss):
    preset = OwnPreset.of("edited", "Mine", PRESETS[question], NetworkDraft((), SHAPES[question]), loss)
    network = preset.build(1)
    rng = np.random.default_rng(5)
    for parameter in network.store.parameters:
        parameter.value[...] = rng.normal(0, 0.1, parameter.value.shape)
    return Model(network, "edited", "Mine", preset.labels, preset.task)


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("question", "loss", "head", "formula"),
    [
        ("softmax", "mean_squared_error", softmax, "L = (1/(n·K)) Σ (p − y)²"),
        ("softmax", "kl_divergence", softmax, "L: kl divergence"),
        ("softmax", "categorical_crossentropy", softmax, "L = −(1/n) Σ ln p"),
        ("logistic", "mean_squared_error", sigmoid, "L = (1/n) Σ (p − y)²"),
        ("multilabel", "mean_absolute_error", sigmoid, "L: mean absolute error"),
    ],
)
def test_logits_answer_evidence_and_step_are_those_of_the_network(
    show, few_lab, qtbot, five, question, loss, head, formula
):
    model = own_model(question, loss)
    kernel, bias = (np.asarray(one.value, np.float64) for one in model.network.store.parameters)
    pixels = five.reshape(-1).astype(np.float64)
    logits = pixels @ kernel + bias
    entry = few_lab.models.add_trained(model)
    workspace = show(entry.key, "layers").window()
    # Layers: from the logits to the answer beside the canvas.
    table = workspace.pages["layers"].answer_table.table
    rows, last = range(table.rowCount()), table.columnCount() - 1
    shown = [[float(table.item(row, column).text().replace("−", "-")) for column in (0, last)] for row in rows]
    np.testing.assert_allclose(shown, np.stack([logits, head(logits)], axis=1), rtol=0.06)
    np.testing.assert_allclose(head(logits), few_lab.prediction.newest.probabilities[-len(logits) :], atol=1e-5)
    # Pixels: exact, and of the class that the model answers with.
    workspace.open_page("pixels")
    page = workspace.pages["pixels"]
    assert page.method_box.currentText() == EXACT
    answer, rival = page.answer_and_rival
    weights = contrast(len(logits), answer, rival)
    np.testing.assert_allclose(page.explanation.maps[0], (pixels * (kernel @ weights)).reshape(20, 20), atol=1e-5)
    if question != "multilabel":
        assert answer == int(np.argmax(few_lab.prediction.newest.probabilities))
    # One step: ∂L/∂z is the slope at the logits, and ∂L/∂w follows from it.
    workspace.open_page("step")
    page = workspace.pages["step"]
    qtbot.waitUntil(lambda: bool(page.table.lines), timeout=10_000)
    record = page.steps.records[-1]
    np.testing.assert_allclose(record.logits[0], logits, rtol=1e-5)
    np.testing.assert_allclose(record.predictions[0], head(logits), rtol=1e-5)
    np.testing.assert_allclose(
        record.gradients,
        np.concatenate([np.outer(pixels, record.logit_gradients[0]).ravel(), record.logit_gradients[0]]),
    )
    lines = {line.key: line for line in page.table.lines}
    assert plain_text(lines["L"].formula).startswith(formula)
    assert "Σ a·∂L/∂z" in plain_text(lines["g"].formula)
    if question == "softmax":
        assert lines["z"].numbers.endswith(f"y = {page.choice.label_box.currentText()}")
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "They agree" in page.check_label.text(), timeout=10_000)


def test_a_linear_angle_is_no_class_and_its_maps_have_two_signs(show, few_lab, qtbot):
    network = Sequential([Conv2D(2, 3), Flatten(), Dropout(0.3), Dense(1)], seed=1)
    network.build((20, 20, 1))
    network.loss = PRESETS["angle"].loss()
    entry = few_lab.models.add_trained(Model(network, "mine", "Mine", ("degrees",), "regression"))
    workspace = show(entry.key, "layers").window()
    view = workspace.pages["layers"].rows[1][1]
    place, row, column = (int(part) for part in np.unravel_index(view.values.argmin(), view.values.shape))
    assert view.values[place, row, column] < 0
    color = view.grab().toImage().pixelColor(view.cell_center(place, row, column))
    assert color.blue() > color.red()
    workspace.open_page("step")
    step = workspace.pages["step"]
    qtbot.waitUntil(lambda: bool(step.table.lines), timeout=10_000)
    assert {line.key: plain_text(line.formula) for line in step.table.lines}["answer"] == "answer with every w′"


def test_weights_behind_dropout_are_templates_and_each_optimizer_has_its_rate(show, few_lab, qtbot):
    network = Sequential([Flatten(), Dropout(0.3), Dense(4)], seed=1)
    network.build((20, 20, 1))
    network.loss = PRESETS["multilabel"].loss()
    entry = few_lab.models.add_trained(Model(network, "mine", "Mine", PRESETS["multilabel"].labels, "multilabel"))
    page = show(entry.key, "weights")
    assert page.card.title == "Templates"
    assert "raises the output" in page.note.text()
    page.window().open_page("pixels")
    assert page.window().pages["pixels"].method_box.currentText() == EXACT
    assert "wins" not in page.window().pages["pixels"].note.text()
    page.window().open_page("step")
    choice, settings = page.window().pages["step"].choice, PRESETS["multilabel"].settings
    for place, optimizer in ((4, "adam"), (3, "rmsprop")):
        choice.optimizer_box.setCurrentIndex(place)
        assert choice.rate_box.value() == settings(optimizer).learning_rate
    choice.rate_box.setValue(0.02)
    choice.optimizer_box.setCurrentIndex(0)
    assert choice.rate_box.value() == 0.02


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_weights_that_are_no_numbers_any_more_are_shown_and_tear_nothing(show, few_lab, qtbot):
    network = Sequential([Flatten(), Dense(3, activation="relu"), Dense(10)], seed=1)
    network.build((20, 20, 1))
    network.loss = PRESETS["softmax"].loss()
    network.store.parameters[0].value[7, 0] = np.nan
    network.store.parameters[0].value[9, 1] = np.inf
    entry = few_lab.models.add_trained(Model(network, "mine", "Mine", PRESETS["softmax"].labels, "multiclass"))
    page = show(entry.key, "weights")
    assert 0 < page.grid.limit < 1
    qtbot.waitUntil(lambda: page.unit_card.exciting.accessibleDescription().startswith("9 images"), timeout=10_000)
    assert page.unit_card.value_label.text().startswith("present drawing: nan")


def test_units_of_a_model_that_is_left_are_not_shown_for_the_next(show, few_lab, qtbot, monkeypatch):
    let_go = threading.Event()

    def held(*values):
        let_go.wait(10)
        return layer_responses(*values)

    monkeypatch.setattr(unit_card, "layer_responses", held)
    page = show("mlp", "weights")
    qtbot.waitUntil(lambda: page.tasks.is_running("unit"), timeout=10_000)
    few_lab.models.choose("angle")
    page.window().refresh_now()
    # The next question waits for the pen, and the answer of the first model comes before it.
    few_lab.drawing.changed.emit()
    let_go.set()
    qtbot.waitUntil(lambda: page.unit_card.pushes.values.size > 0, timeout=10_000)
    assert page.unit_card.pushes.values.size == 1


def test_the_weights_have_the_names_of_the_layers_that_they_are_of(show, few_lab, qtbot):
    entries = []
    for name in ("first", "second"):
        network = Sequential([Flatten(), Dense(10, name=name)], seed=1)
        network.build((20, 20, 1))
        network.loss = PRESETS["softmax"].loss()
        model = Model(network, name, name.title(), tuple("0123456789"), "multiclass")
        entries.append(few_lab.models.add_trained(model).key)
    page = show(entries[0], "step")
    for entry, name in zip(entries, ("first", "second"), strict=True):
        few_lab.models.choose(entry)
        told = f"{name} kernel ["
        qtbot.waitUntil(lambda told=told: any(told in line.numbers for line in page.table.lines))
        assert page.choice.parameter_box.currentText() == f"{name} kernel"


def test_a_layers_own_penalty_is_part_of_the_step(show, few_lab, qtbot, five):
    draft = NetworkDraft((), 10).with_output("kernel_regularizer", {"l1": 0.02, "l2": 0.1})
    preset = OwnPreset.of("edited", "Mine", PRESETS["softmax"], draft)
    model = preset.model(preset.build(1))
    kernel = np.random.default_rng(5).normal(0, 0.1, (400, 10)).astype(np.float32)
    model.network.set_weights([kernel, np.zeros(10, np.float32)])
    page = show(few_lab.models.add_trained(model).key, "step")
    qtbot.waitUntil(lambda: page.steps is not None and not page.tasks.busy, timeout=10_000)
    pixels, (pixel, unit), rate = five.reshape(-1).astype(np.float64), page.weight.place, page.choice.rule[1]
    target = np.arange(10) == page.steps.targets[0]
    weight, slopes = float(kernel[pixel, unit]), softmax(pixels @ kernel) - target
    price = 0.02 * np.sign(weight) + 2 * 0.1 * weight
    gradient = pixels[pixel] * slopes[unit] + price
    lines = {line.key: line for line in page.table.lines}
    told = [float(lines[key].value.replace("−", "-")) for key in ("r", "g", "after")]
    np.testing.assert_allclose(told, [price, gradient, weight - rate * gradient], rtol=1e-3)
    assert plain_text(lines["r"].formula) == "r = λ₁·sign w + 2·λ₂·w"
    assert plain_text(lines["g"].formula) == "g = ∂L/∂w + r = Σ a·∂L/∂z + r"
    assert 'href="r"' in lines["g"].formula
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "They agree" in page.check_label.text(), timeout=10_000)
    # A bias has no such price.
    page.choice.parameter_box.setCurrentIndex(1)
    assert "r" not in [line.key for line in page.table.lines]

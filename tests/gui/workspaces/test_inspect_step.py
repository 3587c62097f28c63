"""One step with its numbers, through real events: the table equals hand-written loops."""

import math
import re

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.lab.dataset_library import DatasetEntry
from gui.lab.drawing_document import OpenedImage
from gui.workspaces.inspect.step_choice import DIGITS as FROM_DIGITS
from gui.workspaces.inspect.step_choice import OPTIMIZERS
from gui.workspaces.inspect.workspace import InspectWorkspace
from models import PRESETS
from models.presets.own import OwnPreset, as_own

DIGITS, _ = few_digits()
FIVE = DIGITS.images[int(np.flatnonzero(DIGITS.labels == 5)[0])]
SEVEN = 7


@pytest.fixture
def open_step(qtbot, themes, lab):
    """Opens the page for a shipped model and a drawn five."""
    made = []

    def open_page(model="softmax", *, drawing=True):
        lab.datasets.add(DatasetEntry("few", "few", lambda: DIGITS))
        lab.datasets.choose("few")
        lab.models.choose(model)
        if drawing:
            lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), FIVE, "a digit"))
        lab.prediction.predict_now()
        workspace = InspectWorkspace(lab, themes)
        made.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 900)
        workspace.apply_values({"page": "step"})
        workspace.show()
        workspace.refresh_now()
        return workspace.pages["step"]

    yield open_page
    for workspace in made:
        workspace.shut_down()


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_a_network_of_ones_own_is_taken_apart_too(qtbot, open_step, lab, loss):
    shipped = as_own(PRESETS["mlp"])
    own = OwnPreset.of("mine", "Mine", shipped.question, shipped.draft, loss)
    page = open_step(lab.models.add_trained(own.model(own.build(0))).key)
    ready(qtbot, page)
    assert page.table.isEnabled()
    assert not page.grab().isNull()


def ready(qtbot, page, steps=1):
    qtbot.waitUntil(lambda: page.steps is not None and len(page.steps.records) == steps, timeout=10_000)
    qtbot.waitUntil(lambda: not page.tasks.is_running("step"), timeout=10_000)


def call_it_seven(qtbot, page):
    page.choice.label_box.setCurrentIndex(SEVEN)
    qtbot.waitUntil(lambda: page.steps is not None and page.steps.targets[0] == SEVEN, timeout=10_000)
    ready(qtbot, page)


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def value(page, key):
    return float(page.table.item(page.table.row_of(key), 3).text().replace("−", "-"))


def row(page, key):
    """The whole numbers of a row that lists one an output, as a screen reader tells them."""
    told = page.table.item(page.table.row_of(key), 2).data(Qt.ItemDataRole.AccessibleTextRole)
    parts = told.replace("−", "-").split(" · ")
    return [float(part.rpartition(":\u00a0")[2]) for part in parts]


def link_in(label, key):
    """Where a link of a formula is painted: the pointer becomes a hand there."""
    for x in range(0, label.width(), 2):
        for y in range(0, label.height(), 3):
            at, none = QPointF(x, y), Qt.MouseButton.NoButton
            move = QMouseEvent(QEvent.Type.MouseMove, at, label.mapToGlobal(at), none, none, Qt.KeyboardModifier(0))
            hovered = []
            connection = label.linkHovered.connect(hovered.append)
            QApplication.sendEvent(label, move)
            label.linkHovered.disconnect(connection)
            if hovered == [key]:
                return QPoint(x, y)
    raise AssertionError(f"no link to {key}")


def loop_step(lab, label, rate):
    """Softmax regression's step on the drawing, by hand."""
    kernel, bias = (part.astype(np.float64) for part in lab.models.current.model.network.get_weights())
    x = lab.prediction.newest.features.reshape(-1).astype(np.float64)
    z = [float(bias[k]) + sum(float(x[i]) * float(kernel[i, k]) for i in range(400)) for k in range(10)]
    top = max(z)
    powers = [math.exp(one - top) for one in z]
    p = [power / sum(powers) for power in powers]
    slopes = [p[k] - (k == label) for k in range(10)]
    return kernel, x, z, p, slopes, -math.log(p[label])


def test_the_table_is_the_loop(open_step, lab, qtbot):
    page = open_step()
    call_it_seven(qtbot, page)
    rate = page.choice.rate_box.value()
    kernel, x, z, p, slopes, loss = loop_step(lab, SEVEN, rate)
    assert row(page, "z") == pytest.approx(z, rel=6e-3)
    assert row(page, "p") == pytest.approx(p, rel=6e-3)
    assert row(page, "dz") == pytest.approx(slopes, rel=6e-3)
    assert value(page, "L") == pytest.approx(loss, rel=1e-4)
    _, _, (pixel, digit) = page.choice.weight
    gradient = float(x[pixel]) * slopes[digit]
    assert value(page, "g") == pytest.approx(gradient, rel=1e-4)
    product = f"{x[pixel]:.5g}·({slopes[digit]:.5g})".replace("-", "−")
    assert page.table.item(page.table.row_of("g"), 2).text().endswith(product)
    assert value(page, "after") == pytest.approx(kernel[pixel, digit] - rate * gradient, rel=1e-4)
    assert value(page, "w") == pytest.approx(-rate * gradient, rel=1e-3)
    assert value(page, "L′") < value(page, "L")
    assert abs(gradient) > 0, "the followed weight is one that learns"


def test_forward_back_and_ten_more(open_step, qtbot):
    page = open_step()
    call_it_seven(qtbot, page)
    first = value(page, "L")
    press(qtbot, page.forward_button)
    ready(qtbot, page, 2)
    assert value(page, "L") != first
    press(qtbot, page.back_button)
    ready(qtbot, page, 1)
    assert value(page, "L") == first
    press(qtbot, page.ten_button)
    ready(qtbot, page, 11)
    assert "step 11" in page.card.subtitle


@pytest.mark.parametrize("optimizer", ["momentum", "rmsprop", "adam"])
def test_the_update_of_each_optimizer_leads_to_the_weight_that_is_written(open_step, qtbot, optimizer):
    page = open_step()
    ready(qtbot, page)
    page.choice.optimizer_box.setCurrentIndex(OPTIMIZERS.index(optimizer))
    page.choice.rate_box.setValue(0.01)
    qtbot.waitUntil(lambda: page.steps.optimizer.kind == optimizer and page.steps.optimizer.learning_rate == 0.01)
    press(qtbot, page.forward_button)
    ready(qtbot, page, 2)
    record = page.steps.records[-1]
    assert value(page, "after") == pytest.approx(record.after[page.weight.index], rel=1e-4)
    keys = [line.key for line in page.table.lines]
    wanted = {"momentum": ["term-v"], "rmsprop": ["term-s", "term-u"], "adam": ["term-m", "term-v", "term-m̂", "term-v̂"]}
    assert [key for key in keys if key.startswith("term-")] == wanted[optimizer]


def test_a_term_leads_to_its_row_and_formulas_can_be_read(open_step, qtbot):
    page = open_step()
    ready(qtbot, page)
    table = page.table
    label = table.cellWidget(table.row_of("dz"), 1)
    assert label.accessibleName() == "∂L/∂z = (p − y) / n"
    # The keys that Qt has for links: Tab to one, Enter to follow it.
    page.window().activateWindow()
    label.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Return):
        qtbot.keyClick(label, key)
    assert table.currentRow() == table.row_of("p")
    table.clearSelection()
    table.setCurrentCell(0, 0)
    qtbot.mouseClick(label, Qt.MouseButton.LeftButton, pos=link_in(label, "p"))
    assert table.currentRow() == table.row_of("p")
    with qtbot.waitSignal(page.page_requested) as asked:
        table.cellWidget(table.row_of("z"), 1).linkActivated.emit("layers")
    assert asked.args == ["layers"]


@pytest.mark.parametrize("optimizer", ["nesterov", "rmsprop", "adam"])
def test_every_term_leads_to_where_its_numbers_come_from(open_step, qtbot, optimizer):
    page = open_step()
    ready(qtbot, page)
    page.choice.optimizer_box.setCurrentIndex(OPTIMIZERS.index(optimizer))
    page.choice.rate_box.setValue(0.01)
    qtbot.waitUntil(lambda: page.steps.optimizer.learning_rate == 0.01, timeout=10_000)
    press(qtbot, page.forward_button)
    ready(qtbot, page, 2)
    table, reached = page.table, set()
    pages = []
    page.page_requested.connect(pages.append)
    for row in range(table.rowCount()):
        label = table.cellWidget(row, 1)
        for key in re.findall('href="([^"]+)"', label.text()):
            table.clearSelection()
            pages.clear()
            label.linkActivated.emit(key)
            went = table.row_of(key) >= 0 and table.currentRow() == table.row_of(key)
            focused = {"batch": page.choice.label_box, "rule": page.choice.rate_box}.get(key)
            assert went or pages == [key] or (focused is not None and focused.hasFocus()), (row, key)
            reached.add(key)
    assert {"z", "p", "dz", "g", "w", "after", "weights", "layers", "batch", "rule"} <= reached
    # No letter of a term is left without a link, but those of the row itself and of functions.
    for line in table.lines:
        bare = re.sub("<a .*?</a>|<[^>]+>", "", line.formula)
        left = set(re.findall("[A-Za-z]+", bare)) - {"ln", "e", "with", "every", "passed", "back", "the", "rest", "is"}
        own = {"z", "p", "L", "g", "w", "m", "v", "s", "u", "J", "h", "none", "T"}
        assert left <= own, (line.key, left)


def test_an_angles_loss_is_a_square_and_labels_have_a_mean(open_step, lab, qtbot):
    page = open_step("angle")
    page.choice.degrees_box.setValue(-7)
    qtbot.waitUntil(lambda: page.steps is not None and page.steps.targets[0] == -7, timeout=10_000)
    ready(qtbot, page)
    z = float(page.steps.records[0].logits[0, 0])
    assert page.table.item(page.table.row_of("L"), 2).text() == f"({z:.5g} − (-7))²".replace("-", "−")
    assert value(page, "L") == pytest.approx((z + 7) ** 2, rel=1e-4)
    # Logits are what a softmax or sigmoid follows.
    assert [line.name for line in page.table.lines if line.key in ("z", "dz")] == ["Outputs", "Slope at the outputs"]
    lab.models.choose("multilabel")
    page.window().refresh_now()
    qtbot.waitUntil(lambda: page.steps is not None and page.steps.network.answer_shape == (4,), timeout=10_000)
    ready(qtbot, page)
    assert page.table.item(page.table.row_of("L"), 2).text() == "mean of 4 labels"


def test_the_gradient_check_of_the_followed_weight(open_step, qtbot):
    page = open_step("mlp")
    ready(qtbot, page)
    press(qtbot, page.check_button)
    qtbot.waitUntil(lambda: "They agree" in page.check_label.text(), timeout=10_000)
    # A slope of nothing is judged by what rounding makes of the measured one.
    slopes = np.abs(page.steps.records[-1].gradients)
    layer = slopes[-(128 * 10 + 10) : -10]
    smallest = np.where(layer > 0, layer, np.inf).argmin()
    assert layer[smallest] < 1e-9
    page.check_label.clear()
    page.choice.place_box.setValue(1 + int(smallest))
    press(qtbot, page.check_button)
    qtbot.waitUntil(lambda: "agree within rounding of the numeric" in page.check_label.text(), timeout=10_000)


def test_a_click_in_the_picture_follows_another_weight(open_step, qtbot):
    page = open_step()
    ready(qtbot, page)
    at = page.gradients.cell_center(3, 10, 9)
    qtbot.mouseClick(page.gradients, Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    assert page.choice.weight[2] == (10 * 20 + 9, 3)
    assert value(page, "g") == pytest.approx(page.steps.records[-1].gradients[page.weight.index], rel=1e-3, abs=1e-12)


def test_training_digits_need_no_drawing(open_step, qtbot):
    page = open_step("logistic", drawing=False)
    assert page.steps is None
    assert page.table.isHidden()
    page.choice.batch_box.setCurrentText(FROM_DIGITS)
    ready(qtbot, page)
    assert len(page.steps.records[-1].logits) == 32
    assert "J(θ)" in page.table.cellWidget(page.table.row_of("L"), 1).text()


def test_the_batch_may_be_any_digits_that_were_selected(open_step, lab, qtbot):
    page = open_step()
    ready(qtbot, page)
    lab.selection.select([11, 5, 299], by="evaluate")
    page.choice.batch_box.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.choice.batch_box, Qt.Key.Key_Down)
    assert page.choice.batch_box.currentText() == "selected digits"
    qtbot.waitUntil(lambda: len(page.steps.targets) == 3, timeout=10_000)
    kernel, bias = lab.models.current.model.network.get_weights()
    logits = DIGITS.images[[11, 5, 299]].reshape(3, -1).astype(np.float64) @ kernel + bias
    np.testing.assert_allclose(page.steps.records[0].logits, logits, rtol=1e-5)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(3), DIGITS.labels[[11, 5, 299]]]
    assert value(page, "L") == pytest.approx(losses.mean(), rel=1e-4)
    lab.selection.select([7], by="data")
    qtbot.waitUntil(lambda: page.steps is not None and len(page.steps.targets) == 1, timeout=10_000)
    # A digit of the data is not taken for what is drawn.
    assert page.table.item(page.table.row_of("z"), 2).text().startswith(f"the digit, y = {DIGITS.labels[7]}")
    page.choice.batch_box.setCurrentIndex(0)
    qtbot.waitUntil(lambda: page.table.item(0, 2).text().startswith("the drawing, y"), timeout=10_000)
    page.choice.batch_box.setCurrentIndex(2)
    lab.selection.clear()
    qtbot.waitUntil(page.table.isHidden, timeout=10_000)

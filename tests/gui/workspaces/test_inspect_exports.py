"""Pictures of the Inspect tab are saved by their menus, and the files hold the engine's numbers."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from engine.inspection.activations import layer_outputs
from engine.inspection.attribution import contrast, linear_evidence
from engine.inspection.twin import readable_twin
from engine.inspection.units import layer_responses, unit_pushes
from gui.workspaces.inspect.page import show_as_fresh

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def open_menu(page, view, at=None):
    """The entries of the menu after a right click at a place, or after the menu key without one."""
    target = getattr(view, "viewport", lambda: view)()
    # High enough for the whole page: what is scrolled away has no pointer over it.
    page.window().resize(900, 2400)
    QApplication.processEvents()
    if at is None:
        view.setFocus()
        reason, at = QContextMenuEvent.Reason.Keyboard, target.rect().center()
    else:
        reason = QContextMenuEvent.Reason.Mouse
        QTest.mousePress(target, Qt.MouseButton.RightButton, pos=at)
    QApplication.sendEvent(target, QContextMenuEvent(reason, at, target.mapToGlobal(at)))
    QTest.mouseRelease(target, Qt.MouseButton.RightButton, pos=at)
    entries = [action for action in page.menu.actions() if action.text()] if page.menu.isVisible() else []
    page.menu.close()
    return entries


@pytest.fixture
def save(qtbot, few_lab, tmp_path, monkeypatch):
    """Saves by an entry of a menu, and gives the path."""

    def choose(action, name):
        path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        with qtbot.waitSignal(few_lab.messages.message, check_params_cb=lambda text: text == f"Saved {path}."):
            action.trigger()
        return path

    return choose


def read(path):
    """Head lines, names of columns, rows."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    columns, *rows = csv.reader(lines[len(head) :])
    return head, columns, rows


def numbers(path, names=2):
    return np.array([row[names:] for row in read(path)[2]], np.float64)


def twin_of(lab):
    return readable_twin(lab.classifier.answering.network)


def test_all_templates_and_the_one_under_the_mouse_are_saved(show, few_lab, save):
    page = show("softmax", "weights")
    kernel = few_lab.models.current.model.network.get_weights()[0]
    entries = open_menu(page, page.grid, page.grid.cell_center(7, 4, 9))
    texts = [entry.text() for entry in entries]
    assert texts[0] == "Save picture of all 10 maps (PNG) …"
    assert texts[5] == "Save numbers of map “7” (CSV) …"
    every, one = save(entries[2], "all.csv"), save(entries[5], "one.csv")
    np.testing.assert_array_equal(numbers(every).reshape(10, 400), kernel.T)
    np.testing.assert_array_equal(numbers(one).ravel(), kernel[:, 7])
    head, columns, rows = read(one)
    assert head == [
        "# what: Weights as pictures, map “7”",
        f"# of: {page.origin}",
        "# shape: 1 × 20 × 20 (maps, rows, columns)",
    ]
    assert columns[:3] + columns[-1:] == ["map", "row", "1", "20"]
    assert [row[:2] for row in (rows[0], rows[-1])] == [["7", "1"], ["7", "20"]]


def test_pictures_have_every_cell_in_its_color(show, save):
    page = show("softmax", "weights")
    entries = open_menu(page, page.grid, page.grid.cell_center(3, 10, 10))
    png, one = QImage(str(save(entries[0], "all.png"))), QImage(str(save(entries[3], "one.png")))
    shown = page.grid.grab().toImage()
    assert one.width() < png.width()
    cells = [(0, 0, 0), (2, 9, 10), (9, 19, 19), (5, 10, 3)]
    for cell in cells:
        at = page.grid.cell_center(*cell)
        # Twice as fine, below the title.
        assert png.pixelColor(2 * (at.x() + 16), 2 * (at.y() + 40)) == shown.pixelColor(at)
    drawing = save(entries[1], "all.svg").read_text()
    assert drawing.count("<image") == 10
    assert ">Weights as pictures<" in drawing


def test_the_menu_key_is_about_the_map_that_the_keys_read(show, few_lab, save, qtbot):
    page = show("cnn", "layers")
    outputs = layer_outputs(twin_of(few_lab), few_lab.prediction.newest.features)
    maps, bars = page.rows[1][1], page.rows[-1][1]
    assert len(open_menu(page, maps)) == 3
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown):
        qtbot.keyClick(maps, key)
    entries = open_menu(page, maps)
    assert [entry.text() for entry in entries[3:]][-1] == "Save numbers of map 3 (CSV) …"
    np.testing.assert_array_equal(numbers(save(entries[5], "map.csv")), outputs[1][:, :, 2])
    entries = open_menu(page, bars)
    assert len(entries) == 3
    path = save(entries[2], "bars.csv")
    np.testing.assert_array_equal(numbers(path, 1).ravel(), outputs[-1])
    assert [row[0] for row in read(path)[2]] == list("0123456789")
    assert "menu key" in maps.accessibleDescription()


def test_a_file_holds_what_was_shown_when_its_menu_opened(show, few_lab, save):
    page = show("softmax", "pixels")
    weights = contrast(10, page.answer_and_rival[0], page.answer_and_rival[1])
    features = few_lab.prediction.newest.features
    evidence = linear_evidence(twin_of(few_lab), features, weights).products
    entries = open_menu(page, page.maps, page.maps.cell_center(0, 3, 3))
    assert entries[0].text() == "Save picture of both maps (PNG) …"
    few_lab.drawing.clear()
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    assert not len(page.maps.values)
    path = save(entries[5], "evidence.csv")
    np.testing.assert_allclose(numbers(path), evidence, rtol=1e-6, atol=1e-12)
    assert "exact" in read(path)[0][0].lower()
    # Nothing is shown, nothing is to be saved.
    assert open_menu(page, page.maps, QPoint(5, 5)) == []


def test_what_is_dimmed_is_not_saved(show, qtbot):
    page = show("softmax", "pixels")
    assert open_menu(page, page.maps, page.maps.cell_center(0, 3, 3))
    # What comes later would show all as fresh again.
    qtbot.waitUntil(lambda: page.counterfactual.found is not None and not page.tasks.busy, timeout=10_000)
    show_as_fresh(page.maps, False)
    assert open_menu(page, page.maps, page.maps.cell_center(0, 3, 3)) == []


def test_before_and_after_are_saved_as_they_are(show, save, qtbot):
    page = show("logistic", "pixels")
    card = page.counterfactual
    qtbot.waitUntil(lambda: card.found is not None and card.isEnabled(), timeout=10_000)
    both = save(open_menu(page, card.images, card.images.cell_center(0, 0, 0))[2], "both.csv")
    np.testing.assert_array_equal(numbers(both)[20:], card.found.image)
    change = save(open_menu(page, card.change, card.change.cell_center(0, 0, 0))[2], "change.csv")
    np.testing.assert_array_equal(numbers(change), card.found.change)


def test_nearest_digits_are_saved_with_their_numbers(show, few_lab, save, qtbot):
    page = show("softmax", "nearest")
    qtbot.waitUntil(lambda: bool(page.found) and page.grids[0].isEnabled(), timeout=10_000)
    near = page.found[0]
    entries = open_menu(page, page.grids[0], QPoint(20, 20))
    _, columns, rows = read(save(entries[2], "nearest.csv"))
    assert columns[:4] == ["digit", "label", "distance", "pixel 1, 1"]
    assert [int(row[0]) for row in rows] == near.ids.tolist()
    assert [float(row[2]) for row in rows] == near.distances.tolist()
    np.testing.assert_array_equal(np.array([row[3:] for row in rows], np.float64), near.images.reshape(12, -1))
    assert QImage(str(save(entries[0], "nearest.png"))).width() > 600
    assert save(entries[1], "nearest.svg").read_text().count("<image") == 12


def test_a_units_histogram_digits_and_pushes_are_saved(show, few_lab, save, qtbot):
    page = show("mlp", "weights")
    card = page.unit_card
    card.choose(1, 3)
    qtbot.waitUntil(lambda: card.exciting.count == 9, timeout=10_000)
    dataset, places = few_lab.datasets.part_source(few_lab.datasets.current, "training")()
    twin, images = twin_of(few_lab), dataset.images[places]
    values = layer_responses(twin, images, 1).values[:, 3]
    view = card.histogram.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=QPoint(60, 60))
    assert page.menu.isVisible()
    entries = page.menu.actions()
    page.menu.close()
    head, columns, rows = read(save(entries[2], "histogram.csv"))
    assert "unit 4" in head[0]
    assert columns == ["from", "to", "digits"]
    counts, edges = np.histogram(values, 20)
    low, high, told = np.array(rows, np.float64).T
    np.testing.assert_array_equal(told, counts)
    np.testing.assert_array_equal(low, edges[:-1])
    np.testing.assert_array_equal(high, edges[1:])
    assert QImage(str(save(entries[0], "histogram.png"))).width() > 200
    pushes = save(open_menu(page, card.pushes, QPoint(9, 9))[2], "pushes.csv")
    np.testing.assert_allclose(numbers(pushes, 1).ravel(), unit_pushes(twin, images[:100], 1)[3], rtol=1e-5)
    exciting = read(save(open_menu(page, card.exciting)[2], "exciting.csv"))[2]
    assert [float(row[1]) for row in exciting] == sorted(values.tolist(), reverse=True)[:9]


def test_the_gradients_of_a_step_say_which_weights_and_which_step(show, save, qtbot):
    page = show("softmax", "step")
    qtbot.waitUntil(lambda: bool(page.table.lines), timeout=10_000)
    path = save(open_menu(page, page.gradients, page.gradients.cell_center(2, 5, 5))[2], "gradients.csv")
    head, _, _ = read(path)
    assert page.choice.parameter_name in head[0]
    assert head[1].startswith("# of: step 1 from ")
    size = page.steps.network.layers[page.choice.weight[0]].parameters[0].value.size
    expected = page.steps.records[-1].gradients[:size].reshape(400, 10)
    np.testing.assert_array_equal(numbers(path).reshape(10, 400), expected.T)

"""What the Inspect tab does while the pen rests ends when the pen comes back."""

import time

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import QCoreApplication, Qt, QTimer

from engine import Conv2D, Dense, GlobalAveragePool2D, Sequential
from engine.storage.model import Model
from gui.lab.drawing_document import OpenedImage
from gui.workspaces.inspect import counterfactual_card, landscape_task, nearest_page, workspace
from gui.workspaces.inspect.nearest_page import SEARCHING
from gui.workspaces.inspect.page import BLANK
from gui.workspaces.inspect.pages import PAGES
from models import PRESETS

DIGITS, _ = few_digits()


def draw(lab, place):
    lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), DIGITS.images[place].copy(), ""))


def press(qtbot, bar, place):
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())


class Held:
    """Stands for a function of a task: from the first call on it does not end by itself until it is let go."""

    def __init__(self, real):
        self.real, self.calls, self.let_go, self.ended = real, 0, False, False

    def __call__(self, *values, report, **options):
        self.calls += 1
        while not self.let_go:
            report(0.0)
            time.sleep(0.001)
        found = self.real(*values, report=report, **options)
        self.ended = True
        return found


@pytest.fixture
def held_search(monkeypatch):
    real = counterfactual_card.counterfactual
    held = Held(lambda *values, report: real(*values, lambda: report(0.0)))
    monkeypatch.setattr(
        counterfactual_card, "counterfactual", lambda *values: held(*values[:-1], report=lambda _: values[-1]())
    )
    return held


@pytest.fixture
def held_plane(monkeypatch):
    held = Held(landscape_task.landscape)
    monkeypatch.setattr(landscape_task, "landscape", held)
    return held


def test_the_pen_ends_the_search_and_the_next_rest_begins_it_again(show, few_lab, qtbot, held_search):
    page = show("mlp", "pixels")
    draw(few_lab, 4)
    # On a busy machine the search for the first drawing may have begun, too.
    qtbot.waitUntil(lambda: held_search.calls > 0 and page.tasks.is_running("flip"), timeout=10_000)
    before = held_search.calls
    # The same pixels once more: no other subject comes, and yet the pen moved.
    draw(few_lab, 4)
    assert not page.tasks.is_running("flip")
    assert not page.counterfactual.isEnabled()
    held_search.let_go = True
    qtbot.waitUntil(lambda: page.counterfactual.isEnabled() and not page.tasks.busy, timeout=10_000)
    assert held_search.calls > before
    np.testing.assert_allclose(page.counterfactual.images.values[0], DIGITS.images[4], atol=1e-6)


def test_a_rest_is_counted_from_the_last_change(show, few_lab, qtbot, held_search):
    page = show("mlp", "pixels")
    held_search.let_go = True
    qtbot.waitUntil(lambda: page.counterfactual.isEnabled() and not page.tasks.busy, timeout=10_000)
    before = held_search.calls
    draw(few_lab, 5)
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    # As long as a rest takes, with no turn of the event loop: the window was busy when the pen went on.
    time.sleep(1.5 * workspace.REST_MS / 1000)
    draw(few_lab, 5)
    QCoreApplication.processEvents()
    assert not page.tasks.is_running("flip")
    qtbot.waitUntil(lambda: page.counterfactual.isEnabled() and held_search.calls == before + 1, timeout=10_000)


def test_a_measurement_that_nobody_asked_for_waits_for_the_pen(show, few_lab, qtbot, held_plane):
    page = show("logistic", "landscape")
    qtbot.waitUntil(lambda: held_plane.calls == 1, timeout=10_000)
    draw(few_lab, 4)
    held_plane.let_go = True
    # The event loop does not turn, so the pen does not rest.
    time.sleep(0.05)
    assert not held_plane.ended
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=10_000)
    assert held_plane.calls == 1, "nothing is measured twice"


def test_a_measurement_goes_on_under_the_pen_once_somebody_asks_for_it(show, few_lab, qtbot, held_plane):
    page = show("logistic", "landscape")
    qtbot.waitUntil(lambda: held_plane.calls == 1, timeout=10_000)
    draw(few_lab, 4)
    qtbot.mouseClick(page.measure_button, Qt.MouseButton.LeftButton)
    draw(few_lab, 5)
    held_plane.let_go = True
    # Without a turn of the event loop: no rest comes to its help.
    for _ in range(200):
        time.sleep(0.01)
        if held_plane.ended:
            break
    assert held_plane.ended
    qtbot.waitUntil(lambda: page.found is not None, timeout=10_000)


def test_the_pen_leaves_alone_what_was_asked_for(show, few_lab, qtbot, held_plane):
    page = show("logistic", "landscape")
    held_plane.let_go = True
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=10_000)
    held_plane.let_go = False
    qtbot.mouseClick(page.measure_button, Qt.MouseButton.LeftButton)
    draw(few_lab, 5)
    assert page.tasks.is_running("plane")
    before, held_plane.let_go = page.found, True
    qtbot.waitUntil(lambda: page.found is not before, timeout=10_000)


def test_what_the_rest_would_have_begun_is_there_when_the_tab_is_seen_again(show, few_lab, qtbot):
    page = show("softmax", "nearest")
    qtbot.waitUntil(lambda: page.grids[0].isEnabled() and not page.tasks.busy, timeout=10_000)
    page.is_quick = False
    draw(few_lab, 4)
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    page.window().hide()
    # Longer than a rest: nothing may begin where nobody looks.
    timer = QTimer(singleShot=True)
    with qtbot.waitSignal(timer.timeout):
        timer.start(2 * workspace.REST_MS)
    assert not page.grids[0].isEnabled()
    page.window().show()
    qtbot.waitUntil(lambda: page.grids[0].isEnabled(), timeout=10_000)


def test_a_measurement_that_waits_on_another_page_goes_on_by_itself_and_says_where_it_is(
    show, few_lab, qtbot, held_plane
):
    page = show("logistic", "landscape")
    qtbot.waitUntil(lambda: held_plane.calls == 1 and page.progress_label.text() == "Measuring: 0 %", timeout=10_000)
    tabs, window = page.window().bar, page.window()
    keys = [kind.key for kind in PAGES if kind.applies_to(few_lab.models.current.model)]
    press(qtbot, tabs, keys.index("weights"))
    draw(few_lab, 4)
    few_lab.prediction.predict_now()
    qtbot.waitUntil(lambda: page.progress_label.text() == "Measuring: 0 %, waits while you draw", timeout=10_000)
    window.refresh_now()
    held_plane.let_go = True
    timer = QTimer(singleShot=True)
    with qtbot.waitSignal(timer.timeout):
        timer.start(2 * workspace.REST_MS)
    assert page.tasks.is_running("plane"), "nobody looks"
    press(qtbot, tabs, keys.index("landscape"))
    assert page.progress_label.text().startswith("Measuring: ")
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=10_000)
    assert held_plane.calls == 1
    assert page.progress_label.text().startswith("It reaches")


def test_another_model_does_not_wait_for_the_measurement_of_the_first(show, few_lab, qtbot, held_plane):
    page = show("logistic", "landscape")
    qtbot.waitUntil(lambda: held_plane.calls == 1, timeout=10_000)
    few_lab.models.choose("softmax")
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    # The first one is never let go.
    qtbot.waitUntil(lambda: held_plane.calls == 2, timeout=10_000)
    held_plane.let_go = True
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=10_000)
    assert page.found.plane.losses.shape == (15, 15)


def test_the_search_for_neighbours_says_that_it_searches(show, few_lab, qtbot, monkeypatch):
    held = Held(lambda *values, report: real(*values))
    real = nearest_page.nearest
    monkeypatch.setattr(nearest_page, "nearest", lambda *values: held(*values, report=lambda _: None))
    page = show("mlp", "nearest")
    grid, card = page.grids[0], page.cards[0]
    qtbot.waitUntil(lambda: grid.accessibleDescription() == SEARCHING, timeout=10_000)
    qtbot.waitUntil(lambda: not page.grids[0].isEnabled())
    held.let_go = True
    qtbot.waitUntil(lambda: grid.count == 12 and grid.isEnabled() and not page.tasks.busy, timeout=10_000)
    crisp = grid.viewport().grab().toImage()
    assert card.subtitle.startswith("of ")
    held.let_go = False
    page.is_quick = False
    draw(few_lab, 5)
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    qtbot.waitUntil(lambda: card.subtitle == "searching: 10 %", timeout=10_000)
    assert grid.count == 12
    assert grid.viewport().grab().toImage() != crisp, "what is left of the earlier drawing is dimmed"
    held.let_go = True
    qtbot.waitUntil(lambda: grid.isEnabled() and card.subtitle.startswith("of "), timeout=10_000)
    few_lab.drawing.clear()
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    assert grid.accessibleDescription() == BLANK
    page.window().open_page("pixels")
    maps = page.window().pages["pixels"].maps
    assert maps.accessibleDescription() == BLANK
    assert maps.isEnabled(), "its words can be reached with the keys"


def test_the_way_to_the_answer_has_its_room_after_a_switch_of_models(show, few_lab, qtbot):
    page = show("logistic", "layers")
    qtbot.waitUntil(lambda: page.answer_table.table.rowCount() == 1)
    for model in ("multilabel", "logistic"):
        few_lab.models.choose(model)
        few_lab.prediction.predict_now()
        page.window().refresh_now()
        card = page.answer_table
        qtbot.waitUntil(lambda card=card: card.note.y() >= card.table.geometry().bottom())
        qtbot.waitUntil(lambda card=card: card.height() == card.heightForWidth(card.width()))
        assert card.table.geometry().right() < card.width()


def test_what_was_asked_for_beside_a_measurement_is_measured_too(show, few_lab, qtbot, held_plane):
    page = show("logistic", "landscape")
    qtbot.waitUntil(lambda: held_plane.calls == 1, timeout=10_000)
    qtbot.mouseClick(page.direction_button, Qt.MouseButton.LeftButton)
    draw(few_lab, 4)
    assert page.tasks.is_running("plane"), "the other direction is not broken off"
    held_plane.let_go = True
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=10_000)
    assert held_plane.calls == 2
    # Another model: its surroundings are measured, and until then none are shown.
    few_lab.models.choose("softmax")
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    assert page.found is None
    assert page.chart.words() == page.chart.empty_text
    page.place_box.setValue(page.place_box.maximum())
    qtbot.waitUntil(lambda: page.slice is not None and not page.tasks.busy, timeout=10_000)
    assert page.place_box.maximum() in (400 * 10, 10)


def test_large_text_cuts_no_number_of_the_answer(show, themes, qtbot):
    page = show("softmax", "layers")
    table = page.answer_table.table
    height = table.fontMetrics().height()
    page.window().resize(560, 600)
    themes.set_text_percent(200)
    try:
        page.window().refresh_now()

        def fits():
            metrics = table.fontMetrics()
            return all(
                metrics.horizontalAdvance(table.item(row, column).text()) < table.columnWidth(column)
                for row in range(10)
                for column in range(4)
            )

        qtbot.waitUntil(fits)
        assert table.fontMetrics().height() > 1.8 * height
        assert table.height() > 10 * table.rowHeight(0)
    finally:
        themes.set_text_percent(100)


def test_a_global_pools_numbers_are_counted_not_listed(show, few_lab, qtbot):
    network = Sequential([Conv2D(2, 3), GlobalAveragePool2D(), Dense(10)], seed=1)
    network.build((20, 20, 1))
    network.loss = PRESETS["softmax"].loss()
    entry = few_lab.models.add_trained(Model(network, "mine", "Mine", tuple("0123456789"), "multiclass"))
    page = show(entry.key, "layers")
    page.choose(1, (0,))
    assert page.sum_card.sum_label.text().startswith("mean(324 numbers) = <b>")

"""What is in sight, and what explains itself, in windows of all sizes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea

from gui.app.self_check import draw_stroke


@pytest.mark.parametrize("preset", ["logistic", "cnn"])
@pytest.mark.parametrize("size", [(1024, 640), (1280, 720), (1280, 800)])
def test_all_charts_are_in_sight_without_scrolling(open_window, qtbot, size, preset):
    window = open_window(size=size)
    workspace = window.train_workspace
    selector = workspace.panel.form.selector
    selector.setCurrentIndex(selector.findData(preset))
    # The longest line that a run can end with.
    workspace.panel.show_failed("Training diverged: " + 8 * "it ends in two lines. ")
    qtbot.waitUntil(lambda: workspace.cards["pinned"].visibleRegion().boundingRect().size().height() > 100)
    qtbot.wait(20)
    for card in workspace.cards.values():
        corner = card.mapTo(window, card.rect().bottomRight())
        assert card.visibleRegion().boundingRect().size() == card.size(), card.title
        assert window.rect().contains(corner)


def test_every_line_of_every_menu_explains_itself(window):
    window.menus.set_recent(["/somewhere/my.safetensors"])
    silent = []

    def look(menu):
        assert menu.toolTipsVisible(), menu.title()
        for action in menu.actions():
            if action.isSeparator():
                continue
            # Without a tip of its own, an action's tooltip is its text.
            if not action.statusTip() or action.toolTip() == action.text().replace("&", ""):
                silent.append(action.text())
            if action.menu() is not None:
                look(action.menu())

    for action in window.menuBar().actions():
        look(action.menu())
    assert silent == []


def test_the_train_menu_offers_what_can_be_done_now(window, qtbot):
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Train")
    actions = window.menus.actions
    menu.aboutToShow.emit()
    assert actions["trainAction"].isEnabled()
    assert not any(actions[f"{name}Action"].isEnabled() for name in ("pause", "stop", "continue", "pin"))
    menu.aboutToHide.emit()
    # A shortcut of an action that is switched off would be dead.
    assert actions["pauseAction"].isEnabled()
    draw_stroke(window.canvas)
    menu.aboutToShow.emit()
    assert actions["pinAction"].isEnabled()
    menu.aboutToHide.emit()


def test_the_longest_answers_fit_into_the_smallest_window(open_window, qtbot):
    window = open_window(size=(1024, 640))
    qtbot.wait(20)
    headline = window.prediction_panel.headline
    metrics = window.findChild(QLabel, "confidenceLabel").fontMetrics()
    for text in (
        "turned anticlockwise",
        "each > 99.9 % sure",
        "or 8? 54 % to 46 %",
        "all > 99.9 % sure",
        "not sure: 48.8 %",
    ):
        assert metrics.horizontalAdvance(text) <= headline.width(), text


def test_an_answer_that_does_not_fit_ends_in_dots_and_is_told_on_hover(window):
    headline = window.prediction_panel.headline
    label = window.findChild(QLabel, "confidenceLabel")
    long = 10 * "the numbers are not finite "
    headline.show_answer(replace(window.answer, detail=long))
    assert label.text().endswith("…")
    assert label.toolTip() == long


def test_a_long_message_leaves_the_tabs_whole_and_can_be_read_on_hover(open_window, qtbot):
    window = open_window(size=(1024, 640))
    sentence = "A model that you trained last time and did not save can be chosen under Recogniser, " * 2
    window.status_line.tell(sentence)
    qtbot.wait(20)
    tabs = window.workspaces.tabBar()
    assert tabs.width() >= tabs.sizeHint().width()
    assert window.status_line.text().endswith("…")
    assert window.status_line.toolTip() == sentence
    window.status_line.tell("Saved a model that takes half a line.")
    qtbot.wait(20)
    assert window.status_line.text() == "Saved a model that takes half a line."
    assert window.status_line.width() >= window.status_line.fontMetrics().horizontalAdvance(window.status_line.text())


def test_a_new_theme_does_not_make_the_page_scroll(open_window, qtbot):
    window = open_window(size=(1024, 640))
    bar = window.train_workspace.findChild(QScrollArea).verticalScrollBar()
    for mode in ("dark", "light"):
        window.set_theme(mode)
        qtbot.wait(50)
        assert bar.maximum() == 0


def test_the_quit_key_closes_the_window(window, qtbot):
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_the_chart_of_the_drawing_offers_to_follow_another(window):
    menu = window.train_workspace.cards["pinned"].menu
    action = next(action for action in menu.actions() if "Follow" in action.text())
    action.trigger()
    assert "blank" in window.status_line.text()

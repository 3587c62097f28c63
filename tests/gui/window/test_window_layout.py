"""What is in sight, and what explains itself, in windows of all sizes."""

import csv
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QScrollArea, QWidget
from window_helpers import cut_texts

from gui.app.self_check import draw_stroke
from gui.theme import manager
from gui.window.about_dialog import ShortcutsDialog
from gui.window.geometry import fit_frame
from gui.window.left_column import LeftColumn


def test_all_charts_are_in_sight_without_scrolling(open_window, qtbot):
    window = open_window(size=(1024, 640))
    workspace = window.workspaces.workspace("train")
    selector = workspace.panel.form.selector
    # The longest line that a run can end with.
    workspace.panel.show_failed("Training diverged: " + 8 * "it ends in two lines. ")
    for preset, size in product(("logistic", "cnn"), ((1024, 640), (1280, 720), (1280, 800))):
        selector.setCurrentIndex(selector.findData(preset))
        window.resize(*size)
        qtbot.waitUntil(lambda: workspace.cards["pinned"].visibleRegion().boundingRect().size().height() > 100)
        qtbot.wait(20)
        for card in workspace.cards.values():
            corner = card.mapTo(window, card.rect().bottomRight())
            assert card.visibleRegion().boundingRect().size() == card.size(), (preset, size, card.title)
            assert window.rect().contains(corner), (preset, size, card.title)


def test_every_line_of_every_menu_explains_itself(plain_window):
    window = plain_window
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
    assert "&Train" in [action.text() for action in window.menuBar().actions()]
    actions = window.menus.actions
    assert actions["trainAction"].isEnabled()
    assert not any(actions[f"{name}Action"].isEnabled() for name in ("pause", "stop", "continue", "pin", "saveDrawing"))
    draw_stroke(window.canvas)
    assert actions["pinAction"].isEnabled()
    assert actions["saveDrawingAction"].isEnabled()


def test_menu_and_button_share_one_action(window, qtbot):
    button, action = window.findChild(QAbstractButton, "trainButton"), window.menus.actions["trainAction"]
    field = window.findChild(QLineEdit, "epochsField")
    field.setText("0")
    assert (button.isEnabled(), action.isEnabled()) == (False, False)
    field.setText("1")
    assert (button.isEnabled(), action.isEnabled()) == (True, True)
    with qtbot.waitSignal(window.lab.session.started, timeout=10_000):
        action.trigger()
    assert (button.isEnabled(), action.isEnabled()) == (False, False)
    window.lab.session.stop()
    qtbot.waitUntil(lambda: not window.lab.session.active, timeout=10_000)


def test_train_can_be_chosen_before_its_tab_was_shown(open_window, qtbot):
    first = open_window()
    first.workspaces.setCurrentIndex(1)
    first.close()
    second = open_window()
    assert second.findChild(QAbstractButton, "trainButton") is None
    second.activateWindow()
    second.canvas.setFocus()
    qtbot.waitUntil(second.canvas.hasFocus)
    with qtbot.waitSignal(second.lab.session.started, timeout=10_000):
        QTest.keyClick(second.canvas, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert second.workspaces.currentIndex() == 1
    assert second.findChild(QAbstractButton, "trainButton") is not None
    second.lab.session.stop()
    qtbot.waitUntil(lambda: not second.lab.session.active, timeout=10_000)


# In percent of the usual distance between letters: a narrow face, the usual one, a wide one; and larger text.
FONTS = {"narrow": (85, 100), "usual": (100, 100), "wide": (120, 100), "large": (100, 125)}


@pytest.fixture(params=FONTS)
def font(request, monkeypatch):
    """The window's font, made of the one that is installed, so that no other file is needed."""
    spacing, percent = FONTS[request.param]

    def interface_font(text_percent=100):
        made = usual(text_percent)
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, spacing)
        return made

    usual = manager.interface_font
    monkeypatch.setattr(manager, "interface_font", interface_font)
    return percent


def test_no_text_is_cut_in_any_font(font, open_window, qtbot):
    window = open_window(size=(1024, 640))
    window.themes.set_text_percent(font)
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

    draw_stroke(window.canvas)
    form = window.workspaces.workspace("train").panel.form
    form.selector.setCurrentIndex(form.selector.findData("logistic"))
    form.advanced_button.setChecked(True)

    def nothing_is_cut():
        # Layouts take a few rounds of events.
        assert cut_texts(window) == []

    for size in ((1024, 640), (1280, 800)):
        window.resize(*size)
        for index in range(window.workspaces.count()):
            window.workspaces.setCurrentIndex(index)
            qtbot.waitUntil(nothing_is_cut, timeout=2000)
        assert (window.width(), window.height()) == size


def test_an_answer_that_does_not_fit_ends_in_dots_and_is_told_on_hover(plain_window):
    window = plain_window
    headline = window.prediction_panel.headline
    label = window.findChild(QLabel, "confidenceLabel")
    long = 10 * "the numbers are not finite "
    headline.show_answer(replace(window.answer, detail=long))
    assert label.text().endswith("…")
    assert label.toolTip() == long


def test_a_long_message_leaves_the_tabs_whole_and_can_be_read_on_hover(open_window, qtbot):
    window = open_window(size=(1024, 640))
    sentence = "A model that you trained last time and did not save can be chosen under Recogniser, " * 2
    window.status_line.show_message(sentence)
    qtbot.wait(20)
    tabs = window.workspaces.tabBar()
    assert tabs.width() >= tabs.sizeHint().width()
    assert window.status_line.text().endswith("…")
    assert window.status_line.toolTip() == sentence
    window.status_line.show_message("Saved a model that takes half a line.")
    qtbot.wait(20)
    assert window.status_line.text() == "Saved a model that takes half a line."
    assert window.status_line.width() >= window.status_line.fontMetrics().horizontalAdvance(window.status_line.text())
    bar = window.menuBar()
    titles = bar.actionGeometry(bar.actions()[0])
    assert abs(window.status_line.geometry().center().y() - titles.center().y()) <= 1


def test_a_window_and_its_frame_fit_the_screen(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    window.resize(room)
    assert not fit_frame(window)
    window.show()
    assert fit_frame(window)
    frame = window.frameGeometry().size()
    assert frame != window.size()
    assert frame.boundedTo(room) == frame


def test_a_new_theme_does_not_make_the_page_scroll(open_window, qtbot):
    window = open_window(size=(1024, 640))
    bar = window.workspaces.workspace("train").findChild(QScrollArea).verticalScrollBar()
    for mode in ("dark", "light"):
        window.set_theme(mode)
        qtbot.wait(50)
        assert bar.maximum() == 0


def test_the_quit_key_closes_the_window(plain_window, qtbot):
    window = plain_window
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_the_chart_of_the_drawing_offers_to_follow_another(window):
    menu = window.workspaces.workspace("train").cards["pinned"].menu
    action = next(action for action in menu.actions() if "Follow" in action.text())
    assert action is window.menus.actions["pinAction"]
    assert not action.isEnabled()
    draw_stroke(window.canvas)
    assert action.isEnabled()
    action.trigger()
    assert window.lab.followed.drawing.strokes == window.canvas.drawing().strokes


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_shift_f10_opens_the_menu_of_the_chart_that_has_the_keys(window, qtbot):
    card = window.workspaces.workspace("train").cards["loss"]
    window.activateWindow()
    card.chart.view.setFocus()
    qtbot.waitUntil(card.chart.view.hasFocus)
    QTest.keyClick(card.chart.view, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert card.menu.isVisible()
    card.menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_bars_of_the_answer_are_saved_as_they_are(window, qtbot, tmp_path, monkeypatch):
    draw_stroke(window.canvas)
    window.lab.prediction.predict_now()
    column, path = window.findChild(LeftColumn), tmp_path / "answer.csv"
    view = column.prediction_panel.bars.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=view.rect().center())
    assert column.menu.isVisible()
    column.menu.close()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.lab.messages.message, check_params_cb=lambda text: text == f"Saved {path}."):
        column.menu.actions()[2].trigger()
    columns, *rows = csv.reader(path.read_text().splitlines())
    answer = window.lab.prediction.newest
    assert columns == ["name", "probability"]
    assert [(name, float(value)) for name, value in rows] == list(zip(answer.labels, answer.probabilities, strict=True))


def test_the_largest_letters_leave_room_to_draw_and_push_nothing_over_another(open_window, qtbot):
    window = open_window(size=(1024, 640), tab="preprocessingWorkspace")
    window.set_text_percent(200)
    bar, column, canvas = window.epoch_bar, window.findChild(LeftColumn), window.canvas
    bar.show()
    qtbot.waitUntil(lambda: canvas.square.width() >= 190)
    qtbot.waitUntil(lambda: column.geometry().right() < min(bar.x(), window.workspaces.x()))
    assert bar.geometry().right() < window.width()
    assert canvas.visibleRegion().boundingRect().size() == canvas.size()
    window.prediction_panel.filing.none_button.setFocus()
    column.ensureWidgetVisible(window.prediction_panel.filing)
    assert not window.prediction_panel.filing.visibleRegion().isEmpty()
    # With the usual letters again, both cards are in sight.
    window.set_text_percent(100)
    qtbot.waitUntil(lambda: column.verticalScrollBar().maximum() == 0)


def test_the_shortcuts_fit_the_screen_in_the_largest_letters(plain_window):
    window = plain_window
    window.set_text_percent(200)
    dialog = ShortcutsDialog(window.menus.shortcuts(), window)
    window.set_text_percent(100)
    least = dialog.minimumSizeHint()
    assert least.boundedTo(window.screen().availableSize()) == least != QSize()
    dialog.deleteLater()

"""What a screen reader hears and what the keyboard reaches, for every widget of every tab."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from gui.app.self_check import draw_stroke
from gui.widgets.scroll_page import ScrollPage

ROLES = {
    QLineEdit: QAccessible.Role.EditableText,
    QComboBox: QAccessible.Role.ComboBox,
    QCheckBox: QAccessible.Role.CheckBox,
    QAbstractSlider: QAccessible.Role.Slider,
    QTabBar: QAccessible.Role.PageTabList,
}


def interface_of(widget):
    return QAccessible.queryAccessibleInterface(widget)


def visible(window, kind=QWidget):
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def takes_keys(widget):
    policy = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return policy and widget.isEnabled() and widget.focusProxy() is None


def reached_by_tab(window):
    """Every widget that Tab comes to, from the canvas on and around."""
    window.activateWindow()
    window.canvas.setFocus()
    reached = []
    while QApplication.focusWidget() not in reached:
        reached.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    return reached


@pytest.fixture
def tabs(window, qtbot):
    """Shows each tab of the window in turn, with a drawing and every field open."""
    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: window.answer.best == "7", timeout=5000)
    window.workspaces.workspace("train").panel.form.advanced_button.setChecked(True)

    def show():
        window.status_line.show_message("Saved a model.")
        for index in range(window.workspaces.count()):
            window.workspaces.setCurrentIndex(index)
            qtbot.wait(50)
            yield window.workspaces.tabText(index)

    return show


def wrong_fields(window):
    """The fields in sight that tell another value than they show, or nothing of what they are."""
    for widget in (*visible(window, QLineEdit), *visible(window, QComboBox), *visible(window, QAbstractSpinBox)):
        if isinstance(widget.parent(), QAbstractSpinBox):
            # The keys, and so the voice, are with the box around it.
            continue
        interface = interface_of(widget)
        text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        if interface.text(QAccessible.Text.Value) != text:
            yield widget.objectName(), "value"
        if isinstance(widget.parent(), QComboBox):
            continue
        if isinstance(widget, QComboBox):
            # On Linux the name of a combo box is its value, so its label has to tell what it is.
            relations = interface.relations(QAccessible.RelationFlag.Label)
            if not any(other.text(QAccessible.Text.Name) for other, _ in relations):
                yield widget.objectName(), "label"
        elif not interface.text(QAccessible.Text.Name):
            yield widget.objectName(), "name"


def test_every_widget_has_name_role_and_value_knows_its_label_and_speaks_without_markup(window, tabs):
    wrong = []
    for tab in tabs():
        wrong += [(tab, *place) for place in wrong_fields(window)]
        for widget in visible(window):
            interface = interface_of(widget)
            if interface is None or isinstance(widget.parent(), QComboBox):
                continue
            name, told = interface.text(QAccessible.Text.Name), interface.text(QAccessible.Text.Description)
            place = (tab, type(widget).__name__, widget.objectName())
            if takes_keys(widget) and not name:
                wrong.append((*place, "has no name"))
            if "<" in name.replace("< ", "") or "<" in told.replace("< ", ""):
                wrong.append((*place, f"speaks markup: {name} {told}"))
            role = next((role for kind, role in ROLES.items() if isinstance(widget, kind)), None)
            if isinstance(widget, QPushButton):
                role = QAccessible.Role.CheckBox if widget.isCheckable() else QAccessible.Role.Button
            if role is not None and takes_keys(widget) and interface.role() != role:
                wrong.append((*place, f"is {interface.role()}"))
            if isinstance(widget, QLabel) and widget.text() and widget.accessibleName():
                heard = widget.accessibleName()
                if widget.text().rstrip("…") not in heard:
                    wrong.append((*place, f"hides {widget.text()!r} behind {heard!r}"))
    assert not wrong, wrong


def test_tab_reaches_everything_and_the_focus_can_be_seen(window, tabs):
    for tab in tabs():
        reached = reached_by_tab(window)
        missed = [
            widget
            for widget in visible(window)
            if takes_keys(widget)
            and widget not in reached
            and not widget.window().isHidden()
            # Of a group of buttons Tab reaches the chosen one, the arrow keys the others.
            and not (isinstance(widget, QAbstractButton) and widget.group() is not None)
        ]
        assert [(type(widget).__name__, widget.objectName()) for widget in missed] == [], tab
        for widget in reached:
            widget.clearFocus()
            # As Tab does, which scrolls to where it goes.
            for page in window.findChildren(ScrollPage):
                if page.isAncestorOf(widget):
                    page.ensureWidgetVisible(widget)
            around = QRect(widget.mapTo(window, QPoint(-8, -8)), widget.size() + QSize(16, 16))
            before = window.grab(around).toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            after = window.grab(around).toImage()
            assert before != after, (tab, type(widget).__name__, widget.objectName())


def test_clear_leaves_the_keys_with_the_canvas(window, tabs):
    clear = window.findChild(QPushButton, "clearButton")
    window.activateWindow()
    clear.setFocus()
    chosen = window.findChild(QComboBox, "modelSelector").currentIndex()
    QTest.keyClick(clear, Qt.Key.Key_Space)
    assert window.canvas.is_blank
    assert window.canvas.hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert window.findChild(QComboBox, "modelSelector").currentIndex() == chosen


def test_the_canvas_buttons_have_mnemonics_of_their_own(plain_window):
    window = plain_window
    letters = [action.text()[action.text().index("&") + 1].lower() for action in window.menuBar().actions()]
    for name in ("undo", "redo", "eraser", "clear"):
        button = window.findChild(QPushButton, f"{name}Button")
        assert not button.shortcut().isEmpty()
        assert button.accessibleName() == name.capitalize()
        letters.append(button.text()[button.text().index("&") + 1].lower())
    assert len(letters) == len(set(letters))


def test_escape_leaves_the_full_screen_and_the_menu_knows(plain_window, qtbot):
    window = plain_window
    action = window.menus.actions["fullScreenAction"]
    action.trigger()
    qtbot.waitUntil(window.isFullScreen)
    assert action.isChecked()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert not action.isChecked()


def test_larger_text_is_remembered(open_window, plain_window):
    first = plain_window
    size = first.font().pixelSize()
    first.menus.text_size_chosen.emit(150)
    assert first.workspaces.font().pixelSize() == round(1.5 * size)
    first.close()
    second = open_window()
    assert second.themes.text_percent == 150
    assert second.findChild(QLabel, "confidenceLabel").font().pixelSize() == round(1.5 * size)
    second.themes.set_text_percent(100)

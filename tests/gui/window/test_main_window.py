"""What the window itself does: assembling, remembering, files, errors, the end."""

import json
import re
import threading
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QStyle,
    QWidget,
)
from window_helpers import error_text

from gui.app.self_check import draw_stroke
from gui.lab.session_state import SessionState
from gui.services.settings import SettingsFile
from models import PRESETS

NAMES = [
    *("drawingCanvas", "featurePreview", "probabilityChart", "predictionLabel", "modelSelector", "presetSelector"),
    *("trainButton", "pauseButton", "stopButton", "clearButton", "undoButton", "redoButton"),
    *("lossChart", "accuracyChart", "trainingProgress"),
]


def explanation(widget):
    """The tooltip that Qt shows: the widget's own, or that of what it is part of."""
    while widget is not None and not widget.toolTip():
        widget = widget.parentWidget()
    return widget.toolTip() if widget is not None else ""


def test_everything_has_its_name_can_be_read_aloud_and_explains_itself(window):
    mute = [name for name in NAMES if not window.findChild(QWidget, name).accessibleName()]
    assert mute == []
    silent = [
        (type(widget).__name__, widget.objectName())
        for kind in (QAbstractButton, QComboBox)
        for widget in window.findChildren(kind)
        if widget.isVisible() and widget.objectName() and not (explanation(widget) and widget.accessibleName())
    ]
    assert silent == []


def test_no_shortcut_is_taken_twice(window):
    taken = {}
    for action in window.findChildren(QAction):
        for keys in action.shortcuts():
            text = keys.toString(QKeySequence.SequenceFormat.PortableText)
            # Also by one action twice: Qt would call that ambiguous and do nothing.
            assert text not in taken
            taken[text] = action
    for text in ("Ctrl+T", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Backspace", "Ctrl+O", "Ctrl+S", "Ctrl+Q", "F1"):
        assert text in taken
    # A single letter would be lost to whoever types into a field.
    assert not [text for text in taken if len(text) == 1]


def test_the_left_column_is_whole_at_every_size(plain_window, qtbot):
    window = plain_window
    for size in ((1024, 640), (1280, 800), (1920, 1200), (3840, 2160)):
        window.resize(*size)
        qtbot.wait(50)
        assert (window.width(), window.height()) == size
        inside = window.rect()
        for name in ("drawingCanvas", "featurePreview", "probabilityChart", "clearButton", "modelSelector"):
            widget = window.findChild(QWidget, name)
            corner = widget.mapTo(window, widget.rect().bottomRight())
            assert inside.contains(corner), (size, name)
            assert widget.visibleRegion().boundingRect().size() == widget.size(), (size, name)
        assert window.canvas.square.width() >= 0.3 * size[1], size


def test_themes_switch_live_and_are_remembered(plain_window, open_window):
    window = plain_window

    def ground():
        return window.grab().toImage().pixelColor(window.width() - 5, window.height() - 5).lightness()

    window.menus.theme_chosen.emit("dark")
    dark = ground()
    window.menus.theme_chosen.emit("light")
    assert dark < 60 < 200 < ground()
    window.menus.theme_chosen.emit("dark")
    window.close()
    assert open_window().themes.theme.is_dark


def test_the_next_window_is_as_this_one_was_left(open_window, qtbot):
    first = open_window()
    first.resize(1111, 700)
    first.canvas.set_pen_width(31)
    first.lab.models.choose("mlp")
    selector = first.findChild(QComboBox, "presetSelector")
    selector.setCurrentIndex(selector.findData("softmax"))
    draw_stroke(first.canvas)
    drawn = first.canvas.drawing()
    first.close()

    second = open_window()
    # The screen of the test platform is narrower than the window, so only the height can come back.
    assert second.height() == 700
    assert second.canvas.pen_width_px == 31
    assert second.lab.models.current.key == "mlp"
    assert second.findChild(QComboBox, "presetSelector").currentData() == "softmax"
    kept = second.canvas.drawing()
    assert [len(stroke.points) for stroke in kept.strokes] == [len(stroke.points) for stroke in drawn.strokes]
    qtbot.waitUntil(lambda: second.answer.best == "7")


def test_a_damaged_settings_file_is_told_and_everything_works(open_window, isolated_folders):
    isolated_folders.mkdir()
    (isolated_folders / "settings.json").write_text("{ damaged")
    window = open_window()
    assert "damaged" in window.findChild(QLabel, "statusMessage").text()
    window.close()
    assert json.loads((isolated_folders / "settings.json").read_text())["version"] == 1


def test_geometry_that_is_no_geometry_is_ignored(open_window):
    file = SettingsFile()
    settings = file.load()
    settings.geometry = "bm90IGEgZ2VvbWV0cnk=ü"
    file.save(settings)
    window = open_window()
    # As at the first start: never larger than the screen with a usual frame and title.
    screen, style = window.screen().availableGeometry(), window.style()
    border = 2 * style.pixelMetric(QStyle.PixelMetric.PM_MdiSubWindowFrameWidth)
    title = style.pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    assert border > 0
    assert title > 0
    width, height = screen.width() - border, screen.height() - title - border
    assert (window.width(), window.height()) == (min(1280, width), min(800, height))
    assert window.minimumWidth() == min(1024, width)


def test_errors_appear_once_and_the_window_goes_on(plain_window):
    window = plain_window
    for _ in range(3):
        window.show_error(ValueError("a fault"))
    assert error_text(window).count("a fault") == 1
    assert not window.findChild(QDialog, "errorDialog").isModal()
    assert window.isEnabled()


def test_help_shows_versions_and_shortcuts(window):
    window.menus.actions["aboutAction"].trigger()
    about = window.findChild(QDialog, "aboutDialog")
    for name in ("DigitLab", "Python", "PySide6", "NumPy", "pyqtgraph"):
        assert name in about.text
    assert re.search(r"\b(1 thread|\d+ threads)\b", about.text)
    about.close()
    window.menus.actions["shortcutsAction"].trigger()
    dialog = window.findChild(QDialog, "shortcutsDialog")
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Ctrl+T" in text
    assert "Clear" in text
    (table,) = dialog.findChildren(QLabel)
    heard = QAccessible.queryAccessibleInterface(table).text(QAccessible.Text.Name)
    assert "<" not in heard
    assert "Train: Ctrl+T" in heard
    assert "Move the pen: Arrow keys" in heard
    dialog.close()


def test_typing_into_a_field_draws_and_erases_nothing(seven):
    field = next(item for item in seven.workspaces.workspace("train").findChildren(QLineEdit) if item.isVisible())
    field.setFocus()
    before = seven.canvas.drawing()
    field.selectAll()
    QTest.keyClicks(field, "1e-3n")
    for _ in "3n":
        QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "1e-"
    assert seven.lab.my_digits.digits == []
    assert not seven.canvas.eraser
    assert len(seven.canvas.drawing().strokes) == len(before.strokes)
    QTest.keyClicks(field, "3")


def test_one_key_files_the_drawing_whichever_tab_is_open(seven):
    tabs = seven.workspaces
    for digit, widget in enumerate((tabs.tabBar(), tabs.workspace("train").panel.findChild(QAbstractButton))):
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key(Qt.Key.Key_0 + digit))
        assert [mine.drawing.label for mine in seven.lab.my_digits.digits] == [digit]
    QTest.keyClick(tabs.tabBar(), Qt.Key.Key_N)
    assert [mine.drawing.label for mine in seven.lab.my_digits.digits] == [None]


def test_no_shortcut_acts_while_a_text_field_uses_its_key(seven, qtbot):
    plain, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    seven.activateWindow()
    field = next(item for item in seven.workspaces.workspace("train").findChildren(QLineEdit) if item.isVisible())
    for key, modifiers in (
        (Qt.Key.Key_Backspace, control),
        (Qt.Key.Key_Delete, control),
        (Qt.Key.Key_Z, control),
        (Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_E, plain),
        (Qt.Key.Key_BracketLeft, plain),
    ):
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        drawing, redoable = seven.canvas.drawing(), seven.lab.drawing.undo_stack.canRedo()
        QTest.keyClick(field, key, modifiers)
        assert seven.canvas.drawing().strokes == drawing.strokes, key
        assert seven.lab.drawing.undo_stack.canRedo() == redoable, key
        assert not seven.canvas.eraser, key
        # The same keys act again as soon as the canvas has the focus.
        seven.canvas.setFocus()
        qtbot.waitUntil(seven.canvas.hasFocus)
        QTest.keyClick(seven.canvas, Qt.Key.Key_Backspace, control)
        assert seven.canvas.is_blank, key
        draw_stroke(seven.canvas)


def test_a_text_field_undoes_its_own_letters_and_leaves_other_shortcuts_alone(seven, qtbot):
    seven.activateWindow()
    field = seven.findChild(QLineEdit, "epochsField")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    before = field.text()
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == before
    QTest.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert seven.canvas.eraser


def test_closing_in_the_middle_of_training_keeps_what_was_learned(window, open_window, qtbot):
    preset = PRESETS["mlp"]
    window.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=500))
    with qtbot.waitSignal(window.lab.session.weights_changed, timeout=10_000):
        pass
    window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("training")]
    again = open_window()
    assert [entry.model.name for entry in again.lab.models.unsaved_entries] == ["mlp"]


def test_a_run_that_fails_says_so_and_the_recogniser_answers_again(seven, qtbot):
    def no_data():
        raise OSError(5, "Input/output error", "digits")

    seven.lab.session.set_data_source(no_data)
    before = seven.lab.classifier.model
    with qtbot.waitSignal(seven.lab.session.failed, timeout=5000):
        seven.findChild(QAbstractButton, "trainButton").click()
    assert seven.lab.session.state is SessionState.IDLE
    assert seven.lab.classifier.model is before
    assert "Input/output error" in seven.findChild(QLabel, "trainingStatus").text()


def test_the_user_may_listen_to_another_model_while_one_trains(seven, qtbot):
    preset = PRESETS["mlp"]
    seven.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=500))
    qtbot.waitUntil(lambda: seven.lab.models.current.key == "in-training", timeout=10_000)
    seven.lab.models.choose("softmax")
    with qtbot.waitSignal(seven.lab.session.weights_changed, timeout=10_000):
        pass
    assert seven.lab.classifier.model.name == "softmax"
    assert not seven.lab.classifier.in_training
    with qtbot.waitSignal(seven.lab.session.finished, timeout=10_000):
        seven.lab.session.stop()
    assert seven.lab.models.current.key == "softmax"
    assert len(seven.lab.models.unsaved_entries) == 1


def test_a_click_storm_leaves_legal_states(window, qtbot):
    generator = np.random.default_rng(7)
    names = ["trainButton", "pauseButton", "stopButton", "stepButton", "epochButton", "continueButton", "clearButton"]
    selector = window.findChild(QComboBox, "presetSelector")
    selector.setCurrentIndex(selector.findData("softmax"))
    for name in generator.choice(names, 120):
        QTest.mouseClick(window.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        if generator.random() < 0.3:
            qtbot.wait(int(generator.integers(1, 30)))
        running = [thread for thread in threading.enumerate() if thread.name.startswith("training-")]
        assert len(running) <= 1
    window.lab.session.stop()
    qtbot.waitUntil(lambda: window.lab.session.state is SessionState.IDLE, timeout=5000)
    assert error_text(window) == ""

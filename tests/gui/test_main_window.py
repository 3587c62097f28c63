"""What the window itself does: assembling, remembering, files, errors, the end."""

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLabel, QLineEdit, QWidget

from engine.drawing import Drawing
from engine.drawing_files import write_drawings
from engine.model_file import save_model
from gui.dialogs import UnsavedChoice
from gui.file_opener import gray_pixels
from gui.self_check import draw_stroke
from gui.settings import SettingsFile
from gui.training_session import SessionState
from models import PRESETS

NAMES = [
    *("drawingCanvas", "featurePreview", "probabilityChart", "predictionLabel", "modelSelector", "presetSelector"),
    *("trainButton", "pauseButton", "stopButton", "clearButton", "undoButton", "redoButton"),
    *("lossChart", "accuracyChart", "trainingProgress"),
]
REFUSED = ["broken.safetensors", "broken.jsonl", "broken.png", "missing.png", "folder", "note.txt"]


def model_of(name="softmax"):
    preset = PRESETS[name]
    return preset.model(preset.build(3))


def explanation(widget):
    """The tooltip that Qt shows: the widget's own, or that of what it is part of."""
    while widget is not None and not widget.toolTip():
        widget = widget.parentWidget()
    return widget.toolTip() if widget is not None else ""


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def error_text(window):
    dialog = window.findChild(QDialog, "errorDialog")
    return dialog.message if dialog is not None and dialog.isVisible() else ""


@pytest.fixture
def seven(window, qtbot):
    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: window.answer.best == "7", timeout=5000)
    return window


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_its_name_and_can_be_read_aloud(window, name):
    widget = window.findChild(QWidget, name)
    assert widget is not None
    assert widget.accessibleName()


def test_every_control_explains_itself(window):
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
            assert taken.setdefault(text, action) is action, text
    for text in ("Ctrl+T", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Backspace", "Ctrl+O", "Ctrl+S", "Ctrl+Q", "F1"):
        assert text in taken
    # A single letter would be lost to whoever types into a field.
    assert not [text for text in taken if len(text) == 1]


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800), (1920, 1200), (3840, 2160)])
def test_the_left_column_is_whole_at_every_size(open_window, qtbot, size):
    window = open_window(size=size)
    window.resize(*size)
    qtbot.wait(50)
    assert (window.width(), window.height()) == size
    inside = window.rect()
    for name in ("drawingCanvas", "featurePreview", "probabilityChart", "clearButton", "modelSelector"):
        widget = window.findChild(QWidget, name)
        corner = widget.mapTo(window, widget.rect().bottomRight())
        assert inside.contains(corner), name
        assert widget.visibleRegion().boundingRect().size() == widget.size(), name
    square = window.canvas.square
    assert square.width() >= 0.3 * size[1]


def test_themes_switch_live_and_are_remembered(window, open_window):
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
    first.library.choose("mlp")
    selector = first.findChild(QComboBox, "presetSelector")
    selector.setCurrentIndex(selector.findData("softmax"))
    draw_stroke(first.canvas)
    drawn = first.canvas.drawing()
    first.close()

    second = open_window()
    # The screen of the test platform is narrower than the window, so only the height can come back.
    assert second.height() == 700
    assert second.canvas.pen_width_px == 31
    assert second.library.current.key == "mlp"
    assert second.findChild(QComboBox, "presetSelector").currentData() == "softmax"
    kept = second.canvas.drawing()
    assert [len(stroke.points) for stroke in kept.strokes] == [len(stroke.points) for stroke in drawn.strokes]
    qtbot.waitUntil(lambda: second.answer.best == "7")


def test_a_damaged_settings_file_is_told_and_everything_works(open_window, isolated_folders):
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
    assert open_window().width() >= 1024


def test_a_model_dropped_onto_the_window_answers(seven, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_model(path, model_of())
    drop(seven, path)
    assert seven.library.current.path == path
    assert seven.recogniser.model.name == "softmax"
    recent = [action.data() for action in seven.menus._recent.actions()]
    assert recent == [str(path)]


def test_a_drawing_dropped_onto_the_window_is_drawn(window, qtbot, tmp_path):
    path = tmp_path / "digits.jsonl"
    one = Drawing.from_points([[(5.0, 0.0), (5.0, 4.0), (5.2, 9.0)]], label=1)
    write_drawings(path, [one, one])
    drop(window, path)
    qtbot.waitUntil(lambda: window.answer.best == "1")
    assert "2" in window.findChild(QLabel, "statusMessage").text()


def test_an_image_is_answered_until_something_is_drawn(seven, qtbot, tmp_path):
    pixels = np.full((60, 60), 255, np.uint8)
    pixels[8:52, 28:33] = 0
    path = tmp_path / "one.png"
    Image.fromarray(pixels).save(path)
    drop(seven, path)
    qtbot.waitUntil(lambda: seven.answer.best == "1")
    assert seven.canvas.is_blank
    seven.library.choose("mlp")
    qtbot.waitUntil(lambda: seven.answer.features is not None and seven.answer.best == "1")
    draw_stroke(seven.canvas)
    qtbot.waitUntil(lambda: seven.answer.best == "7")


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_refused_in_one_sentence(seven, tmp_path, name):
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif not name.startswith("missing"):
        path.write_text("this is no such file")
    before = seven.library.current, seven.answer
    drop(seven, path)
    assert name in error_text(seven)
    assert "Traceback" not in error_text(seven)
    assert (seven.library.current, seven.answer) == before


def test_several_files_at_once_are_not_lost_in_silence(window, tmp_path):
    for name in ("a", "b"):
        save_model(tmp_path / f"{name}.safetensors", model_of())
    drop(window, tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    assert window.library.current.title == "a"
    assert "one file at a time" in window.findChild(QLabel, "statusMessage").text()


@pytest.mark.parametrize("width", [1, 21, 30, 64, 65])
def test_pixels_survive_the_padding_of_qt_images(width):
    image = QImage(width, 3, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(width - 1, 1, Qt.GlobalColor.black)
    wanted = np.full((3, width), 255, np.uint8)
    wanted[1, -1] = 0
    np.testing.assert_array_equal(gray_pixels(image), wanted)


def test_a_drawing_is_saved_and_opened_again(seven, dialogs, tmp_path, qtbot):
    dialogs.save_paths = [tmp_path / "mine"]
    seven.menus.actions["saveDrawingAction"].trigger()
    seven.canvas.clear()
    qtbot.waitUntil(lambda: seven.answer.features is None)
    dialogs.open_path = tmp_path / "mine.jsonl"
    seven.menus.actions["openDrawingAction"].trigger()
    qtbot.waitUntil(lambda: seven.answer.best == "7")


def test_errors_appear_once_and_the_window_goes_on(window):
    for _ in range(3):
        window.show_error(ValueError("a fault"))
    assert error_text(window).count("a fault") == 1
    assert not window.findChild(QDialog, "errorDialog").isModal()
    assert window.isEnabled()


def test_help_shows_versions_and_shortcuts(window):
    window.show_about()
    about = window.findChild(QDialog, "aboutDialog")
    for name in ("DigitLab", "Python", "PySide6", "NumPy", "pyqtgraph", "threads"):
        assert name in about.text
    about.close()
    window.show_shortcuts()
    dialog = window.findChild(QDialog, "shortcutsDialog")
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Ctrl+T" in text
    assert "Clear" in text
    dialog.close()


def test_typing_into_a_field_draws_and_erases_nothing(seven):
    field = next(item for item in seven.train_workspace.findChildren(QLineEdit) if item.isVisible())
    field.setFocus()
    before = seven.canvas.drawing()
    field.selectAll()
    QTest.keyClicks(field, "1e-3")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "1e-"
    assert not seven.canvas.eraser
    assert len(seven.canvas.drawing().strokes) == len(before.strokes)
    QTest.keyClicks(field, "3")


def test_closing_in_the_middle_of_training_keeps_what_was_learned(window, open_window, qtbot):
    preset = PRESETS["mlp"]
    window.session.start(preset, replace(preset.defaults, augment=False, epochs=500))
    with qtbot.waitSignal(window.session.weights_changed, timeout=10_000):
        pass
    window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("training")]
    again = open_window()
    assert [entry.model.name for entry in again.library.unsaved_entries] == ["mlp"]


def test_an_unsaved_model_holds_the_window_until_it_is_decided(window, dialogs, tmp_path):
    window.library.add_trained(model_of())
    dialogs.choice = UnsavedChoice.CANCEL
    assert not window.close()
    assert window.isVisible()
    dialogs.choice = UnsavedChoice.SAVE
    dialogs.save_paths = [tmp_path / "kept.safetensors"]
    assert window.close()
    assert (tmp_path / "kept.safetensors").exists()


def test_a_run_that_fails_says_so_and_the_recogniser_answers_again(seven, qtbot):
    def no_data():
        raise OSError(5, "Input/output error", "digits")

    seven.session.set_data_source(no_data)
    before = seven.recogniser.model
    with qtbot.waitSignal(seven.session.failed, timeout=5000):
        seven.findChild(QAbstractButton, "trainButton").click()
    assert seven.session.state is SessionState.IDLE
    assert seven.recogniser.model is before
    assert "Input/output error" in seven.findChild(QLabel, "trainingStatus").text()


def test_the_user_may_listen_to_another_model_while_one_trains(seven, qtbot):
    preset = PRESETS["mlp"]
    seven.session.start(preset, replace(preset.defaults, augment=False, epochs=500))
    qtbot.waitUntil(lambda: seven.library.current.key == "in-training", timeout=10_000)
    seven.library.choose("softmax")
    with qtbot.waitSignal(seven.session.weights_changed, timeout=10_000):
        pass
    assert seven.recogniser.model.name == "softmax"
    assert not seven.recogniser.in_training
    with qtbot.waitSignal(seven.session.finished, timeout=10_000):
        seven.session.stop()
    assert seven.library.current.key == "softmax"
    assert len(seven.library.unsaved_entries) == 1


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
    window.session.stop()
    qtbot.waitUntil(lambda: window.session.state is SessionState.IDLE, timeout=5000)
    assert error_text(window) == ""

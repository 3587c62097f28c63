"""What is dropped onto the window, opened, pasted and saved."""

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPen
from PySide6.QtWidgets import QDialog, QLabel, QMenu
from window_helpers import drop, error_text, model_of

from engine.ink import drawing_files, features_from_image
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings
from engine.storage.model_file import save_model
from gui.app.self_check import draw_stroke
from gui.lab.kept_picture import pixels_of

REFUSED = ["broken.safetensors", "broken.jsonl", "broken.png", "missing.png", "folder", "note.txt"]


@pytest.fixture
def window(plain_window):
    return plain_window


def test_a_model_dropped_onto_the_window_answers(seven, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_model(path, model_of())
    drop(seven, path)
    assert seven.lab.models.current.path == path
    assert seven.lab.classifier.model.name == "softmax"
    recent = [action.data() for action in seven.findChild(QMenu, "recentMenu").actions()]
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
    assert seven.lab.drawing.image is not None
    assert seven.canvas.drawing().is_blank
    seven.lab.models.choose("mlp")
    qtbot.waitUntil(lambda: seven.answer.features is not None and seven.answer.best == "1")
    draw_stroke(seven.canvas)
    qtbot.waitUntil(lambda: seven.answer.best == "7")


def test_a_pasted_image_is_answered_and_an_empty_one_refused(seven, qtbot):
    image = QImage(80, 80, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    data = QMimeData()
    data.setImageData(image)
    seven.opener.take(data)
    qtbot.waitUntil(lambda: "nothing to recognise" in error_text(seven))
    for y in range(15, 65):
        for x in range(37, 43):
            image.setPixelColor(x, y, Qt.GlobalColor.black)
    data.setImageData(image)
    seven.opener.take(data)
    qtbot.waitUntil(lambda: seven.answer.best == "1")
    assert seven.lab.drawing.image is not None
    assert seven.canvas.drawing().is_blank


def test_an_empty_clipboard_is_said(window, qtbot):
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(window.lab.messages.message) as told:
        window.menus.actions["pasteAction"].trigger()
    assert told.args == ["There is no image and no file to open."]


def test_files_are_read_outside_the_window_s_thread(window, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "digits.jsonl"
    write_drawings(path, [Drawing.from_points([[(5.0, 0.0), (5.0, 4.0), (5.2, 9.0)]])])
    readers = []
    reading = drawing_files.read_drawings
    monkeypatch.setattr(
        drawing_files, "read_drawings", lambda path: readers.append(threading.current_thread()) or reading(path)
    )
    drop(window, path)
    qtbot.waitUntil(lambda: window.answer.best == "1")
    assert readers
    assert threading.main_thread() not in readers


def test_what_cannot_be_opened_is_refused_in_one_sentence(seven, qtbot, tmp_path):
    before = seven.lab.models.current, seven.answer
    for name in REFUSED:
        path = tmp_path / name
        if name == "folder":
            path.mkdir()
        elif not name.startswith("missing"):
            path.write_text("this is no such file")
        drop(seven, path)
        qtbot.waitUntil(lambda name=name: name in error_text(seven))
        assert "Traceback" not in error_text(seven)
        assert (seven.lab.models.current, seven.answer) == before, name
        seven.findChild(QDialog, "errorDialog").close()


def test_several_files_at_once_are_not_lost_in_silence(window, tmp_path):
    for name in ("a", "b"):
        save_model(tmp_path / f"{name}.safetensors", model_of())
    drop(window, tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    assert window.lab.models.current.title == "a"
    assert "one file at a time" in window.findChild(QLabel, "statusMessage").text()


@pytest.mark.parametrize("width", [1, 21, 30, 64, 65])
def test_pixels_survive_the_padding_of_qt_images(width):
    image = QImage(width, 3, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(width - 1, 1, Qt.GlobalColor.red)
    wanted = np.zeros((3, width, 4), np.uint8)
    wanted[1, -1] = (255, 0, 0, 255)
    np.testing.assert_array_equal(pixels_of(image), wanted)


@pytest.mark.parametrize("shade", [Qt.GlobalColor.white, Qt.GlobalColor.black])
def test_ink_on_nothing_is_read_from_the_clipboard_in_black_and_in_white(shade):
    image = QImage(200, 200, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setPen(QPen(shade, 14))
    painter.drawPolyline([QPoint(60, 50), QPoint(140, 50), QPoint(90, 150)])
    painter.end()
    tile = features_from_image(pixels_of(image))
    assert tile is not None
    assert tile[1, 4:16].mean() > 0.6
    assert tile[12:, 14:].max() == 0


def test_a_drawing_is_saved_and_opened_again(seven, dialogs, tmp_path, qtbot):
    dialogs.save_paths = [tmp_path / "mine"]
    seven.menus.actions["saveDrawingAction"].trigger()
    seven.canvas.clear()
    qtbot.waitUntil(lambda: seven.answer.features is None)
    dialogs.open_path = tmp_path / "mine.jsonl"
    seven.menus.actions["openDrawingAction"].trigger()
    qtbot.waitUntil(lambda: seven.answer.best == "7")


def test_arrays_dropped_anywhere_become_the_data_set(window, tmp_path, qtbot):
    path = tmp_path / "brought.npz"
    np.savez(
        path, images=np.zeros((20, 28, 28), np.uint8) + np.eye(28, dtype=np.uint8) * 255, labels=np.arange(20) % 10
    )
    drop(window, path)
    qtbot.waitUntil(lambda: window.lab.datasets.current.title == "brought.npz", timeout=10_000)
    # A table is one, whatever its name ends in.
    (tmp_path / "optdigits.tra").write_text("".join(",".join(["16"] * 64) + f",{k % 10}\n" for k in range(20)))
    drop(window, tmp_path / "optdigits.tra")
    qtbot.waitUntil(lambda: window.lab.datasets.current.title == "optdigits.tra", timeout=10_000)
    assert window.lab.drawing.is_blank

"""The My digits tab through real events."""

import numpy as np
import pytest
from canvas_helpers import draw
from my_digits_helpers import SEVEN, fill, labels, on_disk, press
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from engine.data import read_digits
from engine.data.exporting import EXPORT_FORMATS
from engine.ink.drawing_files import read_drawings, write_drawings
from gui.lab.drawing_document import OpenedImage
from gui.lab.my_digits import MY_DIGITS_KEY, WHAT


def test_one_key_on_the_canvas_files_the_drawing_and_another_corrects_it(qtbot, column, mine, lab):
    canvas = column.canvas_card.canvas
    told = []
    lab.messages.message.connect(told.append)
    draw(canvas, (0.3, 0.25), (0.7, 0.25), (0.5, 0.8))
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    qtbot.keyClick(canvas, Qt.Key.Key_7)
    assert labels(mine) == [7]
    assert "Filed as a 1 in My digits" in told[0]
    assert told[1] == "Filed as a 7 instead."
    assert [len(stroke.points) for stroke in mine.digits[0].drawing.strokes] == [
        len(stroke.points) for stroke in lab.drawing.strokes
    ]
    draw(canvas, (0.2, 0.2), (0.8, 0.8))
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert labels(mine) == [7, None]
    assert mine.digits[1].drawing.extra[WHAT] == "not a digit"
    qtbot.waitUntil(lambda: mine.collection.path.exists() and on_disk(mine) == [7, None])


def test_one_click_below_the_answer_files_the_drawing(qtbot, column, mine, lab):
    row = column.prediction_panel.filing
    assert not row.isEnabled()
    draw(column.canvas_card.canvas, (0.3, 0.25), (0.7, 0.25), (0.5, 0.8))
    qtbot.waitUntil(row.isEnabled)
    qtbot.mouseClick(row.buttons[2], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(row.buttons[7], Qt.MouseButton.LeftButton)
    draw(column.canvas_card.canvas, (0.2, 0.2), (0.8, 0.8))
    qtbot.mouseClick(row.none_button, Qt.MouseButton.LeftButton)
    assert labels(mine) == [7, None]
    lab.drawing.clear()
    qtbot.waitUntil(lambda: not row.isEnabled())


def test_a_blank_canvas_is_told_and_nothing_is_filed(qtbot, column, mine, lab):
    told = []
    lab.messages.message.connect(told.append)
    qtbot.keyClick(column.canvas_card.canvas, Qt.Key.Key_3)
    assert labels(mine) == []
    assert "nothing to file" in told[0]


def test_what_is_filed_is_on_the_disk_at_once_and_in_the_next_window(qtbot, digits_tab, mine, lab, make_lab):
    fill(qtbot, digits_tab, 7, 1, None)
    qtbot.waitUntil(lambda: mine.collection.path.exists() and on_disk(mine) == [7, 1, None])
    other = make_lab().my_digits
    with qtbot.waitSignal(other.changed):
        other.restore()
    assert labels(other) == [7, 1, None]
    other.relabel([other.digits[1].key], 4)
    qtbot.waitUntil(lambda: on_disk(mine) == [7, 4, None])
    digits_tab.hide()
    digits_tab.show()
    qtbot.waitUntil(lambda: labels(mine) == [7, 4, None])


def test_a_kill_in_the_next_moment_takes_nothing(qtbot, digits_tab, mine, monkeypatch):
    monkeypatch.setattr("gui.lab.my_digits.WRITTEN_SECONDS", 10)
    fill(qtbot, digits_tab, 7)
    # No event has been worked on since the key, nor has the disk said that it is done.
    assert on_disk(mine) == [7]


def test_selected_digits_are_filed_anew_with_a_key_deleted_and_brought_back(qtbot, digits_tab, mine):
    fill(qtbot, digits_tab, 7, 1, 1)
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, digits_tab, Qt.Key.Key_A, control)
    press(qtbot, digits_tab, Qt.Key.Key_4)
    assert labels(mine) == [4, 4, 4]
    assert len(digits_tab.digits.selected) == 3
    press(qtbot, digits_tab, Qt.Key.Key_N)
    assert labels(mine) == [None] * 3
    press(qtbot, digits_tab, Qt.Key.Key_Z, control)
    assert labels(mine) == [4, 4, 4]
    press(qtbot, digits_tab, Qt.Key.Key_Delete)
    assert labels(mine) == []
    for wanted in ([4, 4, 4], [7, 1, 1], [7, 1], [7], []):
        press(qtbot, digits_tab, Qt.Key.Key_Z, control)
        assert labels(mine) == wanted
    press(qtbot, digits_tab, Qt.Key.Key_Y, control)
    assert labels(mine) == [7]
    qtbot.waitUntil(lambda: on_disk(mine) == [7])


def test_the_grid_shows_classes_and_writers(qtbot, digits_tab, mine, lab):
    fill(qtbot, digits_tab, 7, 1)
    edit = digits_tab.writer.lineEdit()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "Anna")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    fill(qtbot, digits_tab, 7, 7)
    assert lab.settings.writer == "Anna"
    # A long name would show its beginning.
    digits_tab.digits.grid.setFocus()
    assert edit.cursorPosition() == 0
    assert [digit.writer for digit in mine.digits] == ["", "", "Anna", "Anna"]
    assert [digit.drawing.label for digit in digits_tab.digits.shown] == [1, 7, 7, 7]
    for box, downs, count in ((digits_tab.digits.writer_box, 1, 2), (digits_tab.digits.class_box, 2, 0)):
        for _ in range(downs):
            qtbot.keyClick(box, Qt.Key.Key_Down)
        assert digits_tab.digits.grid.count == count
    qtbot.waitUntil(lambda: lab.datasets.entries[-1].key == MY_DIGITS_KEY)
    digits = lab.datasets.entries[-1].load()
    assert digits.labels.tolist() == [7, 1, 7, 7]
    assert digits.writers.tolist() == [0, 0, 1, 1]


def test_the_selected_ones_get_another_writer(qtbot, digits_tab, mine, lab):
    fill(qtbot, digits_tab, 7)
    lab.settings.writer = "Ben"
    press(qtbot, digits_tab, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(digits_tab.digits.mine_button, Qt.MouseButton.LeftButton)
    assert mine.writers == ["Ben"]


def test_a_double_click_puts_the_strokes_on_the_canvas(qtbot, digits_tab, lab):
    fill(qtbot, digits_tab, 7)
    lab.drawing.clear()
    digits_tab.digits.grid.setFocus()
    press(qtbot, digits_tab, Qt.Key.Key_Home)
    press(qtbot, digits_tab, Qt.Key.Key_Return)
    assert len(lab.drawing.strokes) == 1


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_export_and_import_of_every_format(qtbot, digits_tab, mine, lab, tmp_path, monkeypatch, name):
    fill(qtbot, digits_tab, 7, 1)
    path = tmp_path / f"digits{EXPORT_FORMATS[name].suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    action = next(action for action in digits_tab.exchange.export_menu.actions() if action.data() == name)
    with qtbot.waitSignal(lab.messages.message):
        action.trigger()
    assert lab.settings.last_folder == str(tmp_path)
    assert sorted(read_digits(path).dataset().labels.tolist()) == [1, 7]
    before = {digit.drawing.label: digit.features for digit in mine.digits}
    mine.delete([digit.key for digit in mine.digits])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))
    with qtbot.waitSignal(mine.changed):
        digits_tab.exchange.import_menu.actions()[int(path.is_dir())].trigger()
    assert sorted(labels(mine)) == [1, 7]
    assert all(abs(digit.features - before[digit.drawing.label]).max() < 0.003 for digit in mine.digits)
    press(qtbot, digits_tab, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert labels(mine) == []


def test_what_looks_wrong_about_an_import_is_told_and_read_as_the_data_tab_does(qtbot, digits_tab, mine, lab, write):
    path = write(change=lambda images: images[:, ::-1])
    for options, words in (({}, "stood on their head"), ({"flipped": True}, "Took in 400 digits")):
        lab.datasets.add_file(path, options)
        with qtbot.waitSignal(lab.messages.message) as told:
            digits_tab.exchange.read(path)
        assert words in told.args[0]
        assert ("look" in told.args[0]) == (not options)
    assert abs(mine.digits[0].features[::-1] - mine.digits[400].features).max() == 0


def test_a_bad_file_is_refused_in_words_and_nothing_changes(qtbot, digits_tab, mine, lab, tmp_path):
    write_drawings(tmp_path / "nameless.jsonl", [SEVEN])
    (tmp_path / "page.npz").write_text("<html>")
    for name, words in (("nameless.jsonl", "has a label"), ("page.npz", "page.npz"), ("gone.jsonl", "no such file")):
        with qtbot.waitSignal(lab.messages.error) as told:
            digits_tab.exchange.read(tmp_path / name)
        assert words in str(told.args[0])
    assert labels(mine) == []


def test_a_disk_that_is_full_is_told_once_and_tried_again(qtbot, digits_tab, mine, lab, tmp_path):
    blocker = mine.collection.path.parent
    blocker.parent.mkdir(parents=True, exist_ok=True)
    blocker.write_text("a file where the folder should be")
    with qtbot.waitSignal(lab.messages.error) as told:
        fill(qtbot, digits_tab, 7)
    assert "cannot be kept" in told.args[0]
    blocker.unlink()
    fill(qtbot, digits_tab, 1)
    qtbot.waitUntil(lambda: mine.collection.path.exists() and on_disk(mine) == [7, 1])


def test_a_damaged_line_is_set_aside_and_told(qtbot, lab, mine):
    mine.collection.path.parent.mkdir(parents=True)
    mine.collection.path.write_bytes(b'{"label": 3, "strokes": [[[1, 2], [3, 4]]]}\n{"label": 5, "stro')
    with qtbot.waitSignal(lab.messages.message) as told:
        mine.restore()
    assert labels(mine) == [3]
    assert "damaged" in told.args[0]
    assert b'"stro' in mine.collection.damaged_path.read_bytes()
    assert len(read_drawings(mine.collection.path)) == 1


def test_an_opened_image_is_filed_as_it_was_seen(qtbot, digits_tab, mine, lab):
    fill(qtbot, digits_tab, 7)
    features = mine.digits[0].features
    picture = np.random.default_rng(0).integers(0, 255, (40, 40, 4), np.uint8)
    picture[:, :, 3] = 255
    lab.drawing.set_image(OpenedImage(picture, features.copy(), "seven.png"))
    lab.prediction.predict_now()
    lab.filing.file_digit(2)
    filed = mine.digits[-1]
    assert filed.drawing.is_blank
    assert filed.drawing.label == 2
    assert abs(filed.features - features).max() == 0
    lab.drawing.clear()
    digits_tab.refresh_now()
    press(qtbot, digits_tab, Qt.Key.Key_Home)
    press(qtbot, digits_tab, Qt.Key.Key_Return)
    # The picture as it came, not what the model saw of it.
    assert lab.drawing.image.pixels.tolist() == picture.tolist()

"""The My digits tab through real events."""

import numpy as np
import pytest
from canvas_helpers import draw
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLabel

from engine.data import read_digits
from engine.data.exporting import EXPORT_FORMATS
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.ink.drawing_collection import DrawingCollection
from engine.ink.drawing_files import read_drawings, write_drawings
from gui.lab.drawing_document import OpenedImage
from gui.lab.my_digits import MY_DIGITS_KEY, WHAT
from gui.widgets.eliding_label import ElidingLabel
from gui.window.left_column import LeftColumn
from gui.workspaces.my_digits.workspace import MyDigitsWorkspace
from models import PRESETS
from models.recipes.fine_tuning import FineTuning

SEVEN = Drawing.from_points([[(0.28, 0.25), (0.7, 0.25), (0.55, 0.58), (0.47, 0.8)]])
ONE = Drawing.from_points([[(0.5, 0.2), (0.48, 0.8)]])


@pytest.fixture
def mine(lab):
    lab.models.choose("softmax")
    return lab.my_digits


@pytest.fixture
def tab(qtbot, lab, mine, themes):
    workspace = MyDigitsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(700, 600)
    workspace.show()
    workspace.refresh_now()
    yield workspace
    workspace.shut_down()


@pytest.fixture
def column(qtbot, lab, mine, themes):
    """The canvas and the answer as they stand in the window."""
    column = LeftColumn(lab, themes)
    qtbot.addWidget(column)
    column.resize(340, 620)
    column.show()
    column.activateWindow()
    column.canvas_card.canvas.setFocus()
    return column


def on_disk(mine):
    return [drawing.label for drawing in DrawingCollection(mine.collection.path).read().drawings]


def fill(qtbot, tab, *labels):
    """File a drawing for each label by clicks, a fresh drawing each."""
    for label in labels:
        tab.lab.drawing.set_drawing(SEVEN if label == 7 else ONE)
        tab.lab.prediction.predict_now()
        button = tab.filing.none_button if label is None else tab.filing.buttons[label]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    tab.refresh_now()


def press(qtbot, tab, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(tab.digits.grid, key, modifier)
    tab.refresh_now()


def labels(mine):
    return [digit.drawing.label for digit in mine.digits]


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


def test_a_blank_canvas_is_told_and_nothing_is_filed(qtbot, column, mine, lab):
    told = []
    lab.messages.message.connect(told.append)
    qtbot.keyClick(column.canvas_card.canvas, Qt.Key.Key_3)
    assert labels(mine) == []
    assert "nothing to file" in told[0]


def test_what_is_filed_is_on_the_disk_at_once_and_in_the_next_window(qtbot, tab, mine, lab, make_lab):
    fill(qtbot, tab, 7, 1, None)
    qtbot.waitUntil(lambda: mine.collection.path.exists() and on_disk(mine) == [7, 1, None])
    other = make_lab().my_digits
    with qtbot.waitSignal(other.changed):
        other.restore()
    assert labels(other) == [7, 1, None]
    other.relabel([other.digits[1].key], 4)
    qtbot.waitUntil(lambda: on_disk(mine) == [7, 4, None])
    tab.hide()
    tab.show()
    qtbot.waitUntil(lambda: labels(mine) == [7, 4, None])


def test_selected_digits_are_filed_anew_with_a_key_deleted_and_brought_back(qtbot, tab, mine):
    fill(qtbot, tab, 7, 1, 1)
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, tab, Qt.Key.Key_A, control)
    press(qtbot, tab, Qt.Key.Key_4)
    assert labels(mine) == [4, 4, 4]
    assert len(tab.digits.selected) == 3
    press(qtbot, tab, Qt.Key.Key_N)
    assert labels(mine) == [None] * 3
    press(qtbot, tab, Qt.Key.Key_Z, control)
    assert labels(mine) == [4, 4, 4]
    press(qtbot, tab, Qt.Key.Key_Delete)
    assert labels(mine) == []
    for wanted in ([4, 4, 4], [7, 1, 1], [7, 1], [7], []):
        press(qtbot, tab, Qt.Key.Key_Z, control)
        assert labels(mine) == wanted
    press(qtbot, tab, Qt.Key.Key_Y, control)
    assert labels(mine) == [7]
    qtbot.waitUntil(lambda: on_disk(mine) == [7])


def test_the_grid_shows_classes_and_writers(qtbot, tab, mine, lab):
    fill(qtbot, tab, 7, 1)
    edit = tab.filing.writer_box.lineEdit()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "Anna")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    fill(qtbot, tab, 7, 7)
    assert lab.settings.writer == "Anna"
    assert [digit.writer for digit in mine.digits] == ["", "", "Anna", "Anna"]
    assert [digit.drawing.label for digit in tab.digits.shown] == [1, 7, 7, 7]
    for box, downs, count in ((tab.digits.writer_box, 1, 2), (tab.digits.class_box, 2, 0)):
        for _ in range(downs):
            qtbot.keyClick(box, Qt.Key.Key_Down)
        assert tab.digits.grid.count == count
    qtbot.waitUntil(lambda: lab.datasets.entries[-1].key == MY_DIGITS_KEY)
    digits = lab.datasets.entries[-1].load()
    assert digits.labels.tolist() == [7, 1, 7, 7]
    assert digits.writers.tolist() == [0, 0, 1, 1]


def test_the_selected_ones_get_another_writer(qtbot, tab, mine, lab):
    fill(qtbot, tab, 7)
    lab.settings.writer = "Ben"
    press(qtbot, tab, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(tab.digits.mine_button, Qt.MouseButton.LeftButton)
    assert mine.writers == ["Ben"]


def test_a_double_click_puts_the_strokes_on_the_canvas(qtbot, tab, lab):
    fill(qtbot, tab, 7)
    lab.drawing.clear()
    tab.digits.grid.setFocus()
    press(qtbot, tab, Qt.Key.Key_Home)
    press(qtbot, tab, Qt.Key.Key_Return)
    assert len(lab.drawing.strokes) == 1


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_export_and_import_of_every_format(qtbot, tab, mine, lab, tmp_path, monkeypatch, name):
    fill(qtbot, tab, 7, 1)
    path = tmp_path / f"digits{EXPORT_FORMATS[name].suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    action = next(action for action in tab.exchange.export_menu.actions() if action.data() == name)
    with qtbot.waitSignal(lab.messages.message):
        action.trigger()
    assert sorted(read_digits(path).dataset().labels.tolist()) == [1, 7]
    before = {digit.drawing.label: digit.features for digit in mine.digits}
    mine.delete([digit.key for digit in mine.digits])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))
    with qtbot.waitSignal(mine.changed):
        tab.exchange.import_menu.actions()[int(path.is_dir())].trigger()
    assert sorted(labels(mine)) == [1, 7]
    assert all(abs(digit.features - before[digit.drawing.label]).max() < 0.003 for digit in mine.digits)
    press(qtbot, tab, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert labels(mine) == []


def test_a_bad_file_is_refused_in_words_and_nothing_changes(qtbot, tab, mine, lab, tmp_path):
    write_drawings(tmp_path / "nameless.jsonl", [SEVEN])
    (tmp_path / "page.npz").write_text("<html>")
    for name, words in (("nameless.jsonl", "has a label"), ("page.npz", "page.npz"), ("gone.jsonl", "no such file")):
        with qtbot.waitSignal(lab.messages.error) as told:
            tab.exchange.read(tmp_path / name)
        assert words in str(told.args[0])
    assert labels(mine) == []


def test_a_disk_that_is_full_is_told_once_and_tried_again(qtbot, tab, mine, lab, tmp_path):
    blocker = mine.collection.path.parent
    blocker.parent.mkdir(parents=True, exist_ok=True)
    blocker.write_text("a file where the folder should be")
    with qtbot.waitSignal(lab.messages.error) as told:
        fill(qtbot, tab, 7)
    assert "cannot be kept" in told.args[0]
    blocker.unlink()
    fill(qtbot, tab, 1)
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


def test_an_opened_image_is_filed_as_it_was_seen(qtbot, tab, mine, lab):
    fill(qtbot, tab, 7)
    features = mine.digits[0].features
    lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), features.copy(), "seven.png"))
    lab.prediction.predict_now()
    qtbot.mouseClick(tab.filing.buttons[2], Qt.MouseButton.LeftButton)
    filed = mine.digits[-1]
    assert filed.drawing.is_blank
    assert filed.drawing.label == 2
    assert abs(filed.features - features).max() == 0


def learn(qtbot, tab, lab, count=20):
    """Let the current model learn from drawings of a 1 that are meant as a 7, and of a 7."""
    one, seven = (features_from_drawing(drawing) for drawing in (ONE, SEVEN))
    half = count // 2
    lab.my_digits.add([(Drawing(ONE.strokes, 7), one)] * half + [(Drawing(SEVEN.strokes, 7), seven)] * half)
    tab.refresh_now()
    tab.fine_tuning = FineTuning(learning_rate=0.01, epochs=2, old=500, habits=1)
    qtbot.mouseClick(tab.learn.learn_button, Qt.MouseButton.LeftButton)


def test_learning_shows_before_and_after_and_keep_lets_the_new_model_answer(qtbot, tab, lab):
    before = lab.models.current
    numbers = before.model.network.store.snapshot()
    learn(qtbot, tab, lab)
    assert tab.learn.cancel_button.isVisible()
    qtbot.waitUntil(lambda: tab.learn.learned is not None, timeout=20_000)
    mine, validation = tab.learn.learned.changes
    assert (mine.count, validation.count) == (20, 1_500)
    assert mine.right[0] < 0.6 < mine.right[1]
    texts = {label.text() for label in tab.learn.findChildren(QLabel)}
    assert {f"{100 * share:.1f} %" for share in validation.right} <= texts
    assert lab.models.current is before
    qtbot.mouseClick(tab.learn.keep_button, Qt.MouseButton.LeftButton)
    now = lab.models.current
    assert now.unsaved
    assert "with 20 digits of mine" in now.title
    assert now.model.answer(features_from_drawing(ONE)).argmax() == 7
    np.testing.assert_array_equal(before.model.network.store.snapshot(), numbers)
    assert tab.learn.learn_button.isVisible()


def test_what_was_learned_can_be_discarded_and_learning_cancelled(qtbot, tab, lab):
    entries = lab.models.entries
    learn(qtbot, tab, lab, 4)
    qtbot.waitUntil(lambda: tab.learn.learned is not None, timeout=20_000)
    qtbot.mouseClick(tab.learn.discard_button, Qt.MouseButton.LeftButton)
    assert tab.learn.learned is None
    qtbot.mouseClick(tab.learn.learn_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tab.learn.cancel_button, Qt.MouseButton.LeftButton)
    assert not tab.tasks.is_running("learn")
    assert tab.learn.learn_button.isVisible()
    assert lab.models.entries == entries


def test_a_model_of_no_preset_is_refused_in_words(qtbot, tab, lab):
    lab.models.current.model.name = "somebody's own"
    with qtbot.waitSignal(lab.messages.error) as told:
        learn(qtbot, tab, lab, 2)
    assert "no preset" in str(told.args[0])
    assert tab.learn.learn_button.isVisible()


def test_all_models_answer_beside_each_other_and_say_what_they_cannot(qtbot, tab, lab):
    assert tab.opinions.opinions == []
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: len(tab.opinions.opinions) == len(lab.models.entries), timeout=20_000)
    found = {opinion.key: opinion for opinion in tab.opinions.opinions}
    assert set(found) == set(PRESETS)
    for key in ("softmax", "mlp", "cnn", "cnn-large"):
        assert found[key].prediction.best == "7"
    assert found["cnn"].limits == ""
    assert found["softmax"].limits == "never refuses"
    assert found["logistic"].limits == "only 0 or 1"
    assert tab.opinions.subtitle == "All 4 that know ten digits say 7."
    shown = [label.full_text for label in tab.opinions.findChildren(ElidingLabel)]
    assert shown.count("never refuses") == 4
    # A dash: some refuse it, and softmax calls it a digit.
    lab.drawing.set_drawing(Drawing.from_points([[(0.2, 0.5), (0.8, 0.5)]]))
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: tab.opinions.opinions[-1].prediction.features is not found["cnn"].prediction.features)
    qtbot.waitUntil(lambda: "refuse" in tab.opinions.subtitle)
    assert "do not agree" in tab.opinions.subtitle
    lab.drawing.clear()
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: tab.opinions.opinions == [])


def test_the_report_asks_for_each_digit_three_times_and_is_saved_as_a_picture(
    qtbot, tab, column, lab, mine, tmp_path, monkeypatch
):
    report, canvas = tab.report, column.canvas_card.canvas
    lab.settings.writer = "Anna"
    qtbot.mouseClick(report.begin_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert mine.digits == []
    asked, went_back = [], False
    while report.guide.asked is not None:
        asked.append(report.guide.asked)
        assert report.prompt_label.text().startswith(f"Draw a {asked[-1]}")
        draw(canvas, (0.3, 0.25), (0.7, 0.25), (0.5, 0.8))
        if len(asked) % 2:
            qtbot.keyClick(canvas, Qt.Key.Key_Return)
        else:
            qtbot.mouseClick(report.next_button, Qt.MouseButton.LeftButton)
        assert lab.drawing.is_blank
        if len(asked) == 4 and not went_back:
            went_back = True
            qtbot.mouseClick(report.back_button, Qt.MouseButton.LeftButton)
            assert len(mine.digits) == 3
            assert report.guide.asked == asked.pop()
    assert sorted(asked) == sorted(list(range(10)) * 3)
    assert sorted(labels(mine)) == sorted(asked)
    qtbot.waitUntil(lambda: report.report is not None, timeout=20_000)
    assert report.report.count == 30
    assert report.report.right == 3
    assert report.report.confusion[:, 7].tolist() == [3] * 10
    assert "3 of 30 drawings are read rightly" in report.summary_label.text()
    for habit in ("position", "size", "slant", "pen", "speed"):
        assert f"{habit}: " in report.habits_label.text()
    assert "Anna" in report.page.findChild(QLabel).text()
    path = tmp_path / "hand.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(report.save_button, Qt.MouseButton.LeftButton)
    picture = QImage(str(path))
    assert picture.width() > 2 * report.page.width()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}) > 20


def test_a_report_can_be_ended_and_made_again_later(qtbot, tab, lab, mine):
    report = tab.report
    assert not report.show_button.isEnabled()
    qtbot.mouseClick(report.begin_button, Qt.MouseButton.LeftButton)
    lab.drawing.set_drawing(ONE)
    qtbot.mouseClick(report.next_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(report.end_button, Qt.MouseButton.LeftButton)
    assert report.guide.asked is None
    tab.refresh_now()
    qtbot.mouseClick(report.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: report.report is not None, timeout=20_000)
    assert report.report.count == 1
    lab.models.choose("angle")
    with qtbot.waitSignal(lab.messages.error) as told:
        qtbot.mouseClick(report.show_button, Qt.MouseButton.LeftButton)
    assert "ten digits" in str(told.args[0])

"""Several digits on the canvas: from the mouse to the number, its chips and its frames."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from engine.evaluation.calibration import REJECTED_TEXT, Calibration
from engine.evaluation.wording import percent
from engine.ink.drawing import Drawing
from gui.canvas.digit_boxes import DigitBox
from gui.services.settings import SettingsFile
from gui.theme.tokens import DARK, LIGHT
from models import load

SEVEN = [[(0.06, 0.35), (0.24, 0.35), (0.12, 0.66)]]
ONE = [[(0.37, 0.34), (0.37, 0.66)]]
FOUR = [[(0.54, 0.34), (0.48, 0.54), (0.66, 0.54)], [(0.61, 0.38), (0.6, 0.68)]]
TWO = [[(0.76, 0.42), (0.8, 0.35), (0.88, 0.35), (0.9, 0.43), (0.83, 0.56), (0.76, 0.66), (0.93, 0.66)]]


@pytest.fixture
def window(plain_window):
    return plain_window


def write(window, *digits):
    canvas = window.canvas
    square = canvas.square

    def place(x, y):
        return QPoint(square.x() + round(x * square.width()), square.y() + round(y * square.height()))

    for stroke in (stroke for digit in digits for stroke in digit):
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place(*stroke[0]))
        for (x0, y0), (x1, y1) in pairwise(stroke):
            for part in np.linspace(0.1, 1.0, 10):
                QTest.mouseMove(canvas, place(x0 + part * (x1 - x0), y0 + part * (y1 - y0)))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place(*stroke[-1]))


def label(window):
    return window.findChild(QLabel, "predictionLabel").text()


@pytest.fixture
def number(window, qtbot):
    window.canvas.set_pen_width(12)
    write(window, SEVEN, ONE, FOUR, TWO)
    qtbot.waitUntil(lambda: label(window) == "7142", timeout=5000)
    return window


def test_a_number_is_read_while_it_is_written(window, qtbot):
    window.canvas.set_pen_width(12)
    write(window, SEVEN)
    qtbot.waitUntil(lambda: label(window) == "7")
    assert not window.prediction_panel.headline.chips.isVisible()
    write(window, ONE)
    qtbot.waitUntil(lambda: label(window) == "71")
    write(window, FOUR)
    qtbot.waitUntil(lambda: label(window) == "714")
    assert [box.label for box in window.canvas.boxes.boxes] == ["7", "1", "4"]
    window.canvas.undo()
    window.canvas.undo()
    qtbot.waitUntil(lambda: label(window) == "71")
    window.canvas.clear()
    qtbot.waitUntil(lambda: label(window) == "Draw a digit")
    assert window.canvas.boxes.boxes == ()
    assert window.canvas.boxes.isHidden()


def test_each_digit_has_its_probability_and_the_newest_one_its_bars(number):
    chips = number.prediction_panel.headline.chips
    assert chips.isVisible()
    assert [name for name, _ in chips.digits] == ["7", "1", "4", "2"]
    assert all(0.5 < probability <= 1 for _, probability in chips.digits)
    assert chips.current == 3
    assert np.argmax(number.prediction_panel.bars.values) == 2
    assert [chip.accessibleName()[:2] for chip in chips.buttons] == ["7:", "1:", "4:", "2:"]
    assert all(chip.accessibleName().endswith(" %") for chip in chips.buttons)
    assert [chip.isChecked() for chip in chips.buttons] == [False, False, False, True]
    assert number.answer.best == "7142"
    assert number.findChild(QLabel, "predictionLabel").accessibleName().startswith("Answer: 7142")


def test_a_click_on_a_digit_shows_its_bars_until_another_is_written(number, qtbot):
    panel = number.prediction_panel
    chips = panel.headline.chips
    QTest.mouseClick(chips.buttons[0], Qt.MouseButton.LeftButton)
    assert chips.current == 0
    assert np.argmax(panel.bars.values) == 7
    assert [box.chosen for box in number.canvas.boxes.boxes] == [True, False, False, False]
    np.testing.assert_array_equal(panel.preview.features, number.answer.number.digits[0].features)
    # The same drawing asked again keeps what was chosen.
    number.lab.prediction.predict_now()
    assert chips.current == 0
    chips.buttons[0].setFocus()
    QTest.keyClick(chips.buttons[0], Qt.Key.Key_Right)
    assert chips.current == 1
    assert chips.buttons[1].hasFocus()
    number.canvas.undo()
    qtbot.waitUntil(lambda: label(number) == "714")
    assert chips.current == 2


def test_frames_are_no_ink(number):
    drawing = number.canvas.drawing()
    assert len(drawing.strokes) == 5
    assert number.canvas.document.undo_stack.count() == 5
    for box, digit in zip(number.canvas.boxes.boxes, number.answer.number.digits, strict=True):
        points = np.concatenate([drawing.strokes[stroke].points for stroke in digit.strokes])
        left, top, right, bottom = box.box
        assert left <= points[:, 0].min()
        assert points[:, 0].max() <= right
        assert top <= points[:, 1].min()
        assert points[:, 1].max() <= bottom


def test_the_pen_draws_through_the_frames(number, qtbot):
    before = len(number.canvas.drawing().strokes)
    write(number, [[(0.1, 0.8), (0.1, 0.36)]])
    assert len(number.canvas.drawing().strokes) == before + 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_frame_leaves_ink_as_it_is(window, qtbot, theme):
    canvas = window.canvas
    window.set_theme(theme.name)
    canvas.document.set_drawing(Drawing.from_points([[(0.2, 0.5), (0.8, 0.5)]]))
    qtbot.waitUntil(lambda: window.answer.probabilities is not None, timeout=5000)
    canvas.boxes.show_boxes((DigitBox("1", (0.4, 0.3, 0.6, 0.7), True),))
    QApplication.processEvents()
    image = canvas.grab().toImage()
    ratio, square = image.devicePixelRatio(), canvas.square
    row = range(round((square.x() + 0.3 * square.width()) * ratio), round((square.x() + 0.7 * square.width()) * ratio))

    def colors(height):
        y = round((square.y() + height * square.height()) * ratio)
        return {image.pixelColor(x, y).name() for x in row}

    # Up to a shade that nobody can tell apart.
    red, green, blue, _ = theme.color("ink").getRgb()
    for color in map(QColor, colors(0.5)):
        assert abs(color.red() - red) + abs(color.green() - green) + abs(color.blue() - blue) < 16
    assert theme.accent in colors(0.4)


def test_the_switch_is_remembered(number, qtbot, open_window):
    action = number.menus.actions["readNumbersAction"]
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: number.answer.number is None)
    assert len(label(number)) != 4
    assert number.canvas.boxes.boxes == ()
    number.close()
    assert json.loads(SettingsFile().path.read_text("utf-8"))["read_numbers"] is False
    second = open_window()
    assert not second.menus.actions["readNumbersAction"].isChecked()
    assert not second.lab.classifier.reads_numbers
    second.menus.actions["readNumbersAction"].trigger()
    qtbot.waitUntil(lambda: label(second) == "7142", timeout=5000)


def test_a_model_of_two_digits_reads_no_numbers(number, qtbot):
    number.lab.models.choose("logistic")
    qtbot.waitUntil(lambda: number.answer.labels == ("0", "1"))
    assert number.answer.number is None
    assert not number.prediction_panel.headline.chips.isVisible()
    number.lab.models.choose("cnn")
    qtbot.waitUntil(lambda: label(number) == "7142")


def test_nothing_is_rounded_up_to_certainty():
    assert percent(0.9999, 0) == "> 99 %"
    assert percent(0.99, 0) == "99 %"
    assert percent(1.0, 0) == "100 %"
    assert percent(0.004, 0) == "< 1 %"


def test_the_digits_are_no_less_sure_than_the_number(number):
    detail = number.findChild(QLabel, "confidenceLabel").text()
    chips = [button.text().split("\n")[1] for button in number.prediction_panel.headline.chips.buttons]
    floor = float(re.search(r"([\d.]+) %", detail)[1])
    assert all(text.startswith(">") or float(text.removesuffix(" %")) >= round(floor) for text in chips), (
        detail,
        chips,
    )


def test_a_doubtful_digit_has_a_question_mark(number, monkeypatch):
    answer = number.lab.classifier.answer(number.canvas.drawing())
    doubtful = replace(answer, doubtful=frozenset({1}))

    def answer_in_steps(_request):
        yield
        return doubtful

    monkeypatch.setattr(number.lab.classifier, "answer_in_steps", answer_in_steps)
    number.lab.prediction.predict_now()
    assert [name for name, _ in number.prediction_panel.headline.chips.digits] == ["7", "1?", "4", "2"]
    assert [box.label for box in number.canvas.boxes.boxes] == ["7", "1?", "4", "2"]
    # The number itself stays readable.
    assert label(number) == "7142"


def test_a_drawing_of_unknown_signs_is_no_number(number, qtbot):
    number.lab.classifier.set_model(replace(load("cnn"), calibration=Calibration(1.0, 1e5)))
    qtbot.waitUntil(lambda: label(number) == REJECTED_TEXT)
    assert number.canvas.boxes.boxes == ()

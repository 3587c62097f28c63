"""What a screen reader says by itself while the focus is elsewhere."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSlider

from gui.app.self_check import draw_stroke
from gui.lab.session_state import SessionState


class Listener:
    """Stands in for Qt's way to a screen reader, and keeps what it is told."""

    Event = QAccessible.Event

    def __init__(self):
        self.heard = []

    def isActive(self):
        return True

    def updateAccessibility(self, event):
        self.heard.append((event.object().objectName(), event.message()))

    def texts(self, name):
        return [text for heard, text in self.heard if heard == name]


@pytest.fixture
def listener(monkeypatch):
    listener = Listener()
    monkeypatch.setattr("gui.widgets.announcement.QAccessible", listener)
    return listener


def test_the_answer_is_said_once_it_has_settled(listener, plain_window, qtbot):
    window = plain_window
    label = window.findChild(QLabel, "predictionLabel")
    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: "Answer: 7, " in "".join(listener.texts("predictionLabel")), timeout=10_000)
    # Not each of the many answers along the stroke.
    digits = [text for text in listener.texts("predictionLabel") if "Draw" not in text]
    assert digits == [label.accessibleName()]
    QTest.mouseClick(window.findChild(QPushButton, "clearButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: listener.texts("predictionLabel")[-1] == "Answer: Draw a digit")


def test_the_outcome_of_a_training_and_messages_are_said(listener, window, qtbot):
    panel = window.workspaces.workspace("train").panel
    panel.form.selector.setCurrentIndex(panel.form.selector.findData("softmax"))
    panel.form.fields["epochs"].set_text("1")
    QTest.mouseClick(panel.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.lab.session.state is SessionState.IDLE, timeout=60_000)
    qtbot.waitUntil(lambda: any("Finished" in text for text in listener.texts("trainingStatus")))
    assert "validation accuracy" in listener.texts("trainingStatus")[-1]
    window.lab.messages.message.emit("Saved a model.")
    assert "Saved a model." in listener.texts("statusMessage")


def test_pen_width_and_progress_are_values_of_their_controls(plain_window):
    window = plain_window
    slider = window.findChild(QSlider, "penWidthSlider")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    value = QAccessible.queryAccessibleInterface(slider).valueInterface().currentValue()
    assert value == slider.value() == window.canvas.pen_width_px

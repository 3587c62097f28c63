"""What is no digit is said to be none."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from engine.evaluation.calibration import REJECTED_TEXT, Calibration, energy
from gui.app.self_check import draw_stroke
from gui.theme.tokens import LIGHT
from models import load


def refusing(threshold):
    return replace(load("softmax"), calibration=Calibration(1.0, threshold))


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture
def seven(window, qtbot):
    window.lab.classifier.set_model(refusing(-1e5))
    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: window.answer.best == "7", timeout=5000)
    return window


def test_a_rejected_drawing_is_told_in_words(seven, qtbot):
    answer_label = seven.findChild(QLabel, "predictionLabel")
    assert answer_label.text() == "7"
    known = seven.prediction_panel.bars.values
    seven.lab.classifier.set_model(refusing(1e5))
    qtbot.waitUntil(lambda: seven.answer.rejected)
    assert answer_label.text() == REJECTED_TEXT
    assert "energy" in answer_label.toolTip()
    assert seven.findChild(QLabel, "confidenceLabel").text() == "closest: 7"
    assert answer_label.accessibleName() == f"Answer: {REJECTED_TEXT}, closest: 7"
    # The bars stay, in grey.
    np.testing.assert_allclose(seven.prediction_panel.bars.values, known)
    image = seven.prediction_panel.bars.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 4)}
    assert LIGHT.accent not in colors
    seven.lab.classifier.set_model(refusing(-1e5))
    qtbot.waitUntil(lambda: answer_label.text() == "7")
    assert "energy" not in answer_label.toolTip()


def test_a_model_without_a_rule_answers_everything(seven, qtbot):
    seven.lab.classifier.set_model(replace(load("softmax"), calibration=Calibration()))
    seven.lab.prediction.predict_now()
    assert not seven.answer.rejected


def test_what_is_refused_by_a_little_is_told_with_doubt(seven, qtbot):
    answer_label = seven.findChild(QLabel, "predictionLabel")
    (level,) = energy(load("softmax").logits(seven.answer.features))
    seven.lab.classifier.set_model(refusing(float(level) + 0.5))
    qtbot.waitUntil(lambda: seven.answer.rejected)
    assert answer_label.text() == "Looks like 7, not sure"
    seven.lab.classifier.set_model(refusing(float(level) + 1.5))
    qtbot.waitUntil(lambda: answer_label.text() == REJECTED_TEXT)

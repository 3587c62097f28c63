"""A model that is trained in the window refuses a scribble, unless that is switched off; then it says so."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from engine.evaluation.calibration import REJECTED_TEXT


def scribble(window):
    """Back and forth, and once across, with the mouse."""
    canvas = window.canvas
    square = canvas.square
    corners = [(0.1 + 0.07 * step, 0.15 if step % 2 else 0.85) for step in range(12)] + [(0.1, 0.2), (0.9, 0.8)]
    left, top, side = square.x(), square.y(), square.width()
    places = [QPoint(left + round(x * side), top + round(y * side)) for x, y in corners]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for before, after in pairwise(places):
        for part in np.linspace(0.1, 1.0, 10):
            QTest.mouseMove(canvas, before + (after - before) * float(part))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.mark.timeout(60)
@pytest.mark.parametrize("refuses", [True, False])
def test_a_trained_model_refuses_a_scribble_or_says_that_it_never_does(window, qtbot, refuses):
    form = window.workspaces.workspace("train").panel.form
    form.selector.setCurrentIndex(form.selector.findData("mlp"))
    for key, text in {"epochs": "3" if refuses else "1", "augment": "no", "refuse": "yes" if refuses else "no"}.items():
        form.fields[key].set_text(text)
    scribble(window)
    with qtbot.waitSignal(window.lab.session.finished, timeout=40_000) as finished:
        QTest.mouseClick(window.findChild(QAbstractButton, "trainButton"), Qt.MouseButton.LeftButton)
    model = finished.args[1]
    qtbot.waitUntil(lambda: window.lab.classifier.model is model, timeout=5000)
    window.lab.prediction.predict_now()
    scope = window.findChild(QLabel, "scopeLabel")
    assert window.answer.rejected is refuses
    assert (window.findChild(QLabel, "predictionLabel").text() == REJECTED_TEXT) is refuses
    assert scope.isVisible() is not refuses
    assert ("never refuses" in scope.text()) is not refuses
    told = window.workspaces.workspace("train").panel.subtitle
    assert ("4,250 non-digits" in told) is refuses

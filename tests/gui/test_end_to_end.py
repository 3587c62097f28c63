"""The main job, from the mouse press to the bar that moves, as a person would do it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from gui.lab.session_state import SessionState
from models import PRESETS, load

# A one and a seven, in parts of the canvas's side.
ONE = [[(0.5, 0.18), (0.49, 0.5), (0.5, 0.82)]]
SEVEN = [[(0.28, 0.24), (0.72, 0.24), (0.46, 0.82)]]


def child(window, kind, name):
    widget = window.findChild(kind, name)
    assert widget is not None, name
    return widget


def draw(window, strokes):
    """Real mouse events along straight lines."""
    canvas = window.canvas
    square = canvas.square

    def place(x, y):
        return QPoint(square.x() + round(x * square.width()), square.y() + round(y * square.height()))

    for stroke in strokes:
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place(*stroke[0]))
        for (x0, y0), (x1, y1) in pairwise(stroke):
            for part in np.linspace(0.1, 1.0, 10):
                QTest.mouseMove(canvas, place(x0 + part * (x1 - x0), y0 + part * (y1 - y0)))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place(*stroke[-1]))


def wait_for_answer(qtbot, window, label=None):
    qtbot.waitUntil(
        lambda: window.answer.features is not None and (label is None or window.answer.best == label),
        timeout=5000,
    )
    return window.answer


def click(window, name):
    QTest.mouseClick(child(window, QAbstractButton, name), Qt.MouseButton.LeftButton)


def choose_preset(window, name, epochs=2):
    selector = child(window, QComboBox, "presetSelector")
    selector.setCurrentIndex(selector.findData(name))
    child(window, QLineEdit, "epochsField").setText(str(epochs))


@pytest.mark.timeout(90)
def test_draw_train_answer_save_load(qtbot, window, open_window, dialogs, tmp_path):
    # A drawing is answered while the pen moves.
    draw(window, ONE)
    shipped = wait_for_answer(qtbot, window, "1")
    assert "1" in child(window, QLabel, "predictionLabel").text()
    assert shipped.probabilities.shape == (10,)
    assert shipped.probabilities.sum() == pytest.approx(1.0, abs=1e-4)

    # Train: the loss falls, the half-trained model answers meanwhile.
    # Two epochs would be over before the window looks for the first time.
    choose_preset(window, "softmax", epochs=20)
    losses, answers = [], []
    window.lab.session.progressed.connect(lambda progress: losses.extend(progress.batch_losses))
    window.prediction_panel.shown.connect(lambda: answers.append(window.answer.probabilities))
    with qtbot.waitSignal(window.lab.session.finished, timeout=30_000):
        click(window, "trainButton")
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])
    assert len(answers) >= 1

    # The trained model is now the one that answers, and it is not the shipped one.
    entry = window.lab.models.current
    assert entry.unsaved
    assert entry.model.name == "softmax"
    assert window.lab.classifier.model is entry.model
    wanted = entry.model.answer(shipped.features)[0]
    qtbot.waitUntil(lambda: np.allclose(window.answer.probabilities, wanted, atol=1e-6), timeout=2000)
    trained = window.answer
    assert np.abs(trained.probabilities - shipped.probabilities).max() > 1e-6

    # Saved, and opened again in a fresh window: the same drawing gets the same answer.
    path = tmp_path / "mine.safetensors"
    dialogs.save_paths = [path]
    window.menus.actions["saveAction"].trigger()
    assert path.exists()
    np.testing.assert_array_equal(load(path).answer(trained.features), entry.model.answer(trained.features))
    drawing = window.canvas.drawing()
    window.close()

    second = open_window()
    second.canvas.clear()
    dialogs.open_path = path
    second.menus.actions["openAction"].trigger()
    second.canvas.document.set_drawing(drawing)
    again = wait_for_answer(qtbot, second)
    np.testing.assert_allclose(again.probabilities, trained.probabilities, atol=1e-4)


def test_every_stroke_changes_the_bars_at_once(qtbot, window):
    draw(window, ONE)
    first = wait_for_answer(qtbot, window, "1")
    QTest.mouseClick(child(window, QAbstractButton, "clearButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.answer.features is None)
    draw(window, SEVEN)
    second = wait_for_answer(qtbot, window, "7")
    assert first.best != second.best
    QTest.mouseClick(child(window, QAbstractButton, "undoButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.answer.features is None)
    QTest.mouseClick(child(window, QAbstractButton, "redoButton"), Qt.MouseButton.LeftButton)
    wait_for_answer(qtbot, window, "7")


def test_switching_the_recogniser_answers_the_drawing_again(qtbot, window):
    draw(window, SEVEN)
    before = wait_for_answer(qtbot, window)
    selector = child(window, QComboBox, "modelSelector")
    index = selector.findData("softmax")
    selector.setCurrentIndex(index)
    selector.activated.emit(index)
    qtbot.waitUntil(lambda: window.lab.classifier.model.name == "softmax")
    qtbot.waitUntil(lambda: window.answer is not before)
    assert window.answer.features is not None
    assert window.lab.settings.recogniser == "softmax"


def test_pause_resume_stop_keep_the_window_alive(qtbot, window):
    preset = PRESETS["mlp"]
    window.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=500))
    qtbot.waitUntil(lambda: window.lab.session.state is SessionState.RUNNING)
    click(window, "pauseButton")
    qtbot.waitUntil(lambda: window.lab.session.state is SessionState.PAUSED)
    draw(window, ONE)
    wait_for_answer(qtbot, window)
    click(window, "pauseButton")
    qtbot.waitUntil(lambda: window.lab.session.state is SessionState.RUNNING)
    # A run that is stopped before its first step leaves no model.
    with qtbot.waitSignal(window.lab.session.weights_changed, timeout=10_000):
        pass
    with qtbot.waitSignal(window.lab.session.finished, timeout=10_000) as signal:
        click(window, "stopButton")
    assert signal.args[0].reason == "stopped"
    assert window.lab.models.current.model is signal.args[1]


def test_a_diverging_run_says_so_and_the_old_recogniser_answers_again(qtbot, window):
    draw(window, SEVEN)
    wait_for_answer(qtbot, window)
    before = window.lab.models.current
    choose_preset(window, "mlp")
    values = window.workspaces.workspace("train").values()
    preset = window.workspaces.workspace("train").panel.form.preset
    config = replace(preset.defaults, optimizer="gradient_descent", learning_rate=1e30, augment=False)
    with qtbot.waitSignal(window.lab.session.finished, timeout=20_000) as signal:
        window.lab.session.start(preset, config)
    assert signal.args[0].reason == "diverged"
    assert window.lab.models.current.key == before.key
    assert window.lab.classifier.model is before.model
    assert "learning rate" in child(window, QLabel, "trainingStatus").text().lower()
    assert window.workspaces.workspace("train").values() == values


def test_the_pinned_drawing_is_followed(qtbot, window):
    draw(window, SEVEN)
    wait_for_answer(qtbot, window)
    choose_preset(window, "softmax")
    with qtbot.waitSignal(window.lab.session.finished, timeout=30_000):
        click(window, "trainButton")
    qtbot.wait(100)
    assert window.findChild(QWidget, "pinnedChart") is not None
    assert len(window.workspaces.workspace("train").followed_chart.lines[0].series) >= 2

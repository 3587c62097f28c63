"""From the pointer to what the panel shows."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QWidget

from engine.errors import ModelFileError
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Prediction
from gui.prediction.panel import PredictionPanel
from gui.theme.tokens import DARK, LIGHT
from models import PRESETS, load

LEFT = Qt.MouseButton.LeftButton
DIGITS = tuple("0123456789")


class Setup:
    def __init__(self, qtbot, themes, lab):
        self.lab = lab
        self.recogniser = lab.classifier
        self.canvas = DrawingCanvas(lab.drawing, themes)
        self.panel = PredictionPanel(lab, themes)
        for widget in (self.canvas, self.panel):
            qtbot.addWidget(widget)
        self.canvas.resize(280, 280)
        self.panel.resize(300, 360)
        self.canvas.show()
        self.panel.show()

    def text(self, name):
        return self.panel.findChild(QLabel, name).text()


@pytest.fixture
def setup(qtbot, themes, lab):
    made = Setup(qtbot, themes, lab)
    made.recogniser.set_model(load("cnn"))
    return made


def draw(canvas, *points):
    places = [QPoint(round(x * 280), round(y * 280)) for x, y in points]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])


def draw_seven(canvas):
    draw(canvas, (0.28, 0.25), (0.45, 0.25), (0.7, 0.25), (0.62, 0.42), (0.55, 0.58), (0.47, 0.8))


def answer_of(probabilities, labels=DIGITS, task="multiclass"):
    return Prediction(
        np.ones((20, 20), np.float32), np.asarray(probabilities, np.float64), labels, task, "x", None, "x", ""
    )


def shown_color(widget, x, y):
    image = widget.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(x * ratio), round(y * ratio)).name()


def test_mouse_events_move_the_bars(setup, qtbot):
    assert setup.panel.bars.values == ()
    draw_seven(setup.canvas)
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "7", timeout=2000)
    values = setup.panel.bars.values
    assert len(values) == 10
    assert np.argmax(values) == 7
    assert sum(values) == pytest.approx(1, abs=1e-5)
    assert "sure" in setup.text("confidenceLabel")
    assert setup.panel.preview.features is not None
    assert setup.panel.bars.accessibleDescription().startswith("7 ")
    assert setup.panel.findChild(QLabel, "predictionLabel").accessibleName().startswith("Answer: 7, ")
    assert setup.text("modelSizeLabel") == f"{PRESETS['cnn'].parameter_count:,} parameters"


def test_the_answer_comes_while_the_pen_is_down(setup, qtbot):
    QTest.mousePress(setup.canvas, LEFT, pos=QPoint(60, 60))
    QTest.mouseMove(setup.canvas, QPoint(200, 60))
    qtbot.waitUntil(lambda: setup.panel.answer.probabilities is not None, timeout=2000)
    QTest.mouseRelease(setup.canvas, LEFT, pos=QPoint(200, 60))


def test_a_burst_of_points_is_answered_once(setup, qtbot):
    qtbot.wait(30)
    answers = []
    setup.panel.shown.connect(answers.append)
    setup.canvas.pen_down(QPointF(50, 50), None, False)
    for index in range(200):
        setup.canvas.pen_moved(QPointF(50 + index, 60), None)
    setup.canvas.pen_up()
    assert not answers
    qtbot.waitUntil(lambda: len(answers) > 0)
    qtbot.wait(40)
    assert len(answers) == 1
    np.testing.assert_array_equal(answers[0].features, setup.recogniser.answer(setup.canvas.drawing()).features)


def test_clearing_empties_everything(setup, qtbot):
    draw_seven(setup.canvas)
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "7")
    setup.canvas.clear()
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "Draw a digit")
    assert setup.panel.bars.values == ()
    assert setup.panel.preview.features is None
    assert setup.text("confidenceLabel") == ""
    assert setup.panel.bars.accessibleDescription() == "No answer yet."


def test_another_model_answers_the_same_drawing(setup, qtbot):
    draw_seven(setup.canvas)
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "7")
    setup.recogniser.set_model(load("logistic"))
    qtbot.waitUntil(lambda: len(setup.panel.bars.values) == 2)
    scope = setup.panel.findChild(QLabel, "scopeLabel")
    assert scope.isVisible()
    assert scope.text() == "This model can tell only 0 from 1, and never refuses."
    # It is said of a blank drawing too.
    setup.canvas.clear()
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "Draw a digit")
    assert scope.isVisible()
    setup.recogniser.set_model(load("cnn"))
    assert not scope.isVisible()


def test_each_task_has_its_view(setup, qtbot):
    draw_seven(setup.canvas)
    for name, view in (
        ("multilabel", setup.panel.toggles),
        ("angle", setup.panel.dial),
        ("softmax", setup.panel.bars),
    ):
        setup.recogniser.set_model(load(name))
        qtbot.waitUntil(view.isVisible, timeout=2000)
    assert not setup.panel.dial.isVisible()


def test_half_trained_weights_answer_at_once(setup, qtbot):
    draw_seven(setup.canvas)
    model = PRESETS["softmax"].model(PRESETS["softmax"].build())
    setup.recogniser.set_model(model)
    qtbot.waitUntil(lambda: len(setup.panel.bars.values) == 10 and setup.panel.answer.confidence < 0.2)
    snapshot = model.network.store.snapshot().copy()
    snapshot[-7] = 20.0  # the bias of the digit 3
    setup.recogniser.set_weights(snapshot)
    qtbot.waitUntil(lambda: setup.text("predictionLabel") == "3")
    assert setup.text("modelSizeLabel") == f"{model.network.count_params():,} parameters"


def test_the_selector_chooses_the_model_and_follows_the_library(setup, qtbot):
    models = setup.lab.models
    selector = setup.panel.findChild(QComboBox, "modelSelector")
    models.choose("mlp")
    assert selector.currentData() == "mlp"
    place = selector.currentIndex()
    selector.setFocus()
    with qtbot.waitSignal(models.chosen) as signal:
        QTest.keyClick(selector, Qt.Key.Key_Up)
    assert signal.args[0] is models.current
    assert models.current.key == selector.itemData(place - 1) == selector.currentData()
    assert [selector.itemData(index) for index in range(selector.count())] == [entry.key for entry in models.entries]


def test_a_model_that_cannot_be_loaded_leaves_the_selector_as_it_was(setup, monkeypatch):
    setup.lab.models.choose("mlp")

    def broken(_key):
        raise ModelFileError("The file is damaged.")

    monkeypatch.setattr("gui.lab.model_library.load", broken)
    told = []
    setup.lab.messages.error.connect(told.append)
    selector = setup.panel.findChild(QComboBox, "modelSelector")
    selector.setFocus()
    QTest.keyClick(selector, Qt.Key.Key_Up)
    assert [str(error) for error in told] == ["The file is damaged."]
    assert selector.currentData() == "mlp"


def test_bars_are_painted(setup):
    bars = setup.panel.bars
    bars.set_answer(answer_of([0, 0, 0, 0.25, 0, 0.75, 0, 0, 0, 0]))
    QApplication.processEvents()
    box = bars.view.area

    def color(index, height):
        x = box.left() + (index + 0.6) / 10.2 * box.width()
        return shown_color(bars, x, box.bottom() - height * box.height())

    assert color(5, 0.7) == LIGHT.accent
    assert color(5, 0.8) == LIGHT.surface
    assert color(3, 0.2) not in (LIGHT.accent, LIGHT.surface)
    assert color(3, 0.3) == LIGHT.surface
    items = len(bars.view.scene().items())
    for step in range(20):
        bars.set_answer(answer_of(np.roll([1.0, *[0.0] * 9], step)))
    assert len(bars.view.scene().items()) == items
    bars.view.pointed.emit(QPointF(9.2, 0.5))
    assert "9" in bars.readout.text
    assert "100.0 %" in bars.readout.text
    bars.view.pointed.emit(QPointF(-3.0, 0.5))
    assert bars.readout.text == ""
    QTest.keyClick(bars.view, Qt.Key.Key_Right)
    assert "100.0 %" in bars.readout.text


def test_bars_follow_the_theme(setup, themes):
    bars = setup.panel.bars
    bars.set_answer(answer_of([1.0, *[0.0] * 9]))
    themes.set_mode("dark")
    QApplication.processEvents()
    box = bars.view.area
    # Between two lines of the grid.
    height = box.bottom() - 0.35 * box.height()
    assert shown_color(bars, box.left() + 0.6 / 10.2 * box.width(), height) == DARK.accent
    assert shown_color(bars, box.right() - 3, height) == DARK.surface


def test_preview_shows_pixels_and_values(setup, themes):
    preview = setup.panel.preview
    features = np.zeros((20, 20), np.float32)
    features[4, 7], features[5, 8] = 1.0, 0.5
    preview.set_features(features)
    area, cell = preview.grid()

    def middle(row, column):
        return area.x() + (column + 0.5) * cell + 0.5, area.y() + (row + 0.5) * cell + 0.5

    assert shown_color(preview, *middle(4, 7)) == LIGHT.ink
    assert shown_color(preview, *middle(0, 0)) == LIGHT.canvas
    assert shown_color(preview, *middle(5, 8)) not in (LIGHT.ink, LIGHT.canvas)
    assert preview.value_at(QPointF(*middle(5, 8)).toPoint()) == "row 6, column 9: 0.50"
    assert preview.value_at(QPoint(-5, 3)) == ""
    assert preview.accessibleDescription() == "Ink in 2 of 400 pixels."
    themes.set_mode("dark")
    assert shown_color(preview, *middle(4, 7)) == DARK.ink


def test_values_on_hover(setup, qtbot, monkeypatch):
    told = []

    class Recorder:
        @staticmethod
        def showText(_place, text, _widget):
            told.append(text)

    monkeypatch.setattr("gui.prediction.feature_preview.QToolTip", Recorder)
    widget = setup.panel.findChild(QWidget, "featurePreview")
    draw_seven(setup.canvas)
    qtbot.waitUntil(lambda: setup.panel.answer.best == "7")
    at = widget.rect().center()
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    assert ":" in told[0]


def test_toggles_are_on_from_one_half(setup):
    toggles = setup.panel.toggles
    toggles.set_answer(answer_of([0.5, 0.49, 1.0], ("even", "prime", "closed"), "multilabel"))
    assert toggles.values == (0.5, 0.49, 1.0)
    assert toggles.accessibleDescription() == "even: yes, 50.0 %; prime: no, 49.0 %; closed: yes, 100.0 %"
    boxes = toggles.findChildren(QCheckBox)
    assert [(box.text(), box.isChecked()) for box in boxes] == [("even", True), ("prime", False), ("closed", True)]
    QTest.mouseClick(boxes[0], LEFT, pos=QPoint(8, 8))
    assert boxes[0].isChecked()
    toggles.set_answer(Prediction(None, None, ("even", "prime", "closed"), "multilabel"))
    assert toggles.values == ()
    assert not any(box.isChecked() for box in boxes)


def test_needle_leans_as_the_answer_says(setup):
    dial = setup.panel.dial
    dial.resize(280, 150)

    def needle():
        image = dial.grab().toImage()
        xs = [x for x in range(image.width()) if image.pixelColor(x, image.height() // 2).name() == LIGHT.accent]
        return np.mean(xs) - image.width() / 2

    for degrees, lean in ((0.0, 0), (25.0, 1), (-25.0, -1)):
        dial.set_answer(answer_of([degrees], ("degrees",), "regression"))
        assert dial.degrees == degrees
        assert np.sign(round(needle() / 5)) == lean
    dial.set_answer(answer_of([1e9], ("degrees",), "regression"))
    dial.grab()
    dial.set_answer(Prediction(None, None, ("degrees",), "regression"))
    assert dial.degrees is None
    assert dial.accessibleDescription() == "No answer yet."

"""The tab that shows what becomes of a drawing."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QTabBar

from engine.evaluation.calibration import REJECTED_TEXT
from engine.ink import PreprocessingSteps, drawing_steps, features_from_drawing
from engine.ink.drawing import Drawing
from gui.app.self_check import draw_stroke
from gui.lab.classifier import Prediction
from gui.theme.tokens import DARK
from gui.workspaces.preprocessing.comparison import difference_text
from gui.workspaces.preprocessing.step_strip import LONGEST_EXPLANATION
from gui.workspaces.preprocessing.workspace import PreprocessingWorkspace

# Small and in a corner: without fitting, hardly anything is left of it.
SMALL_SEVEN = ((0.05, 0.06), (0.11, 0.06), (0.18, 0.06), (0.15, 0.12), (0.13, 0.16), (0.1, 0.24))


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture
def tab(window, qtbot):
    bar = window.workspaces.findChild(QTabBar)
    index = next(i for i in range(bar.count()) if bar.tabText(i) == "Preprocessing")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
    workspace = window.findChild(PreprocessingWorkspace)
    qtbot.waitUntil(workspace.isVisible)
    return workspace


def text(workspace, name):
    return workspace.findChild(QLabel, name).text()


def wait_for_steps(qtbot, workspace):
    qtbot.waitUntil(lambda: workspace.strip.pictures[3].step is not None, timeout=5000)


def switch(workspace, key):
    box = workspace.findChild(QCheckBox, f"{key}Switch")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() - box.rect().center() / 2)


def test_a_blank_canvas_says_what_to_do(tab):
    tab.refresh()
    assert tab.findChild(QLabel, "stepHint").isVisible()
    assert all(picture.step is None for picture in tab.strip.pictures)
    assert text(tab, "differenceLabel") == "Draw a digit to see what each step is worth."
    assert text(tab, "fitWithout") == "–"


def test_the_strip_follows_the_pen(window, tab, qtbot):
    draw_stroke(window.canvas)
    wait_for_steps(qtbot, tab)
    names = [picture.step.name for picture in tab.strip.pictures]
    assert names == ["drawing", "centre line", "repainted", "20×20"]
    assert all(caption.text() for caption in tab.strip.captions)
    assert not tab.findChild(QLabel, "stepHint").isVisible()
    np.testing.assert_array_equal(tab.strip.pictures[3].step.image, features_from_drawing(window.canvas.drawing()))
    qtbot.waitUntil(lambda: text(tab, "allStepsAnswer") == "7")
    window.canvas.clear()
    qtbot.waitUntil(lambda: tab.strip.pictures[0].step is None)
    assert tab.findChild(QLabel, "stepHint").isVisible()


def test_a_step_switched_off_changes_the_answer(window, tab, qtbot):
    draw_stroke(window.canvas, SMALL_SEVEN)
    wait_for_steps(qtbot, tab)
    fitted = tab.comparison.all_steps.preview.features
    switch(tab, "fit")
    assert tab.switches.path == PreprocessingSteps(fit=False)
    unfitted = features_from_drawing(window.canvas.drawing(), PreprocessingSteps(fit=False))
    np.testing.assert_array_equal(tab.comparison.chosen_steps.preview.features, unfitted)
    np.testing.assert_array_equal(tab.comparison.all_steps.preview.features, fitted)
    np.testing.assert_array_equal(tab.strip.pictures[3].step.image, unfitted)
    wanted = window.lab.classifier.answer(unfitted)
    assert text(tab, "chosenStepsAnswer") == wanted.text
    told = "no digit" if wanted.rejected else wanted.best
    assert text(tab, "fitWithout").startswith(f"without: {told}")
    assert not text(tab, "differenceLabel").startswith("All steps are on")
    # The recogniser itself goes on taking every step.
    np.testing.assert_array_equal(window.answer.features, fitted)
    QTest.mouseClick(tab.findChild(QAbstractButton, "allStepsButton"), Qt.MouseButton.LeftButton)
    assert tab.switches.path == PreprocessingSteps()
    assert text(tab, "differenceLabel").startswith("All steps are on")


def test_pen_width_shows_in_the_repainted_line(window, tab, qtbot):
    window.canvas.set_pen_width(40)
    draw_stroke(window.canvas)
    wait_for_steps(qtbot, tab)
    thin = tab.strip.pictures[2].step.pen_width
    switch(tab, "one_pen")
    assert tab.strip.pictures[2].step.pen_width > thin


def test_a_hidden_tab_costs_nothing(window, tab, qtbot, monkeypatch):
    window.workspaces.setCurrentIndex(0)
    shown = []
    monkeypatch.setattr(tab.strip, "show_steps", shown.append)
    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: window.answer.best == "7", timeout=5000)
    qtbot.wait(100)
    assert not shown
    window.workspaces.setCurrentWidget(tab)
    qtbot.waitUntil(lambda: len(shown) > 0)


def test_of_a_number_the_chosen_digit_is_shown(window, tab, qtbot):
    window.canvas.document.set_drawing(
        Drawing.from_points([[(0.1, 0.3), (0.35, 0.3), (0.2, 0.7)], [(0.7, 0.3), (0.7, 0.7)]])
    )
    qtbot.waitUntil(lambda: window.answer.text == "71", timeout=5000)
    qtbot.waitUntil(lambda: text(tab, "allStepsAnswer") == "1", timeout=5000)
    window.lab.prediction.choose_digit(0)
    qtbot.waitUntil(lambda: text(tab, "allStepsAnswer") == "7", timeout=5000)
    assert len(tab.strip.pictures[0].step.curves) == 1


def test_pictures_follow_the_theme(window, tab, qtbot):
    draw_stroke(window.canvas)
    wait_for_steps(qtbot, tab)
    window.set_theme("dark")
    for picture in tab.strip.pictures:
        image = picture.grab().toImage()
        colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())}
        assert DARK.canvas in colors
        assert (DARK.accent if picture is tab.strip.pictures[1] else DARK.ink) in colors


def test_the_difference_in_words():
    features = np.ones((20, 20), np.float32)

    def answer(name, confidence):
        return Prediction(features, np.full(10, 0.1), tuple("0123456789"), "multiclass", name, confidence, name, "")

    sure, unsure, other = answer("7", 0.99), answer("7", 0.61), answer("4", 0.8)
    assert "make no difference" in difference_text(sure, sure, False)
    assert difference_text(sure, unsure, False) == "Both say 7; all steps make it surer: 61.0 % → 99.0 %."
    assert "4 without them becomes 7" in difference_text(sure, other, False)
    refused = replace(sure, text=REJECTED_TEXT, rejected=True)
    assert f"“{REJECTED_TEXT}” without them becomes 7" in difference_text(sure, refused, False)
    assert "no digit" in difference_text(refused, refused, False)
    assert difference_text(Prediction(), Prediction(), False).startswith("Draw a digit")


def test_every_card_is_in_sight_and_the_pictures_use_the_room(window, tab, qtbot):
    def uses_the_room():
        for card in (tab.strip, tab.switches, tab.comparison):
            assert card.visibleRegion().boundingRect().size() == card.size(), (size, card.title)
        sides = {min(picture.width(), picture.height()) for picture in tab.strip.pictures}
        # Four pictures cannot always share a row in whole pixels.
        assert max(sides) - min(sides) <= 1, size
        assert min(sides) >= size[1] / 7, size

    for size in ((1024, 640), (1280, 800), (1920, 1080)):
        window.resize(*size)
        qtbot.waitUntil(uses_the_room)


def test_the_pictures_are_as_large_after_a_jump_in_size_as_from_the_start(open_window, qtbot):
    def side(window):
        workspace = window.workspaces.workspace("preprocessing")
        window.workspaces.setCurrentWidget(workspace)
        qtbot.waitUntil(workspace.isVisible)
        qtbot.wait(20)
        return workspace.strip.pictures[0].height()

    from_the_start = side(open_window(size=(1600, 1000), tab="preprocessingWorkspace"))
    window = open_window(size=(1024, 640), tab="preprocessingWorkspace")
    small = side(window)
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: side(window) == from_the_start)
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: side(window) == small)
    assert small < from_the_start


def test_no_step_says_more_than_there_is_room_for():
    drawing = Drawing.from_points([SMALL_SEVEN])
    paths = (PreprocessingSteps(), PreprocessingSteps(clean=False), PreprocessingSteps(one_pen=False))
    said = [step.explanation for path in paths for step in drawing_steps(drawing, path)]
    assert max(said, key=len) == LONGEST_EXPLANATION


def test_the_picture_that_the_model_sees_grows_with_a_large_screen(window, qtbot):
    small = window.prediction_panel.preview.height()
    window.resize(3840, 2160)
    qtbot.waitUntil(lambda: window.prediction_panel.preview.height() >= 2 * small)
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: window.prediction_panel.preview.height() <= small)

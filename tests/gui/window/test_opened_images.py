"""An opened image: it stands on the canvas with what was found on it, and is answered like a drawing."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from window_helpers import drop, error_text

from gui.app.self_check import draw_stroke
from gui.lab.image_input import read_image


def photograph(path, *digits, size=(900, 500)):
    """Digits of broad strokes on uneven, grainy paper; each is a list of lines of points."""
    picture = Image.new("L", size, 0)
    draw = ImageDraw.Draw(picture)
    for line in (line for digit in digits for line in digit):
        draw.line(line, fill=255, width=22, joint="curve")
    ink = np.asarray(picture, np.float32)[..., None] / 255
    paper = 190 + 30 * np.linspace(0, 1, size[0])[None, :, None] + np.zeros((size[1], 1, 3))
    grain = np.random.default_rng(0).normal(0, 3, paper.shape)
    Image.fromarray(np.clip(paper * (1 - ink) + 40 * ink + grain, 0, 255).astype(np.uint8)).save(path, compress_level=1)
    return path


SEVEN = [[(120, 120), (300, 120), (190, 390)]]
ONE = [[(450, 110), (450, 390)]]
FOUR = [[(660, 110), (600, 290), (790, 290)], [(730, 200), (730, 395)]]


def label(window):
    return window.findChild(QLabel, "predictionLabel").text()


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture
def number(window, qtbot, tmp_path):
    drop(window, photograph(tmp_path / "number.png", SEVEN, ONE, FOUR))
    qtbot.waitUntil(lambda: label(window) == "714", timeout=10_000)
    return window


def test_the_ink_is_found_where_it_is(tmp_path):
    opened = read_image(photograph(tmp_path / "one.png", ONE), "one.png")
    assert opened.pixels.shape == (500, 900, 4)
    rows, columns = np.nonzero(opened.ink)
    assert 95 <= rows.min() <= 112
    assert 388 <= rows.max() <= 405
    assert 434 <= columns.min() <= 442
    assert 458 <= columns.max() <= 466
    assert opened.pieces is None


def test_a_large_picture_is_kept_as_large_as_it_is_shown(tmp_path):
    photograph(tmp_path / "small.png", ONE)
    Image.open(tmp_path / "small.png").resize((1440, 800)).save(tmp_path / "large.png", compress_level=1)
    opened = read_image(tmp_path / "large.png", "large.png")
    assert max(opened.pixels.shape) <= 1024
    assert opened.ink.shape == opened.pixels.shape[:2]
    share = np.nonzero(opened.ink)[1].mean() / opened.ink.shape[1]
    assert share == pytest.approx(0.5, abs=0.01)


def test_a_sheet_on_a_desk_is_framed(tmp_path):
    picture = Image.new("RGB", (900, 700), (60, 50, 40))
    picture.paste(Image.open(photograph(tmp_path / "page.png", ONE, size=(600, 450))), (150, 100))
    picture.save(tmp_path / "desk.png")
    opened = read_image(tmp_path / "desk.png", "desk.png")
    np.testing.assert_allclose(opened.sheet.min(axis=0), (150, 100), atol=12)
    np.testing.assert_allclose(opened.sheet.max(axis=0), (750, 550), atol=12)


def test_the_image_stands_on_the_canvas_and_clear_takes_it_away(seven, qtbot, tmp_path):
    clear = seven.findChild(QAbstractButton, "clearButton")
    seven.canvas.clear()
    before = seven.canvas.grab().toImage()
    assert not clear.isEnabled()
    drop(seven, photograph(tmp_path / "one.png", ONE))
    qtbot.waitUntil(lambda: seven.answer.best == "1", timeout=10_000)
    assert "one.png" in seven.canvas.accessibleDescription()
    shown = seven.canvas.grab().toImage()
    middle = shown.width() // 2, shown.height() // 2
    assert shown.pixelColor(*middle).lightness() < before.pixelColor(*middle).lightness() - 40
    assert clear.isEnabled()
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: label(seven) == "Draw a digit")
    assert seven.lab.drawing.image is None
    assert not clear.isEnabled()
    seven.findChild(QAbstractButton, "undoButton").click()
    qtbot.waitUntil(lambda: label(seven) == "1")


def test_a_photographed_number_has_a_box_around_each_digit_is_followed_and_gives_way_to_a_drawing(number, qtbot):
    boxes = number.canvas.boxes.boxes
    assert [box.label for box in boxes] == ["7", "1", "4"]
    # The picture stands in the middle of the unit square: 900 × 500 leaves (1 - 500 / 900) / 2 above it.
    left, top, right, bottom = boxes[1].box
    assert (left + right) / 2 == pytest.approx(450 / 900, abs=0.02)
    assert top == pytest.approx(2 / 9 + 110 / 900, abs=0.03)
    assert bottom == pytest.approx(2 / 9 + 390 / 900, abs=0.03)
    assert number.prediction_panel.headline.chips.isVisible()
    assert number.lab.live.follow_drawing()
    np.testing.assert_array_equal(number.lab.followed.features, number.lab.drawing.image.features)
    number.canvas.clear()
    draw_stroke(number.canvas)
    qtbot.waitUntil(lambda: label(number) == "7")
    assert number.canvas.boxes.boxes == ()


def test_the_strip_shows_the_ink_of_the_chosen_digit(number, qtbot):
    number.workspaces.setCurrentIndex(1)
    tab = number.workspaces.workspace("preprocessing")
    qtbot.waitUntil(lambda: tab.strip.pictures[3].step is not None)
    assert tab.strip.headings[0].text() == "Ink found"
    number.lab.prediction.choose_digit(1)
    qtbot.waitUntil(lambda: tab.comparison.all_steps.answer_label.text() == "1")
    np.testing.assert_array_equal(tab.strip.pictures[3].step.image, number.answer.number.digits[1].features)
    one = tab.strip.pictures[0].step.image
    assert 0.04 < (one > 0.5).any(axis=0).mean() < 0.2, "the stroke of a one alone"
    assert not tab.switches.isEnabled()
    number.canvas.clear()
    qtbot.waitUntil(lambda: tab.strip.pictures[0].step is None)
    assert tab.strip.headings[0].text() == "Drawing"
    assert tab.switches.isEnabled()


def test_numbers_in_images_are_read_only_when_numbers_are_read(number, qtbot):
    number.menus.actions["readNumbersAction"].trigger()
    qtbot.waitUntil(lambda: number.answer.number is None)
    number.menus.actions["readNumbersAction"].trigger()
    qtbot.waitUntil(lambda: label(number) == "714")
    number.lab.models.choose("logistic")
    qtbot.waitUntil(lambda: number.answer.labels == ("0", "1"))
    assert number.answer.number is None


def test_an_empty_picture_is_refused_and_nothing_changes(seven, qtbot, tmp_path):
    Image.new("L", (300, 200), 230).save(tmp_path / "empty.png")
    before = seven.canvas.drawing()
    drop(seven, tmp_path / "empty.png")
    qtbot.waitUntil(lambda: "empty.png: there is nothing to recognise" in error_text(seven), timeout=10_000)
    assert seven.canvas.drawing().strokes == before.strokes

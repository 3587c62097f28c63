"""Which drawing is followed while a model learns is seen on the card, and whether it is still on the canvas."""

import numpy as np
import pytest
from fake_training import few_digits, make_fake
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from gui.app.self_check import draw_stroke
from gui.lab.drawing_document import OpenedImage
from gui.lab.training_session import TrainingSession
from gui.workspaces.train.workspace import TrainWorkspace


@pytest.fixture
def card(window):
    return window.workspaces.workspace("train").cards["pinned"]


def train(window, qtbot):
    form = window.workspaces.workspace("train").panel.form
    form.selector.setCurrentIndex(form.selector.findData("softmax"))
    form.fields["epochs"].set_text("1")
    with qtbot.waitSignal(window.lab.session.finished, timeout=20_000):
        click(window, "trainButton")


def click(window, name):
    QTest.mouseClick(window.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def picture(card):
    return card.findChild(QLabel, "followedPicture")


def darkness(label):
    image = label.pixmap().toImage()
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return np.array([image.pixelColor(x, y).lightness() for x, y in places]) < 128


def test_the_followed_drawing_is_seen_and_its_end_is_told(window, card, qtbot):
    offer = card.findChild(QAbstractButton, "followButton")
    assert picture(card).isHidden()
    draw_stroke(window.canvas)
    train(window, qtbot)
    assert picture(card).isVisible()
    seven = darkness(picture(card))
    assert 0.05 < seven.mean() < 0.5
    assert "probability of each digit" in card.subtitle
    assert not offer.isVisible()

    click(window, "clearButton")
    assert card.subtitle == "this drawing was erased since"
    assert "erased" in picture(card).accessibleName()
    assert not offer.isVisible()
    window.canvas.document.undo()
    assert "probability of each digit" in card.subtitle

    click(window, "clearButton")
    square = window.canvas.square
    middle = QPoint(square.center().toPoint() if hasattr(square.center(), "toPoint") else square.center())
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(window.canvas, middle + QPoint(0, 60))
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 60))
    assert card.subtitle == "another drawing is on the canvas now"
    assert offer.isVisible()
    card.layout().activate()
    place = card.menu_button.pos()
    click(window, "followButton")
    assert not offer.isVisible()
    # The offer comes and goes with strokes: nothing else moves for it.
    card.layout().activate()
    assert card.menu_button.pos() == place
    assert window.lab.followed.stands_on(window.lab.drawing)
    assert (darkness(picture(card)) != seven).any()


def test_an_image_takes_the_place_of_the_followed_drawing(window, card):
    draw_stroke(window.canvas)
    window.menus.actions["pinAction"].trigger()
    pixels = np.full((20, 20, 4), 255, np.uint8)
    features = np.zeros((20, 20), np.float32)
    features[:, 9:11] = 1
    window.lab.drawing.set_image(OpenedImage(pixels, features, "one.png"))
    assert card.subtitle == "another drawing is on the canvas now"
    click(window, "followButton")
    assert card.subtitle == ""
    np.testing.assert_array_equal(window.lab.followed.features, features)


def test_a_run_that_begins_with_a_blank_canvas_follows_what_is_drawn_then(qtbot, themes, make_lab):
    session = TrainingSession(load_data=few_digits, make_trainer=make_fake(batch_seconds=0.01))
    lab = make_lab(session=session)
    workspace = TrainWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    stroke(lab.drawing, 0.2)
    lab.live.follow_drawing()
    lab.drawing.clear()
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData("softmax"))
    with qtbot.waitSignal(session.started, timeout=5000):
        session.start(form.preset, form.config)
    assert lab.followed.features is None
    for x in (0.3, 0.6):
        answered = []
        lab.prediction.changed.connect(lambda _, answered=answered: answered.append(lab.followed.drawing))
        before = lab.followed.drawing
        stroke(lab.drawing, x)
        qtbot.waitUntil(lambda: lab.followed.stands_on(lab.drawing), timeout=5000)
        assert answered[0] is before, "the stroke is answered first"
    assert len(lab.followed.drawing.strokes) == 2
    session.stop()
    qtbot.waitUntil(lambda: not session.active, timeout=5000)
    workspace.shut_down()


def stroke(document, x):
    document.begin_stroke()
    for y in (0.2, 0.4, 0.6, 0.8):
        document.add_point(x, y)
    document.lift_pen()

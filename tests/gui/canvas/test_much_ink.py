"""A canvas with so much ink that painting all of it takes its time."""

import numpy as np
import pytest
from canvas_helpers import draw, ink_at, place
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.ink.drawing import Drawing, Stroke
from gui.canvas import drawing_canvas, stroke_repainting
from gui.theme.manager import LIGHT


def many_dots(canvas, count):
    rng = np.random.default_rng(0)
    square = canvas.square
    for start in rng.random((count, 2)) * 0.9:
        canvas.pen_down(
            QPointF(square.x() + start[0] * square.width(), square.y() + start[1] * square.height()), None, 0
        )
        canvas.pen_up()


def painted_anew(qtbot, canvas):
    """The picture of the whole ink, painted from scratch."""
    canvas._renew()
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    return canvas.grab().toImage()


def test_many_strokes_keep_undo_bounded_and_right(qtbot, canvas):
    many_dots(canvas, 300)
    assert canvas.undo_stack.count() == 200
    for _ in range(250):
        canvas.undo()
    assert len(canvas.drawing().strokes) == 100
    shown = canvas.grab().toImage()
    assert painted_anew(qtbot, canvas) == shown


@pytest.fixture
def slow_painting(monkeypatch):
    """Every slice is as short as it can be, so that even little ink takes many."""
    monkeypatch.setattr(stroke_repainting, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(drawing_canvas, "SLOW_REPAINT_MS", 0.0)


def test_much_ink_is_stretched_at_once_and_painted_sharp_in_slices(qtbot, canvas, card, slow_painting):
    many_dots(canvas, 300)
    draw(canvas, (0.3, 0.95), (0.7, 0.95))
    small = canvas.square.width()
    card.resize(600, 700)
    QApplication.processEvents()
    assert canvas.square.width() > small
    assert canvas._ink.cache.fits(small, canvas.devicePixelRatioF())
    assert ink_at(canvas, 0.5, 0.95)
    # The pen goes on meanwhile, also while the slices are painted.
    qtbot.waitUntil(lambda: canvas._ink.repainting.under_way)
    draw(canvas, (0.3, 0.03), (0.7, 0.03))
    assert canvas._ink.repainting.under_way
    assert ink_at(canvas, 0.5, 0.03)
    qtbot.waitUntil(lambda: canvas._ink.cache.fits(canvas.square.width(), canvas.devicePixelRatioF()))
    assert ink_at(canvas, 0.5, 0.03)
    sharp = canvas.grab().toImage()
    assert painted_anew(qtbot, canvas) == sharp
    canvas.undo()
    canvas.undo()
    assert not ink_at(canvas, 0.5, 0.03)
    assert painted_anew(qtbot, canvas) == canvas.grab().toImage()


def test_what_is_taken_away_during_the_slices_stays_away(qtbot, canvas, slow_painting):
    many_dots(canvas, 60)
    draw(canvas, (0.3, 0.95), (0.7, 0.95))
    canvas._renew()
    assert canvas._ink.repainting.under_way
    canvas.undo()
    assert not ink_at(canvas, 0.5, 0.95)
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    assert not ink_at(canvas, 0.5, 0.95)
    canvas._renew()
    canvas.clear()
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    assert canvas.grab().toImage().pixelColor(place(canvas, 0.2, 0.2)).name() == LIGHT.canvas


def test_erasing_much_ink_shows_at_once_and_is_painted_later(qtbot, canvas, slow_painting):
    lines = [Stroke(np.array([(0.1, y), (0.9, y)]), None, 0.02) for y in np.linspace(0.4, 0.6, 400)]
    canvas.set_drawing(Drawing(tuple(lines)))
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    canvas.set_eraser(True)
    draw(canvas, (0.5, 0.2), (0.5, 0.8))
    assert canvas._ink.repainting.under_way
    assert not ink_at(canvas, 0.5, 0.5)
    assert ink_at(canvas, 0.3, 0.5)
    canvas.set_eraser(False)
    draw(canvas, (0.2, 0.1), (0.8, 0.1))
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    assert not ink_at(canvas, 0.5, 0.5)
    assert ink_at(canvas, 0.5, 0.1)
    shown = canvas.grab().toImage()
    assert painted_anew(qtbot, canvas) == shown
    canvas.undo()
    canvas.undo()
    qtbot.waitUntil(lambda: not canvas._ink.repainting.under_way)
    assert ink_at(canvas, 0.5, 0.5)

"""Many strokes: no turn of the event loop paints them all, and in the end every pixel is as if it had."""

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.drawing_document import DrawingDocument


def scribble(document, count, *, has_pressure=False, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        document.begin_stroke(has_pressure=has_pressure)
        for x, y, pressure in np.linspace(rng.random(3), rng.random(3), 30).tolist():
            document.add_point(x, y, pressure if has_pressure else None)
        document.lift_pen()


def is_painting(canvas):
    """Whether ink that did not fit into one turn of the event loop is still to be painted."""
    return any(timer.isActive() for timer in canvas.findChildren(QTimer))


@pytest.fixture
def make(qtbot, themes):
    def make_canvas(document, side=640):
        canvas = DrawingCanvas(document, themes)
        qtbot.addWidget(canvas)
        canvas.resize(side, side)
        canvas.show()
        return canvas

    return make_canvas


@pytest.fixture
def settled(qtbot):
    """The picture of a canvas that changes no more."""

    def wait(canvas):
        canvas.grab()
        qtbot.waitUntil(lambda: not is_painting(canvas), timeout=20_000)
        return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    return wait


def test_undo_redo_and_another_size_end_as_if_painted_at_once(make, settled):
    document = DrawingDocument()
    canvas = make(document)
    scribble(document, 25)
    scribble(document, 6, has_pressure=True, seed=1)
    for change in (document.undo, document.undo, document.redo, document.clear, document.undo):
        change()
        canvas.grab()
    canvas.resize(500, 500)
    canvas.grab()
    # The pen goes on while older ink is still being painted.
    document.begin_stroke()
    document.add_point(0.1, 0.9)
    document.add_point(0.9, 0.95)
    canvas.grab()
    document.lift_pen()
    anew = make(document, 500)
    assert settled(canvas) == settled(anew)


def test_many_strokes_are_painted_in_several_turns_over_the_old_picture(make, settled):
    document = DrawingDocument()
    scribble(document, 30, has_pressure=True)
    canvas = make(document)
    before = settled(canvas)
    document.undo()
    shown = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    # Thirty pressed strokes are far more than a slice, so what was there still stands.
    assert is_painting(canvas)
    assert shown == before
    after = settled(canvas)
    assert after != before
    assert not is_painting(canvas)


def test_a_stroke_that_ends_while_older_ink_is_painted_stays_in_sight(make, settled):
    document = DrawingDocument()
    scribble(document, 30, has_pressure=True)
    canvas = make(document)
    settled(canvas)
    document.clear()
    settled(canvas)
    document.undo()
    canvas.grab()
    assert is_painting(canvas)
    document.begin_stroke()
    document.add_point(0.02, 0.02)
    document.add_point(0.02, 0.2)
    document.lift_pen()

    def is_ink(image):
        at = round(0.02 * canvas.square.width())
        return image.pixelColor(at, round(0.1 * canvas.square.height())).lightness() < 128

    assert is_ink(canvas.grab().toImage())
    assert is_ink(settled(canvas))

"""The mouse that draws recorded digits puts the same drawing onto the canvas, whatever its size and place."""

import numpy as np
import pytest
from draw_by_mouse import HANDS, MouseHand, answers_to_strokes

from engine.data.synthetic.writing_styles import draw_style
from engine.ink import features_from_drawing
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.drawing_document import DrawingDocument
from gui.theme.manager import ThemeManager
from models import load


@pytest.fixture
def canvas(qtbot, qapp):
    themes = ThemeManager(qapp, "light")
    canvas = DrawingCanvas(DrawingDocument(), themes)
    qtbot.addWidget(canvas)
    canvas.resize(300, 262)
    canvas.show()
    yield canvas
    themes.deleteLater()


@pytest.mark.parametrize(("size", "pen"), HANDS)
def test_the_canvas_holds_the_strokes(canvas, size, pen):
    rng = np.random.default_rng(0)
    drawing = draw_style("crossed 7", rng)
    canvas.set_pen_width(pen)
    MouseHand(canvas, exact=True).draw(drawing, size, rng)
    drawn = canvas.drawing()
    assert [len(stroke.points) for stroke in drawn.strokes] == [len(stroke.points) for stroke in drawing.strokes]
    extent = np.ptp(np.concatenate([stroke.points for stroke in drawn.strokes]), axis=0)
    assert extent.max() == pytest.approx(size, abs=1e-6)
    assert drawn.strokes[0].width == pytest.approx(pen / 280)
    # The demand of the recogniser: neither size nor place nor pen changes what the model sees.
    np.testing.assert_allclose(features_from_drawing(drawn), features_from_drawing(drawing), atol=0.02)


def test_whole_pixels_stay_near(canvas):
    rng = np.random.default_rng(1)
    drawing = draw_style("flat 3", rng)
    MouseHand(canvas, exact=False).draw(drawing, 0.9, rng)
    places = np.concatenate([stroke.points for stroke in canvas.drawing().strokes]) * 262
    np.testing.assert_allclose(places, np.rint(places), atol=1e-6)
    difference = np.abs(features_from_drawing(canvas.drawing()) - features_from_drawing(drawing))
    assert difference.mean() < 0.01


def test_the_strokes_alone_are_what_the_window_is_measured_against():
    rng = np.random.default_rng(2)
    drawings = [draw_style("crossed 7", rng) for _ in range(5)]
    result, best, features = answers_to_strokes(load("cnn"), drawings)
    assert result.right == 100.0
    assert best.tolist() == [7] * 5
    assert features.shape == (5, 20, 20)

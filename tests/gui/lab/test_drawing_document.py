import numpy as np
import pytest

from engine.ink.drawing import Drawing, Stroke
from gui.lab.drawing_document import UNDO_STEPS, DrawingDocument, OpenedImage
from gui.lab.stroke_fitting import MOST_POINTS, MOST_STROKES


@pytest.fixture
def document(qapp):
    return DrawingDocument()


def heard(document):
    """Names of the signals as they come."""
    names = []
    document.changed.connect(lambda: names.append("changed"))
    document.stroke_finished.connect(lambda: names.append("finished"))
    document.pen_is_down_changed.connect(lambda down: names.append("down" if down else "up"))
    return names


def draw(document, *points):
    document.begin_stroke()
    for x, y in points:
        document.add_point(x, y)
    document.lift_pen()


def picture(side=8, name="seven.png"):
    pixels = np.full((side, side, 4), 255, np.uint8)
    return OpenedImage(pixels, np.ones((20, 20), np.float32), name)


def test_a_stroke_is_there_while_the_pen_is_down_and_one_step_afterwards(document):
    names = heard(document)
    document.begin_stroke(has_pressure=True)
    document.add_point(0.2, 0.3, 0.5)
    document.add_point(0.2, 0.3, 0.9)
    document.add_point(0.4, 0.3, None)
    assert document.pen_is_down
    assert not document.is_blank
    assert document.strokes == ()
    assert document.drawing().strokes[0].points.tolist() == [[0.2, 0.3], [0.4, 0.3]]
    document.lift_pen()
    assert names == ["down", "changed", "changed", "changed", "up", "finished"]
    assert document.strokes[0].pressures.tolist() == [0.5, 0.5]
    document.undo()
    assert document.is_blank
    document.redo()
    assert len(document.strokes) == 1


def test_a_cancelled_stroke_leaves_no_step(document):
    draw(document, (0.1, 0.1), (0.2, 0.2))
    document.begin_stroke()
    document.add_point(0.5, 0.5)
    document.cancel_stroke()
    assert len(document.drawing().strokes) == 1
    assert document.undo_stack.count() == 1
    assert not document.pen_is_down


@pytest.mark.parametrize("change", ["set_drawing", "clear", "set_image"])
def test_drawings_images_and_clearing_can_be_undone(document, change):
    draw(document, (0.1, 0.1), (0.2, 0.2))
    before = document.strokes
    arguments = {
        "set_drawing": (Drawing.from_points([[(0, 0), (0, 500)]]),),
        "clear": (),
        "set_image": (picture(),),
    }[change]
    getattr(document, change)(*arguments)
    assert document.strokes != before
    document.undo()
    assert document.strokes == before
    assert document.image is None
    document.redo()
    assert document.is_blank == (change == "clear")


def test_clearing_a_blank_drawing_is_no_step(document):
    names = heard(document)
    document.clear()
    assert document.undo_stack.count() == 0
    assert names == []


def test_an_image_stands_until_something_is_drawn(document):
    document.set_image(picture())
    assert not document.is_blank
    assert document.drawing().is_blank
    assert document.image.name == "seven.png"
    document.begin_stroke()
    document.add_point(0.5, 0.5)
    assert document.image is None
    document.cancel_stroke()
    assert document.image is not None
    draw(document, (0.5, 0.5))
    assert document.image is None
    document.undo()
    assert document.image.name == "seven.png"
    document.clear()
    assert document.is_blank


def test_a_large_image_is_kept_no_larger_than_a_canvas_shows_it(document):
    pixels = np.zeros((3000, 1500, 4), np.uint8)
    ink = np.zeros((3000, 1500), np.bool_)
    document.set_image(OpenedImage(pixels, None, "", ink, np.array([(0.0, 0.0), (1500.0, 3000.0)])))
    assert document.image.pixels.shape == (1000, 500, 4)
    assert document.image.ink.shape == (1000, 500)
    assert document.image.sheet.tolist() == [[0, 0], [500, 1000]]


def test_erasing_is_one_step_and_none_where_nothing_was_hit(document):
    draw(document, (0.1, 0.5), (0.9, 0.5))
    (stroke,) = document.strokes
    document.begin_erasing()
    document.lift_pen()
    assert document.undo_stack.count() == 1
    document.begin_erasing()
    document.show_erased((Stroke(stroke.points[:1], None, 0.1), Stroke(stroke.points[1:], None, 0.1)))
    document.show_erased((Stroke(stroke.points[:1], None, 0.1),))
    document.lift_pen()
    assert document.undo_stack.count() == 2
    document.undo()
    assert document.strokes == (stroke,)
    document.begin_erasing()
    document.show_erased(())
    document.cancel_stroke()
    assert document.strokes == (stroke,)


def test_what_replaces_the_drawing_ends_the_stroke_under_the_pen_first(document):
    document.begin_stroke()
    document.add_point(0.5, 0.5)
    document.clear()
    document.add_point(0.6, 0.6)
    assert document.is_blank
    document.undo()
    assert len(document.strokes) == 1


def test_more_strokes_than_the_engine_reads_are_refused_in_one_sentence(document):
    said = []
    document.message.connect(said.append)
    for place in np.linspace(0.1, 0.9, MOST_STROKES):
        draw(document, (place, 0.2), (place, 0.8))
    assert said == []
    assert not document.begin_stroke()
    document.add_point(0.5, 0.5)
    document.lift_pen()
    assert len(document.strokes) == MOST_STROKES
    assert len(said) == 1
    document.undo()
    assert document.begin_stroke()


def test_a_drawing_of_thousands_of_strokes_is_thinned_and_that_is_told(document):
    said = []
    document.message.connect(said.append)
    lines = [[(x, 0.5), (x, 0.5 + 0.001 * length)] for length, x in enumerate(np.linspace(0.1, 0.9, 300))]
    document.set_drawing(Drawing.from_points(lines))
    kept = [stroke.points[0, 0] for stroke in document.strokes]
    assert kept == [line[0][0] for line in lines[-MOST_STROKES:]]
    assert said == [f"The drawing has 300 strokes; the canvas shows the {MOST_STROKES} longest."]


def test_a_stroke_of_a_million_points_is_thinned_and_keeps_its_ends(document):
    angles = np.linspace(0, 50, 1_000_000)
    points = 0.5 + 0.3 * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    document.set_drawing(Drawing((Stroke(points),)))
    (stroke,) = document.strokes
    assert len(stroke.points) <= MOST_POINTS + 1
    np.testing.assert_array_equal(stroke.points[[0, -1]], points[[0, -1]])


def test_the_number_of_steps_is_bounded(document):
    for place in range(UNDO_STEPS + 5):
        draw(document, (0.001 * place, 0.5))
        document.clear()
    assert document.undo_stack.count() == UNDO_STEPS

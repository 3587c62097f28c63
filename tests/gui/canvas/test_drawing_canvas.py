import numpy as np
import pytest
from canvas_helpers import LEFT, draw, ink_at, place, shape
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from engine.ink.drawing import Drawing, Stroke
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.canvas.keyboard_pen import STEP
from gui.lab.drawing_document import DrawingDocument
from gui.theme.tokens import DARK, LIGHT


def test_a_mouse_stroke_becomes_points_and_ink(canvas, qtbot):
    changes = []
    canvas.document.changed.connect(lambda: changes.append(canvas.drawing()))
    with qtbot.waitSignal(canvas.document.stroke_finished):
        draw(canvas, (0.2, 0.5), (0.5, 0.5), (0.8, 0.5))
    (stroke,) = canvas.drawing().strokes
    np.testing.assert_allclose(stroke.points, [(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)], atol=0.005)
    assert stroke.pressures is None
    assert stroke.width == pytest.approx(20 / 280)
    # The drawing was there in the middle of the stroke too.
    assert shape(changes[0]) == [1]
    assert shape(changes[1]) == [2]
    assert ink_at(canvas, 0.35, 0.5)
    assert not ink_at(canvas, 0.35, 0.6)
    assert canvas.accessibleDescription() == "1 stroke"


def test_no_point_of_a_fast_stroke_is_lost(canvas):
    points = [(0.5 + 0.4 * np.sin(i / 3), 0.5 + 0.4 * np.cos(i / 5)) for i in range(1000)]
    square = canvas.square
    canvas.pen_down(QPointF(square.x(), square.y()), None, False)
    for x, y in points:
        canvas.pen_moved(QPointF(square.x() + x * square.width(), square.y() + y * square.height()), None)
    canvas.pen_up()
    np.testing.assert_allclose(canvas.drawing().strokes[0].points[1:], points, atol=1e-9)


def test_a_click_is_a_dot(canvas):
    draw(canvas, (0.5, 0.5))
    assert shape(canvas.drawing()) == [1]
    assert ink_at(canvas, 0.5, 0.5)
    assert ink_at(canvas, 0.52, 0.5)


def test_the_stroke_is_seen_while_it_is_drawn(canvas):
    QTest.mousePress(canvas, LEFT, pos=place(canvas, 0.2, 0.2))
    QTest.mouseMove(canvas, place(canvas, 0.8, 0.2))
    assert ink_at(canvas, 0.79, 0.2)
    QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 0.8, 0.2))


def test_what_was_painted_live_looks_like_the_finished_ink(canvas, themes, qtbot):
    points = [(0.5 + 0.3 * np.sin(i / 9), 0.5 + 0.4 * np.cos(i / 7)) for i in range(160)]
    draw(canvas, *points)
    canvas.clearFocus()
    live = canvas.grab().toImage()
    fresh = DrawingCanvas(canvas.document, themes)
    qtbot.addWidget(fresh)
    fresh.resize(canvas.size())
    assert fresh.grab().toImage() == live


def test_ink_beyond_the_rim_stays_on_the_canvas(canvas):
    draw(canvas, (0.5, 0.5), (1.4, 0.5), (0.5, -0.7))
    points = canvas.drawing().strokes[0].points
    assert points.min() >= 0
    assert points.max() <= 1


def test_undo_and_redo(canvas, card):
    undo, redo = (card.findChild(QPushButton, name) for name in ("undoButton", "redoButton"))
    assert not undo.isEnabled()
    draw(canvas, (0.2, 0.2), (0.8, 0.2))
    draw(canvas, (0.2, 0.8), (0.8, 0.8))
    QTest.mouseClick(undo, LEFT)
    assert shape(canvas.drawing()) == [2]
    assert ink_at(canvas, 0.5, 0.2)
    assert not ink_at(canvas, 0.5, 0.8)
    QTest.mouseClick(undo, LEFT)
    assert canvas.is_blank
    assert not undo.isEnabled()
    QTest.mouseClick(redo, LEFT)
    QTest.mouseClick(redo, LEFT)
    assert not redo.isEnabled()
    assert ink_at(canvas, 0.5, 0.8)
    assert len(canvas.drawing().strokes) == 2


def test_undo_where_strokes_cross_leaves_the_other_whole(canvas):
    draw(canvas, (0.2, 0.5), (0.8, 0.5))
    before = canvas.grab().toImage()
    draw(canvas, (0.5, 0.2), (0.5, 0.8))
    canvas.undo()
    assert canvas.grab().toImage() == before


def test_clear_can_be_undone(canvas, card):
    draw(canvas, (0.2, 0.2), (0.8, 0.2))
    QTest.mouseClick(card.findChild(QPushButton, "clearButton"), LEFT)
    assert canvas.is_blank
    assert not ink_at(canvas, 0.5, 0.2)
    canvas.undo()
    assert ink_at(canvas, 0.5, 0.2)
    steps = canvas.document.undo_stack.count()
    canvas.clear()
    canvas.clear()
    assert canvas.document.undo_stack.count() == steps


def test_eraser_cuts_and_is_one_step(canvas, card):
    draw(canvas, (0.1, 0.5), (0.9, 0.5))
    QTest.mouseClick(card.findChild(QPushButton, "eraserButton"), LEFT)
    assert canvas.eraser
    draw(canvas, (0.5, 0.2), (0.5, 0.4), (0.5, 0.6), (0.5, 0.8))
    assert len(canvas.drawing().strokes) == 2
    assert not ink_at(canvas, 0.5, 0.5)
    assert ink_at(canvas, 0.3, 0.5)
    canvas.undo()
    assert len(canvas.drawing().strokes) == 1
    assert ink_at(canvas, 0.5, 0.5)
    canvas.redo()
    assert not ink_at(canvas, 0.5, 0.5)


def test_erasing_nothing_is_no_step(canvas):
    draw(canvas, (0.1, 0.5), (0.9, 0.5))
    canvas.set_eraser(True)
    draw(canvas, (0.1, 0.1), (0.9, 0.1))
    assert canvas.document.undo_stack.count() == 1


def test_strokes_keep_their_place_when_the_window_grows(canvas, card):
    draw(canvas, (0.2, 0.2), (0.8, 0.8))
    before = canvas.drawing().strokes[0].points
    for size in ((700, 800), (300, 900), (420, 300), (500, 560)):
        card.resize(*size)
        QApplication.processEvents()
        assert ink_at(canvas, 0.5, 0.5)
        assert not ink_at(canvas, 0.8, 0.2)
        assert canvas.square.width() == canvas.square.height()
    np.testing.assert_array_equal(canvas.drawing().strokes[0].points, before)


def test_resize_in_the_middle_of_a_stroke_keeps_it(canvas, card):
    QTest.mousePress(canvas, LEFT, pos=place(canvas, 0.2, 0.2))
    for i in range(60):
        QTest.mouseMove(canvas, place(canvas, 0.2 + 0.01 * i, 0.2))
    card.resize(600, 700)
    QApplication.processEvents()
    assert ink_at(canvas, 0.3, 0.2)
    assert ink_at(canvas, 0.7, 0.2)
    QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 0.79, 0.2))
    assert len(canvas.drawing().strokes) == 1


def test_pen_width_changes_new_strokes_only(canvas, card):
    draw(canvas, (0.2, 0.2), (0.8, 0.2))
    canvas.set_pen_width(40)
    draw(canvas, (0.2, 0.6), (0.8, 0.6))
    widths = [stroke.width * 280 for stroke in canvas.drawing().strokes]
    assert widths == pytest.approx([20, 40])
    assert ink_at(canvas, 0.5, 0.66)
    assert card.subtitle == "pen 40 px"
    canvas.set_pen_width(100_000)
    assert canvas.pen_width_px == 100


def test_a_drawing_from_elsewhere_is_fitted_and_can_be_undone(canvas):
    draw(canvas, (0.2, 0.2), (0.8, 0.2))
    canvas.document.set_drawing(Drawing((Stroke(np.array([(0.0, 0.0), (0.0, 500.0)])),), label=1))
    assert shape(canvas.drawing()) == [2]
    assert ink_at(canvas, 0.5, 0.5)
    canvas.undo()
    assert ink_at(canvas, 0.5, 0.2)


def test_the_theme_is_followed(canvas, themes):
    draw(canvas, (0.2, 0.5), (0.8, 0.5))
    themes.set_mode("dark")
    image = canvas.grab().toImage()
    assert image.pixelColor(place(canvas, 0.5, 0.5)).name() == DARK.ink
    assert image.pixelColor(place(canvas, 0.5, 0.2)).name() == DARK.canvas
    themes.set_mode("light")
    assert canvas.grab().toImage().pixelColor(place(canvas, 0.5, 0.5)).name() == LIGHT.ink


def test_keyboard_draws_erases_and_clears(canvas):
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    for _ in range(5):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    (stroke,) = canvas.drawing().strokes
    assert stroke.points[0].tolist() == pytest.approx([0.5, 0.46])
    assert stroke.points[-1].tolist() == pytest.approx([0.7, 0.46])
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert canvas.eraser
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert canvas.pen_width_px == 22
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.is_blank


def test_shortcuts_undo_and_redo(card, canvas, qtbot):
    card.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    draw(canvas, (0.2, 0.5), (0.8, 0.5))
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert canvas.is_blank
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert not canvas.is_blank


def test_a_canvas_with_history_can_be_destroyed(qtbot, themes):
    canvas = DrawingCanvas(DrawingDocument(), themes)
    canvas.resize(200, 200)
    canvas.show()
    draw(canvas, (0.2, 0.5), (0.8, 0.5))
    with qtbot.waitSignal(canvas.destroyed):
        canvas.deleteLater()


def test_losing_the_focus_ends_the_stroke(canvas):
    QTest.mousePress(canvas, LEFT, pos=place(canvas, 0.2, 0.2))
    QTest.mouseMove(canvas, place(canvas, 0.6, 0.2))
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert canvas.document.undo_stack.count() == 1
    # What the pointer does afterwards without a press draws nothing.
    at = QPointF(place(canvas, 0.9, 0.9))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, move)
    assert shape(canvas.drawing()) == [2]


@pytest.mark.parametrize(
    ("key", "across", "down"),
    [
        *(("Home", -1, -1), ("Up", 0, -1), ("PageUp", 1, -1), ("Left", -1, 0)),
        *(("Right", 1, 0), ("End", -1, 1), ("Down", 0, 1), ("PageDown", 1, 1)),
    ],
)
def test_the_keyboard_draws_in_eight_directions(canvas, key, across, down):
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{key}"))
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    (stroke,) = canvas.drawing().strokes
    np.testing.assert_allclose(stroke.points[1] - stroke.points[0], (across * STEP, down * STEP))

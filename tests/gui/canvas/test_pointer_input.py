"""Mouse, touch and pen events, with all that real devices get wrong: always exactly the strokes that a person meant."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.drawing_document import DrawingDocument

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton


@pytest.fixture
def canvas(qtbot, themes):
    canvas = DrawingCanvas(DrawingDocument(), themes)
    qtbot.addWidget(canvas)
    canvas.resize(280, 280)
    canvas.show()
    return canvas


@pytest.fixture
def clock(monkeypatch):
    """The time that the input sees, in milliseconds; a test moves it on."""

    class Clock:
        now = 1_000.0

    monkeypatch.setattr("gui.canvas.pointer_input.now_ms", lambda: Clock.now)
    return Clock


@pytest.fixture(scope="module")
def pen():
    return make_pen(QPointingDevice.PointerType.Pen, 11)


def make_pen(pointer_type, number):
    capabilities = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    kind = QInputDevice.DeviceType.Stylus
    return QPointingDevice("test pen", number, kind, pointer_type, capabilities, 1, 1)


def send_tablet(canvas, device, kind, x, y, pressure, button=LEFT, buttons=None):
    held = buttons if buttons is not None else (NONE if kind == QEvent.Type.TabletRelease else LEFT)
    button = NONE if kind == QEvent.Type.TabletMove else button
    at = QPointF(x, y)
    event = QTabletEvent(
        kind, device, at, QPointF(canvas.mapToGlobal(at)), pressure, 0, 0, 0, 0, 0,
        Qt.KeyboardModifier.NoModifier, button, held,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    return event


def send_mouse(canvas, kind, x, y, button=LEFT, buttons=LEFT):
    at = QPointF(x, y)
    event = QMouseEvent(kind, at, QPointF(canvas.mapToGlobal(at)), button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def pen_stroke(canvas, pen, pressures=(0.2, 0.6, 1.0)):
    send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 140, pressures[0])
    for index, pressure in enumerate(pressures[1:]):
        send_tablet(canvas, pen, QEvent.Type.TabletMove, 100 + 50 * index, 140, pressure)
    send_tablet(canvas, pen, QEvent.Type.TabletRelease, 200, 140, 1.0)


def test_pen_pressure_is_kept_but_not_that_of_the_release(canvas, pen):
    pen_stroke(canvas, pen)
    (stroke,) = canvas.drawing().strokes
    # The last point is where the pen was lifted, with the pressure from before.
    assert stroke.pressures.tolist() == pytest.approx([0.2, 0.6, 1.0, 1.0], abs=0.01)
    assert len(stroke.points) == 4
    pen_stroke(canvas, pen, (0.5, 0.3))
    assert canvas.drawing().strokes[1].pressures[-1] == pytest.approx(0.3, abs=0.01)


def test_more_pressure_is_more_ink(canvas, pen):
    pen_stroke(canvas, pen, (0.05, 0.05, 1.0))
    image = canvas.grab().toImage()

    def height(x):
        return sum(image.pixelColor(x, y).lightness() < 128 for y in range(280))

    assert height(60) < 0.7 * height(190)


def test_tablet_events_are_accepted_so_that_qt_makes_no_mouse_events(canvas, pen):
    event = send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 50, 0.5)
    assert event.isAccepted()
    send_tablet(canvas, pen, QEvent.Type.TabletRelease, 50, 50, 0.0)


def test_mouse_twins_of_a_pen_draw_nothing(canvas, pen, clock):
    send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 50, 0.5)
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 90, 50, 0.5)
    send_mouse(canvas, QEvent.Type.MouseMove, 90, 50, NONE)
    send_tablet(canvas, pen, QEvent.Type.TabletRelease, 90, 50, 0.0)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 90, 50, LEFT, NONE)
    clock.now += 20
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 90, 50)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 90, 50, LEFT, NONE)
    assert len(canvas.drawing().strokes) == 1


def test_a_mouse_twin_that_comes_first_gives_way(canvas, pen, clock):
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 50, 0.5)
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 90, 50, 0.5)
    send_tablet(canvas, pen, QEvent.Type.TabletRelease, 90, 50, 0.0)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 90, 50, LEFT, NONE)
    (stroke,) = canvas.drawing().strokes
    assert stroke.pressures is not None
    assert canvas.document.undo_stack.count() == 1


def test_the_mouse_draws_again_after_the_pen(canvas, pen, clock):
    pen_stroke(canvas, pen)
    clock.now += 200
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 50, 50, LEFT, NONE)
    assert len(canvas.drawing().strokes) == 2


def test_a_hovering_pen_draws_nothing_and_no_pressure_is_a_lift(canvas, pen):
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 50, 50, 0.0, buttons=NONE)
    assert canvas.is_blank
    send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 50, 0.5)
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 90, 50, 0.5)
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 120, 50, 0.0)
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 200, 50, 0.5)
    (stroke,) = canvas.drawing().strokes
    assert len(stroke.points) == 2


def test_the_turned_pen_erases(canvas, pen):
    pen_stroke(canvas, pen, (1.0, 1.0))
    eraser = make_pen(QPointingDevice.PointerType.Eraser, 12)
    send_tablet(canvas, eraser, QEvent.Type.TabletPress, 125, 100, 0.5)
    send_tablet(canvas, eraser, QEvent.Type.TabletMove, 125, 180, 0.5)
    send_tablet(canvas, eraser, QEvent.Type.TabletRelease, 125, 180, 0.0)
    assert len(canvas.drawing().strokes) == 2
    assert not canvas.eraser


def test_the_right_button_neither_starts_nor_ends_a_stroke(canvas):
    QTest.mouseClick(canvas, RIGHT, pos=QPoint(100, 100))
    assert canvas.is_blank
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 60, 50, RIGHT, LEFT | RIGHT)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 60, 50, RIGHT, LEFT)
    send_mouse(canvas, QEvent.Type.MouseMove, 150, 50, NONE)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 150, 50, LEFT, NONE)
    (stroke,) = canvas.drawing().strokes
    assert stroke.points[-1, 0] == pytest.approx(150 / 280)


def test_a_lost_release_ends_with_the_next_move(canvas):
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_mouse(canvas, QEvent.Type.MouseMove, 100, 50, NONE)
    send_mouse(canvas, QEvent.Type.MouseMove, 200, 200, NONE, NONE)
    assert canvas.document.undo_stack.count() == 1
    assert len(canvas.drawing().strokes[0].points) == 2


def test_a_press_after_a_lost_release_is_another_stroke(canvas):
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 150, 150)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, 150, 150, LEFT, NONE)
    assert len(canvas.drawing().strokes) == 2


def test_a_hidden_canvas_ends_the_stroke(canvas):
    send_mouse(canvas, QEvent.Type.MouseButtonPress, 50, 50)
    send_mouse(canvas, QEvent.Type.MouseMove, 100, 50, NONE)
    canvas.hide()
    assert canvas.document.undo_stack.count() == 1


@pytest.fixture(scope="module")
def finger():
    return QTest.createTouchDevice()


def test_a_finger_draws(canvas, finger):
    QTest.touchEvent(canvas, finger).press(0, QPoint(50, 50)).commit()
    for x in (80, 120, 160):
        QTest.touchEvent(canvas, finger).move(0, QPoint(x, 60)).commit()
    QTest.touchEvent(canvas, finger).release(0, QPoint(160, 60)).commit()
    (stroke,) = canvas.drawing().strokes
    assert stroke.points[0].tolist() == pytest.approx([50 / 280, 50 / 280], abs=0.01)
    assert stroke.points[-1, 0] == pytest.approx(160 / 280, abs=0.01)
    assert canvas.document.undo_stack.count() == 1


def test_a_palm_beside_the_finger_draws_nothing(canvas, finger):
    QTest.touchEvent(canvas, finger).press(0, QPoint(50, 50)).commit()
    QTest.touchEvent(canvas, finger).stationary(0).press(1, QPoint(200, 250)).commit()
    QTest.touchEvent(canvas, finger).move(0, QPoint(150, 50)).move(1, QPoint(210, 240)).commit()
    QTest.touchEvent(canvas, finger).release(1, QPoint(210, 240)).stationary(0).commit()
    QTest.touchEvent(canvas, finger).move(0, QPoint(180, 50)).commit()
    QTest.touchEvent(canvas, finger).release(0, QPoint(180, 50)).commit()
    (stroke,) = canvas.drawing().strokes
    assert stroke.points[:, 1].max() < 0.25
    assert stroke.points[-1, 0] == pytest.approx(180 / 280, abs=0.01)


def test_a_palm_beside_the_pen_draws_nothing(canvas, finger, pen):
    send_tablet(canvas, pen, QEvent.Type.TabletPress, 50, 50, 0.5)
    QTest.touchEvent(canvas, finger).press(0, QPoint(200, 250)).commit()
    send_tablet(canvas, pen, QEvent.Type.TabletMove, 90, 50, 0.5)
    QTest.touchEvent(canvas, finger).move(0, QPoint(210, 240)).commit()
    QTest.touchEvent(canvas, finger).release(0, QPoint(210, 240)).commit()
    send_tablet(canvas, pen, QEvent.Type.TabletRelease, 90, 50, 0.0)
    (stroke,) = canvas.drawing().strokes
    assert stroke.points[:, 1].max() < 0.25

"""A training begins no batch between a movement of the pen and the frame that answers it."""

from PySide6.QtCore import QObject, QPointF, Signal

from gui.lab.pen_priority import PenPriority


class Drawing(QObject):
    changed = Signal()


class Prediction(QObject):
    changed = Signal(object)


class Session(QObject):
    def __init__(self):
        super().__init__()
        self.active, self.calls = True, []

    def hold(self):
        self.calls.append("give")

    def release(self):
        self.calls.append("take")


def test_the_way_is_given_from_the_pens_movement_to_the_frame(qtbot):
    drawing, prediction, session = Drawing(), Prediction(), Session()
    link = PenPriority(drawing, prediction, session)
    drawing.changed.emit()
    drawing.changed.emit()
    assert session.calls == ["give", "give"]
    prediction.changed.emit(QPointF())
    assert session.calls == ["give", "give"]
    qtbot.waitUntil(lambda: session.calls[-1] == "take", timeout=2000)
    # An answer that no pen asked for, of other weights for example, holds nothing up.
    prediction.changed.emit(QPointF())
    qtbot.wait(5)
    assert session.calls == ["give", "give", "take"]
    link.deleteLater()


def test_a_pen_that_moves_on_before_the_frame_keeps_the_way(qtbot):
    drawing, prediction, session = Drawing(), Prediction(), Session()
    link = PenPriority(drawing, prediction, session)
    drawing.changed.emit()
    prediction.changed.emit(QPointF())
    drawing.changed.emit()
    qtbot.wait(5)
    assert session.calls == ["give", "give"]
    prediction.changed.emit(QPointF())
    qtbot.waitUntil(lambda: session.calls == ["give", "give", "take"], timeout=2000)
    link.deleteLater()


def test_without_a_training_nothing_is_told(qtbot):
    drawing, prediction, session = Drawing(), Prediction(), Session()
    session.active = False
    link = PenPriority(drawing, prediction, session)
    drawing.changed.emit()
    prediction.changed.emit(QPointF())
    qtbot.wait(5)
    assert session.calls == []
    link.deleteLater()

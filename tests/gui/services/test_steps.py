"""Work in pieces: each in its own turn, and never after something newer."""

from PySide6.QtCore import QObject, QTimer

from gui.services.steps import Steps


def test_each_step_has_a_turn_and_a_new_start_forgets_what_was_left(qtbot):
    owner, done = QObject(), []
    steps, between = Steps(owner), QTimer(owner)
    between.timeout.connect(lambda: done.append("·"))
    between.start(0)
    steps.start([lambda: done.append("a"), lambda: done.append("b")])
    assert steps.under_way
    assert not done
    qtbot.waitUntil(lambda: not steps.under_way)
    assert "·" in done[done.index("a") : done.index("b")]
    steps.start([lambda: steps.start([lambda: done.append("new")]), lambda: done.append("old")])
    qtbot.waitUntil(lambda: not steps.under_way)
    between.stop()
    assert "new" in done
    assert "old" not in done

"""Looks for cycles of objects that nobody uses any more, in the window's thread alone.

Python looks for them in whichever thread has just made objects. A training would then take connections of signals
apart, under Qt's lock, and ask for Python's, while the window's thread makes others and waits the other way round: both
wait for ever.
"""

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

_CHECK_MS = 250
# All objects are looked through this often at most, while the pen is up: 2 to 12 ms for some 20,000.
WHOLE_SECONDS = 10.0


class CycleCollector(QObject):
    """Takes the place of Python's own search from `start` on, until `hand_back`.

    Args:
        parent: lives as long.
        pen_is_down: whether the window has no time for more than a millisecond.
    """

    def __init__(self, parent: QObject, pen_is_down: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._pen_is_down = pen_is_down
        self._whole_at = time.monotonic()
        self._timer = QTimer(self, interval=_CHECK_MS)
        self._timer.timeout.connect(self.collect)

    @Slot()
    def start(self) -> None:
        """What is there already stays, and is not looked through: that would hold up the window for 50 ms."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Look through new objects if there are many of them, and now and then through all."""
        now, (new, _, old) = time.monotonic(), gc.get_count()
        if old and now - self._whole_at >= WHOLE_SECONDS and not self._pen_is_down():
            self._whole_at = now
            gc.collect()
        elif new > gc.get_threshold()[0]:
            gc.collect(1)


def hand_back() -> None:
    """Let Python look by itself again, through everything: what belonged to a window is garbage once it is gone."""
    gc.unfreeze()
    gc.enable()

"""Work of the GUI thread in pieces, so that none holds the window up."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Slot

_PAUSE_MS = 2


class Steps(QObject):
    """Does things one after the other, each in its own turn of the event loop and painted before the next."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Callable[[], None]] = []
        # Not at once: whatever else the step before has called for comes in between.
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._on_turn)

    @property
    def under_way(self) -> bool:
        """Whether anything is still to be done."""
        return bool(self._waiting)

    def start(self, steps: Sequence[Callable[[], None]]) -> None:
        """Do these from now on; what was not done yet is forgotten."""
        self._waiting = list(steps)
        self._timer.start()

    @Slot()
    def _on_turn(self) -> None:
        if self._waiting:
            self._waiting.pop(0)()
        if self._waiting:
            self._timer.start()

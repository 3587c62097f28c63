"""Drawing without a pointer: keys move a cross in eight directions, Space puts the pen down and lifts it."""

from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

STEP: Final = 0.04
FINE_STEP: Final = 0.01
_DIRECTIONS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    # As they lie around the arrows of a number pad.
    Qt.Key.Key_Home: (-1, -1),
    Qt.Key.Key_PageUp: (1, -1),
    Qt.Key.Key_End: (-1, 1),
    Qt.Key.Key_PageDown: (1, 1),
}


class UnitPen(Protocol):
    """Who draws, in units of the canvas side."""

    def begin(self, x: float, y: float, pressure: float | None, eraser: bool) -> None:
        """Pen down."""

    def extend(self, x: float, y: float, pressure: float | None) -> None:
        """Pen moved."""

    def end(self) -> None:
        """Pen up."""


class KeyboardPen:
    """The cross and what the keys do to it.

    Attributes:
        x, y: where the cross is, in units of the canvas side.
        visible: whether it is painted: from the first arrow key until the pointer takes over.
        down: whether it draws.
    """

    def __init__(self, pen: UnitPen) -> None:
        self._pen = pen
        self.x = self.y = 0.5
        self.visible = False
        self.down = False

    def handle(self, event: QKeyEvent) -> bool:
        """Use the key if it is one of ours; whether it was."""
        key = Qt.Key(event.key())
        if key in _DIRECTIONS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step = FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            across, down = _DIRECTIONS[key]
            self.x = min(1.0, max(0.0, self.x + across * step))
            self.y = min(1.0, max(0.0, self.y + down * step))
            self.visible = True
            if self.down:
                self._pen.extend(self.x, self.y, None)
            return True
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.visible = True
            if self.down:
                self.leave()
                self.visible = True
            else:
                self.down = True
                self._pen.begin(self.x, self.y, None, False)
            return True
        return False

    def leave(self) -> None:
        """Lift the pen and hide the cross."""
        self.visible = False
        if self.down:
            self.down = False
            self._pen.end()

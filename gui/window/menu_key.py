"""Shift+F10 where a keyboard has no menu key."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget


class MenuKey(QShortcut):
    """Asks what has the keys for its menu, as the menu key does: Qt leaves Shift+F10 out under X11 and Wayland.

    Args:
        window: whose life it has; it works in the dialogs, too.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(QKeySequence("Shift+F10"), window)
        self.setContext(Qt.ShortcutContext.ApplicationShortcut)
        self.activated.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        widget = QApplication.focusWidget()
        if widget is not None:
            at = widget.visibleRegion().boundingRect().center()
            event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, widget.mapToGlobal(at))
            QApplication.sendEvent(widget, event)

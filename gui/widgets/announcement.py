"""Sentences that a screen reader says by itself, wherever the focus is."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

SETTLED_MS = 600


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it now."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class SettledAnnouncement(QObject):
    """Says the last of several texts once no other has come for a moment: words that change with every movement of
    the pen, or four times a second, cannot be listened to.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._text = ""
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self._on_settled)

    def set_text(self, text: str) -> None:
        """Say this, unless something else comes first."""
        self._text = text
        # Without a screen reader nobody would hear it.
        if QAccessible.isActive():
            self._timer.start()

    @Slot()
    def _on_settled(self) -> None:
        if self._text and self._widget.isVisible():
            announce(self._widget, self._text)

"""The place for what needs no answer: a sentence that goes away by itself."""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QWidget

from gui.stylesheet import mark_muted

SHOWN_MS = 8000


class StatusLine(QLabel):
    """Stands at the right of the tabs, since a status bar would cost a line of every window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusMessage")
        self.setAccessibleName("Message")
        mark_muted(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.clear)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Say something for a few seconds; the tooltip keeps it."""
        self.setText(sentence)
        self.setToolTip(sentence)
        self._timer.start()

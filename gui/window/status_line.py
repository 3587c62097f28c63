"""The place for what needs no answer: a sentence that goes away by itself."""

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.theme.stylesheet import mark_muted
from gui.widgets.announcement import announce
from gui.widgets.eliding_label import ElidingLabel

SHOWN_MS = 8000
# Between the tabs and the sentence.
_GAP_PX = 16


class StatusLine(ElidingLabel):
    """Stands at the right of the tabs, since a status bar would cost a line of every window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("statusMessage")
        mark_muted(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._on_time_out)

    @Slot(str)
    def show_message(self, sentence: str) -> None:
        """Show a sentence for a few seconds."""
        self.set_full_text(sentence)
        announce(self, sentence)
        self._timer.start()

    def sizeHint(self) -> QSize:
        """As wide as the sentence, as far as the tabs leave room, and as high as they are."""
        tabs = self.parentWidget()
        if not self.full_text or not isinstance(tabs, QTabWidget):
            return QSize(0, super().sizeHint().height())
        bar = tabs.tabBar().sizeHint()
        return QSize(max(0, min(super().sizeHint().width() + 2, tabs.width() - bar.width() - _GAP_PX)), bar.height())

    def room_px(self) -> int:
        """What it will have: its size depends on the sentence, and what is shown of that on the size."""
        return self.sizeHint().width()

    @Slot()
    def _on_time_out(self) -> None:
        self.set_full_text("")

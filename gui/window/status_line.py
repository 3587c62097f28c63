"""The place for what needs no answer: a sentence that goes away by itself."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget

from gui.theme.stylesheet import mark_muted

SHOWN_MS = 8000
# Between the tabs and the sentence, and around its letters.
_GAP_PX = 16
_EDGE_PX = 4


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
    def show_message(self, sentence: str) -> None:
        """Show a sentence for a few seconds; the tooltip keeps it."""
        self.setToolTip(sentence)
        # Its size depends on the sentence, and what is shown of that on the size.
        self.setText(sentence)
        self._fit()
        self._timer.start()

    def sizeHint(self) -> QSize:
        """As wide as the sentence, as far as the tabs leave room."""
        tabs = self.parentWidget()
        if not self.text() or not isinstance(tabs, QTabWidget):
            return QSize(0, super().sizeHint().height())
        bar = tabs.tabBar().sizeHint()
        wanted = self.fontMetrics().horizontalAdvance(self.toolTip()) + _EDGE_PX
        # As high as the tabs, so that both stand on one line.
        return QSize(max(0, min(wanted, tabs.width() - bar.width() - _GAP_PX)), bar.height())

    def minimumSizeHint(self) -> QSize:
        """It may vanish."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the sentence where there is no room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.text():
            metrics, sentence, room = self.fontMetrics(), self.toolTip(), self.sizeHint().width() - _EDGE_PX
            fits = metrics.horizontalAdvance(sentence) <= room
            self.setText(sentence if fits else metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, room))

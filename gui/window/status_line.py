"""The place for what needs no answer: a sentence that goes away by itself."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QMoveEvent
from PySide6.QtWidgets import QMainWindow, QMenuBar, QTabWidget

from gui.theme.stylesheet import mark_muted
from gui.widgets.announcement import announce
from gui.widgets.eliding_label import ElidingLabel

SHOWN_MS = 8000
# Between the menus or tabs and the sentence.
_GAP_PX = 16
# The stylesheet has 10 px on either side of a menu's title.
_AROUND_MENU_PX = 24


class StatusLine(ElidingLabel):
    """Stands at the right of the menus, since a status bar would cost a line of every window; where the menus belong to
    the screen (macOS), at the right of the tabs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusMessage")
        mark_muted(self)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_time_out)

    def settle(self, window: QMainWindow, tabs: QTabWidget) -> None:
        """Take the place."""
        bar = window.menuBar()
        if bar.isNativeMenuBar():
            tabs.setCornerWidget(self)
        else:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            bar.setCornerWidget(self)

    @Slot(str)
    def show_message(self, sentence: str) -> None:
        """Show a sentence for a few seconds."""
        self.set_full_text(sentence)
        announce(self, sentence)
        self._timer.start()

    def sizeHint(self) -> QSize:
        """All that the menus leave; beside tabs as wide as the sentence where there is room, and as high as they."""
        tabs = self.parentWidget()
        if isinstance(tabs, QMenuBar):
            # A menu bar asks again only when its own size changes, and to know its places it asks this very question.
            letters, titles = tabs.fontMetrics(), (action.text().replace("&", "") for action in tabs.actions())
            used = sum(letters.horizontalAdvance(title) + _AROUND_MENU_PX for title in titles)
            return QSize(max(0, tabs.width() - used - 2 * _GAP_PX), super().sizeHint().height())
        if not self.full_text or not isinstance(tabs, QTabWidget):
            return QSize(0, super().sizeHint().height())
        bar = tabs.tabBar().sizeHint()
        return QSize(max(0, min(super().sizeHint().width() + 2, tabs.width() - bar.width() - _GAP_PX)), bar.height())

    def moveEvent(self, event: QMoveEvent) -> None:
        """A menu bar puts what stands beside its titles to its upper edge; its titles stand in the middle."""
        super().moveEvent(event)
        bar = self.parentWidget()
        if isinstance(bar, QMenuBar):
            self.move(self.x(), (bar.height() - self.height()) // 2)

    def room_px(self) -> int:
        """What it will have: its size depends on the sentence, and what is shown of that on the size."""
        return self.sizeHint().width()

    @Slot()
    def _on_time_out(self) -> None:
        self.set_full_text("")

"""What every page of the tab is."""

from collections.abc import Sequence
from typing import ClassVar
from weakref import WeakKeyDictionary

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from engine.storage.model import Model
from gui.charts.export_menu import Exported, ExportMenu
from gui.lab.lab import Lab
from gui.services.background_task import BackgroundTasks
from gui.theme.manager import ThemeManager
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.shown_picture import pictures_of
from gui.workspaces.inspect.subject import Subject

BLANK: str = "Draw a digit: it is taken apart here."


class Page(QWidget):
    """A page shows one subject after another; it exists only while it applies to the current model.

    Attributes:
        menu, exports: save the pictures, and say what became of that.

    Signals:
        page_requested(key): what the user wants to see is on another page.
    """

    page_requested = Signal(str)

    key: ClassVar[str]
    title: ClassVar[str]
    tip: ClassVar[str]
    # The task that follows the pen where it is quick: where it took no longer than a frame the last time.
    follows: ClassVar[str] = ""
    is_quick: bool = True

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__()
        self.lab, self.themes, self.bank = lab, themes, bank
        self.tasks = BackgroundTasks(self)
        self.menu = ExportMenu(self)
        self.exports = ChartExports(lab, self)
        self.exports.adopt(self.menu)
        self._subject: Subject | None = None
        self.setAccessibleName(self.title)
        self.setObjectName(f"{self.key}Page")

    @classmethod
    def applies_to(cls, model: Model) -> bool:
        """Whether the page makes sense for this model."""
        return True

    def show_subject(self, subject: Subject) -> None:
        """Show model and drawing as they are now; quick, and called only while the page can be seen."""
        raise NotImplementedError

    def forget(self) -> None:
        """Hold nothing of a network that another one has taken the place of; to extend."""
        self._subject = None

    def network_key(self) -> int:
        """Another number for another network: what was found out about an earlier one is dropped."""
        return 0 if self._subject is None else self._subject.network

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Start what takes longer; to override.

        Args:
            subject: the newest one.
            rested: False while the pen moves: only the task that follows it is asked for.
        """

    def hold(self) -> None:
        """Break off what was begun because the pen rested; it is asked for again at the next rest; to override."""

    def mark_behind(self) -> None:
        """Dim what is of an earlier drawing, or of earlier weights; to override."""

    def is_fresh(self, shown: tuple[int, int] | None, asked: tuple[int, int] | None) -> bool:
        """Whether what is shown may stand beside the newest numbers: it is of this moment, or replaced in a frame."""
        moment = None if self._subject is None else self._subject.moment
        return shown == moment or (self.is_quick and asked == moment and self.tasks.is_running(self.follows))

    @property
    def origin(self) -> str:
        """Which model and epoch the pictures are of, for the heads of tables."""
        return "" if self._subject is None else self._subject.source

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save the picture under the pointer, or the one that has the keys."""
        is_key, at = event.reason() == QContextMenuEvent.Reason.Keyboard, event.globalPos()
        view = self.focusWidget() if is_key else self.childAt(event.pos())
        while view is not None and view is not self:
            # What is dimmed is of an earlier moment, and not to be kept as if it were the newest.
            if view.isEnabled() and (found := pictures_of(view, self.origin, self.themes.theme)):
                self.open_menu(view.mapToGlobal(view.visibleRegion().boundingRect().center()) if is_key else at, found)
                return
            view = view.parentWidget()
        super().contextMenuEvent(event)

    def open_menu(self, at: QPoint, shown: Sequence[tuple[str, Exported]]) -> None:
        """Open the menu that saves pictures, which are named where there are several, at a place of the screen."""
        self.menu.clear()
        for of, picture in shown:
            if not self.menu.isEmpty():
                self.menu.addSeparator()
            self.menu.offer(picture, of)
        self.menu.popup(at)

    def shut_down(self) -> None:
        """End the work under way, and wait for exports; may be called twice."""
        self.tasks.shut_down()
        self.exports.finish()


# Which part of a dimmed widget had the keys.
_HAD_FOCUS: WeakKeyDictionary[QWidget, QWidget] = WeakKeyDictionary()


def show_as_fresh(widget: QWidget, fresh: bool) -> None:
    """Dim what belongs to an earlier moment; the keys that it had come back with it, and go nowhere else meanwhile."""
    focused = QApplication.focusWidget()
    if not fresh and focused is not None and (focused is widget or widget.isAncestorOf(focused)):
        # Qt would hand them on to the next field, whose value they would then change.
        focused.clearFocus()
        _HAD_FOCUS[widget] = focused
    widget.setEnabled(fresh)
    if fresh and (before := _HAD_FOCUS.pop(widget, None)) is not None and focused is None:
        # Another part may have taken its place, such as a row's formula.
        (before if isValid(before) else widget).setFocus()

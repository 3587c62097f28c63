"""The search for suspicious labels, in the background."""

from PySide6.QtCore import QObject, Slot

from gui.lab.messages import Messages
from gui.services.background_task import BackgroundTasks
from gui.workspaces.data.inspection import Inspection, SuspicionWork
from gui.workspaces.data.warnings_card import WarningsCard

_KEY = "suspicion"


class LabelSearch(QObject):
    """Runs the search that the card of warnings asks for."""

    def __init__(self, card: WarningsCard, tasks: BackgroundTasks, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._card, self._tasks, self._messages = card, tasks, messages
        self._found: Inspection | None = None
        card.search_requested.connect(self._on_search)
        card.cancel_requested.connect(self.cancel)

    def set_inspection(self, found: Inspection | None) -> None:
        """Search another data set from now on."""
        self.cancel()
        self._found = found

    @Slot()
    def cancel(self) -> None:
        """End the search under way."""
        self._tasks.cancel(_KEY)
        self._card.show_progress(None)

    @Slot()
    def _on_search(self) -> None:
        if self._found is not None:
            self._card.show_progress(0.0)
            self._tasks.start(
                _KEY,
                SuspicionWork(self._found.digits),
                done=self._card.show_suspicious,
                failed=self._on_failed,
                progressed=self._card.show_progress,
            )

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._card.show_progress(None)
        self._messages.error.emit(error)

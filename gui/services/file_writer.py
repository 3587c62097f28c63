"""Writes what people save while the window goes on, and says how it went."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from gui.services.background_task import BackgroundTasks
from gui.services.csv_export import write_made


class FileWriter(QObject):
    """One file after the other, in the background.

    Signals:
        begun(path): a file is being written, which may take a while.
        written(path): it is there.
        failed(sentence): it could not be written.
    """

    begun = Signal(str)
    written = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = BackgroundTasks(self)

    def write(self, path: Path, make: Callable[[], bytes]) -> None:
        """Write what `make` makes, which runs in the background."""
        done, failed = self.written.emit, self._on_failed
        self._tasks.start("file", lambda _task: write_made(path, make), done=done, failed=failed, ordered=True)
        self.begun.emit(str(path))

    def finish(self) -> None:
        """Wait for what is being written, for a window that closes."""
        self._tasks.finish()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(str(error))

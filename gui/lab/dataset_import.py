"""Brings files into the library of data sets: read in the background, offered and chosen when that went well."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.lab.dataset_library import DatasetEntry, DatasetLibrary, file_entry
from gui.lab.messages import Messages
from gui.services.background_task import BackgroundTasks, Task

if TYPE_CHECKING:
    from engine.data import Dataset

_KEY = "import"


class DatasetImport(QObject):
    """Reads one file at a time; a file that is refused changes nothing and is told in its sentence.

    Signals:
        started(name): a file is being read.
        imported(Dataset): it is about to be the current data set; whoever shows it may hold it.
        ended: nothing is being read any more.
    """

    started = Signal(str)
    imported = Signal(object)
    ended = Signal()

    def __init__(self, library: DatasetLibrary, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._messages = messages
        self._tasks = BackgroundTasks(self)
        self._tasks.ended.connect(self._on_ended)

    @property
    def is_running(self) -> bool:
        """Whether a file is being read."""
        return self._tasks.is_running(_KEY)

    def import_path(self, path: Path, options: Mapping[str, Any] | None = None) -> None:
        """Read a file or folder and make it the current data set.

        Args:
            path: of any format that `engine.data.READERS` knows.
            options: fields of `engine.data.ReadOptions` that are known better than guessed.
        """
        self.started.emit(path.name)
        self._tasks.start(
            _KEY, _Reading(file_entry(path, options)), done=self._on_read, failed=self._messages.error.emit
        )

    @Slot()
    def cancel(self) -> None:
        """Forget the file that is being read."""
        self._tasks.cancel(_KEY)

    def shut_down(self) -> None:
        """Forget it, as the window closes."""
        self._tasks.shut_down()

    def _on_read(self, outcome: "tuple[DatasetEntry, Dataset, str]") -> None:
        entry, digits, doubt = outcome
        self.imported.emit(digits)
        self._library.add(entry)
        self._library.choose(entry.key)
        self._library.set_count(entry.key, len(digits))
        told = f", read as: {' · '.join(digits.guesses)}" if digits.guesses else ""
        self._messages.message.emit(f"{len(digits):,} digits of {entry.title} are the data set now{told}.{doubt}")

    @Slot(str)
    def _on_ended(self, _key: str) -> None:
        self.ended.emit()


class _Reading:
    """Reads a data set in the thread of a task, and asks a shipped model whether that went well."""

    def __init__(self, entry: DatasetEntry) -> None:
        self._entry = entry

    def __call__(self, _task: Task) -> "tuple[DatasetEntry, Dataset, str]":
        digits = self._entry.load()
        return self._entry, digits, doubt_sentence(digits)


def doubt_sentence(digits: "Dataset") -> str:
    """What looks wrong about digits that were read, as a sentence that goes on a message; "" where nothing does."""
    from models.data_check import find_doubt

    doubt = find_doubt(digits)
    if doubt is None:
        return ""
    return f" {doubt.looks[0].upper()}{doubt.looks[1:]} ({doubt.measured}): the Data tab reads them the other way."

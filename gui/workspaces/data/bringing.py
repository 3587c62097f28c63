"""Everything by which data come in: dialogs, files that are dropped or pasted, pasted tables, addresses, downloads."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.file_io import write_atomically
from engine.core.user_folders import data_folder
from engine.data.known_sources import Source
from gui.lab.lab import Lab
from gui.services.background_task import BackgroundTasks, Task
from gui.workspaces.data.choice_card import ChoiceCard

FILTER: Final = (
    "Data files (*.npz *.npy *.mat *.csv *.tsv *.txt *.arff *.data *.tra *.tes *.gz *.zip *.tar *.tgz *.json *.jsonl "
    "*.ndjson *ubyte *-images* *-labels*);;"
    "All files (*)"
)
_LEAST_TABLE: Final = 64
_KEY: Final = "download"


class Bringing(QObject):
    """Hands files to `lab.imports`; what is no data is said in a sentence.

    Signals:
        address_given(QUrl): an address came, which the user may want to fetch.
    """

    address_given = Signal(QUrl)

    def __init__(self, lab: Lab, tasks: BackgroundTasks, choice: ChoiceCard, widget: QWidget) -> None:
        super().__init__(widget)
        self._lab, self._tasks, self._choice, self._widget = lab, tasks, choice, widget
        choice.fetch_requested.connect(self.fetch)
        choice.fetch_cancelled.connect(self._on_cancel)

    @Slot()
    def ask_file(self) -> None:
        """Ask for a file and import it."""
        name, _ = QFileDialog.getOpenFileName(self._widget, "Import digits", self._lab.settings.last_folder, FILTER)
        self._import(name)

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a folder and import it."""
        self._import(
            QFileDialog.getExistingDirectory(self._widget, "Import a folder of digits", self._lab.settings.last_folder)
        )

    @Slot()
    def paste(self) -> None:
        """Import what is on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData() or QMimeData())

    def take(self, data: QMimeData) -> None:
        """Import what was dropped or pasted: files, an address, or the text of a table."""
        messages, text = self._lab.messages, data.text().strip()
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        address = QUrl(text) if "\n" not in text else QUrl()
        if paths:
            self._lab.imports.import_path(paths[0])
            if len(paths) > 1:
                messages.message.emit(f"Only {paths[0].name} is imported: give one file or folder at a time, then mix.")
        elif address.scheme() in ("http", "https"):
            self.address_given.emit(address)
        elif data.hasImage():
            messages.message.emit("One image is no data set: put images into a folder for each digit, named 0 to 9.")
        elif len(text) >= _LEAST_TABLE:
            self._import_text(text)
        else:
            messages.message.emit("There is no file, address or table to import.")

    @Slot(object)
    def fetch(self, source: Source) -> None:
        """Download a data set in the background, then import it."""
        show_progress = self._choice.download_sheet.show_progress
        show_progress(0.0)
        self._tasks.start(
            _KEY, _Fetching(source), done=self._on_fetched, failed=self._on_failed, progressed=show_progress
        )

    @Slot()
    def _on_cancel(self) -> None:
        self._tasks.cancel(_KEY)
        self._choice.download_sheet.show_progress(None)

    def _on_fetched(self, path: Path) -> None:
        self._choice.download_sheet.show_progress(None)
        self._choice.download_sheet.show_message(f"Fetched {path.name}.", wrong=False)
        self._lab.imports.import_path(path)

    def _on_failed(self, error: Exception) -> None:
        self._choice.download_sheet.show_progress(None)
        self._choice.download_sheet.show_message(str(error), wrong=True)

    def _import(self, name: str) -> None:
        if name:
            self._lab.settings.last_folder = str(Path(name).parent)
            self._lab.imports.import_path(Path(name))

    def _import_text(self, text: str) -> None:
        """A table that was copied from a spreadsheet: kept as a file, so that it is there at the next start."""
        folder = data_folder() / "pasted"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            number = 1
            while (path := folder / f"pasted-{number}.csv").exists():
                number += 1
            write_atomically(path, text.encode() + b"\n")
        except OSError as error:
            self._lab.messages.error.emit(error)
        else:
            self._lab.imports.import_path(path)


class _Fetching:
    """Downloads a data set in the thread of a task."""

    def __init__(self, source: Source) -> None:
        self._source, self._folder = source, data_folder() / "downloads"

    def __call__(self, task: Task) -> Path:
        return self._source.fetch(self._folder, task.progress)

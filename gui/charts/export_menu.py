"""The menu that saves what a chart or another picture shows: as pixels, as lines and letters, or as numbers."""

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.core.file_io import reason_of
from gui.services.background_task import BackgroundTasks
from gui.services.csv_export import Table, write_table
from gui.widgets.export_folder import ExportFolder

# Text, ending, kind of file and explanation of what the menu saves.
_EXPORTS = (
    ("Save picture{} (PNG) …", "png", "PNG picture (*.png)", "Write it as it is shown, twice as fine"),
    ("Save drawing{} (SVG) …", "svg", "SVG drawing (*.svg)", "Write it as lines and letters that can be edited"),
    ("Save numbers{} (CSV) …", "csv", "Table (*.csv)", "Write every number of it as a row of a table"),
)


class Exported(Protocol):
    """What can be saved."""

    @property
    def heading(self) -> str:
        """What it is called; the part up to " · " names the file."""

    def export_picture(self, path: Path) -> None:
        """Write it as it is shown: SVG for ".svg", else PNG; raises `OSError`."""

    def table(self) -> Table:
        """Its numbers."""


class ExportMenu(QMenu):
    """Asks for a file and writes it, a table in the background.

    Signals:
        exporting(path): a table that may take a while is being written.
        exported(path): a file was written.
        error(sentence): it could not be.
    """

    exporting = Signal(str)
    exported = Signal(str)
    error = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._parent, self._folder = parent, ExportFolder()
        self._tasks = BackgroundTasks(self)
        self._for_numbers: list[QAction] = []

    def clear(self) -> None:
        """Offer nothing."""
        super().clear()
        self._for_numbers.clear()

    def offer(self, shown: Exported, of: str = "") -> None:
        """Have three entries for what is shown; `of` says of what where there is more than one picture."""
        for text, ending, kind, explanation in _EXPORTS:
            action = self.addAction(text.format(of and f" of {of}"))
            action.setToolTip(explanation)
            action.triggered.connect(partial(self._save, shown, ending, kind))
        self._for_numbers.append(action)

    def export(self, shown: Exported, path: Path) -> None:
        """Write a picture for ".png" and ".svg", a table otherwise; a signal tells the outcome, for a table later."""
        if path.suffix.lower() in (".png", ".svg"):
            try:
                shown.export_picture(path)
            except OSError as error:
                self.error.emit(f"{path.name} could not be saved: {reason_of(error)}.")
            else:
                self.exported.emit(str(path))
            return
        table, done, failed = shown.table(), self._on_table_written, self._on_table_failed
        self._tasks.start("table", lambda _task: write_table(path, table), done=done, failed=failed, ordered=True)
        self._offer_numbers(False)
        self.exporting.emit(str(path))

    def set_export_folder(self, folder: ExportFolder) -> None:
        """Suggest files in this folder from now on: the menus of a workspace share one."""
        self._folder = folder

    def finish_exports(self) -> None:
        """Wait for what is being written, for a window that closes."""
        self._tasks.finish()

    def _save(self, shown: Exported, ending: str, kind: str, _checked: bool = False) -> None:
        short = shown.heading.split(" · ")[0]
        name = f"{file_stem(short)}.{ending}"
        path = self._folder.ask(self._parent, f"Save {short.lower()}", name, kind, (".png", ".svg", ".csv"))
        if path is not None:
            self.export(shown, path)

    def _on_table_written(self, path: str) -> None:
        self._offer_numbers(True)
        self.exported.emit(path)

    def _on_table_failed(self, error: Exception) -> None:
        self._offer_numbers(True)
        self.error.emit(str(error))

    def _offer_numbers(self, offered: bool) -> None:
        before, after = ("Saving", "Save") if offered else ("Save", "Saving")
        for action in self._for_numbers:
            action.setEnabled(offered)
            action.setText(action.text().replace(before, after, 1))


def file_stem(words: str) -> str:
    """A file's name without its ending: small letters and digits of any script, a dash between words."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in words.lower()).split())

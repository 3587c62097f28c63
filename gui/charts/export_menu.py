"""The menu that saves what a chart or another picture shows: as pixels, as lines and letters, or as numbers."""

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.services.csv_export import Table, table_bytes
from gui.services.file_writer import FileWriter
from gui.widgets.export_folder import ExportFolder, file_stem
from gui.widgets.picture_export import Encode

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

    def picture(self, ending: str) -> Encode:
        """Paint it as it is shown: ".svg", else PNG."""

    def table(self) -> Table:
        """Its numbers."""


class ExportMenu(QMenu):
    """Asks for a file and writes it.

    Attributes:
        files: writes it, and says how it went.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._parent, self._folder = parent, ExportFolder()
        self.files = FileWriter(self)
        self.files.written.connect(self._on_ended)
        self.files.failed.connect(self._on_ended)
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
        """Write a picture for ".png" and ".svg", a table otherwise, as it is now; a signal tells the outcome later."""
        is_picture = path.suffix.lower() in (".png", ".svg")
        make = shown.picture(path.suffix) if is_picture else partial(table_bytes, shown.table())
        self.files.write(path, make)
        self._offer_numbers(is_picture)

    def set_export_folder(self, folder: ExportFolder) -> None:
        """Suggest files in this folder from now on: the menus of a workspace share one."""
        self._folder = folder

    def _save(self, shown: Exported, ending: str, kind: str, _checked: bool = False) -> None:
        short = shown.heading.split(" · ")[0]
        name = f"{file_stem(short)}.{ending}"
        path = self._folder.ask(self._parent, f"Save {short.lower()}", name, kind, (".png", ".svg", ".csv"))
        if path is not None:
            self.export(shown, path)

    @Slot()
    def _on_ended(self) -> None:
        self._offer_numbers(True)

    def _offer_numbers(self, offered: bool) -> None:
        before, after = ("Saving", "Save") if offered else ("Save", "Saving")
        for action in self._for_numbers:
            action.setEnabled(offered)
            action.setText(action.text().replace(before, after, 1))

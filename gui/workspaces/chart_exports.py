"""What people hear of the files that charts and lists of digits write, and the folder that all of them remember."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from gui.charts.export_menu import ExportMenu
from gui.lab.lab import Lab
from gui.services.file_writer import FileWriter
from gui.services.settings import Settings
from gui.widgets.export_folder import ExportFolder


class RememberedFolder(ExportFolder):
    """The folder of the last open or save, which the settings keep."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def path(self) -> str:
        """The folder, or the home folder before there is one."""
        return self._settings.last_folder or str(Path.home())

    @path.setter
    def path(self, path: str) -> None:
        self._settings.last_folder = path


class ChartExports(QObject):
    """Says in the status line what is being saved, that it was, and why it could not be.

    Args:
        folder: where to suggest files; that of the settings if left out.
    """

    def __init__(self, lab: Lab, parent: QObject, folder: ExportFolder | None = None) -> None:
        super().__init__(parent)
        self._messages = lab.messages
        self._folder = folder if folder is not None else RememberedFolder(lab.settings)
        self._writers: list[FileWriter] = []

    def adopt(self, *menus: ExportMenu) -> None:
        """Speak for these menus."""
        for menu in menus:
            menu.set_export_folder(self._folder)
            self.speak_for(menu.files)

    def speak_for(self, files: FileWriter) -> None:
        """Say what becomes of the files that it writes."""
        self._writers.append(files)
        files.begun.connect(self._on_begun)
        files.written.connect(self._on_written)
        files.failed.connect(self._messages.error.emit)

    def finish(self) -> None:
        """Wait for what is being written, for a window that closes."""
        for files in self._writers:
            files.finish()

    @Slot(str)
    def _on_begun(self, path: str) -> None:
        self._messages.message.emit(f"Saving {path} …")

    @Slot(str)
    def _on_written(self, path: str) -> None:
        self._messages.message.emit(f"Saved {path}.")

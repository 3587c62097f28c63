"""The folder into which charts were exported last."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal


class ExportFolder(QObject):
    """Remembers a folder, for all cards of a workspace together.

    Signals:
        changed: another folder was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = ""

    def suggestion(self, name: str) -> str:
        """A file's full name in the folder, or the name alone where there is none."""
        return str(Path(self.path) / name) if self.path and Path(self.path).is_dir() else name

    def remember(self, file: Path) -> None:
        """A file of this name was chosen."""
        if str(file.parent) != self.path:
            self.path = str(file.parent)
            self.changed.emit()

"""The questions that the window asks: file names, and what to do with work that is not saved.

They stand behind one small class, so that tests, and whoever embeds the window, can answer without a person.
"""

from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from gui.lab.model_titles import MODEL_SUFFIX

MODEL_FILTER = f"DigitLab models (*{MODEL_SUFFIX});;All files (*)"
DRAWING_FILTER = (
    "Drawings and images (*.jsonl *.jsonl.gz *.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff);;All files (*)"
)
IMPORT_FILTER = "Models of other programs (*.onnx *.npz *.safetensors);;All files (*)"
DRAWING_SAVE_FILTER = "Drawings (*.jsonl);;All files (*)"


class UnsavedChoice(Enum):
    """What becomes of trained models that are in no file."""

    KEEP = "keep"
    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs:
    """Asks a person; every method returns None, False or `CANCEL` when they change their mind."""

    def open_file(self, parent: QWidget, title: str, folder: str, filters: str) -> Path | None:
        """The name of a file that exists."""
        name, _filter = QFileDialog.getOpenFileName(parent, title, folder, filters)
        return Path(name) if name else None

    def open_folder(self, parent: QWidget, title: str, folder: str) -> Path | None:
        """A folder that exists."""
        name = QFileDialog.getExistingDirectory(parent, title, folder)
        return Path(name) if name else None

    def save_file(self, parent: QWidget, title: str, suggestion: str, filters: str) -> Path | None:
        """A name to write to; overwriting was confirmed by the dialog."""
        name, _filter = QFileDialog.getSaveFileName(parent, title, suggestion, filters)
        return Path(name) if name else None

    def save_file_as(self, parent: QWidget, title: str, suggestion: str, filters: list[str]) -> tuple[Path, int] | None:
        """A name to write to and the number of the kind that was chosen; overwriting was confirmed by the dialog."""
        name, kind = QFileDialog.getSaveFileName(parent, title, suggestion, ";;".join(filters))
        return (Path(name), filters.index(kind) if kind in filters else 0) if name else None

    def ask_replace(self, parent: QWidget, path: Path) -> bool:
        """Whether a file may be replaced that the file dialog has not asked about."""
        standard = QMessageBox.StandardButton
        text = f"{path.name} is there already. Replace it?"
        answer = QMessageBox.question(parent, "Replace the file?", text, standard.Yes | standard.No, standard.No)
        return bool(answer == standard.Yes)

    def ask_architecture(self, parent: QWidget, name: str, titles: list[str]) -> str | None:
        """For which layers, by these titles, the weights in a file of this name are."""
        text = f"{name} holds weights alone. For which layers are they?"
        title, accepted = QInputDialog.getItem(parent, "Import model", text, titles, 0, False)
        return title if accepted else None

    def ask_model_words(self, parent: QWidget, name: str, description: str) -> tuple[str, str] | None:
        """Another name and description for a model."""
        from gui.window.model_words_dialog import ModelWordsDialog

        dialog = ModelWordsDialog(name, description, parent)
        accepted = dialog.exec()
        words = dialog.words()
        dialog.deleteLater()
        return words if accepted else None

    def ask_unsaved(self, parent: QWidget, titles: list[str]) -> UnsavedChoice:
        """What becomes of the trained models with these titles, before the window closes."""
        from gui.window.unsaved_dialog import UnsavedDialog

        dialog = UnsavedDialog(titles, parent)
        dialog.exec()
        dialog.deleteLater()
        return UnsavedChoice(dialog.choice)

"""The questions that the window asks: file names, and what to do with work that is not saved.

They stand behind one small class, so that tests, and whoever embeds the window, can answer without a person.
"""

from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

MODEL_SUFFIX = ".safetensors"
MODEL_FILTER = f"DigitLab models (*{MODEL_SUFFIX});;All files (*)"
DRAWING_FILTER = (
    "Drawings and images (*.jsonl *.jsonl.gz *.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff);;All files (*)"
)
DRAWING_SAVE_FILTER = "Drawings (*.jsonl);;All files (*)"


class UnsavedChoice(Enum):
    """What becomes of a trained model that is in no file."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs:
    """Asks a person; every method returns None (or `CANCEL`) when they change their mind."""

    def open_file(self, parent: QWidget, title: str, folder: str, filters: str) -> Path | None:
        """The name of a file that exists."""
        name, _filter = QFileDialog.getOpenFileName(parent, title, folder, filters)
        return Path(name) if name else None

    def save_file(self, parent: QWidget, title: str, suggestion: str, filters: str) -> Path | None:
        """A name to write to; overwriting was confirmed by the dialog."""
        name, _filter = QFileDialog.getSaveFileName(parent, title, suggestion, filters)
        return Path(name) if name else None

    def ask_unsaved(self, parent: QWidget, titles: list[str]) -> UnsavedChoice:
        """Whether to save the trained models with these titles before the window closes."""
        box = QMessageBox(parent)
        box.setObjectName("unsavedQuestion")
        box.setWindowTitle("Save what you trained?")
        box.setIcon(QMessageBox.Icon.NoIcon)
        names = "\n".join(f"• {title}" for title in titles)
        box.setText(f"Trained here and not saved in a file:\n{names}")
        box.setInformativeText("Discard forgets them for good." if len(titles) > 1 else "Discard forgets it for good.")
        standard = QMessageBox.StandardButton
        box.setStandardButtons(standard.Save | standard.Discard | standard.Cancel)
        box.setDefaultButton(standard.Save)
        answer = box.exec()
        box.deleteLater()
        if answer == standard.Save:
            return UnsavedChoice.SAVE
        return UnsavedChoice.DISCARD if answer == standard.Discard else UnsavedChoice.CANCEL

"""Opens and saves models with the questions that belong to it: file names, and what to do with unsaved models."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.lab.lab import Lab
from gui.lab.model_library import LibraryEntry
from gui.lab.model_titles import file_name, given_name, with_model_suffix
from gui.window.dialogs import MODEL_FILTER, Dialogs, UnsavedChoice


class ModelFiles(QObject):
    """Between the library, which asks nobody, and the person in front of the window."""

    def __init__(self, lab: Lab, dialogs: Dialogs, window: QWidget) -> None:
        super().__init__(window)
        self._lab = lab
        self._dialogs = dialogs
        self._window = window

    @Slot()
    def open(self) -> bool:
        """Ask for a model file and let it answer."""
        path = self._dialogs.open_file(self._window, "Open model", self._lab.settings.last_folder, MODEL_FILTER)
        return path is not None and self._lab.models.open(path)

    @Slot()
    def save(self) -> bool:
        """Write the model that answers into its file; the first time, ask for a name."""
        return self._save(self._lab.models.current, ask=False)

    @Slot()
    def save_as(self) -> bool:
        """Ask for a name and write the model that answers there."""
        return self._save(self._lab.models.current, ask=True)

    @Slot()
    def describe(self) -> bool:
        """Ask for a name and a description of the model that answers."""
        entry = self._lab.models.current
        if entry is None or not self._lab.model_care.may_change(entry):
            return False
        words = self._dialogs.ask_model_words(self._window, given_name(entry.model) or entry.title, entry.description)
        return words is not None and self._lab.model_care.describe(entry, *words)

    @Slot()
    def delete(self) -> bool:
        """Take the model that answers out of the list."""
        entry = self._lab.models.current
        return entry is not None and self._lab.model_care.delete(entry)

    def resolve_unsaved(self) -> bool:
        """Before closing: ask once what becomes of unsaved models; False when the window is to stay open."""
        waiting = self._lab.models.unsaved_entries
        if not waiting:
            return True
        choice = self._dialogs.ask_unsaved(self._window, [entry.title for entry in waiting])
        if choice is UnsavedChoice.SAVE:
            if len(waiting) == 1:
                return self._save(waiting[0], ask=True)
            folder = self._dialogs.open_folder(
                self._window, f"Save {len(waiting)} models into a folder", self._lab.settings.last_folder
            )
            return folder is not None and self._save_all(waiting, folder)
        if choice is UnsavedChoice.DISCARD:
            self._lab.models.discard_unsaved()
        return choice is not UnsavedChoice.CANCEL

    def _save_all(self, entries: list[LibraryEntry], folder: Path) -> bool:
        """Write each into a file of its own; no file that is there already is replaced."""
        for entry in entries:
            path, number = folder / file_name(entry.title), 1
            while path.exists():
                number += 1
                path = path.with_name(f"{Path(file_name(entry.title)).stem} ({number}){path.suffix}")
            if not self._lab.models.save(entry, path):
                return False
        return True

    def _save(self, entry: LibraryEntry | None, *, ask: bool) -> bool:
        if entry is None:
            self._lab.messages.message.emit("There is no model yet that could be saved.")
            return False
        path = None if ask else entry.path
        if path is None:
            folder = Path(self._lab.settings.last_folder or Path.home())
            chosen = self._dialogs.save_file(
                self._window, "Save model", str(folder / file_name(entry.title)), MODEL_FILTER
            )
            if chosen is None:
                return False
            path = with_model_suffix(chosen)
            # The dialog has asked about the name as it was typed.
            if path != chosen and path.exists() and not self._dialogs.ask_replace(self._window, path):
                return False
        return self._lab.models.save(entry, path)

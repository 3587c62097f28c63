"""Names, descriptions and deletion of models, with a way back."""

from dataclasses import replace

from PySide6.QtCore import QObject

from engine.errors import EngineError
from engine.storage.model_file import save_model
from gui.lab.messages import Messages
from gui.lab.model_library import LibraryEntry, ModelLibrary
from gui.services.autosave import Autosave

MOST_LETTERS = 2_000


class ModelCare(QObject):
    """Changes what belongs to the user; what comes with DigitLab, and the model in training, stay as they are."""

    def __init__(
        self, library: ModelLibrary, autosave: Autosave, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._autosave = autosave
        self._messages = messages
        # What was deleted and where it stood, newest last.
        self._deleted: list[tuple[int, LibraryEntry]] = []

    def may_change(self, entry: LibraryEntry | None) -> bool:
        """Whether the entry is the user's own; if it is not, that is told."""
        if entry is not None and (entry.unsaved or entry.path is not None):
            return True
        title = entry.title if entry is not None else "This model"
        self._messages.message.emit(f"{title} is not yours to change: save it under a name of your own first.")
        return False

    def describe(self, entry: LibraryEntry, name: str, description: str) -> bool:
        """Give a model a name and a description, in its file too; False, with an error told, if that fails."""
        if entry.model is None or not self.may_change(entry):
            return False
        words = {"name": name.strip(), "description": description.strip()[:MOST_LETTERS]}
        kept = {key: value for key, value in entry.model.training.items() if key not in words}
        model = replace(entry.model, training=kept | {key: text for key, text in words.items() if text})
        try:
            if entry.path is not None:
                save_model(entry.path, model)
        except (EngineError, OSError) as error:
            self._messages.error.emit(error)
            return False
        if entry.unsaved:
            self._autosave.keep_model(entry.key, model)
        title = words["name"] or (entry.path.stem if entry.path is not None else entry.title)
        self._library.put(replace(entry, model=model, title=title))
        return True

    def delete(self, entry: LibraryEntry) -> bool:
        """Take a model out of the list, to be brought back by `bring_back`; a file stays on the disk."""
        if not self.may_change(entry):
            return False
        if entry.unsaved:
            self._autosave.forget_model(entry.key)
        self._deleted.append((self._library.take(entry.key), entry))
        file = f"; its file {entry.path.name} stays" if entry.path is not None else ""
        self._messages.message.emit(f"Deleted {entry.title}{file}. File, Bring back deleted model undoes it.")
        return True

    def bring_back(self) -> bool:
        """Put the model that was deleted last back where it was, and let it answer; False where there is none."""
        if not self._deleted:
            self._messages.message.emit("No model was deleted since the start.")
            return False
        place, entry = self._deleted.pop()
        if entry.unsaved and entry.model is not None:
            self._autosave.keep_model(entry.key, entry.model)
        self._library.put(entry, place)
        self._library.choose(entry.key)
        self._messages.message.emit(f"{entry.title} is back.")
        return True

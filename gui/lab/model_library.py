"""The models that can answer: those that come with DigitLab, opened files, and what was trained in this window."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.storage.model import Model
from engine.storage.model_file import save_model
from gui.lab.messages import Messages
from gui.lab.model_titles import SEPARATOR, file_title, trained_title
from gui.services.autosave import Autosave
from gui.services.settings import Settings
from models.presets import PRESETS
from models.presets.pretrained import DEFAULT_MODEL, load, shipped_models

# The entry of the model that is being trained, while it is.
TRAINING_KEY = "in-training"


@dataclass(frozen=True, slots=True, eq=False)
class LibraryEntry:
    """A model that can be chosen.

    Attributes:
        key: the preset's name for a shipped model, the path for a file, "trained-…" for what was trained here,
            `TRAINING_KEY` for the model in training.
        title: what the selector shows.
        model: the model; None while a shipped one has not been needed yet.
        path: its file, None for shipped and unsaved ones.
        unsaved: whether it was trained or imported here and is in no model file.
    """

    key: str
    title: str
    model: Model | None = None
    path: Path | None = None
    unsaved: bool = False

    @property
    def task(self) -> str:
        """As of `Model`."""
        return self.model.task if self.model is not None else PRESETS[self.key].task

    @property
    def description(self) -> str:
        """What a person wrote about the model; "" for most."""
        text = self.model.training.get("description") if self.model is not None else None
        return text if isinstance(text, str) else ""


class ModelLibrary(QObject):
    """Keeps the entries, loads, saves, and says which model answers. Asks nobody: file names come from its callers.

    Signals:
        entries_changed: an entry was added, renamed or removed.
        chosen(LibraryEntry): this one answers from now on; its model is loaded.
        recent_changed: the recent files changed.
        unsaved_restored: what was trained earlier and not saved is among the entries.
    """

    entries_changed = Signal()
    chosen = Signal(object)
    recent_changed = Signal()
    unsaved_restored = Signal()

    def __init__(
        self, settings: Settings, autosave: Autosave, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._autosave = autosave
        self._messages = messages
        autosave.message.connect(messages.message)
        autosave.error.connect(messages.error)
        # Under this name the copies of the model in training are kept, and then the model itself.
        self._training_name = ""
        shipped = shipped_models()
        self._entries = {name: LibraryEntry(name, preset.title) for name, preset in PRESETS.items() if name in shipped}
        self._current: LibraryEntry | None = None

    @property
    def entries(self) -> list[LibraryEntry]:
        """All entries, in the order of the selector."""
        return list(self._entries.values())

    @property
    def current(self) -> LibraryEntry | None:
        """The entry that answers; None before the first choice."""
        return self._current

    @property
    def unsaved_entries(self) -> list[LibraryEntry]:
        """What was trained here and is in no file, oldest first."""
        return [entry for entry in self._entries.values() if entry.unsaved]

    @Slot(str)
    def choose(self, key: str) -> bool:
        """Let this entry answer; False, with an error told, if it cannot be loaded."""
        entry = self._entries.get(key)
        if entry is None:
            return False
        if entry.model is None:
            try:
                entry = replace(entry, model=load(key))
            except EngineError as error:
                self._messages.error.emit(error)
                return False
            self._entries[key] = entry
        self._current = entry
        # What is in no file yet may not exist at the next start.
        if not entry.unsaved and key != TRAINING_KEY:
            self._settings.recogniser = key
        self.chosen.emit(entry)
        return True

    def choose_first(self) -> None:
        """At the start: what answered last time, or else the best shipped model; another one than last time is told."""
        wanted = self._settings.recogniser
        problem = ""
        if wanted not in self._entries:
            path = Path(wanted)
            try:
                self._add_file(path)
                self.entries_changed.emit()
            except (EngineError, OSError) as error:
                gone = path.name and not path.exists()
                problem = f"The model file {path} is not there any more" if gone else str(error).rstrip(".")
        for key in (wanted, DEFAULT_MODEL, *self._entries):
            if key in self._entries and self.choose(key):
                if problem and self._current is not None:
                    self._messages.message.emit(f"{problem}; {self._current.title} answers in its place.")
                return

    def restore_unsaved(self) -> None:
        """Bring back what was trained in an earlier session and never saved; `unsaved_restored` tells when."""
        self._autosave.restore_models(self._on_models_read)

    def _on_models_read(self, found: list[tuple[str, Model, datetime]]) -> None:
        for name, model, moment in found:
            self._add_trained(name, model, moment)
        if found:
            what = "A model that you trained" if len(found) == 1 else f"{len(found)} models that you trained"
            self._messages.message.emit(f"{what} last time and did not save can be chosen under Recogniser.")
            self.entries_changed.emit()
        self.unsaved_restored.emit()

    def add_trained(self, model: Model) -> LibraryEntry:
        """Take in a model that was trained here; it is kept from now on, even if the program is killed."""
        name = self._training_name or _new_name()
        self._training_name = ""
        entry = self._add_trained(name, model, datetime.now())
        self._autosave.keep_model(name, model)
        self.entries_changed.emit()
        return entry

    def add_imported(self, model: Model) -> LibraryEntry:
        """Take in a model of another program, and let it answer; it is in no model file yet, and kept as such."""
        name = _new_name()
        entry = self._add_trained(name, model, datetime.now())
        self._autosave.keep_model(name, model)
        self.entries_changed.emit()
        self.choose(name)
        return entry

    def keeper(self) -> Callable[[Model], None]:
        """For a run that begins: keeps a copy of its model, from any thread, until `add_trained` takes the model in."""
        self._training_name = _new_name()
        return partial(self._autosave.keep_model_now, self._training_name)

    def begin_training(self, model: Model) -> None:
        """Offer the model in training, and let it answer."""
        self._entries[TRAINING_KEY] = LibraryEntry(TRAINING_KEY, f"{model.title}{SEPARATOR}in training", model)
        self.entries_changed.emit()
        self.choose(TRAINING_KEY)

    def end_training(self) -> None:
        """Take the model in training from the list; if it is the one that answers, choose another."""
        if self._entries.pop(TRAINING_KEY, None) is not None:
            self.entries_changed.emit()

    def open(self, path: Path) -> bool:
        """Open a model file and let it answer; False, with an error told, if it cannot be used."""
        try:
            entry = self._add_file(path.resolve())
        except (EngineError, OSError) as error:
            self._forget_recent(path)
            self._messages.error.emit(error)
            return False
        self._remember(path.resolve())
        self.entries_changed.emit()
        if not self.choose(entry.key):
            return False
        self._messages.message.emit(f"Opened {path.name if entry.title == path.stem else entry.title}.")
        return True

    def save(self, entry: LibraryEntry, path: Path) -> bool:
        """Write an entry's model into a file, which it is from then on; False, with an error told, if that fails."""
        path = path.resolve()
        if entry.model is None:
            return False
        try:
            save_model(path, entry.model)
        except (EngineError, OSError) as error:
            self._messages.error.emit(error)
            return False
        self._move_to_file(entry, path)
        self._messages.message.emit(f"Saved {path.name}.")
        return True

    def put(self, entry: LibraryEntry, place: int | None = None) -> None:
        """Replace the entry with this key, or add one, at a place of the list."""
        entries = list(self._entries.values())
        keys = list(self._entries)
        if entry.key in self._entries:
            entries[keys.index(entry.key)] = entry
        else:
            entries.insert(len(entries) if place is None else place, entry)
        self._entries = {one.key: one for one in entries}
        self.entries_changed.emit()
        if self._current is not None and self._current.key == entry.key:
            self.choose(entry.key)

    def take(self, key: str) -> int:
        """Remove an entry and give back its place; if it answered, the best shipped model answers from now on."""
        place = list(self._entries).index(key)
        del self._entries[key]
        self.entries_changed.emit()
        if self._current is not None and self._current.key == key:
            self.choose(DEFAULT_MODEL)
        return place

    def discard_unsaved(self) -> None:
        """Forget the safety copies of what was trained and not saved."""
        for entry in self.unsaved_entries:
            self._autosave.forget_model(entry.key)

    def _move_to_file(self, entry: LibraryEntry, path: Path) -> None:
        """The entry is that file from now on; a shipped model stays in the list beside its copy."""
        # The model in training goes on changing, so its file is read when it is wanted.
        in_training = entry.key == TRAINING_KEY
        saved = LibraryEntry(str(path), file_title(entry.model, path), None if in_training else entry.model, path)
        if entry.unsaved:
            self._autosave.forget_model(entry.key)
            del self._entries[entry.key]
        self._entries[saved.key] = saved
        self._remember(path)
        self.entries_changed.emit()
        if self._current is not None and self._current.key in (entry.key, saved.key) and not in_training:
            self.choose(saved.key)

    def _add_file(self, path: Path) -> LibraryEntry:
        model = load(path)
        entry = LibraryEntry(str(path), file_title(model, path), model, path)
        self._entries[entry.key] = entry
        return entry

    def _add_trained(self, name: str, model: Model, moment: datetime) -> LibraryEntry:
        titles = {entry.title for entry in self._entries.values()}
        entry = LibraryEntry(name, trained_title(model, moment, titles), model, unsaved=True)
        self._entries[name] = entry
        return entry

    def _remember(self, path: Path) -> None:
        self._settings.remember_model(path)
        self._settings.last_folder = str(path.parent)
        self.recent_changed.emit()

    def _forget_recent(self, path: Path) -> None:
        # A damaged file may be repaired, but one that is gone only clutters the menu.
        if not path.exists() and str(path) in self._settings.recent_models:
            self._settings.recent_models.remove(str(path))
            self.recent_changed.emit()


def _new_name() -> str:
    return f"trained-{uuid4().hex[:12]}"

"""The models that can answer: those that come with DigitLab, opened files, and what was trained in this window."""

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.storage.model import Model
from engine.storage.model_file import save_model
from gui.lab.messages import Messages
from gui.services.autosave import Autosave
from gui.services.settings import Settings
from models.presets import PRESETS
from models.presets.pretrained import DEFAULT_MODEL, load, shipped_models

MODEL_SUFFIX = ".safetensors"
# The entry of the model that is being trained, while it is.
TRAINING_KEY = "in-training"
# Between the parts of a title, such as "Convolutional network · 14:02 · 96.9 %".
SEPARATOR = " · "
# The figure in the title of a trained model, the first that its task has, and its name.
_TITLE_FIGURES = {"f1": "F1", "accuracy": "accuracy", "rmse": "error"}


@dataclass(frozen=True, slots=True, eq=False)
class LibraryEntry:
    """A model that can be chosen.

    Attributes:
        key: the preset's name for a shipped model, the path for a file, "trained-…" for what was trained here,
            `TRAINING_KEY` for the model in training.
        title: what the selector shows.
        model: the model; None while a shipped one has not been needed yet.
        path: its file, None for shipped and unsaved ones.
        unsaved: whether it was trained here and is in no file.
    """

    key: str
    title: str
    model: Model | None = None
    path: Path | None = None
    unsaved: bool = False


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
        autosave.told.connect(messages.message)
        autosave.failed.connect(messages.error)
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
        self._messages.message.emit(f"Opened {path.name}.")
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

    def discard_unsaved(self) -> None:
        """Forget the safety copies of what was trained and not saved."""
        for entry in self.unsaved_entries:
            self._autosave.forget_model(entry.key)

    def _move_to_file(self, entry: LibraryEntry, path: Path) -> None:
        """The entry is that file from now on; a shipped model stays in the list beside its copy."""
        # The model in training goes on changing, so its file is read when it is wanted.
        in_training = entry.key == TRAINING_KEY
        saved = LibraryEntry(str(path), path.stem, None if in_training else entry.model, path)
        if entry.unsaved:
            self._autosave.forget_model(entry.key)
            del self._entries[entry.key]
        self._entries[saved.key] = saved
        self._remember(path)
        self.entries_changed.emit()
        if self._current is not None and self._current.key in (entry.key, saved.key) and not in_training:
            self.choose(saved.key)

    def _add_file(self, path: Path) -> LibraryEntry:
        entry = LibraryEntry(str(path), path.stem, load(path), path)
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


def trained_title(model: Model, moment: datetime, taken: Collection[str] = ()) -> str:
    """Such as "Convolutional network · 14:02 · accuracy 98.6 %", the figure of the weights that the model has.

    Args:
        model: what was trained.
        moment: when; of another day than today, the day is said too.
        taken: titles that other models have.
    """
    clock = f"{moment:%H:%M}" if moment.date() == datetime.now().date() else f"{moment.day} {moment:%b %H:%M}"
    figures = model.training.get("validation")
    parts = [model.title, clock]
    for name, word in _TITLE_FIGURES.items():
        value = figures.get(name) if isinstance(figures, dict) else None
        if isinstance(value, float) and math.isfinite(value):
            parts.append(f"{word} {value:.1f}°" if name == "rmse" else f"{word} {100 * value:.1f} %")
            break
    title = SEPARATOR.join(parts)
    numbered = (title if number == 1 else f"{title} ({number})" for number in count(1))
    return next(one for one in numbered if one not in taken)


def file_name(title: str) -> str:
    """A name for the file of a model with this title, without letters that a file system may refuse."""
    return re.sub(r"[^\w -]+", "-", title.replace(SEPARATOR, " ")).strip(" -") + MODEL_SUFFIX


def with_model_suffix(path: Path) -> Path:
    """The path with the suffix of model files at its end, whatever dots its name holds ("mlp v1.2")."""
    return path if path.suffix.lower() == MODEL_SUFFIX else path.with_name(path.name + MODEL_SUFFIX)

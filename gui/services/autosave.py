"""Keeps what the user made but did not save: the drawing on the canvas and the trained models.

Both lie in a folder of this window inside the state folder and come back with the next start, whether the last one
ended well or not. Writing happens in the background, since forcing a file to the disk can take longer than a frame.
"""

import logging
import math
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.core.file_io import reason_of, remove_unfinished, write_atomically
from engine.core.user_folders import state_folder
from engine.errors import DataError, EngineError
from engine.ink.drawing import Drawing
from gui.services.background_task import BackgroundTasks, Task
from gui.services.window_folder import WindowFolder

if TYPE_CHECKING:
    from engine.storage.model import Model

logger = logging.getLogger("digitlab")
# More than a hundred of the largest preset.
MAXIMUM_BYTES = 500_000_000
_SUFFIX = ".safetensors"
# The metrics on validation digits that say what a model is worth, the first that its task has, and their names.
_METRICS = {"accuracy": "accuracy", "exact_match": "exact match", "f1": "F1", "r2": "R²"}


@dataclass(frozen=True, slots=True)
class _Copy:
    """A model file in the folder: what the model is called with its metric, its worth (0 to 1), and its size."""

    title: str
    worth: float
    size: int


class Autosave(QObject):
    """The files of unsaved work.

    Attributes:
        drawing_path: the drawing, a drawing file of one line.
        models_folder: one model file for each trained model.

    Signals:
        message(sentence): something that the user may want to know.
        error(EngineError): unsaved work is not safe; once until it is again.
    """

    message = Signal(str)
    error = Signal(object)

    def __init__(
        self, folder: Path | None = None, parent: QObject | None = None, *, maximum_bytes: int = MAXIMUM_BYTES
    ) -> None:
        super().__init__(parent)
        self._base = folder if folder is not None else state_folder()
        self._own = WindowFolder(self._base)
        self.drawing_path = self._own.path / "drawing.jsonl"
        self.models_folder = self._own.path / "unsaved-models"
        self._maximum_bytes = maximum_bytes
        self._tasks = BackgroundTasks(self)
        # The training thread writes too.
        self._lock = threading.Lock()
        self._copies: dict[str, _Copy] = {}
        self._failing = False

    def keep_drawing(self, drawing: Drawing) -> None:
        """Remember the canvas; a blank one is remembered as no drawing."""
        self._in_background(lambda: self._write_drawing(drawing))

    def restore_drawing(self) -> Drawing | None:
        """The drawing of the last session, or None; a damaged file is set aside, and `error` says so."""
        self._adopt()
        if not os.path.lexists(self.drawing_path):
            return None
        from engine.ink.drawing_files import read_drawings

        try:
            return read_drawings(self.drawing_path)[0]
        except (EngineError, OSError, IndexError) as error:
            aside = _set_aside(self.drawing_path)
            self._fail(f"The drawing of the last session cannot be read; it is kept as {aside} ({error})")
            return None

    def keep_model(self, name: str, model: "Model") -> None:
        """Remember a trained model under a name of its own until it is saved or discarded."""
        self._in_background(lambda: self._write_model(name, model, sync=True))

    def keep_model_now(self, name: str, model: "Model") -> None:
        """Remember the model in training; from its thread, so it does not wait for the disk."""
        self._guarded(lambda: self._write_model(name, model, sync=False))

    def forget_model(self, name: str) -> None:
        """Remove a remembered model, because it is in a file of its own now or was discarded."""
        self._in_background(lambda: self._remove_model(name))

    def restore_models(self, done: "Callable[[list[tuple[str, Model, datetime]]], None]") -> None:
        """Read in the background what was trained and never saved, as it lies there now.

        A file that cannot be read is set aside, and `error` says so.

        Args:
            done: called in the GUI thread with name, model and when it was trained of each, oldest first.
        """
        # What is kept from now on was trained in this session.
        paths = list(self.models_folder.glob(f"*{_SUFFIX}"))
        self._tasks.start(
            "restore-models", lambda task: self._read_models(paths, task), done=done, failed=lambda _error: done([])
        )

    def finish(self) -> None:
        """Wait until everything is on the disk, and leave the folder to the next window."""
        self._tasks.shut_down()
        self._own.release()

    def _read_models(self, paths: list[Path], task: Task) -> "list[tuple[str, Model, datetime]]":
        from engine.storage.model_file import load_model

        found: list[tuple[str, Model, datetime]] = []
        for path in paths:
            task.progress(len(found) / len(paths))
            try:
                facts = path.stat()
                model = load_model(path)
            except (EngineError, OSError) as error:
                logger.warning("An unsaved model of the last session cannot be read: %s", error)
                aside = _set_aside(path)
                self._fail(f"A model that you trained and did not save cannot be read; it is kept as {aside}.")
                continue
            with self._lock:
                self._copies[path.stem] = _Copy(_titled(model), worth(model), facts.st_size)
            found.append((path.stem, model, datetime.fromtimestamp(facts.st_mtime)))
        return sorted(found, key=lambda item: item[2])

    def _in_background(self, write: Callable[[], None]) -> None:
        self._tasks.start("unsaved-work", lambda _task: self._guarded(write), ordered=True)

    def _guarded(self, write: Callable[[], None]) -> None:
        """Failing to keep a copy must never disturb the work itself; in any thread."""
        try:
            self.models_folder.mkdir(parents=True, exist_ok=True)
            write()
        except (EngineError, OSError) as error:
            logger.warning("Unsaved work could not be kept: %s", error)
            if not self._failing:
                self._failing = True
                self._fail(
                    f"What you draw and train cannot be kept for the next start ("
                    f"{reason_of(error).rstrip('.')}: {self._own.path}). Save what you need, or make room there."
                )
        else:
            self._failing = False

    def _fail(self, sentence: str) -> None:
        self.error.emit(DataError(sentence))

    def _write_drawing(self, drawing: Drawing) -> None:
        if drawing.is_blank:
            self.drawing_path.unlink(missing_ok=True)
            return
        from engine.ink.drawing_files import write_drawings

        write_drawings(self.drawing_path, [drawing])

    def _write_model(self, name: str, model: "Model", *, sync: bool) -> None:
        from engine.storage.model_file import to_bytes

        data = to_bytes(model)
        write_atomically(self._model_path(name), data, sync=sync)
        with self._lock:
            self._copies[name] = _Copy(_titled(model), worth(model), len(data))
            dropped = self._too_many(name)
            for other in dropped:
                del self._copies[other[0]]
        for other_name, copy in dropped:
            self._model_path(other_name).unlink(missing_ok=True)
            self.message.emit(
                f"The copies of unsaved models fill {self._maximum_bytes // 1_000_000:,} MB: {copy.title} "
                "will not come back at the next start unless you save it."
            )

    def _too_many(self, newest: str) -> list[tuple[str, _Copy]]:
        """What has to go: the models that are worth least, of equal ones the oldest; never the newest."""
        excess = sum(copy.size for copy in self._copies.values()) - self._maximum_bytes
        dropped = []
        for name, copy in sorted(self._copies.items(), key=lambda item: item[1].worth):
            if excess > 0 and name != newest:
                excess -= copy.size
                dropped.append((name, copy))
        return dropped

    def _remove_model(self, name: str) -> None:
        with self._lock:
            self._copies.pop(name, None)
        self._model_path(name).unlink(missing_ok=True)

    def _model_path(self, name: str) -> Path:
        return self.models_folder / f"{name}{_SUFFIX}"

    def _adopt(self) -> None:
        """Take over the work of windows that have ended: all models, and the newest drawing for the canvas."""
        for folder in (self._own.path, self.models_folder):
            remove_unfinished(folder)
        for other in self._own.left_by_others():
            try:
                self.models_folder.mkdir(parents=True, exist_ok=True)
                for path in (other / "unsaved-models").glob(f"*{_SUFFIX}"):
                    os.replace(path, _free_name(self.models_folder / path.name))
                drawing = other / "drawing.jsonl"
                if drawing.is_file():
                    self._adopt_drawing(drawing)
            except OSError as error:
                logger.warning("Unsaved work in %s could not be taken over: %s", other, error)

    def _adopt_drawing(self, drawing: Path) -> None:
        if self.drawing_path.is_file():
            older = min(drawing, self.drawing_path, key=lambda path: path.stat().st_mtime)
            kept = _free_name(self._base / "other-drawing.jsonl")
            os.replace(older, kept)
            self.message.emit(f"The drawing of another window is kept as {kept}.")
        if drawing.is_file():
            os.replace(drawing, self.drawing_path)


def worth(model: "Model") -> float:
    """How good a model was on its validation digits, 0 to 1; 0 where that is not known."""
    return min(1.0, max(0.0, _metric(model)[1]))


def _titled(model: "Model") -> str:
    name, value = _metric(model)
    return f"{model.title} ({name} {100 * value:.1f} %)" if name else model.title


def _metric(model: "Model") -> tuple[str, float]:
    """The name of what tells the worth, and its value; ("", 0) where nothing does."""
    metrics = model.training.get("validation")
    for key, name in _METRICS.items():
        value = metrics.get(key) if isinstance(metrics, dict) else None
        if isinstance(value, int | float) and math.isfinite(value):
            return name, float(value)
    return "", 0.0


def _set_aside(path: Path) -> Path:
    """Move a damaged file to a name that nothing overwrites; the old name where that is impossible."""
    aside = _free_name(path.with_name(f"{path.name}.bad"))
    try:
        os.replace(path, aside)
    except OSError as error:
        logger.warning("%s could not be set aside: %s", path, error)
        return path
    return aside


def _free_name(path: Path) -> Path:
    names = (path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(1))
    return next(name for name in names if not os.path.lexists(name))

"""Keeps what the user made but did not save: the drawing on the canvas and the newest trained models.

Both lie in the state folder and come back with the next start, whether the last one ended well or not. Writing
happens in a background thread, since forcing a file to the disk can take longer than a frame.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.ink.drawing import Drawing
from gui.services.folders import state_folder

if TYPE_CHECKING:
    from engine.storage.model import Model

logger = logging.getLogger("digitlab")
# A long session may train hundreds of models; the newest are the ones that will be missed.
MAXIMUM_MODELS = 10


class Autosave:
    """The files of unsaved work.

    Attributes:
        drawing_path: the drawing, a drawing file of one line.
        models_folder: one model file for each trained model.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None else state_folder()
        self.drawing_path = self._folder / "drawing.jsonl"
        self.models_folder = self._folder / "unsaved-models"
        self._writer: threading.Thread | None = None

    def keep_drawing(self, drawing: Drawing) -> None:
        """Remember the canvas; a blank one is remembered as no drawing."""
        self._in_background(lambda: self._write_drawing(drawing))

    def restore_drawing(self) -> Drawing | None:
        """The drawing of the last session, or None."""
        if not self.drawing_path.exists():
            return None
        from engine.ink.drawing_files import read_drawings

        with contextlib.suppress(EngineError, OSError):
            drawings = read_drawings(self.drawing_path)
            return drawings[0] if drawings else None
        return None

    def keep_model(self, name: str, model: "Model") -> None:
        """Remember a trained model under a name of its own until it is saved or discarded."""
        self._in_background(lambda: self._write_model(self._model_path(name), model))

    def forget_model(self, name: str) -> None:
        """Remove a remembered model, because it is in a file of its own now or was discarded."""
        self._in_background(lambda: self._model_path(name).unlink(missing_ok=True))

    def restore_models(self) -> "list[tuple[str, Model, datetime]]":
        """What was trained and never saved, oldest first: name, model, when it was trained."""
        if not self.models_folder.is_dir():
            return []
        from engine.storage.model_file import load_model

        found = []
        paths = sorted(self.models_folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
        for path in paths[-MAXIMUM_MODELS:]:
            try:
                found.append((path.stem, load_model(path), datetime.fromtimestamp(path.stat().st_mtime)))
            except (EngineError, OSError) as error:
                logger.warning("An unsaved model of the last session cannot be read: %s", error)
        return found

    def finish(self) -> None:
        """Wait until everything is on the disk."""
        if self._writer is not None:
            self._writer.join()
            self._writer = None

    def _in_background(self, write: Callable[[], None]) -> None:
        # Each write waits for the one before, so the newest wins without a queue.
        previous = self._writer

        def run() -> None:
            if previous is not None:
                previous.join()
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                write()
            except (EngineError, OSError) as error:
                # Failing to keep a copy must never disturb the work itself.
                logger.warning("Unsaved work could not be kept: %s", error)

        self._writer = threading.Thread(target=run, name="unsaved-work")
        self._writer.start()

    def _write_drawing(self, drawing: Drawing) -> None:
        if drawing.is_blank:
            self.drawing_path.unlink(missing_ok=True)
            return
        from engine.ink.drawing_files import write_drawings

        write_drawings(self.drawing_path, [drawing])

    def _write_model(self, path: Path, model: "Model") -> None:
        from engine.storage.model_file import save_model

        self.models_folder.mkdir(exist_ok=True)
        save_model(path, model)
        kept = sorted(self.models_folder.glob("*.safetensors"), key=lambda other: other.stat().st_mtime)
        for old in kept[:-MAXIMUM_MODELS]:
            old.unlink(missing_ok=True)

    def _model_path(self, name: str) -> Path:
        return self.models_folder / f"{name}.safetensors"

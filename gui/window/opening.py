"""Takes whatever file, image or clipboard the user offers, and finds out what it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage

from engine.core.parameters import FloatArray
from engine.errors import DataError, EngineError
from engine.ink.drawing import Drawing
from gui.lab.image_input import features_of
from gui.services.background_task import BackgroundTasks, Task
from gui.window.dialogs import DRAWING_FILTER, DRAWING_SAVE_FILTER, MODEL_SUFFIX, Dialogs

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

DRAWING_SUFFIXES = (".jsonl", ".jsonl.gz")


class FileOpening(QObject):
    """Opens models, drawings and images for a window; every refusal is one sentence, and nothing changes."""

    def __init__(self, window: "MainWindow", dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window = window
        self._dialogs = dialogs
        self._tasks = BackgroundTasks(self)

    def open(self, path: Path) -> None:
        """Open a file as what its name says it is: a model, a drawing file, else an image."""
        name = path.name.lower()
        try:
            if name.endswith(MODEL_SUFFIX):
                self._window.library.open(path)
            elif name.endswith(DRAWING_SUFFIXES):
                self._read(lambda: _first_drawing(path), path.name)
            else:
                self._read_image(path, path.name)
        except (EngineError, OSError) as error:
            self._window.show_error(error)

    @Slot()
    def ask_drawing(self) -> None:
        """Ask for a drawing file or an image, and open it."""
        folder = self._window.settings.last_folder
        path = self._dialogs.open_file(self._window, "Open drawing or image", folder, DRAWING_FILTER)
        if path is not None:
            self._window.settings.last_folder = str(path.parent)
            self.open(path)

    @Slot()
    def save_drawing(self) -> None:
        """Ask for a name and write the strokes on the canvas there."""
        from engine.ink.drawing_files import write_drawings

        drawing = self._window.canvas.drawing()
        if drawing.is_blank:
            self._window.status_line.tell("The canvas is blank: draw something first.")
            return
        suggestion = str(Path(self._window.settings.last_folder or Path.home()) / "drawing.jsonl")
        path = self._dialogs.save_file(self._window, "Save drawing", suggestion, DRAWING_SAVE_FILTER)
        if path is None:
            return
        if not path.suffix:
            path = path.with_suffix(".jsonl")
        try:
            write_drawings(path, [drawing])
        except (EngineError, OSError) as error:
            self._window.show_error(error)
        else:
            self._window.status_line.tell(f"Saved {path.name}.")

    @Slot()
    def paste(self) -> None:
        """Recognise the image, or open the file, on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        """Open what was dropped or pasted; of several files the first."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.open(paths[0])
            if len(paths) > 1:
                self._window.status_line.tell(f"Only {paths[0].name} was opened: one file at a time, please.")
        elif data.hasImage() and isinstance(data.imageData(), QImage) and not data.imageData().isNull():
            self._read_image(data.imageData(), "The image")
        elif data.hasUrls():
            self._window.show_error(DataError("Only files on this computer can be opened here; save it first."))
        else:
            self._window.status_line.tell("There is no image and no file to open.")

    def shut_down(self) -> None:
        """Forget what is being read."""
        self._tasks.shut_down()

    def _read_image(self, source: Path | QImage, name: str) -> None:
        self._read(lambda: features_of(source), name)

    def _read(self, read: "Callable[[], FirstDrawing | FloatArray | None]", name: str) -> None:
        def work(_task: Task) -> "tuple[FirstDrawing | FloatArray | None, str]":
            try:
                return read(), name
            except MemoryError:
                raise DataError(f"{name}: there is not enough memory for this file.") from None

        # One key for all kinds, so that the newest is shown, whichever is read sooner.
        self._tasks.start("reading", work, done=self._on_read, failed=self._window.show_error)

    def _on_read(self, outcome: "tuple[FirstDrawing | FloatArray | None, str]") -> None:
        result, name = outcome
        if result is None:
            self._window.show_error(DataError(f"{name}: there is nothing to recognise in this image."))
        elif isinstance(result, FirstDrawing):
            self._window.canvas.set_drawing(result.drawing)
            more = f" It holds {result.count:,}; this is the first." if result.count > 1 else ""
            self._window.status_line.tell(f"Opened {name}.{more}")
        else:
            self._window.answering.show_image(result)
            self._window.status_line.tell(f"{name} is answered; draw to go on.")


@dataclass(frozen=True, slots=True)
class FirstDrawing:
    """The first drawing of a file, and how many the file holds."""

    drawing: Drawing
    count: int


def _first_drawing(path: Path) -> FirstDrawing:
    from engine.ink.drawing_files import read_drawings

    drawings = read_drawings(path)
    return FirstDrawing(drawings[0], len(drawings))

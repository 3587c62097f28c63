"""Takes whatever file, image or clipboard the user offers, and finds out what it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from engine.errors import DataError, EngineError
from engine.ink.drawing import DRAWING_SUFFIXES, Drawing
from gui.lab.drawing_document import OpenedImage
from gui.lab.lab import Lab
from gui.lab.model_titles import MODEL_SUFFIX
from gui.services.background_task import BackgroundTasks, Task
from gui.window.dialogs import DRAWING_FILTER, DRAWING_SAVE_FILTER, Dialogs
from gui.window.model_import import ModelImport

# Weights in arrays, and our own models, are told from the rest by what is in them.
FOREIGN_SUFFIXES = (".onnx", ".keras", ".h5", ".hdf5", ".pt", ".pth", ".ckpt", ".pkl", ".tflite", ".pb")
# Arrays and tables are no drawings: they become the data set; files of other names are looked into.
DATA_SUFFIXES = (".npz", ".npy", ".mat", ".csv", ".tsv", ".csv.gz", "ubyte", "ubyte.gz")


class FileOpening(QObject):
    """Opens models, drawings and images for a window; every refusal is one sentence, and nothing changes."""

    def __init__(self, lab: Lab, dialogs: Dialogs, imports: ModelImport, window: QWidget) -> None:
        super().__init__(window)
        self._lab = lab
        self._imports = imports
        self._dialogs = dialogs
        self._window = window
        self._tasks = BackgroundTasks(self)

    def open(self, path: Path) -> None:
        """Open a file as what its name says it is: a model, a data set, a drawing file, else an image."""
        name = path.name.lower()
        if name.endswith(FOREIGN_SUFFIXES) or _is_model_of_elsewhere(path):
            self._imports.bring_in(path)
        elif name.endswith(MODEL_SUFFIX):
            self._lab.models.open(path)
        elif name.endswith(DRAWING_SUFFIXES):
            self._read(lambda: _first_drawing(path), path.name)
        elif name.endswith(DATA_SUFFIXES) or path.is_dir() or _is_data(path):
            self._lab.imports.import_path(path)
        else:
            self._read(lambda: _image(path, path.name), path.name)

    @Slot(str)
    def open_recent(self, path: str) -> None:
        """Open a file by its name."""
        self.open(Path(path))

    @Slot()
    def ask_drawing(self) -> None:
        """Ask for a drawing file or an image, and open it."""
        settings = self._lab.settings
        path = self._dialogs.open_file(
            self._window, "Open drawing or image", settings.last_folder, DRAWING_FILTER
        )  # fmt: skip
        if path is not None:
            settings.last_folder = str(path.parent)
            self.open(path)

    @Slot()
    def save_drawing(self) -> None:
        """Ask for a name and write the strokes on the canvas there."""
        from engine.ink.drawing_files import write_drawings

        drawing = self._lab.drawing.drawing()
        if drawing.is_blank:
            self._lab.messages.message.emit("There are no strokes to save: draw something first.")
            return
        suggestion = str(Path(self._lab.settings.last_folder or Path.home()) / "drawing.jsonl")
        path = self._dialogs.save_file(self._window, "Save drawing", suggestion, DRAWING_SAVE_FILTER)
        if path is None:
            return
        if not path.name.lower().endswith(DRAWING_SUFFIXES):
            path = path.with_name(f"{path.name}{DRAWING_SUFFIXES[0]}")
            # The dialog has asked about the name as it was typed.
            if path.exists() and not self._dialogs.ask_replace(self._window, path):
                return
        self._lab.settings.last_folder = str(path.parent)
        try:
            write_drawings(path, [drawing])
        except (EngineError, OSError) as error:
            self._lab.messages.error.emit(error)
        else:
            self._lab.messages.message.emit(f"Saved {path.name}.")

    @Slot()
    def paste(self) -> None:
        """Recognise the image, or open the file, on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData() or QMimeData())

    def take(self, data: QMimeData) -> None:
        """Open what was dropped or pasted; of several files the first."""
        messages = self._lab.messages
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        image = data.imageData() if data.hasImage() else None
        if paths:
            self.open(paths[0])
            if len(paths) > 1:
                messages.message.emit(f"Only {paths[0].name} was opened: one file at a time, please.")
        elif isinstance(image, QImage) and not image.isNull():
            self._read(lambda: _image(image, "The image"), "the image")
        elif data.hasUrls():
            messages.error.emit(DataError("Only files on this computer can be opened here; save it first."))
        else:
            messages.message.emit("There is no image and no file to open.")

    def shut_down(self) -> None:
        """Forget what is being read."""
        self._tasks.shut_down()

    def _read(self, read: "Callable[[], FirstDrawing | OpenedImage]", name: str) -> None:
        def work(_task: Task) -> "tuple[FirstDrawing | OpenedImage, str]":
            try:
                return read(), name
            except MemoryError:
                raise DataError(f"{name}: there is not enough memory for this file.") from None

        # One key for all kinds, so that the newest is shown, whichever is read sooner.
        self._tasks.start("reading", work, done=self._on_read, failed=self._lab.messages.error.emit)

    def _on_read(self, outcome: "tuple[FirstDrawing | OpenedImage, str]") -> None:
        result, name = outcome
        if isinstance(result, FirstDrawing):
            self._lab.drawing.set_drawing(result.drawing)
            more = f" It holds {result.count:,}; this is the first." if result.count > 1 else ""
            self._lab.messages.message.emit(f"Opened {name}.{more}")
        else:
            self._lab.drawing.set_image(result)
            self._lab.messages.message.emit(f"Opened {name}. Draw, or press Clear, to take it away.")


@dataclass(frozen=True, slots=True)
class FirstDrawing:
    """The first drawing of a file, and how many the file holds."""

    drawing: Drawing
    count: int


def _image(source: Path | QImage, name: str) -> OpenedImage:
    from gui.lab.image_input import read_image

    return read_image(source, name)


def _is_data(path: Path) -> bool:
    from engine.data.readers.registry import holds_arrays

    try:
        return holds_arrays(path)
    except DataError:
        # Whoever opens it says what is wrong with it.
        return False


def _is_model_of_elsewhere(path: Path) -> bool:
    if not path.name.lower().endswith((MODEL_SUFFIX, ".npz")):
        return False
    from engine.storage.importers import is_model_of_elsewhere

    return is_model_of_elsewhere(path)


def _first_drawing(path: Path) -> FirstDrawing:
    from engine.ink.drawing_files import read_drawings

    drawings = read_drawings(path)
    return FirstDrawing(drawings[0], len(drawings))

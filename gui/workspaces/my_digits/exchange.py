"""Digits of others in, one's own digits out: in the background, with progress, and undone in one step."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.core.wording import counted
from engine.data import ReadOptions, read_digits
from engine.data.exporting import EXPORT_FORMATS, ExportFormat
from engine.data.image_drawings import drawing_features, image_drawing
from engine.data.readers.drawings import is_drawing_file
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from gui.lab.dataset_import import doubt_sentence
from gui.lab.lab import Lab
from gui.lab.my_digits import WHAT, WRITER, MyDigit
from gui.services.background_task import BackgroundTasks, Task
from gui.widgets.naming import named
from gui.workspaces.chart_exports import RememberedFolder

# Larger sets are data to train on, not somebody's own digits.
MOST_IMPORTED = 20_000
_KEY = "exchange"
# The file's name, the digits, how many were left out, and what looks wrong about them.
Imported = tuple[str, list[tuple[Drawing, FloatArray]], int, str]
_REPORTED = 50


class Exchange(QObject):
    """The buttons Import and Export with their menus, and the work behind them.

    Signals:
        progressed(share): how much is done; None when nothing is under way any more.
    """

    progressed = Signal(object)

    def __init__(self, lab: Lab, tasks: BackgroundTasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._lab = lab
        self._tasks = tasks
        self._parent = parent
        self._digits: Sequence[MyDigit] = ()
        self.import_button = QPushButton("Import")
        self.import_button.setObjectName("importDigitsButton")
        self.import_button.setToolTip("Take in digits from a drawing file, images, arrays or a table …")
        self.import_menu = QMenu(self.import_button)
        self.import_menu.addAction("From a file …", self._on_import_file)
        self.import_menu.addAction("From a folder …", self._on_import_folder)
        self.import_button.clicked.connect(self._on_menu_button)
        self.export_button = named(QPushButton("Export"), "exportDigitsButton", "Write the digits that are shown")
        self.export_menu = QMenu(self.export_button)
        for name, kind in EXPORT_FORMATS.items():
            self.export_menu.addAction(f"{kind.title} …", self._on_export).setData(name)
        self.export_button.clicked.connect(self._on_menu_button)
        tasks.ended.connect(self._on_ended)

    def set_digits(self, digits: Sequence[MyDigit]) -> None:
        """What an export would write."""
        self._digits = digits
        self.export_button.setEnabled(bool(digits))

    def read(self, path: Path) -> None:
        """Import a file or folder."""
        # Whoever has said in the Data tab how the file is read need not say it again.
        same = (entry for entry in self._lab.datasets.entries if entry.path == path.resolve())
        work = _Import(path, self._lab.settings.writer, next((entry.options for entry in same), {}))
        self._start(work, self._on_imported)

    def write(self, path: Path, kind: ExportFormat) -> None:
        """Export what is shown."""
        self._start(_Export(path, kind, [digit.drawing for digit in self._digits]), self._lab.messages.message.emit)

    @Slot()
    def cancel(self) -> None:
        """Forget what is under way; nothing is changed."""
        self._tasks.cancel(_KEY)

    def _start(self, work: "_Import | _Export", done: object) -> None:
        self.progressed.emit(0.0)
        self._tasks.start(_KEY, work, done=done, failed=self._lab.messages.error.emit, progressed=self.progressed.emit)  # type: ignore[arg-type]

    @Slot(object)
    def _on_imported(self, found: Imported) -> None:
        name, digits, left_out, doubt = found
        self._lab.my_digits.add(digits, "import")
        rest = f"; {left_out:,} without a digit or without ink were left out" if left_out else ""
        self._lab.messages.message.emit(f"Took in {counted(len(digits), 'digit')} from {name}{rest}.{doubt}")

    @Slot(str)
    def _on_ended(self, key: str) -> None:
        if key == _KEY:
            self.progressed.emit(None)

    @Slot()
    def _on_menu_button(self) -> None:
        imports = self.sender() is self.import_button
        button, menu = (self.import_button, self.import_menu) if imports else (self.export_button, self.export_menu)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def _on_import_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._parent, "Import digits", self._lab.settings.last_folder)
        if name:
            self._lab.settings.last_folder = str(Path(name).parent)
            self.read(Path(name))

    @Slot()
    def _on_import_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._parent, "Import digits", self._lab.settings.last_folder)
        if name:
            self._lab.settings.last_folder = str(Path(name).parent)
            self.read(Path(name))

    @Slot()
    def _on_export(self) -> None:
        action = self.sender()
        kind = EXPORT_FORMATS[action.data()] if action is not None and hasattr(action, "data") else None
        if kind is None:
            return
        folder, name = RememberedFolder(self._lab.settings), f"my-digits{kind.suffix}"
        path = folder.ask(self._parent, f"Export: {kind.title}", name, "", (f"{kind.suffix}.gz",))
        if path is not None:
            self.write(path, kind)


class _Import:
    """Reads in the thread of a task."""

    def __init__(self, path: Path, writer: str, options: Mapping[str, Any]) -> None:
        self._path, self._writer, self._options = path, writer, options

    def __call__(self, task: Task) -> Imported:
        if self._path.is_file() and self._holds_drawings():
            drawings = read_drawings(self._path)
            self._check(len(drawings))
            found = [(_named(drawing), features) for drawing, features in _with_features(drawings, task)]
        else:
            digits = read_digits(self._path, ReadOptions(**self._options)).dataset()
            self._check(len(digits))
            names = [f"writer {writer}" for writer in digits.writers.tolist()] if digits.writers is not None else []
            found = []
            for place, (image, label) in enumerate(zip(digits.images, digits.labels.tolist(), strict=True)):
                extra = {WRITER: names[place]} if names else {WRITER: self._writer} if self._writer else {}
                original = None if digits.originals is None else digits.originals[place]
                found.append((image_drawing(image, label, extra, original), image.copy()))
                if place % _REPORTED == 0:
                    task.progress(place / len(digits))
            return self._path.name, found, 0, doubt_sentence(digits)
        kept = [one for one in found if one[0].label is not None or WHAT in one[0].extra]
        if not kept:
            raise DataError(f"{self._path.name}: none of its drawings has a label, so nothing was taken in.")
        return self._path.name, kept, len(drawings) - len(kept), ""

    def _holds_drawings(self) -> bool:
        with SourceFile(self._path) as source:
            return is_drawing_file(source.head)

    def _check(self, count: int) -> None:
        if count > MOST_IMPORTED:
            raise DataError(
                f"{self._path.name}: it holds {count:,} digits, and My digits takes in {MOST_IMPORTED:,} at once; "
                "train and evaluate on such a file by the Data tab."
            )


def _with_features(drawings: list[Drawing], task: Task) -> list[tuple[Drawing, FloatArray]]:
    found: list[tuple[Drawing, FloatArray]] = []
    for start in range(0, len(drawings), _REPORTED):
        task.progress(start / len(drawings))
        together = drawings[start : start + _REPORTED]
        found += [
            (drawing, features)
            for drawing, features in zip(together, drawing_features(together), strict=True)
            if features is not None
        ]
    return found


def _named(drawing: Drawing) -> Drawing:
    """The drawing with its writer as a name; numbers are names, too."""
    writer = drawing.extra.get(WRITER)
    if writer is None or isinstance(writer, str):
        return drawing
    return Drawing(drawing.strokes, drawing.label, {**drawing.extra, WRITER: f"writer {writer}"})


class _Export:
    """Writes in the thread of a task."""

    def __init__(self, path: Path, kind: ExportFormat, drawings: list[Drawing]) -> None:
        self._path = path
        self._kind = kind
        self._drawings = drawings

    def __call__(self, task: Task) -> str:
        task.progress(0.1)
        self._kind.write(self._path, self._drawings)
        return f"Exported {counted(len(self._drawings), 'digit')} to {self._path.name}."

"""The menu of a list of digits: a picture, a drawing, or a table with what the model said of each."""

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton

from engine.core.file_io import reason_of
from engine.core.parameters import IntArray
from gui.services.background_task import BackgroundTasks
from gui.services.csv_export import Table, write_table
from gui.theme.manager import ThemeManager
from gui.widgets.export_folder import ExportFolder
from gui.workspaces.evaluate.digit_sheet import write_sheet
from gui.workspaces.evaluate.evaluation import LONGEST_LIST, Evaluation

_KINDS = (
    ("Save picture (PNG) …", "png", "PNG picture (*.png)"),
    ("Save drawing (SVG) …", "svg", "SVG drawing (*.svg)"),
    ("Save numbers (CSV) …", "csv", "Table (*.csv)"),
)


class DigitsExport(QToolButton):
    """Saves the digits that are shown; a picture has the first 500 of them.

    Signals:
        exporting(path), exported(path), error(sentence): how it goes.
    """

    exporting = Signal(str)
    exported = Signal(str)
    error = Signal(str)

    def __init__(self, themes: ThemeManager, title: str) -> None:
        super().__init__()
        self._themes, self._title = themes, title
        self._folder = ExportFolder()
        self._found: Evaluation | None = None
        self._places: IntArray = np.zeros(0, np.intp)
        self._tasks = BackgroundTasks(self)
        self.setText("⋯")
        self.setProperty("quiet", True)
        self.setToolTip("Save these digits as a picture, or what the model said of them as a table")
        self.setAccessibleName(f"{title}: more")
        self.menu_of_kinds = QMenu(self)
        for text, ending, kind in _KINDS:
            self.menu_of_kinds.addAction(text).triggered.connect(partial(self._ask, ending, kind))
        self.clicked.connect(self._on_clicked)
        self.setEnabled(False)

    def show_digits(self, found: Evaluation | None, places: IntArray) -> None:
        """These digits can be saved: (n,) places in the answers of an evaluation."""
        self._found, self._places = found, places
        self.setEnabled(found is not None and len(places) > 0)

    def set_export_folder(self, folder: ExportFolder) -> None:
        """Suggest files in this folder from now on."""
        self._folder = folder

    def finish_exports(self) -> None:
        """Wait for what is being written, for a window that closes."""
        self._tasks.finish()

    def export(self, path: Path) -> None:
        """Write a picture for ".png" and ".svg", a table otherwise; a signal tells the outcome."""
        found, places = self._found, self._places
        if found is None:
            return
        if path.suffix.lower() not in (".png", ".svg"):
            self.exporting.emit(str(path))
            self._tasks.start(
                "table",
                lambda _task: write_table(path, table_of(found, places)),
                done=self._on_written,
                failed=self._on_failed,
                ordered=True,
            )
            return
        first = places[:LONGEST_LIST]
        more = f", the first {len(first)} of {len(places):,}" if len(first) < len(places) else ""
        captions = [found.caption(int(place)).split(" · ")[0] for place in first]
        title = f"{self._title} · {found.title} · {found.data_title}{more}"
        try:
            write_sheet(path, title, found.answers.images[first], captions, self.font(), self._themes.theme)
        except OSError as error:
            self.error.emit(f"{path.name} could not be saved: {reason_of(error)}.")
        else:
            self.exported.emit(str(path))

    def _ask(self, ending: str, kind: str, _checked: bool = False) -> None:
        name = f"{self._title.lower().replace(' ', '-')}.{ending}"
        path = self._folder.ask(self, f"Save {self._title.lower()}", name, kind, (".png", ".svg", ".csv"))
        if path is not None:
            self.export(path)

    @Slot()
    def _on_clicked(self) -> None:
        self.menu_of_kinds.popup(self.mapToGlobal(QPoint(0, self.height())))

    @Slot(object)
    def _on_written(self, path: str) -> None:
        self.exported.emit(str(path))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.error.emit(str(error))


def table_of(found: Evaluation, places: IntArray) -> Table:
    """One row a digit: its number in the data set, truth, answer and what the answer was worth; places are (n,)."""
    answers, numbers = found.answers, found.ids[places]
    settings = {"model": found.title, "digits": found.data_title}
    predictions, targets = answers.predictions[places], np.asarray(answers.targets)[places]
    if answers.has_classes:
        said, rows = answers.classes[places], np.arange(len(places))
        names = np.asarray(answers.labels)
        return Table(
            ("digit", "truth", "answer", "probability_of_answer", "probability_of_truth", "loss"),
            [
                (
                    numbers, names[targets].tolist(), names[said].tolist(), predictions[rows, said],
                    predictions[rows, targets], answers.errors[places],
                )
            ],
            settings,
        )  # fmt: skip
    if answers.task == "multilabel":
        columns = [part for place in range(len(answers.labels)) for part in (targets[:, place], predictions[:, place])]
        heads = [f"{label}_{kind}" for label in answers.labels for kind in ("true", "probability")]
        return Table(("digit", *heads), [(numbers, *columns)], settings)
    flat = targets.reshape(-1)
    return Table(
        ("digit", "truth", "answer", "difference"),
        [(numbers, flat, predictions[:, 0], predictions[:, 0] - flat)],
        settings,
    )

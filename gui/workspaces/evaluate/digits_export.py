"""The menu of a list of digits: a picture, a drawing, or a table with what the model said of each."""

import numpy as np
from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QToolButton

from engine.core.parameters import IntArray
from gui.charts.export_menu import ExportMenu
from gui.services.csv_export import Table
from gui.theme.manager import ThemeManager
from gui.widgets.digit_sheet import sheet_painted
from gui.widgets.picture_export import Encode
from gui.workspaces.evaluate.evaluation import LONGEST_LIST, Evaluation


class DigitsExport(QToolButton):
    """Saves the digits that are shown; a picture has the first 500 of them.

    Attributes:
        export_menu: opens below it.
    """

    def __init__(self, themes: ThemeManager, title: str) -> None:
        super().__init__()
        self._themes, self.heading = themes, title
        self._found: Evaluation | None = None
        self._places: IntArray = np.zeros(0, np.intp)
        self.setText("⋯")
        self.setProperty("quiet", True)
        self.setToolTip("Save these digits as a picture, or what the model said of them as a table")
        self.setAccessibleName(f"{title}: more")
        self.export_menu = ExportMenu(self)
        self.export_menu.offer(self)
        self.clicked.connect(self._on_clicked)
        self.setEnabled(False)

    def show_digits(self, found: Evaluation | None, places: IntArray) -> None:
        """These digits can be saved: (n,) places in the answers of an evaluation."""
        self._found, self._places = found, places
        self.setEnabled(found is not None and len(places) > 0)

    def picture(self, ending: str) -> Encode:
        """The digits with what was said of each."""
        found, places = self._found, self._places
        assert found is not None
        first = places[:LONGEST_LIST]
        more = f", the first {len(first)} of {len(places):,}" if len(first) < len(places) else ""
        captions = [found.caption(int(place)).split(" · ")[0] for place in first]
        title = f"{self.heading} · {found.title} · {found.data_title}{more}"
        return sheet_painted(ending, title, found.answers.images[first], captions, self.font(), self._themes.theme)

    def table(self) -> Table:
        """A row a digit."""
        return table_of(self._found, self._places) if self._found is not None else Table((), ())

    @Slot()
    def _on_clicked(self) -> None:
        self.export_menu.popup(self.mapToGlobal(QPoint(0, self.height())))


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

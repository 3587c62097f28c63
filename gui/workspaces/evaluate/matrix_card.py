"""The confusion matrix in its card: which axes, which measure, which cells."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout

from gui.charts.chart_card import ChartCard
from gui.theme.manager import ThemeManager
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.naming import named
from gui.workspaces.evaluate.confusion_chart import Cell, ConfusionChart
from gui.workspaces.evaluate.evaluation import Evaluation
from models.scoring.matrix import AXES, MEASURES, DigitMatrix, digit_matrix

_LEAST_HEIGHT_PX = 300


class MatrixCard(QObject):
    """Chart, its card, and the boxes in the card's header.

    Signals:
        chosen(places, text): the digits of the chosen cells, places in the answers, and what they are.
    """

    chosen = Signal(object, str)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.chart = ConfusionChart(themes)
        self.chart.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.card = ChartCard(self.chart)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.card.body.insertLayout(0, row)
        self.axes_box = self._box("matrixAxes", "What rows and columns are", AXES, row, "Axes")
        self.measure_box = self._box("matrixMeasure", "What the cells say", MEASURES, row, "Cells")
        self._found: Evaluation | None = None
        self._matrix: DigitMatrix | None = None
        self._cells: tuple[Cell, ...] = ()
        self.chart.clicked.connect(self._on_clicked)

    def values(self) -> dict[str, Any]:
        """Axes and measure."""
        return {"axes": self.axes_box.currentText(), "measure": self._measure}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Choose them again."""
        for key, box, known in (("axes", self.axes_box, AXES), ("measure", self.measure_box, MEASURES)):
            if values.get(key) in known:
                box.setCurrentIndex(known.index(values[key]))

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Show the table of an evaluation."""
        self._found, self._cells = found, ()
        self._show()

    def choose(self, cell: Cell, *, adds: bool = False) -> None:
        """Choose a cell, or add or take it away; the last row or column stands for all."""
        if self._matrix is None:
            return
        if adds:
            kept = tuple(one for one in self._cells if one != cell)
            self._cells = kept if cell in self._cells else (*self._cells, cell)
        else:
            self._cells = (cell,)
        self.chart.show_chosen(self._cells)
        chosen = np.zeros(len(self._found.answers), bool) if self._found is not None else np.zeros(0, bool)
        for one in self._cells:
            chosen[self._matrix.members(*one)] = True
        words = ", ".join(self._words(*one) for one in self._cells)
        self.chosen.emit(np.flatnonzero(chosen), words if len(self._cells) < 3 else f"{len(self._cells)} cells")

    @property
    def _measure(self) -> str:
        return MEASURES[self.measure_box.currentIndex()]

    def _words(self, row: int, column: int) -> str:
        assert self._matrix is not None
        matrix = self._matrix
        names = [f"{matrix.row_word} {matrix.rows[row]}"] if row < len(matrix.rows) else []
        names += [f"{matrix.column_word} {matrix.columns[column]}"] if column < len(matrix.columns) else []
        return " ".join(names) or "all digits"

    def _show(self) -> None:
        if self._found is None:
            self._matrix = None
            self.chart.clear()
            return
        self.card.set_subtitle(self._missing(self._found, self.axes_box.currentText()))
        self._matrix = digit_matrix(self._found.answers, self._found.against, self.axes_box.currentText())
        # The shares are those of what the rows and columns are now.
        for place, words in enumerate(self._matrix.measure_words()):
            self.measure_box.setItemText(place, words)
        self.chart.show_matrix(self._matrix, self._measure, self._cells)

    @staticmethod
    def _missing(found: Evaluation, axes: str) -> str:
        """What would be needed for the chosen axes; "" where nothing is."""
        if axes == AXES[1] and found.against is None:
            return "choose a second model"
        return "nothing is refused" if axes == AXES[2] and found.answers.task == "regression" else ""

    def _box(self, name: str, words: str, items: tuple[str, ...], row: QHBoxLayout, caption: str) -> ElidingComboBox:
        box = named(ElidingComboBox(), name, words, words)
        box.addItems(items)
        box.currentIndexChanged.connect(self._on_reading_changed)
        row.addWidget(label_for(box, caption))
        row.addWidget(box, 1)
        return box

    @Slot(int)
    def _on_reading_changed(self, _index: int) -> None:
        self._cells = ()
        self._show()

    @Slot(object)
    def _on_clicked(self, cell: Cell) -> None:
        held = self.chart.view.modifiers
        self.choose(cell, adds=bool(held & Qt.KeyboardModifier.ControlModifier))

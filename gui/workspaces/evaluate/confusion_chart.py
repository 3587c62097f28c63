"""The confusion matrix: cells, names and sums that can be clicked."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsRectItem

from gui.charts.chart import NO_DATA
from gui.charts.matrix_chart import MatrixChart
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import Pixels, ramp, scaled
from gui.theme.manager import ThemeManager
from models.scoring.matrix import MEASURES, DigitMatrix

SUM = "Σ"
Cell = tuple[int, int]


class ConfusionChart(MatrixChart):
    """A `DigitMatrix` with sums at the end of rows and columns; mistakes and right answers have scales of their own."""

    object_name: ClassVar[str] = "confusionMatrix"
    title: ClassVar[str] = "Confusion matrix"
    row_word: ClassVar[str] = "truth"
    column_word: ClassVar[str] = "answer"
    value_word: ClassVar[str] = "digits"
    empty_text: ClassVar[str] = "The answers of a model are counted here."
    explanation: ClassVar[str] = (
        "Each row is a true class, each column an answer. Right answers are blue, mistakes orange, each on a scale of "
        "its own. Click a cell, a name or a sum to see exactly those digits; Ctrl adds more. Of labels that are "
        "true or not, TP and TN are rightly yes and no, FN and FP wrongly no and yes."
    )

    def __init__(self, themes: ThemeManager) -> None:
        self._good: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.zeros((0, 0), bool)
        self._measure = self._measure_words = MEASURES[0]
        self._row_name, self._column_name = self.row_word, self.column_word
        self._chosen: tuple[Cell, ...] = ()
        self._frames: list[QGraphicsRectItem] = []
        super().__init__(themes)
        self.view.axes_clickable = True

    def show_matrix(self, matrix: DigitMatrix, measure: str, chosen: tuple[Cell, ...] = ()) -> None:
        """Show a table in one of `MEASURES`, with frames around the chosen cells."""
        self._good, self._measure, self._chosen = matrix.good, measure, chosen
        self._row_name, self._column_name = matrix.row_word, matrix.column_word
        self._measure_words = matrix.measure_words()[MEASURES.index(measure)]
        # Beside the last column the word would take the room of two.
        self.view.set_words("", f"{matrix.row_word} ↓   {matrix.column_word} →")
        self.view.axes["left"].set_room(max(matrix.rows, key=len))
        self.set_matrix(matrix.table(measure), (*matrix.rows, SUM), (*matrix.columns, SUM))

    def clear(self) -> None:
        """Show nothing."""
        self._good = np.zeros((0, 0), bool)
        self._chosen = ()
        self.set_matrix(np.zeros((0, 0)), (), ())

    def show_chosen(self, cells: tuple[Cell, ...]) -> None:
        """Frame the chosen cells."""
        self._chosen = cells
        self._draw_frames()

    def value_text(self, value: float) -> str:
        """A count, a share or a sum of probabilities."""
        if self._measure.startswith("share"):
            return "100 %" if value == 1.0 else f"{100 * value:.1f}"
        return f"{value:.1f}" if self._measure == MEASURES[3] else f"{value:,.0f}"

    def words(self) -> str:
        """The largest mistakes in words."""
        if self.empty:
            return NO_DATA
        height, width = self._good.shape
        cells = np.where(self._good, -1.0, self._values[:height, :width])
        order = np.argsort(-cells, axis=None)[:3]
        found = [divmod(int(place), width) for place in order if cells.flat[place] > 0]
        if not found:
            return "No mistakes"
        return "Most frequent mistakes: " + "; ".join(self._reading_of(row, column).text for row, column in found)

    def colors(self) -> Pixels:
        """Right answers and mistakes apart; sums in the surface's colour."""
        theme, (height, width) = self.theme, self._good.shape
        colors = np.tile(ramp(0.0, theme.raised), (height + 1, width + 1, 1))
        cells = self._values[:height, :width]
        for part, color in ((self._good, theme.accent), (~self._good, theme.second)):
            if part.any():
                shares = scaled(cells[part], 0.0, float(cells[part].max()))
                colors[:height, :width][part] = ramp(shares, theme.surface, color)
        return colors

    def draw_data(self) -> None:
        """Cells, numbers, and frames around the chosen ones."""
        super().draw_data()
        self._draw_frames()

    def _draw_frames(self) -> None:
        while len(self._frames) < len(self._chosen):
            frame = QGraphicsRectItem()
            frame.setZValue(15)
            self.view.box.addItem(frame, ignoreBounds=True)
            self._frames.append(frame)
        for frame in self._frames:
            frame.setVisible(False)
        height, width = self._values.shape
        for frame, (row, column) in zip(self._frames, self._chosen, strict=False):
            left, cells_wide = (column, 1) if 0 <= column < width - 1 else (0, width)
            top, cells_high = (row, 1) if 0 <= row < height - 1 else (0, height)
            frame.setRect(QRectF(left - 0.5, top - 0.5, cells_wide, cells_high))
            frame.setPen(pg.mkPen(self.theme.text, width=2.5))
            frame.setVisible(True)

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The cell at a place; beside the cells, the whole row or column of that name."""
        height, width = self._values.shape
        row, column = round(y), round(x)
        row = row if row < height else height - 1
        column = column if column >= 0 else width - 1
        return self._reading_of(row, column) if 0 <= row < height and 0 <= column < width else None

    def table(self) -> Table:
        """A row a cell, by what is counted."""
        return replace(super().table(), columns=(self._row_name, self._column_name, self._measure_words))

    def _reading_of(self, row: int, column: int) -> Reading:
        height, width = self._values.shape
        names = []
        if row < height - 1:
            names.append(f"{self._row_name} {self._rows[row]}")
        if column < width - 1:
            names.append(f"{self._column_name} {self._columns[column]}")
        value = self.value_text(float(self._values[row, column]))
        unit = " %" if self._measure.startswith("share") and not value.endswith("%") else ""
        return Reading(
            (row, column),
            ", ".join(names) or "all",
            [(self._measure_words, value + unit, "")],
            float(column),
            float(row),
        )

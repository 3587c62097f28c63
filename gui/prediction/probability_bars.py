"""One bar a class: what the model thinks the drawing is, redrawn with every movement of the pen."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from engine.evaluation.wording import percent
from gui.charts.bar_chart import BAR_WIDTH, BarChart
from gui.lab.classifier import Prediction
from gui.services.csv_export import Table
from gui.theme.manager import ThemeManager

# Bars of 50 px and their names.
_MINIMUM_HEIGHT_PX = 72


class ProbabilityBars(BarChart):
    """The probabilities of all classes; of a blank drawing, the empty axis with their names."""

    object_name = "probabilityChart"
    title = "Probability of each class"
    empty_text = ""
    explanation = "How probable the model finds each class."
    value_word = "probability"
    fixed_range = (0.0, 1.0)
    has_scale = False
    has_quiet_bars = True

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        self.setAccessibleName(self.title)
        self.view.setMinimumHeight(_MINIMUM_HEIGHT_PX)
        self._set_blank(tuple("0123456789"))

    @property
    def values(self) -> tuple[float, ...]:
        """The probabilities that are shown; empty where there is no answer."""
        return () if np.isnan(self.heights).any() else tuple(self.heights.tolist())

    def set_answer(self, answer: Prediction) -> None:
        """Show an answer, muted where it is rejected, or the empty axis of a blank drawing."""
        if answer.probabilities is None:
            labels = answer.labels or self.names
            if self.values or labels != self.names:
                self._set_blank(labels)
            return
        best = -1 if answer.rejected else int(np.argmax(answer.probabilities))
        same = answer.labels == self.names and best == self.emphasized
        if not same or not np.array_equal(answer.probabilities, self.heights):
            self.set_bars(answer.labels or self.names, answer.probabilities, best)

    def add_bars(self) -> None:
        """Qt's rectangles: pyqtgraph's bars would make a picture of themselves for every movement of the pen."""
        self._rectangles: list[QGraphicsRectItem] = []

    def draw_bars(self, heights: list[float], brushes: list[QBrush]) -> None:
        """Have as many rectangles as bars."""
        while len(self._rectangles) < len(heights):
            self._rectangles.append(bar := QGraphicsRectItem())
            bar.setPen(QPen(Qt.PenStyle.NoPen))
            self.view.box.addItem(bar, ignoreBounds=True)
        for place, bar in enumerate(self._rectangles):
            bar.setVisible(place < len(heights))
        for place, (bar, height, brush) in enumerate(zip(self._rectangles, heights, brushes, strict=False)):
            bar.setRect(place - BAR_WIDTH / 2, 0.0, BAR_WIDTH, height)
            bar.setBrush(brush)

    def value_text(self, value: float) -> str:
        """Percent, and never certain when it is not."""
        return percent(value)

    def words(self) -> str:
        """All probabilities in words, the largest first."""
        return super().words() if self.values else "No answer yet."

    def table(self) -> Table:
        """A row a class, with all digits: what is nearly certain is told from what is."""
        return replace(super().table(), exact=True)

    def sizeHint(self) -> QSize:
        """As in a window of 1280×800."""
        return QSize(272, 150)

    def _set_blank(self, labels: tuple[str, ...]) -> None:
        self.set_bars(labels, np.full(len(labels), np.nan))

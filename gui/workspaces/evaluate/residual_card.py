"""Answers that are numbers: predicted against true, and how far off."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from gui.charts.bar_chart import BarChart
from gui.charts.chart_card import ChartCard
from gui.charts.scatter_chart import ScatterChart
from gui.theme.manager import ThemeManager
from gui.workspaces.evaluate.evaluation import Evaluation

_HEIGHT_PX = 170
# Degrees; further off is counted in the outermost bars.
_EDGES = np.arange(-20.0, 21.0, 4.0)
# More points only hide each other.
_MOST_POINTS = 3000


class PredictedChart(ScatterChart):
    """A point a digit: on the diagonal the answer is exact."""

    object_name: ClassVar[str] = "predictedChart"
    title: ClassVar[str] = "Predicted against true"
    x_word: ClassVar[str] = "true °"
    y_word: ClassVar[str] = "answer °"
    empty_text: ClassVar[str] = "A model that answers with a number is shown here."
    explanation: ClassVar[str] = "Each point is a digit. The nearer to the diagonal, the better. Click one to see it."


class ResidualChart(BarChart):
    """How many digits are how far off."""

    object_name: ClassVar[str] = "residualChart"
    title: ClassVar[str] = "Residuals"
    value_word: ClassVar[str] = "digits"
    empty_text: ClassVar[str] = "How far off the answers are is shown here."
    explanation: ClassVar[str] = "Answer less truth in degrees. Click a bar to see its digits."


class ResidualCard(QObject):
    """Both cards.

    Signals:
        chosen(places, text): digits of the answers behind a point or a bar.
    """

    chosen = Signal(object, str)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.chart, self.histogram = PredictedChart(themes), ResidualChart(themes)
        self.card, self.histogram_card = ChartCard(self.chart), ChartCard(self.histogram)
        for chart in (self.chart, self.histogram):
            chart.setMinimumHeight(_HEIGHT_PX)
        self._bins = np.zeros(0, np.intp)
        self.chart.clicked.connect(self._on_point)
        self.histogram.clicked.connect(self._on_bar)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Show the residuals of an evaluation; only numbers have them."""
        shown = found is not None and found.answers.task == "regression"
        for card in (self.card, self.histogram_card):
            card.setVisible(shown)
        if found is None or not shown:
            self.chart.set_points((), ())
            self.histogram.set_bars((), ())
            return
        true, said = np.asarray(found.answers.targets, np.float64), found.answers.predictions[:, 0]
        self.chart.set_points(true[:_MOST_POINTS], said[:_MOST_POINTS])
        self._bins = np.digitize(said - true, _EDGES)
        names = [f"< {_EDGES[0]:.0f}", *(f"{low:+.0f}" for low in _EDGES[:-1]), f"> {_EDGES[-1]:.0f}"]
        self.histogram.set_bars(names, np.bincount(self._bins, minlength=len(names)))

    @Slot(object)
    def _on_point(self, place: int) -> None:
        self.chosen.emit(np.array([place]), "point")

    @Slot(object)
    def _on_bar(self, bar: int) -> None:
        self.chosen.emit(np.flatnonzero(self._bins == bar), f"residual {self.histogram.names[bar]}°")

"""Accuracy of the answers against the share that is answered."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Signal, Slot

from engine.evaluation.reliability import RiskCoverage
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.theme.manager import ThemeManager

# More points than pixels are not seen.
_MOST_POINTS = 1000


class CoverageChart(LineChart):
    """What refusing the least sure drawings brings, with the threshold as a line that can be dragged.

    Signals:
        dragged(share): of the digits that would be answered.
        released: the line was let go.
    """

    dragged = Signal(float)
    released = Signal()

    object_name: ClassVar[str] = "coverageChart"
    title: ClassVar[str] = "Answer less, be right more often"
    x_word: ClassVar[str] = "share answered"
    widest_number: ClassVar[str] = "100.00"
    empty_text: ClassVar[str] = "What refusing brings is shown here."
    explanation: ClassVar[str] = (
        "The digits are sorted by the energy of the model's outputs, which its rule of refusal looks at. The curve is "
        "the accuracy of those that are answered. Where the dashed line, or the slider, is let go, there the model "
        "refuses from now on."
    )

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        self._line = self.add_line("accuracy", "% right", LineStyle(lambda theme: theme.accent))
        self.threshold = self.add_mark(1.0, "", movable=True)
        self.threshold.item.setBounds((0.0, 1.0))
        self.threshold.item.sigDragged.connect(self._on_dragged)
        self.threshold.item.sigPositionChangeFinished.connect(self._on_released)

    def show_curve(self, found: RiskCoverage | None) -> None:
        """Show it; drawn when the threshold is shown."""
        x = y = np.zeros(0)
        if found is not None:
            # The first few answers would draw the curve between 0 and 1.
            last = len(found.coverage) - 1
            first = min(last, int((found.coverage < 0.02).sum()))
            points = np.linspace(first, last, min(_MOST_POINTS, last - first + 1)).astype(np.intp)
            x, y = found.coverage[points], 100 * found.accuracy[points]
        self._line.set_data(x, y)

    def show_threshold(self, coverage: float) -> None:
        """Mark the share that would be answered."""
        self.threshold.x = coverage
        self.threshold.item.setVisible(not self.empty)
        self.mark_dirty(at_once=True)

    def value_text(self, value: float) -> str:
        """A share."""
        return f"{value:.2f} %"

    @Slot(object)
    def _on_dragged(self, _item: object) -> None:
        self.dragged.emit(float(self.threshold.item.value()))

    @Slot(object)
    def _on_released(self, _item: object) -> None:
        self.released.emit()

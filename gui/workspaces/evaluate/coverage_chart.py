"""Accuracy of the answers against the share that is answered."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from engine.evaluation.reliability import RiskCoverage
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.overlays import Mark
from gui.theme.manager import ThemeManager


class CoverageChart(LineChart):
    """What refusing the least sure drawings brings."""

    object_name: ClassVar[str] = "coverageChart"
    title: ClassVar[str] = "Answer less, be right more often"
    x_word: ClassVar[str] = "share answered"
    empty_text: ClassVar[str] = "What refusing brings is shown here."
    explanation: ClassVar[str] = (
        "The digits are sorted by the energy of the model's outputs, which its rule of refusal looks at. The curve is "
        "the accuracy of those that are answered. Choose a share with the slider, and make it the model's rule."
    )

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(themes, None, parent)
        self._line = self.add_line("accuracy", "% right", LineStyle(lambda theme: theme.accent))
        self._mark: Mark | None = None
        self.apply_theme(themes.theme)

    def show_curve(self, found: RiskCoverage | None) -> None:
        """Show it."""
        self.clear()
        if found is not None:
            # The first few answers would draw the curve between 0 and 1.
            first = min(len(found.coverage) - 1, int((found.coverage < 0.02).sum()))
            self._line.set_data(found.coverage[first:], 100 * found.accuracy[first:])
        self.mark_dirty(at_once=True)

    def show_threshold(self, coverage: float) -> None:
        """Mark the share that would be answered."""
        if self._mark is not None:
            self.remove_mark(self._mark)
        self._mark = self.add_mark(coverage, "")

    def value_text(self, value: float) -> str:
        """A share."""
        return f"{value:.2f} %"

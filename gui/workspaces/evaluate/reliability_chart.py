"""Whether the probabilities are true: accuracy against confidence, before and after calibration."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg

from engine.evaluation.reliability import ReliabilityCurve
from gui.charts.line import Line, LineStyle, make_pen
from gui.charts.line_chart import LineChart
from gui.charts.plot_view import PlotView
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme
from gui.workspaces.evaluate.calibrating import Reliability

_NONE = np.zeros(0)
# Of the plot's height.
_RUG_SHARE = 0.04


class Rug:
    """Short ticks along the lower or upper edge: where single examples lie, which a curve of means does not show."""

    def __init__(self, line: Line, *, at_top: bool) -> None:
        self._line, self._at_top = line, at_top
        self.item = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self.x = _NONE

    def set_theme(self, theme: Theme) -> None:
        """Take the line's colour."""
        self.item.setPen(make_pen(self._line.style.color(theme), 1.0))

    def draw(self, view: PlotView) -> None:
        """Stand at the edge of what is visible; x is linear."""
        low, high = view.ranges[1]
        edge, length = (high, low - high) if self._at_top else (low, high - low)
        self.item.setData(np.repeat(self.x, 2), np.tile((edge, edge + _RUG_SHARE * length), len(self.x)))


class ReliabilityChart(LineChart):
    """The curve of the model as it is and at temperature 1 or newly fitted, the ideal, and how many digits where."""

    object_name: ClassVar[str] = "reliabilityChart"
    title: ClassVar[str] = "Reliability"
    x_word: ClassVar[str] = "confidence"
    empty_text: ClassVar[str] = "Confidence and accuracy are compared here."
    explanation: ClassVar[str] = (
        "Digits in bins of confidence: on the diagonal the model is right as often as it says. The dotted line is the "
        "share of digits in each bin; ticks above are digits that are right, ticks below mistakes. ECE is the mean "
        "gap, Brier's score the mean squared error of all probabilities; both are best at 0. The temperature never "
        "changes an answer. Click a point to see its digits."
    )

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        self._ideal = self.add_line("ideal", "", LineStyle(lambda theme: theme.muted, 1.0, (4, 4)))
        self._counts = self.add_line("share of digits", "digits", LineStyle(lambda theme: theme.muted, 1.0, (1, 3)))
        self._before = self.add_line("raw", "raw", LineStyle(lambda theme: theme.second, 2.0, (6, 3), dots=True))
        self._after = self.add_line("calibrated", "now", LineStyle(lambda theme: theme.accent, 2.0, dots=True))
        self._right = self.add_overlay(Rug(self._after, at_top=True))
        self._wrong = self.add_overlay(Rug(self._before, at_top=False))

    def show_curves(self, found: Reliability | None) -> None:
        """Show the curves of some answers."""
        if found is None:
            for line in self.lines:
                line.set_data(_NONE, _NONE)
            self._right.x = self._wrong.x = _NONE
            self.mark_dirty(at_once=True)
            return
        self._ideal.set_data(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        self._right.x, self._wrong.x = found.rug
        now = found.now.curve
        self._counts.set_data((now.edges[1:] + now.edges[:-1]) / 2, now.counts / max(1, now.counts.sum()))
        self._after.set_data(*_points(now))
        self._before.set_data(*_points(found.raw.curve))
        text = " · ".join(
            f"{name}: ECE {100 * scores.error:.2f} %, Brier {scores.brier:.4f}"
            for name, scores in (("raw", found.raw), ("now", found.now))
        )
        self.describe(text)
        self.mark_dirty(at_once=True)

    def x_bounds(self) -> tuple[float, float]:
        """All of it."""
        return 0.0, 1.0

    def value_text(self, value: float) -> str:
        """A share."""
        return f"{100 * value:.1f} %"


def _points(curve: ReliabilityCurve) -> tuple[np.ndarray, np.ndarray]:
    filled = curve.counts > 0
    return curve.confidence[filled], curve.accuracy[filled]

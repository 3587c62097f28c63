"""Bars side by side: one number for each of some named things."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtGui import QBrush, QColor

from gui.charts.axis_range import snapped_range
from gui.charts.chart import NO_DATA, Chart
from gui.charts.live_series import Points
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.tokens import Theme

BAR_WIDTH = 0.68
_SIDE = 0.6
_AIR = 0.05
# A number that is almost nothing still leaves a trace on the axis: this share of the height.
_SMALLEST_BAR = 0.008


class BarChart(Chart):
    """Bars with their names below; the emphasized one is in the accent and its name is bold.

    Attributes:
        names, heights: what the bars are called, and the numbers, (bars,); NaN where a bar has none.
        emphasized: the place of the bar in the accent, −1 for none.
    """

    # What the y axis always shows, or None to fit the numbers and 0.
    fixed_range: ClassVar[tuple[float, float] | None] = None
    # Whether the y axis and its grid are shown.
    has_scale: ClassVar[bool] = True
    can_zoom: ClassVar[bool] = False
    # Whether all but the emphasized bar step back.
    has_quiet_bars: ClassVar[bool] = False

    def build(self) -> None:
        """Make everything once: other numbers cost a few rectangles and no layout."""
        self.names: tuple[str, ...] = ()
        self.heights: Points = np.zeros(0)
        self.emphasized = -1
        self.add_bars()
        self.view.axes["bottom"].set_names(())
        if not self.has_scale:
            self.view.do_without_axes("left")

    def set_bars(self, names: Sequence[str], values: ArrayLike, emphasized: int = -1) -> None:
        """Show these numbers, (bars,), NaN for none; `emphasized` is the place of the one that matters most, or −1."""
        self.names, self.heights, self.emphasized = tuple(names), np.array(values, np.float64), emphasized
        self.show_news()

    def words(self) -> str:
        """All numbers in words, the largest first."""
        order = np.argsort(-self.heights, kind="stable").tolist()
        known = [(self.names[place], self.heights[place]) for place in order if not np.isnan(self.heights[place])]
        return ", ".join(f"{name} {self.value_text(float(value))}" for name, value in known) or NO_DATA

    @property
    def empty(self) -> bool:
        """Whether there are no bars."""
        return not len(self.heights)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        usual = theme.track if self.has_quiet_bars else theme.muted
        self._brush, self._accent = QBrush(QColor(usual)), QBrush(QColor(theme.accent))
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Fit the range and place the bars."""
        count, values = len(self.heights), self.heights
        known = values[np.isfinite(values)]
        low, high = self.fixed_range or snapped_range(known.min(initial=0.0), known.max(initial=0.0))
        high = high if high > low else low + 1.0
        # The topmost number of the scale is as high as half of it is above the line.
        air = _AIR * (high - low) if self.has_scale else 0.0
        self.view.show_range((-_SIDE, max(count, 1) - 1 + _SIDE), (low, high + air))
        trace = _SMALLEST_BAR * (high - low)
        # None where there is no number: NaN.
        seen = [min(v, -trace) if v < 0 else max(v, trace) if v >= 0 else 0.0 for v in values.tolist()]
        self.draw_bars(seen, [self._accent if place == self.emphasized else self._brush for place in range(count)])
        self.view.axes["bottom"].set_names(self.names, self.emphasized)

    def add_bars(self) -> None:
        """Make the bars."""
        self._bars = pg.BarGraphItem(x=[], height=[], width=BAR_WIDTH, pen=None)
        self.view.box.addItem(self._bars, ignoreBounds=True)

    def draw_bars(self, heights: list[float], brushes: list[QBrush]) -> None:
        """Give the bars their heights, in axis units."""
        self._bars.setOpts(x=np.arange(len(heights)), height=heights, brushes=brushes)

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The bar in whose column x is."""
        place = round(x)
        if not 0 <= place < len(self.heights) or np.isnan(self.heights[place]):
            return None
        value = float(self.heights[place])
        return Reading(place, self.names[place], [("", self.value_text(value), "")], float(place), value)

    def reading_beside(self, reading: Reading | None, right: int, _up: int) -> Reading | None:
        """The next bar, the emphasized or first one at first."""
        if reading is None:
            return self.reading_at(float(max(0, self.emphasized)), 0.0)
        return self.reading_at(reading.x + right, 0.0) or reading

    def table(self) -> Table:
        """A row a bar."""
        return Table(("name", self.value_word), [(self.names, self.heights.copy())])

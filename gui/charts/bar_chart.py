"""Bars side by side: one number for each of some named things."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QWidget

from gui.charts.axis_range import snapped_range
from gui.charts.chart import NO_DATA, Chart
from gui.charts.csv_export import Table
from gui.charts.live_series import Points
from gui.charts.readout import Reading
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

_BAR_WIDTH = 0.68
_SIDE = 0.6
# A number that is almost nothing still leaves a trace on the axis: this share of the height.
_SMALLEST_BAR = 0.008


class BarChart(Chart):
    """Bars with their names below; the emphasized one is in the accent and its name is bold.

    Everything is made once, so other numbers cost a few rectangles and no layout.
    """

    # What the numbers are called in an exported table.
    value_word: ClassVar[str] = "value"
    # What the y axis always shows, or None to fit the numbers and 0.
    fixed_range: ClassVar[tuple[float, float] | None] = None
    # Whether the y axis and its grid are shown.
    has_scale: ClassVar[bool] = True
    can_zoom: ClassVar[bool] = False

    def __init__(
        self, themes: ThemeManager, scheduler: RedrawScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(themes, scheduler, parent)
        self._values: Points = np.zeros(0)
        self._names: tuple[str, ...] = ()
        self._emphasized = -1
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BAR_WIDTH, pen=None)
        self.view.plot.addItem(self._bars, ignoreBounds=True)
        self.view.axes["bottom"].set_names(())
        if not self.has_scale:
            self.view.do_without_axes("left")
        self.apply_theme(themes.theme)

    @property
    def heights(self) -> Points:
        """The numbers, (bars,); NaN where a bar has none."""
        return self._values

    @property
    def emphasized(self) -> int:
        """The place of the bar in the accent, −1 for none."""
        return self._emphasized

    @property
    def names(self) -> tuple[str, ...]:
        """What the bars are called."""
        return self._names

    def set_bars(self, names: Sequence[str], values: ArrayLike, emphasized: int = -1) -> None:
        """Show these numbers, (bars,), NaN for none; `emphasized` is the place of the one that matters most, or −1."""
        self._names, self._values = tuple(names), np.array(values, np.float64)
        self._emphasized = emphasized
        self.describe(self.words())
        self.mark_dirty(at_once=True)

    # What a subclass may change.

    def value_text(self, value: float) -> str:
        """A number in words."""
        return f"{value:.4g}"

    def words(self) -> str:
        """All numbers in words, the largest first."""
        order = [place for place in np.argsort(-self._values, kind="stable") if not np.isnan(self._values[place])]
        if not order:
            return NO_DATA
        return ", ".join(f"{self._names[place]} {self.value_text(float(self._values[place]))}" for place in order)

    # What the chart asks.

    @property
    def empty(self) -> bool:
        """Whether there are no bars."""
        return not len(self._values)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._brush, self._accent = QBrush(QColor(theme.track)), QBrush(QColor(theme.accent))
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Fit the range and place the bars."""
        count = len(self._values)
        low, high = self.fixed_range or self._fitted()
        self.view.show_range((-_SIDE, max(count, 1) - 1 + _SIDE), (low, high))
        trace = _SMALLEST_BAR * (high - low)
        values = self._values
        heights = np.nan_to_num(np.where(values < 0, np.minimum(values, -trace), np.maximum(values, trace)))
        brushes = [self._accent if place == self._emphasized else self._brush for place in range(count)]
        self._bars.setOpts(x=np.arange(count), height=heights, brushes=brushes)
        self.view.axes["bottom"].set_names(self._names, self._emphasized)

    def _fitted(self) -> tuple[float, float]:
        known = self._values[np.isfinite(self._values)]
        low, high = float(known.min(initial=0.0)), float(known.max(initial=0.0))
        return snapped_range(low, high) if high > low else (0.0, 1.0)

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The bar in whose column x is."""
        place = round(x)
        if not 0 <= place < len(self._values) or np.isnan(self._values[place]):
            return None
        value = float(self._values[place])
        return Reading(place, self._names[place], [("", self.value_text(value), "")], float(place), value)

    def reading_beside(self, reading: Reading | None, right: int, _up: int) -> Reading | None:
        """The next bar, the emphasized or first one at first."""
        if reading is None:
            return self.reading_at(float(max(0, self._emphasized)), 0.0)
        return self.reading_at(reading.x + right, 0.0) or reading

    def table(self) -> Table:
        """A row a bar."""
        return Table(("name", self.value_word), [(self._names, self._values.copy())])

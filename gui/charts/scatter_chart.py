"""Points in a plane, in groups."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor

from gui.charts.axis_range import fitted_range
from gui.charts.chart import NO_DATA, Chart
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import readable
from gui.theme.tokens import Theme

_POINT_PX = 7
_MARK_PX = 13
# The pointer reads a point from this far away.
_REACH_PX = 12.0
# Groups differ in shape as well as in colour.
_SYMBOLS = ("o", "t", "s", "d", "p", "h", "star", "+", "x", "t1")


class ScatterChart(Chart):
    """Points with a group each; a group's name stands in its middle."""

    x_word: ClassVar[str] = "x"
    y_word: ClassVar[str] = "y"

    def build(self) -> None:
        """Make points and ring."""
        self._x = self._y = np.zeros(0)
        self._groups: NDArray[np.int64] = np.zeros(0, np.int64)
        self._names: tuple[str, ...] = ("",)
        self._points = pg.ScatterPlotItem(size=_POINT_PX, pen=None)
        self._mark = pg.ScatterPlotItem(size=_MARK_PX, brush=None)
        self._mark.hide()
        self._labels: list[pg.TextItem] = []
        for item in (self._points, self._mark):
            self.view.box.addItem(item, ignoreBounds=True)
        self.view.set_words(self.x_word, self.y_word)

    def set_points(
        self, x: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, names: Sequence[str] = ("",)
    ) -> None:
        """Show these finite points, (points,) each, of groups that are named by their number.

        Raises:
            ValueError: the arrays differ in length, or a group has no name.
        """
        new_x, new_y = np.array(x, np.float64), np.array(y, np.float64)
        of_group = np.zeros(len(new_x), np.int64) if groups is None else np.array(groups, np.int64)
        if not len(new_x) == len(new_y) == len(of_group):
            raise ValueError("x, y and groups must have one length.")
        if len(of_group) and not 0 <= of_group.min() <= of_group.max() < len(names):
            raise ValueError("Every group needs a name.")
        self._x, self._y, self._groups, self._names = new_x, new_y, of_group, tuple(names)
        self._draw_points()
        self.show_news()

    def words(self) -> str:
        """How many points there are, in words."""
        if self.empty:
            return NO_DATA
        counts = np.bincount(self._groups, minlength=len(self._names))
        parts = [f"{name} {count:,}" for name, count in zip(self._names, counts.tolist(), strict=True) if name]
        return f"{len(self._x):,} points" + (": " + ", ".join(parts) if parts else "")

    @property
    def empty(self) -> bool:
        """Whether there are no points."""
        return not len(self._x)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._mark.setPen(pg.mkPen(theme.text, width=2))
        self._draw_points()
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Fit the range."""
        self.view.set_gutter()
        if not self.empty:
            ranges = [fitted_range(float(values.min()), float(values.max()), False) for values in (self._x, self._y)]
            self.view.show_range(ranges[0], ranges[1])

    def _color(self, group: int) -> str:
        return self.theme.series[group % len(self.theme.series)]

    def _draw_points(self) -> None:
        for label in self._labels:
            self.view.box.removeItem(label)
        self._labels.clear()
        looks = [(pg.mkBrush(self._color(group)), _SYMBOLS[group % len(_SYMBOLS)]) for group in range(len(self._names))]
        groups = self._groups.tolist()
        brushes, symbols = ([looks[group][part] for group in groups] for part in (0, 1))
        self._points.setData(self._x, self._y, brush=brushes, symbol=symbols)
        for group, name in enumerate(self._names):
            inside = self._groups == group
            if name and inside.any():
                color, ground = readable(self._color(group), self.theme), QColor(self.theme.surface)
                label = pg.TextItem(name, color=color, anchor=(0.5, 0.5), fill=ground)
                label.setPos(float(np.median(self._x[inside])), float(np.median(self._y[inside])))
                label.setZValue(10)
                self._labels.append(label)
                self.view.box.addItem(label, ignoreBounds=True)

    def _reading_of(self, place: int) -> Reading:
        x, y, name = float(self._x[place]), float(self._y[place]), self._names[self._groups[place]]
        rows = [(self.x_word, f"{x:.4g}", ""), (self.y_word, f"{y:.4g}", "")]
        return Reading(place, name or f"point {place + 1}", rows, x, y)

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The point nearest to a place, if it is near."""
        if self.empty:
            return None
        width, height = (pixel or 1.0 for pixel in self.view.box.viewPixelSize())
        distances = np.hypot((self._x - x) / width, (self._y - y) / height)
        nearest = int(distances.argmin())
        return self._reading_of(nearest) if distances[nearest] <= _REACH_PX else None

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """The next point to the right, left, above or below."""
        if reading is None or not isinstance(reading.index, int):
            return self._reading_of(0)
        values, step = (self._x, right) if right else (self._y, up)
        order = np.argsort(values, kind="stable")
        place = int(np.flatnonzero(order == reading.index)[0]) + step
        return self._reading_of(int(order[min(len(order) - 1, max(0, place))]))

    def mark_reading(self, reading: Reading | None) -> None:
        """Ring the point."""
        self._mark.setVisible(reading is not None)
        if reading is not None:
            self._mark.setData([reading.x], [reading.y])

    def table(self) -> Table:
        """A row a point."""
        names = [self._names[group] for group in self._groups.tolist()]
        return Table(("group", self.x_word, self.y_word), [(names, self._x.copy(), self._y.copy())])

"""Lines over a common x: curves that grow while a model learns, or ones that are all there at once."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QWidget

from gui.charts.axis import short_number
from gui.charts.axis_range import fitted_range, snapped_range, steady_range
from gui.charts.chart import Chart
from gui.charts.csv_export import Table
from gui.charts.end_labels import EndLabels
from gui.charts.line import Line, LineStyle, from_axis, to_axis
from gui.charts.live_series import Points
from gui.charts.overlays import Band, Crosshair, Mark, Ring
from gui.charts.readout import Reading
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# Points on screen, all lines of a chart together; more only costs time.
MAXIMUM_POINTS = 2000
_EDGE_PX = 9.0
# The x axis grows on a grid of so many steps.
_X_STEPS = 16
# A key moves the read-out by this share of the width where the points are closer together.
_KEY_STEP = 0.01


class LineChart(Chart):
    """Lines with names at their ends, bands, vertical marks and a ring.

    A subclass adds its lines in its constructor and feeds their series; then it calls `mark_dirty`.
    """

    # What x counts, written at the end of the axis and in front of what is read.
    x_word: ClassVar[str] = ""
    can_be_logarithmic: ClassVar[bool] = False
    # Whether x counts in powers of ten.
    logarithmic_x: ClassVar[bool] = False
    # Zooming along x shows more of the same curves; y follows what is visible.
    key_zooms_y: ClassVar[bool] = False

    def __init__(
        self, themes: ThemeManager, scheduler: RedrawScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(themes, scheduler, parent)
        self.lines: list[Line] = []
        self.bands: list[Band] = []
        self.marks: list[Mark] = []
        # The y range that the chart has chosen, until it has to choose again.
        self._fitted: tuple[float, float] | None = None
        self._ring = Ring(self.view.plot)
        self._crosshair = Crosshair(self.view.plot)
        self.end_labels = EndLabels(self.view.plot, self.view.box)
        self.view.set_words(self.x_word)
        if self.logarithmic_x:
            self.view.set_logarithmic(True, "bottom")

    # What a subclass uses.

    def add_line(self, name: str, label: str, style: LineStyle, *, smoothed: bool = False) -> Line:
        """Make a line; `apply_theme` has to follow."""
        line = Line(name, label, style, smoothed=smoothed)
        self.lines.append(line)
        self.view.plot.addItem(line.item, ignoreBounds=True)
        return line

    def remove_line(self, line: Line) -> None:
        """Take a line away."""
        self.lines.remove(line)
        self.view.plot.removeItem(line.item)
        self.mark_dirty(at_once=True)

    def add_band(self, line: Line) -> Band:
        """A pale area in a line's colour; `apply_theme` has to follow."""
        band = Band(self.view.plot, line)
        self.bands.append(band)
        return band

    def add_mark(self, x: float, label: str) -> Mark:
        """A vertical line at x."""
        mark = Mark(self.view.plot, x, label)
        mark.set_theme(self.theme)
        self.marks.append(mark)
        self.mark_dirty(at_once=True)
        return mark

    def remove_mark(self, mark: Mark) -> None:
        """Take a vertical line away."""
        self.marks.remove(mark)
        mark.remove(self.view.plot)
        self.mark_dirty(at_once=True)

    def clear(self) -> None:
        """Forget all data."""
        for line in self.lines:
            line.series.clear()
        self.view.fit()
        self.mark_dirty(at_once=True)

    # What a subclass may change.

    def x_bounds(self) -> tuple[float, float]:
        """The x range that fits all data, linear."""
        ends = [(line.series.x[0], line.series.x[-1]) for line in self.lines if len(line.series)]
        low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (0.0, 1.0)
        return float(low), float(high) if high > low else float(low) + 1e-3

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """Lowest and highest value to show, linear, of the lines as drawn (x, y)."""
        values = [y for _, _, y in drawn if y.size]
        values += [part for band in self.bands if band.data is not None for part in band.data[1:] if part.size]
        if not values:
            return 0.0, 1.0
        return float(min(y.min() for y in values)), float(max(y.max() for y in values))

    def best_point(self) -> tuple[float, float] | None:
        """The point (x, y), linear, that a ring marks."""
        return None

    def value_text(self, value: float) -> str:
        """A value in words, for the read-out."""
        return f"{value:.4g}"

    def x_text(self, x: float) -> str:
        """An x in words, for the read-out."""
        return f"{self.x_word} {short_number(x)}".strip()

    # What the chart asks.

    @property
    def empty(self) -> bool:
        """Whether no line has a point."""
        return not any(len(line.series) for line in self.lines)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme; at the end of a subclass's constructor and at every switch."""
        parts: Sequence[Line | Band | Mark | Ring | Crosshair] = (*self.lines, *self.bands, *self.marks, self._ring)
        for part in (*parts, self._crosshair):
            part.set_theme(theme)
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Fit range and lines to the data."""
        self.end_labels.set_font(self.view.font())
        texts = [line.label for line in self.lines if line.label and len(line.series)]
        self.view.set_gutter(self.end_labels.width([*texts, f"  {self.x_word}"]))
        logarithmic = (self.view.logarithmic_x, self.view.logarithmic)
        low, high = self._visible_x()
        # Two extremes a pixel column are all that can be seen.
        points = max(16, min(MAXIMUM_POINTS // max(1, len(self.lines)), 2 * self.view.width()))
        drawn = [(line, *line.window(low, high, points)) for line in self.lines]
        first, last = self._all_x()
        x = (first, last) if not logarithmic[0] else (math.log10(first), math.log10(last))
        # Dots at the first and last epoch are to be seen whole, and the ring.
        edge = _EDGE_PX * (x[1] - x[0]) / max(50.0, self.view.area.width())
        values = fitted_range(*self.y_bounds(drawn), logarithmic[1])
        self._fitted = steady_range(self._fitted, *values)
        self.view.show_range((x[0] - edge, x[1] + edge), self._fitted)
        for line, xs, ys in drawn:
            line.draw(xs, ys, logarithmic)
        for band in self.bands:
            band.draw(logarithmic)
        for mark in self.marks:
            mark.draw(logarithmic[0])
        self._ring.move(self._on_axes(self.best_point()))
        self.end_labels.follow(self.lines)

    def _visible_x(self) -> tuple[float, float]:
        if self.view.chosen_axes[0]:
            low, high = self.view.ranges[0]
            return from_axis(low, self.view.logarithmic_x), from_axis(high, self.view.logarithmic_x)
        return self._all_x()

    def _all_x(self) -> tuple[float, float]:
        low, high = self.x_bounds()
        if self.view.logarithmic_x:
            return max(low, 1e-300), max(high, 1e-299)
        # A range that grows with every point would have the axis jump in every frame.
        return low, snapped_range(low, high, _X_STEPS)[1] if self._scheduler is not None else high

    def _on_axes(self, point: tuple[float, float] | None) -> tuple[float, float] | None:
        if point is None:
            return None
        place = np.array(point)
        x, y = to_axis(place, self.view.logarithmic_x)[0], to_axis(place, self.view.logarithmic)[1]
        return float(x), float(y)

    # Reading.

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The values of all named lines at the point of x that is nearest; a click selects the line nearest to y."""
        wanted = from_axis(x, self.view.logarithmic_x)
        found = [(line, point) for line in self.lines if line.label and (point := line.series.nearest(wanted))]
        if not found:
            return None
        # All lines are read at a place that the data have: no "epoch 30.30" of 30.
        at = min((point[0] for _, point in found), key=lambda place: abs(place - wanted))
        found = [(line, point) for line in (line for line, _ in found) if (point := line.series.nearest(at))]
        places = {line: self._on_axes(point) or (0.0, 0.0) for line, point in found}
        nearest = min(places, key=lambda line: abs(places[line][1] - y))
        index = (nearest.name, int(np.abs(nearest.series.x - dict(found)[nearest][0]).argmin()))
        rows = [(line.label, self.value_text(point[1]), line.text_color) for line, point in found]
        where = self._on_axes((at, 1.0)) or (x, y)
        return Reading(index, self.x_text(at), rows, where[0], places[nearest][1])

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """Left and right read the next point, Up and Down keep x and go to the line above or below."""
        (low, high), (_, top) = self.view.ranges
        if reading is None:
            return self.reading_at(high, top)
        if up:
            return self._on_another_line(reading, up)
        # As far as the next point, or further where points are close together.
        target = min(high, max(low, reading.x + right * _KEY_STEP * (high - low)))
        found = self.reading_at(target, reading.y)
        if found is None or found.x != reading.x:
            return found
        logarithmic = self.view.logarithmic_x
        at = from_axis(reading.x, logarithmic)
        others = [x for line in self.lines if line.label and (x := line.series.beside(at, right)) is not None]
        if not others:
            return found
        nearest = min(others) if right > 0 else max(others)
        return self.reading_at(float(to_axis(np.array(nearest), logarithmic)), reading.y)

    def _on_another_line(self, reading: Reading, up: int) -> Reading:
        named = [line for line in self.lines if line.label and len(line.series)]
        at = from_axis(reading.x, self.view.logarithmic_x)
        places = sorted((self._on_axes(line.series.nearest(at)) or (0.0, 0.0))[1] for line in named)
        other = [y for y in places if (y > reading.y if up > 0 else y < reading.y)]
        target = (min(other) if up > 0 else max(other)) if other else reading.y
        return self.reading_at(reading.x, target) or reading

    def mark_reading(self, reading: Reading | None) -> None:
        """Show the crosshair and a dot on each line."""
        if reading is None:
            self._crosshair.hide()
            return
        at = from_axis(reading.x, self.view.logarithmic_x)
        named = [(line, line.series.nearest(at)) for line in self.lines if line.label]
        dots = [(*place, line.color) for line, point in named if (place := self._on_axes(point)) is not None]
        self._crosshair.show(reading.x, dots)

    # Export.

    def table(self) -> Table:
        """All points of all lines: series, raw or smoothed, x, value."""
        parts = [(line.name, kind_of(line), line.series.x.copy(), line.series.y.copy()) for line in self.lines]
        return Table(("series", "kind", self.x_word or "x", "value"), parts)


def kind_of(line: Line) -> str:
    """What a table says about a line's values."""
    return "smoothed" if line.smoothed else "raw"

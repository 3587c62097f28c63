"""Lines over a common x: curves that grow while a model learns, or ones that are all there at once."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from gui.charts.axis_range import fitted_range, snapped_range, steady_range
from gui.charts.chart import Chart
from gui.charts.end_labels import EndLabels
from gui.charts.line import Line, LineStyle, from_axis, to_axis
from gui.charts.live_series import Points
from gui.charts.overlays import Band, Mark, Overlay, Pointers, Shade, settle_labels
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.tokens import Theme
from gui.widgets.number_text import short_number

AnyOverlay = TypeVar("AnyOverlay", bound=Overlay)

# Points on screen, all lines of a chart together; more only costs time.
MAXIMUM_POINTS = 2000
_EDGE_PX = 9.0
# The x axis grows on a grid of so many steps.
_X_STEPS = 16
# A key moves the read-out by this share of the width where the points are closer together.
_KEY_STEP = 0.01


class LineChart(Chart):
    """Lines with names at their ends, and what lies over them or behind: marks, bands, shades.

    A subclass adds its lines in `build` and feeds their series; then it calls `mark_dirty`.
    """

    # What x counts, written at the end of the axis and in front of what is read.
    x_word: ClassVar[str] = ""
    # What the left axis has room for, where about four digits are not enough.
    widest_number: ClassVar[str] = ""
    # Whether data come many times a second, so that the range had better not follow each point.
    grows: ClassVar[bool] = False
    # Zooming along x shows more of the same curves; y follows what is visible.
    key_zooms_y: ClassVar[bool] = False

    def build(self) -> None:
        """Make what lies over the lines."""
        self.lines: list[Line] = []
        self.overlays: list[Overlay] = []
        # The y range that the chart has chosen, until it has to choose again.
        self._fitted: tuple[float, float] | None = None
        self._pointers = Pointers(self.view.box)
        self.end_labels = EndLabels(self.view.plot, self.view.box)
        self.view.axes["left"].set_room(self.widest_number)
        self.view.set_words(self.x_word)

    # What a subclass uses.

    def add_line(self, name: str, label: str, style: LineStyle, *, smoothed: bool = False) -> Line:
        """Make a line."""
        self.lines.append(line := Line(name, label, style, smoothed=smoothed))
        self._add_item(line)
        return line

    def add_overlay(self, overlay: AnyOverlay) -> AnyOverlay:
        """Draw something over the lines, or behind them."""
        self.overlays.append(overlay)
        self._add_item(overlay)
        return overlay

    def add_mark(self, x: float, label: str, *, movable: bool = False) -> Mark:
        """A vertical line at x; a movable one can be dragged, and its item tells so."""
        return self.add_overlay(Mark(x, label, movable=movable))

    def shade(self, first: float | None, last: float = 0.0) -> None:
        """Shade the plot between two x, in place of what was shaded before; nothing with None."""
        for shade in self.overlays_of(Shade):
            self.remove(shade)
        if first is not None:
            self.add_overlay(Shade(first, last))

    def _add_item(self, part: Line | Overlay) -> None:
        self.view.box.addItem(part.item, ignoreBounds=True)
        part.set_theme(self.theme)
        self.mark_dirty(at_once=True)

    def remove(self, part: Line | Overlay) -> None:
        """Take a line or an overlay away."""
        self.lines.remove(part) if isinstance(part, Line) else self.overlays.remove(part)
        self.view.box.removeItem(part.item)
        self.mark_dirty(at_once=True)

    def overlays_of(self, kind: type[AnyOverlay]) -> list[AnyOverlay]:
        """The overlays of a kind, in the order in which they came."""
        return [overlay for overlay in self.overlays if isinstance(overlay, kind)]

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
        edges = [edge for band in self.overlays_of(Band) if band.data is not None for edge in band.data[1:]]
        values = [y for y in (*(y for _, _, y in drawn), *edges) if y.size]
        if not values:
            return 0.0, 1.0
        return float(min(y.min() for y in values)), float(max(y.max() for y in values))

    def x_text(self, x: float) -> str:
        """An x in words, for the read-out."""
        return f"{self.x_word} {short_number(x)}".strip()

    # What the chart asks.

    @property
    def empty(self) -> bool:
        """Whether no line has a point."""
        return not any(len(line.series) for line in self.lines)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        parts: list[Line | Overlay | Pointers] = [*self.lines, *self.overlays, self._pointers]
        for part in parts:
            part.set_theme(theme)
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Fit range and lines to the data."""
        view = self.view
        texts = [line.label for line in self.lines if line.label and len(line.series)]
        view.set_gutter(self.end_labels.width(texts, view.font()))
        logarithmic = (view.logarithmic_x, view.logarithmic)
        first, last = self.x_bounds()
        if view.logarithmic_x:
            first, last = max(first, 1e-300), max(last, 1e-299)
        elif self.grows:
            # A range that grows with every point would have the axis jump in every frame.
            last = snapped_range(first, last, _X_STEPS)[1]
        low, high = float(to_axis(first, logarithmic[0])), float(to_axis(last, logarithmic[0]))
        if view.chosen_axes[0]:
            first, last = (from_axis(x, logarithmic[0]) for x in view.ranges[0])
        # Two extremes a pixel column are all that can be seen.
        points = max(16, min(MAXIMUM_POINTS // max(1, len(self.lines)), 2 * view.width()))
        drawn = [(line, *line.window(first, last, points)) for line in self.lines]
        # Dots at the first and last epoch are to be seen whole.
        edge = _EDGE_PX * (high - low) / max(50.0, view.box.width())
        self._fitted = steady_range(self._fitted, *fitted_range(*self.y_bounds(drawn), logarithmic[1]))
        view.show_range((low - edge, high + edge), self._fitted)
        for line, xs, ys in drawn:
            line.draw(xs, ys, logarithmic)
        for overlay in self.overlays:
            overlay.draw(view)
        settle_labels(self.overlays_of(Mark), view)
        self.end_labels.follow(self.lines)

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        """A point in axis units."""
        return float(to_axis(point[0], self.view.logarithmic_x)), float(to_axis(point[1], self.view.logarithmic))

    def _nearest(self, x: float) -> list[tuple[Line, tuple[float, float]]]:
        """The point nearest to x, linear, of each named line."""
        return [(line, point) for line in self.lines if line.label and (point := line.series.nearest(x))]

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The values of all named lines at the point of x that is nearest; a click selects the line nearest to y."""
        wanted = from_axis(x, self.view.logarithmic_x)
        if not (found := self._nearest(wanted)):
            return None
        # All lines are read at a place that the data have: no "epoch 30.30" of 30.
        at = min((point[0] for _, point in found), key=lambda place: abs(place - wanted))
        found = self._nearest(at)
        heights = [self._place(point)[1] for _, point in found]
        number = min(range(len(found)), key=lambda number: abs(heights[number] - y))
        line, point = found[number]
        rows = [(line.label, self.value_text(point[1]), line.text_color) for line, point in found]
        index = (line.name, int(line.series.x.searchsorted(point[0])))
        return Reading(index, self.x_text(at), rows, self._place((at, 1.0))[0], heights[number])

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """Left and right read the next point, Up and Down keep x and go to the line above or below."""
        (low, high), (_, top) = self.view.ranges
        if reading is None:
            return self.reading_at(high, top)
        x, y, at = reading.x, reading.y, from_axis(reading.x, self.view.logarithmic_x)
        if up:
            others = [height for _, point in self._nearest(at) if ((height := self._place(point)[1]) - y) * up > 0]
            return self.reading_at(x, min(others, key=lambda height: abs(height - y), default=y))
        # As far as the next point, or further where points are close together.
        found = self.reading_at(min(high, max(low, x + right * _KEY_STEP * (high - low))), y)
        beside = [line.series.beside(at, right) for line in self.lines if line.label]
        others = [place for place in beside if place is not None]
        if found is None or found.x != x or not others:
            return found
        return self.reading_at(self._place((min(others, key=lambda place: abs(place - at)), 1.0))[0], y)

    def mark_reading(self, reading: Reading | None) -> None:
        """Show the crosshair and a dot on each line."""
        found = [] if reading is None else self._nearest(from_axis(reading.x, self.view.logarithmic_x))
        dots = [(*self._place(point), line.color) for line, point in found]
        self._pointers.read(None if reading is None else reading.x, dots)

    def table(self) -> Table:
        """All points of all lines and edges of bands: series, raw or smoothed, lowest or highest, x, value."""
        parts = [(line.name, line.kind, line.series.x.copy(), line.series.y.copy()) for line in self.lines]
        for band in self.overlays_of(Band):
            if band.data is not None:
                x, *edges = band.data
                parts += [(band.line.name, kind, x, y) for kind, y in zip(("lowest", "highest"), edges, strict=True)]
        return Table(("series", "kind", self.x_word or "x", "value"), parts)

"""Parallel coordinates: an upright axis for each quantity, and a line through all of them for each thing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyqtgraph as pg

from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import blend
from gui.theme.tokens import Theme

# Beside the outer axes, of the distance between two.
_ROOM = 0.5
# More values than these are not written beside an axis, but the lowest and the highest.
_MOST_WRITTEN = 10
# More lines than this are a hatching.
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One upright axis.

    Attributes:
        name: below it.
        shares: where each thing is on it, 0 to 1; NaN for nowhere.
        texts: what each thing is there, in words.
    """

    name: str
    shares: Sequence[float]
    texts: Sequence[str]


class ParallelChart(LineChart):
    """Lines in the colour of their place on the last axis: pale for its lower end, strong for the upper one."""

    can_zoom = False

    def build(self) -> None:
        """Make the axes name the quantities."""
        super().build()
        self._coordinates: tuple[Coordinate, ...] = ()
        self._texts: list[pg.TextItem] = []
        self.view.axes["left"].has_grid = False
        self.view.axes["left"].set_names(())
        self.view.axes["bottom"].set_names(())

    def set_coordinates(self, coordinates: Sequence[Coordinate], names: Sequence[str], best: int = -1) -> None:
        """Show things by their places on the axes.

        Args:
            coordinates: the axes from left to right, two at least, each with a place a thing.
            names: what each thing is called; those after the first 100 are left out.
            best: number of the thing whose line is thick, −1 for none.
        """
        with self.changed_at_once():
            self._show(coordinates, names, best)
        self.describe(self.words())

    def _show(self, coordinates: Sequence[Coordinate], names: Sequence[str], best: int) -> None:
        self._coordinates, self._names = tuple(coordinates), tuple(names)
        self.view.axes["bottom"].set_names([coordinate.name for coordinate in coordinates])
        for mark in self.overlays[len(coordinates) :]:
            self.remove(mark)
        for place in range(len(self.overlays), len(coordinates)):
            self.add_mark(float(place), "")
        shares = np.array([coordinate.shares for coordinate in coordinates], np.float64).reshape(len(coordinates), -1)
        shown = [number for number in range(min(len(names), MOST_LINES)) if np.isfinite(shares[:, number]).all()]
        # To take all lines away and add them again would take most of the time.
        for line in self.lines[len(shown) :]:
            self.remove(line)
        for place, number in enumerate(shown):
            style = LineStyle(_Shade(round(float(shares[-1, number]), 2), number == best), 1.6, dots=True)
            if number == best:
                style = replace(style, width=3.5)
            if place == len(self.lines):
                self.add_line(str(number), "", style)
            line = self.lines[place]
            line.name = str(number)
            line.set_style(style, self.theme)
            line.item.setZValue(10 if number == best else 0)
            line.set_data(np.arange(len(shares), dtype=np.float64), shares[:, number])
        self._write_values()

    def _write_values(self) -> None:
        """What the places on the axes mean."""
        wanted: list[tuple[float, float, str]] = []
        for place, coordinate in enumerate(self._coordinates):
            values = {
                share: text for share, text in zip(coordinate.shares, coordinate.texts, strict=True) if share == share
            }
            ends = (min(values), max(values)) if values else ()
            shown = values if len(values) <= _MOST_WRITTEN else ends
            wanted += [(float(place), share, values[share]) for share in shown]
        for item in self._texts[len(wanted) :]:
            self.view.box.removeItem(item)
        del self._texts[len(wanted) :]
        while len(self._texts) < len(wanted):
            self._texts.append(item := pg.TextItem(anchor=(1.1, 0.5)))
            item.setZValue(20)
            self.view.box.addItem(item, ignoreBounds=True)
        for item, (x, y, text) in zip(self._texts, wanted, strict=True):
            item.setText(text)
            item.setPos(x, y)
        self._color_values()

    def _color_values(self) -> None:
        for item in self._texts:
            item.setColor(self.theme.text)
            # Lines would make it unreadable.
            item.fill = pg.mkBrush(self.theme.surface)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().apply_theme(theme)
        self._color_values()

    def x_bounds(self) -> tuple[float, float]:
        """With room for the names of the outer axes."""
        return -_ROOM, max(1, len(self._coordinates) - 1) + _ROOM

    def y_bounds(self, drawn: object) -> tuple[float, float]:
        """All of each axis."""
        return 0.0, 1.0

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The line that is nearest, with its value on each axis."""
        if not self.lines:
            return None
        heights = [float(np.interp(x, line.series.x, line.series.y)) for line in self.lines]
        place = min(range(len(heights)), key=lambda number: abs(heights[number] - y))
        return self._reading_of(place, min(max(round(x), 0), len(self._coordinates) - 1))

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """Left and right go along the line, Up and Down to the next one on the axis."""
        if reading is None or not self.lines:
            return self._reading_of(0, 0) if self.lines else None
        axis = min(max(round(reading.x) + right, 0), len(self._coordinates) - 1)
        number = next(place for place, line in enumerate(self.lines) if line.name == str(reading.index))
        if up:
            order = sorted(range(len(self.lines)), key=lambda place: (float(self.lines[place].series.y[axis]), place))
            number = order[min(max(order.index(number) + up, 0), len(order) - 1)]
        return self._reading_of(number, axis)

    def mark_reading(self, reading: Reading | None) -> None:
        """Dot the line that is read on each axis."""
        line = None if reading is None else next((one for one in self.lines if one.name == str(reading.index)), None)
        if reading is None or line is None:
            self._pointers.read(None, ())
            return
        xs, ys = line.series.x, line.series.y
        self._pointers.read(reading.x, [(float(x), float(y), line.color) for x, y in zip(xs, ys, strict=True)])

    def words(self) -> str:
        """How many lines there are."""
        return f"{len(self.lines)} lines over {len(self._coordinates)} axes" if self.lines else super().words()

    def table(self) -> Table:
        """A row a thing and axis."""
        rows = [
            (self._names[int(line.name)], coordinate.name, coordinate.texts[int(line.name)])
            for line in self.lines
            for coordinate in self._coordinates
        ]
        columns = [np.array([row[part] for row in rows]) for part in range(3)]
        return Table(("name", "axis", "value"), [columns])

    def _reading_of(self, place: int, axis: int) -> Reading:
        line = self.lines[place]
        number = int(line.name)
        rows = [(coordinate.name, coordinate.texts[number], "") for coordinate in self._coordinates]
        here = self._coordinates[axis]
        heading = f"{self._names[number]} · {here.name} {here.texts[number]}"
        return Reading(number, heading, rows, float(axis), float(line.series.y[axis]))


@dataclass(frozen=True, slots=True)
class _Shade:
    share: float
    is_best: bool

    def __call__(self, theme: Theme) -> str:
        return theme.second if self.is_best else blend(theme.accent, theme.surface, 0.25 + 0.75 * self.share)

"""What all charts over the course of training have in common."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.core.file_io import write_atomically
from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.axis_range import fitted_range, snapped_range, steady_range
from gui.charts.captions import AXIS_TEXT, PlotWords
from gui.charts.crosshair_readout import ReadingLine
from gui.charts.end_labels import EndLabels
from gui.charts.line import Line, LineStyle
from gui.charts.live_series import Points
from gui.charts.overlays import Ring
from gui.charts.plot_view import PlotView
from gui.charts.png_export import SCALE, png_bytes
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.lab.training_run import RunStarted
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# Points on screen, all lines of a chart together; more only costs time.
MAXIMUM_POINTS = 2000
_EDGE_PX = 9.0
# The x axis grows on a grid of so many steps.
_X_STEPS = 16


class Chart(QWidget):
    """Curves over epochs that grow while a model learns.

    The lines are made once and fed for ever. Data and pointer only make the chart dirty; the board redraws it, at most
    once a tick and only while it is visible. A subclass adds its lines in its constructor and feeds their series.

    Signals:
        caption_changed(text): what the card says at the right of the title.
        title_changed(text).
        zoomed(bool): the user has chosen a range, or given it up.
        menu_requested(QPoint): global position.
    """

    # What a subclass is called by tests and by screen readers.
    object_name: ClassVar[str] = "chart"
    title: ClassVar[str] = ""
    empty_text: ClassVar[str] = "Press Train to see how it goes"
    # What the curves mean, for the card's tooltip.
    explanation: ClassVar[str] = ""
    # Whether a logarithmic axis makes sense.
    can_be_logarithmic: ClassVar[bool] = False

    # Ticks of the board between two redraws while only data come in.
    calm_ticks: ClassVar[int] = 14

    caption_changed = Signal(str)
    title_changed = Signal(str)
    zoomed = Signal(bool)
    menu_requested = Signal(object)

    def __init__(self, board: RedrawScheduler, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(self.object_name)
        self._board = board
        self._themes = themes
        self._dirty = False
        self._asked = False
        self._drawing = False
        self._empty_shown: bool | None = None
        self._reading: float | None = None
        # The y range that the chart has chosen, until it has to choose again.
        self._fitted: tuple[float, float] | None = None
        self.lines: list[Line] = []
        self.view = PlotView(self)
        self.view.setAccessibleName(self.title)
        self.setAccessibleName(f"Chart: {self.title}")
        self.setFocusProxy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._ring = Ring()
        self.view.marks.append(self._ring)
        self._labels = EndLabels(self.view)
        self.view.marks.append(self._labels)
        self._reading_line = ReadingLine(self.view)
        self._plot_words = PlotWords(self.view, self.empty_text)
        self.view.range_changed.connect(self._on_range_changed)
        self.view.zoomed.connect(self.zoomed)
        self.view.pointed.connect(self._on_pointed)
        self.view.key_read.connect(self._on_key_read)
        self.view.menu_requested.connect(self.menu_requested)
        themes.changed.connect(self._on_theme_changed)
        board.add(self)
        self.describe("no data yet")

    # What the workspace tells.

    def begin(self, started: RunStarted) -> None:
        """A run begins."""

    def add(self, progress: TrainingProgress) -> None:
        """Something is new."""

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""

    def clear(self) -> None:
        """Forget all data."""
        for line in self.lines:
            line.series.clear()
        self._reading = None
        self.view.fit()
        self.mark_dirty(at_once=True)

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Let the y axis count in powers of ten, or plainly. The range fits itself again: the old one means nothing."""
        if logarithmic != self.view.logarithmic:
            self.view.set_logarithmic(logarithmic)
            self.view.fit()
            self.mark_dirty(at_once=True)

    @Slot()
    def fit(self) -> None:
        """Show all data again after the user zoomed."""
        self.view.fit()

    # What the board asks.

    @property
    def redraw_ticks(self) -> int:
        """A chart follows the pointer, and whatever the user does to it, at once; mere data may wait."""
        return 1 if self._asked or self._reading is not None else self.calm_ticks

    @property
    def dirty(self) -> bool:
        """Whether there is something new to draw."""
        return self._dirty

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw at all."""
        return not any(len(line.series) for line in self.lines)

    def mark_dirty(self, *, at_once: bool = False) -> None:
        """Have the chart redrawn when its turn comes, or at the next tick."""
        self._dirty = True
        self._asked = self._asked or at_once
        if self.isVisible():
            self._board.wake()

    def redraw(self) -> None:
        """Draw everything anew from the data."""
        self._dirty = self._asked = False
        if self.empty != self._empty_shown:
            self._empty_shown = self.empty
            self._plot_words.show(empty=self.empty)
            self.view.set_axes_visible(not self.empty)
        self._drawing = True
        try:
            self.view.set_gutter(self._gutter())
            changed_from = self._draw_lines()
            moved = [self._ring.move(self.best_point(), self.view.logarithmic), self._read()]
            self._labels.follow(self.view.frame, self.lines)
            self._plot_words.follow_area()
            self.view.repaint_from(-math.inf if any(moved) else changed_from)
        finally:
            self._drawing = False

    # What a subclass may change.

    def x_bounds(self) -> tuple[float, float]:
        """The x range that fits all data."""
        ends = [last[0] for line in self.lines if (last := line.series.last()) is not None]
        return 0.0, max([*ends, 1e-3])

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """Lowest and highest value to show, linear, of the lines as drawn (x, y)."""
        values = [y for _, _, y in drawn if y.size]
        if not values:
            return 0.0, 1.0
        return float(min(y.min() for y in values)), float(max(y.max() for y in values))

    def best_point(self) -> tuple[float, float] | None:
        """The point (x, y), linear, that a ring marks."""
        return None

    def value_text(self, value: float) -> str:
        """A value in words, for the crosshair."""
        return f"{value:.4g}"

    # What a subclass uses.

    def add_line(self, name: str, label: str, style: LineStyle) -> Line:
        """Make a line; in the constructor only."""
        line = Line(name, label, style)
        self.lines.append(line)
        self.view.marks.append(line)
        return line

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme; at the end of a subclass's constructor and at every switch."""
        self.view.set_theme(theme)
        self._reading_line.set_theme(theme)
        self._ring.set_color(theme.second)
        for line in self.lines:
            line.set_theme(theme)
        self.mark_dirty(at_once=True)

    def describe(self, text: str) -> None:
        """Say in words what the curves show, for a screen reader."""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            self.view.setAccessibleDescription(text)

    # Export.

    def export_png(self, path: str | Path) -> None:
        """Write the chart as it is shown, with its title, twice as fine; raises `OSError`."""
        with self.view.painted_finely(SCALE):
            picture = png_bytes(self, self._themes.theme)
        write_atomically(path, picture)

    # Qt.

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the chart was hidden."""
        super().showEvent(event)
        self.mark_dirty(at_once=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words over the plot follow its size."""
        super().resizeEvent(event)
        self._plot_words.follow_size(self.width(), self.height())
        self.mark_dirty(at_once=True)

    # Inside.

    def _draw_lines(self) -> float:
        """Fit range and lines to the data; from which x on they look different now."""
        low, high = self.view.x_range() if self.view.user_zoomed else self.x_bounds()
        if not self.view.user_zoomed:
            high = snapped_range(low, high, _X_STEPS)[1]
        # Two extremes a pixel column are all that can be seen.
        points = max(16, min(MAXIMUM_POINTS // len(self.lines), 2 * self.view.width()))
        drawn: list[tuple[Line, Points, Points]] = []
        for line in self.lines:
            # Smooth antialiased lines cost most, and half the points look the same.
            calm = line.style.antialias and not line.style.dots
            x, y = line.window(low, high, max(16, points // 2) if calm else points)
            drawn.append((line, x, y))
        if not self.view.user_zoomed:
            # Dots at the first and last epoch are to be seen whole, and the ring.
            edge = _EDGE_PX * (high - low) / max(50.0, self.view.frame.area.width())
            values = fitted_range(*self.y_bounds(drawn), self.view.logarithmic)
            self._fitted = steady_range(self._fitted, *values)
            self.view.show_range((low - edge, high + edge), self._fitted)
        return min(line.draw(x, y, self.view.logarithmic) for line, x, y in drawn)

    def _gutter(self) -> int:
        texts = [line.label for line in self.lines if line.label and len(line.series)]
        return self._labels.width([*texts, f"  {AXIS_TEXT}"])

    def _read(self) -> bool:
        """Place the crosshair; whether it is to be painted anew."""
        if self._reading is None:
            return self._reading_line.hide()
        found: list[tuple[Line, str, float, float]] = []
        for line in self.lines:
            point = line.series.nearest(self._reading) if line.label else None
            if point is not None:
                found.append((line, self.value_text(point[1]), point[0], point[1]))
        self._reading_line.show(self._reading, f"epoch {self._reading:.2f}", found)
        return True

    @Slot(object)
    def _on_theme_changed(self, theme: Theme) -> None:
        self.apply_theme(theme)

    @Slot()
    def _on_range_changed(self) -> None:
        # The chart's own fitting changes the range too; drawing again for that would never end.
        if not self._drawing:
            self._fitted = None
            self.mark_dirty(at_once=True)

    @Slot(object)
    def _on_pointed(self, x: float | None) -> None:
        if x != self._reading and not (x is not None and self.empty):
            self._reading = x
            self.mark_dirty(at_once=True)

    @Slot(int)
    def _on_key_read(self, steps: int) -> None:
        low, high = self.view.x_range()
        start = self._reading if self._reading is not None else high
        self._on_pointed(min(high, max(low, start + steps * (high - low) / 100)))

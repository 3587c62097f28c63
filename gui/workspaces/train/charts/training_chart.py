"""What the charts of the Train workspace have in common: a run's news become points over epochs."""

from dataclasses import fields
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QGraphicsEllipseItem

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.chart import NO_DATA
from gui.charts.line import LineStyle, make_pen, to_axis
from gui.charts.line_chart import LineChart
from gui.charts.live_series import LiveSeries, Points
from gui.charts.overlays import Mark
from gui.charts.plot_view import PlotView
from gui.lab.run_started import RunStarted
from gui.services.csv_export import Table
from gui.theme.tokens import Theme
from gui.workspaces.train.charts.exponential_average import ExponentialAverage

# The noise of a run is smoothed over a part of an epoch, but over no less and no more batches than these.
_SPAN_BATCHES = (5.0, 20.0, 100.0)
_RING_PX, _RING_WIDTH_PX = 14.0, 2.0
TRAINING = LineStyle(lambda theme: theme.accent)
EARLIER = LineStyle(lambda theme: theme.muted, 1.5)
VALIDATION = LineStyle(lambda theme: theme.second, dash=(4.0, 2.5), dots=True)


class StepCount:
    """From epochs to steps, also where a continued run has batches of another size."""

    def __init__(self) -> None:
        # From which epoch on, how many steps were done then, and how many an epoch has since.
        self._parts: list[tuple[float, int, int]] = []

    def reset(self) -> None:
        """A fresh run begins."""
        self._parts.clear()

    def note(self, first_epoch: float, first_step: int, steps_per_epoch: int) -> None:
        """From `first_epoch` on, when so many steps were done, an epoch has so many steps."""
        part = (first_epoch, first_step, max(1, steps_per_epoch))
        if part not in self._parts:
            self._parts.append(part)

    def at(self, epochs: Points) -> NDArray[np.int64]:
        """The steps that were done after so many epochs, (points,) each; 0 while nothing is known."""
        first, done, per_epoch = np.array(self._parts or [(0.0, 0, 0)]).T
        part = np.maximum(0, np.searchsorted(first, epochs, "left") - 1)
        steps = np.rint(done[part] + (epochs - first[part]) * per_epoch[part])
        return np.asarray(steps, np.int64)


class Ring:
    """Around one point, (x, y), linear; None for nowhere."""

    point: tuple[float, float] | None = None

    def __init__(self) -> None:
        self.item = QGraphicsEllipseItem(-_RING_PX / 2, -_RING_PX / 2, _RING_PX, _RING_PX)
        self.item.setFlag(self.item.GraphicsItemFlag.ItemIgnoresTransformations)
        self.item.setZValue(100)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.item.setPen(make_pen(theme.second, _RING_WIDTH_PX))

    def draw(self, view: PlotView) -> None:
        """Be around the point."""
        self.item.setVisible(self.point is not None)
        if self.point is not None:
            x, y = self.point
            self.item.setPos(float(to_axis(x, view.logarithmic_x)), float(to_axis(y, view.logarithmic)))


class TrainingChart(LineChart):
    """Lines over epochs that grow while a model learns. A subclass adds its lines and feeds their series.

    `training_average` and `penalty_average` smooth what a run says of each batch.
    """

    x_word = "epoch"
    grows: ClassVar[bool] = True
    # Whether it is there until it is switched off, needs single steps to be measured, or the layers to be read.
    shown_first: ClassVar[bool] = True
    wants_steps: ClassVar[bool] = False
    wants_layers: ClassVar[bool] = False
    empty_text = "Press Train to see how it goes"
    # Smoothing looks back over this part of an epoch.
    span_epochs: ClassVar[float] = 0.3

    def build(self) -> None:
        """Know of no run yet."""
        super().build()
        self._ring = self.add_overlay(Ring())
        self._steps = StepCount()
        self.training_average, self.penalty_average = ExponentialAverage(), ExponentialAverage()
        self._span_known = False
        self._span, self._smoothing = 1.0, 1.0
        self._settings: dict[str, object] = {}
        # What to add to a run's own count of epochs and of steps.
        self._offset = 0.0
        self._first_step = 0
        self._epoch_mark: Mark | None = None
        self._turns: list[Mark] = []

    # What the workspace tells.

    def mark_epoch(self, epoch: int | None) -> None:
        """Mark the epoch that all tabs show; None for the newest."""
        if self._epoch_mark is not None:
            self.remove(self._epoch_mark)
        self._epoch_mark = None if epoch is None else self.add_mark(epoch, f"epoch {epoch}")

    def begin(self, started: RunStarted) -> None:
        """A run begins; the curves of a continued one go on where they end."""
        self._offset, self._first_step, self._span_known = started.first_epoch, started.first_step, False
        settings: dict[str, object] = {"preset": started.preset.name}
        settings |= {field.name: getattr(started.config, field.name) for field in fields(started.config)}
        if not started.continued:
            self._steps.reset()
            self._settings = settings
            return
        at = f" from epoch {started.first_epoch:g}" if started.first_epoch else " as continued"
        changed = {name: value for name, value in settings.items() if self._settings.get(name) != value}
        self._settings |= {name + at: value for name, value in changed.items()}

    def mark_earlier(self, started: RunStarted) -> None:
        """Mark where this run begins on the curves that the model's record tells."""
        if started.earlier:
            self._turns.append(self.add_mark(started.earlier[-1].epoch, "continued"))

    def head(self, title: str, started: RunStarted) -> None:
        """Say in the heading on how many digits the run trains."""
        self.set_heading(f"{title} · {started.training_count:,} training digits")

    def add(self, progress: TrainingProgress) -> None:
        """Something is new."""

    def mark_changes(self, progress: TrainingProgress) -> None:
        """Mark where knobs were turned, with their new values."""
        for change in progress.changes:
            at = self._offset + float(progress.epochs_after(change.step))
            self._turns.append(self.add_mark(at, change.text))

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""

    def clear(self) -> None:
        """Forget all data."""
        for average in (self.training_average, self.penalty_average):
            average.reset()
        for mark in self._turns:
            self.remove(mark)
        self._turns = []
        super().clear()
        self.caption_changed.emit("")
        self.describe(NO_DATA)

    def set_smoothing(self, factor: float) -> None:
        """Smooth over so many times as many batches as usual, also what is drawn already; 0 is not at all."""
        if factor != self._smoothing:
            self._smoothing = factor
            for average in (self.training_average, self.penalty_average):
                average.set_span(self._span * factor)
            self.smooth_again()

    # What a subclass uses.

    def smooth_again(self) -> None:
        """Replace smoothed lines by ones of the present smoothing."""

    def smoothed(self, raw: Points) -> Points:
        """Numbers of batches, (batches,), smoothed as the lines are; the average goes on from there."""
        self.training_average.reset()
        return self.training_average.feed(raw)

    def epochs_of(self, progress: TrainingProgress, count: int) -> Points:
        """After how many epochs each of so many new batches was done, (batches,)."""
        if not self._span_known:
            least, few, most = _SPAN_BATCHES
            of_an_epoch = self.span_epochs * progress.steps_per_epoch
            self._span = min(most, max(least, min(few, progress.steps_per_epoch), of_an_epoch))
            for average in (self.training_average, self.penalty_average):
                average.set_span(self._span * self._smoothing)
            self._span_known = True
        for step, epoch, size in progress.sizes or ((0, 0, progress.steps_per_epoch),):
            self._steps.note(self._offset + epoch, self._first_step + step, size)
        return np.asarray(self._offset + progress.epochs_after(progress.first_step + 1 + np.arange(count)))

    def best_of(self, series: LiveSeries, *, lowest: bool = True) -> tuple[float, float] | None:
        """The point with the lowest or highest value, the first of several; None without points."""
        if not len(series):
            return None
        best = int(series.y.argmin() if lowest else series.y.argmax())
        return float(series.x[best]), float(series.y[best])

    def best_point(self) -> tuple[float, float] | None:
        """The point (x, y), linear, that a ring marks."""
        return None

    def draw_data(self) -> None:
        """With the ring where the best point is now."""
        self._ring.point = self.best_point()
        super().draw_data()

    def x_bounds(self) -> tuple[float, float]:
        """From the start on."""
        return 0.0, super().x_bounds()[1] if not self.empty else 1e-3

    def x_text(self, x: float) -> str:
        """Such as "epoch 7.25"."""
        return f"epoch {x:.2f}"

    def table(self) -> Table:
        """All points of all lines, with the run's settings."""
        parts = [
            (line.name, line.kind, self._steps.at(line.series.x), line.series.x.copy(), line.series.y.copy())
            for line in self.lines
            if len(line.series)
        ]
        return Table(("series", "kind", "step", "epoch", "value"), parts, dict(self._settings))

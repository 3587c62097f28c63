"""What the charts of the Train workspace have in common: a run's news become points over epochs."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.chart import NO_DATA
from gui.charts.csv_export import Table
from gui.charts.line_chart import LineChart, kind_of
from gui.charts.live_series import Points
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.lab.training_run import RunStarted
from gui.theme.manager import ThemeManager


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


class TrainingChart(LineChart):
    """Lines over epochs that grow while a model learns. A subclass adds its lines and feeds their series."""

    x_word = "epoch"
    empty_text = "Press Train to see how it goes"

    def __init__(self, themes: ThemeManager, scheduler: RedrawScheduler, parent: QWidget | None = None) -> None:
        super().__init__(themes, scheduler, parent)
        self._steps = StepCount()
        self._settings: dict[str, object] = {}
        # What to add to a run's own count of epochs and of steps.
        self._offset = 0.0
        self._first_step = 0

    # What the workspace tells.

    def begin(self, started: RunStarted) -> None:
        """A run begins; the curves of a continued one go on where they end."""
        self._offset, self._first_step = started.first_epoch, started.first_step
        settings: dict[str, object] = {"preset": started.preset.name}
        settings |= {field.name: getattr(started.config, field.name) for field in fields(started.config)}
        if not started.continued:
            self._steps.reset()
            self._settings = settings
            return
        at = f" from epoch {started.first_epoch:g}" if started.first_epoch else " as continued"
        changed = {name: value for name, value in settings.items() if self._settings.get(name) != value}
        self._settings |= {name + at: value for name, value in changed.items()}

    def add(self, progress: TrainingProgress) -> None:
        """Something is new."""

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""

    def clear(self) -> None:
        """Forget all data."""
        super().clear()
        self.caption_changed.emit("")
        self.describe(NO_DATA)

    # What a subclass uses.

    def epochs_of(self, progress: TrainingProgress, count: int) -> Points:
        """After how many epochs each of so many new batches was done, (batches,)."""
        self._steps.note(self._offset, self._first_step, progress.steps_per_epoch)
        steps = progress.first_step + 1 + np.arange(count)
        return np.asarray(self._offset + steps / max(1, progress.steps_per_epoch))

    def x_bounds(self) -> tuple[float, float]:
        """From the start on."""
        return 0.0, super().x_bounds()[1] if not self.empty else 1e-3

    def x_text(self, x: float) -> str:
        """Such as "epoch 7.25"."""
        return f"epoch {x:.2f}"

    def table(self) -> Table:
        """All points of all lines, with the run's settings."""
        parts = [
            (line.name, kind_of(line), self._steps.at(line.series.x), line.series.x.copy(), line.series.y.copy())
            for line in self.lines
            if len(line.series)
        ]
        return Table(("series", "kind", "step", "epoch", "value"), parts, dict(self._settings))

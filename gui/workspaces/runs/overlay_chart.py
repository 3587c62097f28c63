"""The curves of the chosen runs over each other."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import ClassVar, Final

import numpy as np

from engine.errors import DataError
from engine.training.messages import EpochEnded
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.live_series import Points
from gui.charts.overlays import Mark
from gui.lab.kept_runs import KeptRun
from gui.services.csv_export import Table
from gui.theme.tokens import Theme
from gui.widgets.number_text import short_number
from gui.workspaces.runs.columns import accuracy, metric_of, metric_title, watched_loss

CURVES: Final[dict[str, Callable[[EpochEnded], float]]] = {
    "Validation loss": watched_loss,
    "Training loss": lambda event: event.loss,
    "Accuracy, %": accuracy,
    "Learning rate": lambda event: event.learning_rate,
    "Images a second": lambda event: event.images_per_second,
}
ALIGNMENTS: Final = ("epoch", "step", "seconds")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (6.0, 3.0), (1.5, 2.0), (8.0, 2.5, 1.5, 2.5))
_LONGEST_NAME = 28


class OverlayChart(LineChart):
    """A line a run; with a baseline, its line is the thick one, or all lines are the differences from it."""

    object_name: ClassVar[str] = "overlayChart"
    title: ClassVar[str] = "Chosen runs"
    empty_text: ClassVar[str] = "Select runs in the table to see their curves here."
    explanation: ClassVar[str] = (
        "One metric of the selected runs over epochs, steps or training time. Pin one as the baseline and the table "
        "says how the others differ from it; with “Differences”, so does the chart."
    )
    can_be_logarithmic: ClassVar[bool] = True
    x_word: ClassVar[str] = "epoch"

    def build(self) -> None:
        """Count epochs at first."""
        super().build()
        self._alignment = self.x_word

    def show_runs(
        self, runs: list[KeptRun], metric: str, alignment: str, baseline: KeptRun | None, *, differences: bool
    ) -> dict[str, str]:
        """Draw these runs; gives the colour of each by its id.

        Args:
            runs: which.
            metric: a key of `CURVES`, or the name of a metric.
            alignment: what x is, one of `ALIGNMENTS`.
            baseline: the pinned run.
            differences: whether the baseline's values are taken off.
        """
        with self.changed_at_once():
            # To take all lines away and add them again would take most of the time.
            for line in self.lines[len(runs) :]:
                self.remove(line)
            zero = None if baseline is None or not differences else _curve(baseline, metric, alignment)
            self._alignment = alignment
            self.view.set_words(alignment)
            self.view.axes["bottom"].counts = alignment != "seconds"
            labels = short_names([run.entry.name for run in runs])
            for place, run in enumerate(runs):
                is_baseline = baseline is not None and run.run_id == baseline.run_id
                dash = _DASHES[(place // len(self.theme.series) + place) % len(_DASHES)]
                style = LineStyle(_color(place), 3.0 if is_baseline else 2.0, () if is_baseline else dash, dots=True)
                x, y = _curve(run, metric, alignment)
                if zero is not None and len(zero[0]):
                    # Only where both are known.
                    common = (x >= zero[0][0]) & (x <= zero[0][-1])
                    x, y = x[common], y[common] - np.interp(x[common], *zero)
                if place == len(self.lines):
                    self.add_line(run.run_id, "", style)
                line = self.lines[place]
                line.name, line.label = run.run_id, labels[place]
                line.set_style(style, self.theme)
                line.set_data(x, y)
            metric = metric if metric in CURVES else metric_title(metric).capitalize()
            self._mark_turns(runs)
            named = next((label for run, label in zip(runs, labels, strict=True) if run is baseline), "the baseline")
            self.set_heading(metric if zero is None else f"{metric}, difference from {named}")
        self.describe(self.words())
        return {run.run_id: line.text_color for run, line in zip(runs, self.lines, strict=True)}

    def _mark_turns(self, runs: list[KeptRun]) -> None:
        """Where knobs were turned, of one run alone: marks of several would not tell whose they are."""
        for mark in self.overlays_of(Mark):
            self.remove(mark)
        for run in runs if len(runs) == 1 else []:
            x = np.concatenate([[0.0], _places(run, self._alignment)])
            steps = [0, *(event.step for event in run.epochs)]
            # The curves of a run with turns of another version can be shown all the same.
            with suppress(DataError):
                for change in run.entry.knob_changes():
                    self.add_mark(float(np.interp(change.step, steps, x)), change.text)

    def x_bounds(self) -> tuple[float, float]:
        """A single epoch stands in the middle."""
        first, last = super().x_bounds()
        return (first, last) if last - first > 0.01 * last else (0.0, 2 * last)

    def x_text(self, x: float) -> str:
        """An x in words, for the read-out."""
        return f"{self._alignment} {short_number(x)}"

    def table(self) -> Table:
        """All points of all runs."""
        table = super().table()
        return replace(table, columns=("run", "kind", self._alignment, self.heading))

    def words(self) -> str:
        """How each line ends."""
        ends = [f"{line.label} {self.value_text(float(line.series.y[-1]))}" for line in self.lines if len(line.series)]
        return f"{self.heading}: {'; '.join(ends)}" if ends else super().words()


def short_names(names: Sequence[str]) -> list[str]:
    """Names short enough for the ends of curves: trials of a sweep without what they have in common."""
    parts = [name.split(", ") for name in names]
    trials = [set(own) for own in parts if len(own) > 1]
    shared = set.intersection(*trials) if len(trials) > 1 else set()
    kept = [[part for part in own if part not in shared] or own for own in parts]
    if any(len(own) > 1 and len(", ".join(rest)) > _LONGEST_NAME for own, rest in zip(parts, kept, strict=True)):
        # Values tell trials apart, names of fields do not; the first part is the model's title.
        kept = [
            [part if part == own[0] else part.rpartition(" ")[2] for part in rest]
            for own, rest in zip(parts, kept, strict=True)
        ]
    return [_short(", ".join(rest)) for rest in kept]


@cache
def _color(place: int) -> Callable[[Theme], str]:
    return lambda theme: theme.series[place % len(theme.series)]


def _curve(run: KeptRun, metric: str, alignment: str) -> tuple[Points, Points]:
    value_of = CURVES.get(metric) or metric_of(metric)
    values = np.array([value_of(event) for event in run.epochs], np.float64)
    x = _places(run, alignment)
    known = np.isfinite(values)
    return x[known], values[known]


def _places(run: KeptRun, alignment: str) -> Points:
    """Where each epoch is."""
    if alignment == "seconds":
        return np.cumsum([event.seconds for event in run.epochs], dtype=np.float64)
    return np.array([event.epoch if alignment == "epoch" else event.step for event in run.epochs], np.float64)


def _short(name: str) -> str:
    # Names that the program gives differ at the end.
    return name if len(name) <= _LONGEST_NAME else f"{name[:9].rstrip()}…{name[-16:]}"

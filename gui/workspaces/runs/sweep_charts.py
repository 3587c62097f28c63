"""The charts of a sweep: two fields as a heat map, more as parallel coordinates, one as a curve of the errors."""

from dataclasses import replace
from typing import ClassVar

import numpy as np

from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.overlays import Band
from gui.services.csv_export import Table
from gui.theme.manager import ThemeManager
from gui.workspaces.runs.heat_map import HeatMap
from gui.workspaces.runs.parallel_chart import Coordinate, ParallelChart
from gui.workspaces.runs.trial_table import mean_text
from gui.workspaces.runs.vary_row import field_title
from models.sweeps.experiments import errors_of, is_share
from models.sweeps.plan import SweepPlan
from models.sweeps.summary import SweepSummary
from models.sweeps.variation import Variation, value_text

# Where no logarithm is, such as λ = 0: this part of the smallest value above it.
_NOTHING = 0.1


class SweepHeatMap(HeatMap):
    """The mean over the seeds for each pair of values."""

    object_name: ClassVar[str] = "sweepHeatMap"
    title: ClassVar[str] = "Mean over the seeds"
    empty_text: ClassVar[str] = "A sweep over two fields is shown here, a cell a combination."
    explanation: ClassVar[str] = "The mean over the seeds for each pair of values; the stronger the colour the higher."

    def build(self) -> None:
        """Begin with percent."""
        super().build()
        self._decimals = 2

    def show_sweep(self, plan: SweepPlan, summary: SweepSummary) -> None:
        """Fill the cells of the first two varied fields."""
        rows, columns = plan.variations[:2]
        values = np.full((len(rows.values), len(columns.values)), np.nan)
        is_loss = summary.objective.endswith("loss")
        for combination in summary.combinations:
            place = (
                rows.values.index(combination.values[rows.field]),
                columns.values.index(combination.values[columns.field]),
            )
            values[place] = combination.mean(summary.objective) * (1 if is_loss else 100)
        self.set_heading("Mean validation loss" if is_loss else "Mean validation accuracy, %")
        self._decimals = 4 if is_loss else 2
        self.view.axes["left"].set_room(max(map(value_text, rows.values), key=len))
        self.name_axes(field_title(rows.field), field_title(columns.field))
        self.set_matrix(values, list(map(value_text, rows.values)), list(map(value_text, columns.values)))

    def value_text(self, value: float) -> str:
        """Percent, or a loss."""
        return f"{value:.{self._decimals}f}" if np.isfinite(value) else ""


class SweepParallelChart(ParallelChart):
    """A line a combination: its values, and what came of them."""

    object_name: ClassVar[str] = "sweepParallelChart"
    title: ClassVar[str] = "Combinations"
    empty_text: ClassVar[str] = "Each combination that is trained becomes a line here."
    explanation: ClassVar[str] = (
        "A line a combination of values, from axis to axis; at the right what came of it, the mean over the seeds. The "
        "stronger the colour the better; the thick line is the best one."
    )

    def show_sweep(self, plan: SweepPlan, summary: SweepSummary) -> None:
        """Draw the combinations that have been trained."""
        objective = summary.objective
        done = [one for one in summary.combinations if np.isfinite(one.mean(objective))]
        axes = []
        for variation in plan.variations:
            shares = dict(zip(variation.values, _shares(variation), strict=True))
            places = [one.values[variation.field] for one in done]
            axes.append(Coordinate(
                field_title(variation.field), [shares[value] for value in places], list(map(value_text, places))
            ))  # fmt: skip
        means = np.array([one.mean(objective) for one in done])
        low, high = (means.min(), means.max()) if len(means) else (0.0, 1.0)
        results = (means - low) / (high - low) if high > low else np.ones(len(means))
        if not summary.more_is_better:
            results = 1 - results
        word = "Loss (low is up)" if objective.endswith("loss") else "Accuracy, %"
        axes.append(Coordinate(word, results.tolist(), [mean_text(one, objective) for one in done]))
        names = [", ".join(f"{name} {value_text(value)}" for name, value in one.values.items()) for one in done]
        # Of equal means, that of the best trial, which the table marks.
        marked = summary.best.trial.number if summary.best is not None else -1
        rank = [(result, marked in one.trials) for result, one in zip(results, done, strict=True)]
        self.set_coordinates(axes, names, rank.index(max(rank)) if rank else -1)


class ErrorCurveChart(LineChart):
    """The errors on the training digits and on the validation's against the values of one field."""

    object_name: ClassVar[str] = "errorCurveChart"
    title: ClassVar[str] = "Errors"
    empty_text: ClassVar[str] = "The errors appear here as the trials end."
    explanation: ClassVar[str] = (
        "Error on the training digits, by the final weights and without augmentation, and on the validation's. The "
        "band is the deviation over the seeds. Where both are high it is bias; where they lie apart it is variance."
    )

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        styles = (
            LineStyle(lambda theme: theme.accent, dots=True),
            LineStyle(lambda theme: theme.second, 2.0, (6, 3), dots=True),
        )
        self._curves = [self.add_line(name, name, style) for name, style in zip(_CURVES, styles, strict=True)]
        self._spreads = [self.add_overlay(Band(line)) for line in self._curves]
        self._words, self._is_share, self._field, self._zero = "", True, "value", 0.0

    def show_sweep(self, plan: SweepPlan, summary: SweepSummary) -> None:
        """Draw what is known."""
        variation = plan.variations[0]
        known = [(one, errors) for one in summary.combinations if (errors := errors_of(one)) is not None]
        known.sort(key=lambda pair: _as_number(pair[0].values[variation.field]))
        x = np.array([_as_number(one.values[variation.field]) for one, _ in known], np.float64)
        above = sorted(float(value) for value in variation.values if isinstance(value, int | float) and value > 0)
        logarithmic = len(above) > 1 and above[-1] >= 20 * above[0]
        self._zero = _NOTHING * above[0] if above else 0.0
        if logarithmic:
            x = np.maximum(x, self._zero)
        self._is_share = not known or is_share(known[0][0])
        factor = 100.0 if self._is_share else 1.0
        self.view.set_logarithmic(logarithmic, "bottom")
        self.view.set_words(field_title(variation.field))
        self._field = field_title(variation.field)
        heading = "Error, %" if self._is_share else "Error, degrees"
        has_zero = logarithmic and any(value == 0 for value in variation.values)
        self.set_heading(f"{heading} · 0 stands at the left end" if has_zero else heading)
        for part, (line, band) in enumerate(zip(self._curves, self._spreads, strict=True)):
            mean = factor * np.array([errors[part][0] for _, errors in known], np.float64)
            spread = factor * np.nan_to_num(np.array([errors[part][1] for _, errors in known], np.float64))
            line.set_data(x, mean)
            band.set_data(x, mean - spread, mean + spread)
        self.show_news()

    def x_text(self, x: float) -> str:
        """The field's value."""
        return f"{self._field} {value_text(0.0 if self.view.logarithmic_x and x <= self._zero else float(x))}"

    def value_text(self, value: float) -> str:
        """With its unit."""
        return f"{value:.2f} %" if self._is_share else f"{value:.2f}°"

    def table(self) -> Table:
        """All points with the spread over the seeds; 0 is 0, wherever it stands."""
        table, left = super().table(), self._zero if self.view.logarithmic_x else -np.inf
        parts = [
            (*words, np.where((at := np.asarray(x, np.float64)) <= left, 0.0, at), y) for *words, x, y in table.parts
        ]
        return replace(table, columns=("series", "kind", self._field, self.heading.split(" · ")[0]), parts=parts)

    def words(self) -> str:
        """How each line ends."""
        ends = [f"{line.label} {self.value_text(float(line.series.y[-1]))}" for line in self.lines if len(line.series)]
        return f"{self.heading}: {'; '.join(ends)}" if ends else super().words()


_CURVES = ("training", "validation")


def _shares(variation: Variation) -> list[float]:
    """Where the values of a field are on its axis: by size, or one after the other where they are no numbers."""
    if not variation.is_number:
        return [place / max(1, len(variation.values) - 1) for place in range(len(variation.values))]
    numbers = np.array([_as_number(value) for value in variation.values])
    if variation.is_logarithmic:
        numbers = np.log(numbers)
    return [float(share) for share in (numbers - numbers.min()) / (np.ptp(numbers) or 1.0)]


def _as_number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

"""What the model says about one drawing, from the first step of training to the last."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtWidgets import QWidget

from gui.charts.chart import Chart
from gui.charts.line import Line, LineStyle, blend
from gui.charts.live_series import Points
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.lab.training_run import RunStarted
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# As many answers as a model may have.
_LINES = 10
# So many lines are drawn in colour; the others stay in the background.
_TOP = 4
# A line that never rose above this has nothing to say.
_WORTH_A_COLOR = 0.15
# So many answers have to agree on average before the accent moves to another line.
_LEADING_FOR = 5
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.5), (1.5, 2.0), (6.0, 2.0, 1.5, 2.0))


class PinnedProbabilities(Chart):
    """The probability of every label for the pinned drawing; the likeliest ones in colour and named at their ends.

    For a model that answers with a number, one line with that number.
    """

    object_name: ClassVar[str] = "pinnedChart"
    title: ClassVar[str] = "Your drawing, while the model learns"
    empty_text: ClassVar[str] = (
        "Draw a digit, then press Train: its probabilities are followed from the first step to the last"
    )
    explanation: ClassVar[str] = (
        "What the model thought of one drawing at each moment of the training. The drawing is the one on the canvas "
        "when the training began, or the one that was pinned."
    )

    def __init__(self, board: RedrawScheduler, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(board, themes, parent)
        self._labels_shown: tuple[str, ...] = ()
        self._task = "multiclass"
        self._ranks: list[int | None] = [None] * _LINES
        self._last_x = -1.0
        for number in range(_LINES):
            self.add_line(f"answer_{number}", "", self._style(None))
        self.apply_theme(themes.theme)

    def begin(self, started: RunStarted) -> None:
        """Take the labels of the preset; a fresh run clears the curves."""
        preset = started.preset
        if not started.continued or preset.labels != self._labels_shown:
            self._labels_shown, self._task = preset.labels, preset.task
            for number, line in enumerate(self.lines):
                name = preset.labels[number] if number < len(preset.labels) else f"unused {number}"
                line.name, line.label = f"probability of {name}" if preset.task != "regression" else name, ""
            self.clear()
            self.caption_changed.emit(
                {"regression": "degrees", "multilabel": "probability of each property"}.get(
                    preset.task, "probability of each digit"
                )
            )

    def clear(self) -> None:
        """Forget the answers, for another drawing or another run."""
        self._last_x = -1.0
        super().clear()
        self.describe("no data yet")

    def add_answer(self, epochs: float, answer: ArrayLike) -> None:
        """What the model said after so many epochs: (labels,) probabilities, or (1,) degrees."""
        values = np.asarray(answer, np.float64).ravel()
        if values.size > _LINES or epochs < self._last_x or not np.isfinite(values).all():
            return
        self._last_x = epochs
        for line, value in zip(self.lines, values, strict=False):
            line.series.append(epochs, value)
        self._rank()
        self.describe(self._words(values))
        self.mark_dirty()

    def x_bounds(self) -> tuple[float, float]:
        """From the first answer on."""
        first = min((float(line.series.x[0]) for line in self.lines if len(line.series)), default=0.0)
        low, high = super().x_bounds()
        return min(first, high) if first < high else low, high

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """All of 0 to 1 for probabilities."""
        return super().y_bounds(drawn) if self._task == "regression" else (0.0, 1.0)

    def value_text(self, value: float) -> str:
        """Percent, or degrees."""
        return f"{value:.1f}°" if self._task == "regression" else f"{100 * value:.1f} %"

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().apply_theme(theme)
        for number, rank in enumerate(self._ranks):
            self._apply(number, rank)

    def _rank(self) -> None:
        """Give colours to the lines that matter; a line keeps its colour as long as it does."""
        used = [line for line in self.lines if len(line.series)]
        peaks = [float(line.series.y.max()) for line in used]
        if self._task in ("regression", "multilabel", "binary"):
            wanted = set(range(len(used)))
        else:
            order = sorted(range(len(used)), key=lambda number: -peaks[number])
            wanted = {number for number in order[:_TOP] if peaks[number] > _WORTH_A_COLOR} | set(order[:1])
        for number, rank in enumerate(self._ranks):
            if rank is not None and number not in wanted:
                self._apply(number, None)
        for number in sorted(wanted, key=lambda number: -peaks[number]):
            if self._ranks[number] is None:
                taken = {rank for rank in self._ranks if rank is not None}
                self._apply(number, next(rank for rank in range(_LINES) if rank not in taken))
        if self._task in ("multiclass", "binary"):
            self._promote(int(np.argmax([line.series.y[-_LEADING_FOR:].mean() for line in used])))

    def _promote(self, leader: int) -> None:
        """The label that has been likeliest for a while is the solid line in the accent."""
        rank = self._ranks[leader]
        if rank is not None and rank != 0:
            before = self._ranks.index(0) if 0 in self._ranks else None
            if before is not None:
                self._apply(before, rank)
            self._apply(leader, 0)

    def _apply(self, number: int, rank: int | None) -> None:
        self._ranks[number] = rank
        line = self.lines[number]
        named = rank is not None and number < len(self._labels_shown)
        line.label = self._labels_shown[number] if named else ""
        line.set_style(self._style(rank), self._themes.theme)
        line.set_z(0.0 if rank is None else 1.0 + _LINES - rank)

    @staticmethod
    def _style(rank: int | None) -> LineStyle:
        if rank is None:
            return LineStyle(lambda theme: blend(theme.muted, theme.surface, 0.3), 1.0, antialias=True)
        return LineStyle(lambda theme: theme.series[rank % len(theme.series)], 2.0, dash=_DASHES[rank % len(_DASHES)])

    def _words(self, values: Points) -> str:
        names = self._labels_shown
        if self._task == "regression":
            return f"the model says {values[0]:.0f} degrees after {self._last_x:.1f} epochs"
        best = int(values.argmax())
        name = names[best] if best < len(names) else str(best)
        return f"{name} is likeliest with {100 * values[best]:.0f} % after {self._last_x:.1f} epochs"

"""What the model says about one drawing, from the first step of training to the last."""

from collections.abc import Sequence
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from gui.charts.line import Line, LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.live_series import Points
from gui.lab.run_started import RunStarted
from gui.theme.color_scales import blend
from gui.workspaces.train.charts.training_chart import TrainingChart

# As many answers as a model may have.
_LINES = 10
# So many lines are drawn in colour; the others stay in the background.
_TOP = 4
# A line that never rose above this has nothing to say.
_WORTH_A_COLOR = 0.15
# So many answers have to agree on average before another line becomes the thick one.
_LEADING_FOR = 5
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.5), (1.5, 2.0), (6.0, 2.0, 1.5, 2.0))
_BACKGROUND = LineStyle(lambda theme: blend(theme.muted, theme.surface, 0.3), 1.0)


@cache
def _style_of(number: int, *, leads: bool) -> LineStyle:
    """A label's own colour and dash: two labels that share a colour differ in their dashes."""
    dash = _DASHES[(number + number // len(_DASHES) // 2) % len(_DASHES)]
    return LineStyle(lambda theme: theme.series[number % len(theme.series)], 3.0 if leads else 1.75, dash=dash)


class FollowedProbabilities(TrainingChart):
    """The probability of every label for the followed drawing; the likeliest ones in colour and named at their ends.

    A label has one colour and one dash for good; the likeliest one is thicker. For a model that answers with a number,
    one line with that number.
    """

    object_name: ClassVar[str] = "pinnedChart"
    title: ClassVar[str] = "Your drawing, while the model learns"
    empty_text: ClassVar[str] = (
        "Draw a digit, then press Train: its probabilities are followed from the first step to the last"
    )
    explanation: ClassVar[str] = (
        "What the model thought of one drawing at each moment of the training. The drawing is the one on the canvas "
        "when the training began, or the one that you let it follow since; its picture stands beside the title."
    )

    def build(self) -> None:
        """Make as many lines as there may be answers."""
        super().build()
        self._labels_shown: tuple[str, ...] = ()
        self._task = "multiclass"
        self._caption = ""
        self._last_x = -1.0
        for number in range(_LINES):
            self.add_line(f"answer_{number}", "", _BACKGROUND)

    def begin(self, started: RunStarted) -> None:
        """Take the labels of the preset; a fresh run clears the curves."""
        preset = started.preset
        super().begin(started)
        if not started.continued or preset.labels != self._labels_shown:
            self._labels_shown, self._task = preset.labels, preset.task
            for number, line in enumerate(self.lines):
                name = preset.labels[number] if number < len(preset.labels) else f"unused {number}"
                line.name, line.label = f"probability of {name}" if preset.task != "regression" else name, ""
                line.set_style(_BACKGROUND, self.theme)
            self._caption = {"regression": "degrees", "multilabel": "probability of each property"}.get(
                preset.task, "probability of each digit"
            )
            self.clear()

    def clear(self) -> None:
        """Forget the answers, for another drawing or another run."""
        self._last_x = -1.0
        caption = self._caption
        super().clear()
        self.caption_changed.emit(caption)

    def add_answer(self, epochs: float, answer: ArrayLike) -> None:
        """What the model said after so many epochs: (labels,) probabilities, or (1,) degrees."""
        values = np.asarray(answer, np.float64).ravel()
        if values.size > _LINES or epochs < self._last_x or not np.isfinite(values).all():
            return
        self._last_x = epochs
        for line, value in zip(self.lines, values, strict=False):
            line.series.append(epochs, value)
        self._emphasize()
        self.describe(self._words(values))
        self.mark_dirty()

    def x_bounds(self) -> tuple[float, float]:
        """From the first answer on."""
        return super().x_bounds() if self.empty else LineChart.x_bounds(self)

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """All of 0 to 1 for probabilities."""
        return super().y_bounds(drawn) if self._task == "regression" else (0.0, 1.0)

    def value_text(self, value: float) -> str:
        """Percent, or degrees."""
        return f"{value:.1f}°" if self._task == "regression" else f"{100 * value:.1f} %"

    def _emphasize(self) -> None:
        """Name and colour the lines that matter, and draw the one that leads thicker."""
        used = [line for line in self.lines if len(line.series)]
        leader = int(np.argmax([line.series.y[-_LEADING_FOR:].mean() for line in used]))
        if self._task in ("regression", "multilabel", "binary"):
            wanted = set(range(len(used)))
        else:
            peaks = [float(line.series.y.max()) for line in used]
            order = sorted(range(len(used)), key=lambda number: -peaks[number])
            wanted = {number for number in order[:_TOP] if peaks[number] > _WORTH_A_COLOR} | {leader}
        for number, line in enumerate(used):
            shown = number in wanted and number < len(self._labels_shown)
            line.label = self._labels_shown[number] if shown else ""
            line.set_style(_style_of(number, leads=number == leader) if shown else _BACKGROUND, self.theme)
            line.item.setZValue(shown + (number == leader))

    def _words(self, values: Points) -> str:
        names = self._labels_shown
        if self._task == "regression":
            return f"the model says {values[0]:.0f} degrees after {self._last_x:.1f} epochs"
        best = int(values.argmax())
        name = names[best] if best < len(names) else str(best)
        return f"{name} is likeliest with {100 * values[best]:.0f} % after {self._last_x:.1f} epochs"

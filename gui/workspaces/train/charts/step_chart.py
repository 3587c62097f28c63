"""What the charts of single steps have in common: a line over the steps that were measured while it was shown."""

from typing import ClassVar

from engine.training.messages import StepMeasure, TrainingProgress
from gui.charts.chart import NO_DATA
from gui.lab.run_started import RunStarted
from gui.workspaces.train.charts.training_chart import TRAINING, TrainingChart


class StepChart(TrainingChart):
    """A number of some twenty steps a second; a subclass says which."""

    wants_steps: ClassVar[bool] = True
    shown_first: ClassVar[bool] = False
    can_be_logarithmic: ClassVar[bool] = True
    # What stands at the end of the line.
    word: ClassVar[str]
    widest_number: ClassVar[str] = "0.0000"
    empty_text: ClassVar[str] = "Measured while a model trains and this chart is shown"

    def build(self) -> None:
        """Make the line."""
        super().build()
        self._line = self.add_line(self.title.lower(), self.word, TRAINING)
        self.view.set_logarithmic(True)

    def number(self, measure: StepMeasure) -> float:
        """What is shown of a step."""
        raise NotImplementedError

    def begin(self, started: RunStarted) -> None:
        """A fresh run clears the chart; a continued one goes on."""
        if not started.continued:
            self.clear()
        super().begin(started)

    def add(self, progress: TrainingProgress) -> None:
        """Add the steps that were measured."""
        for measure in progress.measures:
            self.add_point(progress, measure.step + 1, self.number(measure))
        if progress.measures:
            self.show_last()

    def add_point(self, progress: TrainingProgress, step: int, value: float) -> None:
        """Add a point after so many steps of the run."""
        self._line.series.append(self._offset + progress.epochs_after(step), value)

    def show_last(self) -> None:
        """Say the newest value."""
        last = self._line.series.last()
        text = NO_DATA if last is None else f"{self.value_text(last[1])} after {last[0]:.2f} epochs"
        self.describe(text)
        self.caption_changed.emit("" if last is None else self.value_text(last[1]))
        self.mark_dirty()

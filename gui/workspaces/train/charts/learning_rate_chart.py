"""The learning rate over the course of training."""

from typing import ClassVar

from engine.training.messages import StepMeasure, TrainingProgress
from gui.workspaces.train.charts.step_chart import StepChart


class LearningRateChart(StepChart):
    """Of the steps that were measured, and at the end of every epoch, which costs nothing."""

    object_name: ClassVar[str] = "learningRateChart"
    title: ClassVar[str] = "Learning rate"
    word: ClassVar[str] = "α"
    explanation: ClassVar[str] = (
        "α, the length of a step, as the schedule and the knob make it. It starts high where much is to be gained, and "
        "falls so that the weights settle."
    )

    def number(self, measure: StepMeasure) -> float:
        """The rate in force."""
        return measure.learning_rate

    def add(self, progress: TrainingProgress) -> None:
        """Add steps and epochs in their order."""
        points = [(measure.step + 1, measure.learning_rate) for measure in progress.measures]
        points += [(event.step, event.learning_rate) for event in progress.epochs]
        for step, rate in sorted(points):
            self.add_point(progress, step, rate)
        if points:
            self.show_last()

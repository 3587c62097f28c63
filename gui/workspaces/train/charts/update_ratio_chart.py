"""The length of a step against that of the weights, over the course of training."""

from typing import ClassVar

from engine.training.messages import StepMeasure
from gui.workspaces.train.charts.step_chart import StepChart


class UpdateRatioChart(StepChart):
    """‖Δw‖ / ‖w‖ of single steps."""

    object_name: ClassVar[str] = "updateRatioChart"
    title: ClassVar[str] = "Update to weight ratio"
    word: ClassVar[str] = "‖Δw‖ / ‖w‖"
    explanation: ClassVar[str] = (
        "‖Δw‖ / ‖w‖, how far a step moves the weights, as a part of their length. About 0.001 is usual; far above that "
        "the steps are wild, far below it hardly anything is learned."
    )

    def number(self, measure: StepMeasure) -> float:
        """The ratio of the lengths."""
        return measure.update_ratio

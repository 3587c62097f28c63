"""The length of the gradient over the course of training."""

from typing import ClassVar

from engine.training.messages import StepMeasure
from gui.workspaces.train.charts.step_chart import StepChart


class GradientNormChart(StepChart):
    """‖g‖ of single steps, before clipping."""

    object_name: ClassVar[str] = "gradientNormChart"
    title: ClassVar[str] = "Gradient norm"
    word: ClassVar[str] = "‖g‖"
    explanation: ClassVar[str] = (
        "‖g‖, how steep the loss is where the weights are, before the gradient is clipped. It falls towards a minimum; "
        "where it grows by orders of magnitude, the next step throws the weights far off."
    )

    def number(self, measure: StepMeasure) -> float:
        """The length of the gradient."""
        return measure.gradient_norm

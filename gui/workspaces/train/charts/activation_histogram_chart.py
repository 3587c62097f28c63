"""How the outputs of a layer are spread, over the course of training."""

from typing import TYPE_CHECKING, ClassVar

from gui.workspaces.train.charts.histogram_chart import HistogramChart

if TYPE_CHECKING:
    from engine.inspection.layer_readings import Histogram, LayerReading


class ActivationHistogramChart(HistogramChart):
    """What a layer gives for some digits."""

    object_name: ClassVar[str] = "activationHistogramChart"
    title: ClassVar[str] = "Activations of a layer"
    explanation: ClassVar[str] = (
        "What a layer gives for some of the digits, at each epoch: the stronger the colour, the more outputs of that "
        "size. Rectified units pile up at 0; sigmoids that pile up at both ends are saturated."
    )

    def part(self, layer: "LayerReading") -> "Histogram | None":
        """The outputs."""
        return layer.outputs

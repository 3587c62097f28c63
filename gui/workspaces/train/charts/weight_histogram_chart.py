"""How the weights of a layer are spread, over the course of training."""

from typing import TYPE_CHECKING, ClassVar

from gui.workspaces.train.charts.histogram_chart import HistogramChart

if TYPE_CHECKING:
    from engine.inspection.layer_readings import Histogram, LayerReading


class WeightHistogramChart(HistogramChart):
    """The kernel of a layer."""

    object_name: ClassVar[str] = "weightHistogramChart"
    title: ClassVar[str] = "Weights of a layer"
    explanation: ClassVar[str] = (
        "How the weights of a layer are spread at each epoch: the stronger the colour, the more weights of that size. "
        "They spread while the model learns; L2 keeps them together, L1 drives most of them to 0."
    )

    def part(self, layer: "LayerReading") -> "Histogram | None":
        """The weights."""
        return layer.weights

"""What the charts of a network's layers have in common: they show readings of stored weights, one an epoch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from gui.lab.run_started import RunStarted
from gui.workspaces.train.charts.training_chart import TrainingChart

if TYPE_CHECKING:
    from engine.inspection.layer_readings import NetworkReading


class LayerChart(TrainingChart):
    """Is given all readings of a run; the training computes nothing for it."""

    wants_layers: ClassVar[bool] = True
    shown_first: ClassVar[bool] = False
    empty_text: ClassVar[str] = "Read from the weights of each epoch while this chart is shown"

    def begin(self, started: RunStarted) -> None:
        """A fresh run clears the chart; a continued one goes on."""
        if not started.continued:
            self.clear()
        super().begin(started)

    def clear(self) -> None:
        """Forget all readings."""
        self.set_readings(())
        super().clear()

    def set_readings(self, readings: "Sequence[NetworkReading]") -> None:
        """Show these, in order."""
        raise NotImplementedError

"""How many units of each layer do nothing, over the course of training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gui.charts.chart import NO_DATA
from gui.charts.line import Line, LineStyle
from gui.charts.live_series import Points
from gui.workspaces.train.charts.layer_chart import LayerChart

if TYPE_CHECKING:
    from engine.inspection.layer_readings import NetworkReading

_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.5), (1.5, 2.0))


class DeadUnitsChart(LayerChart):
    """A line a layer: rectified units that give 0 for every digit, squashed outputs at the end of their range."""

    object_name: ClassVar[str] = "deadUnitsChart"
    title: ClassVar[str] = "Dead units"
    explanation: ClassVar[str] = (
        "Share of the units of a layer that give 0 for every one of some digits: their gradient is 0 too, so they "
        "learn no more. Of sigmoids: share of the outputs at the ends of their range, where they are flat. Layers with "
        "neither are not shown."
    )

    def set_readings(self, readings: "Sequence[NetworkReading]") -> None:
        """Show these, in order."""
        shares: dict[str, list[tuple[float, float]]] = {}
        for reading in readings:
            for layer in reading.layers:
                share = layer.dead if layer.dead is not None else layer.saturated
                if share is not None:
                    shares.setdefault(layer.name, []).append((reading.epoch, share))
        lines = {line.name: line for line in self.lines}
        for name in lines.keys() - shares.keys():
            self.remove(lines[name])
        for name, points in shares.items():
            line = lines.get(name) or self._add_layer(name)
            line.set_data(*np.array(points).T)
        worst = max(((points[-1][1], name) for name, points in shares.items()), default=None)
        text = "" if worst is None else f"{self.value_text(worst[0])} in {worst[1]}"
        self.caption_changed.emit(text)
        self.describe(text or NO_DATA)
        self.mark_dirty()

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """From nothing on, at least a tenth."""
        return 0.0, max(0.1, super().y_bounds(drawn)[1])

    def value_text(self, value: float) -> str:
        """A share in per cent."""
        return f"{100 * value:.0f} %"

    def _add_layer(self, name: str) -> Line:
        number = len(self.lines)
        style = LineStyle(
            lambda theme: theme.series[number % len(theme.series)], dash=_DASHES[number % len(_DASHES)], dots=True
        )
        return self.add_line(name, f"layer {name.split(' · ')[0]}", style)

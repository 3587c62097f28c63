"""How the numbers of a layer are spread, over the course of training: a histogram an epoch, side by side as colours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSignalBlocker, Slot

from gui.charts.chart import NO_DATA
from gui.charts.line import Line, LineStyle
from gui.charts.live_series import Points
from gui.services.csv_export import Table
from gui.theme.color_scales import ramp
from gui.theme.tokens import Theme
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.naming import named
from gui.workspaces.train.charts.layer_chart import LayerChart

if TYPE_CHECKING:
    from engine.inspection.layer_readings import Histogram, LayerReading, NetworkReading

_QUANTILES = ((0.1, "10 %"), (0.5, "half"), (0.9, "90 %"))
_COLUMNS, _ROWS = 160, 60
_BOX_PX = 88


class HistogramChart(LayerChart):
    """The more numbers there are of a size, the stronger the colour; lines go where a tenth, half and 90 % lie below.

    Attributes:
        layer_box: chooses the layer; for the header of the card.
    """

    def build(self) -> None:
        """Make picture and lines."""
        super().build()
        self._readings: Sequence[NetworkReading] = ()
        self._found: list[tuple[float, Histogram]] = []
        self._bounds = (0.0, 1.0)
        self._image = pg.ImageItem()
        self._image.setZValue(-30)
        self.view.box.addItem(self._image, ignoreBounds=True)
        for number, (_, label) in enumerate(_QUANTILES):
            dash = () if number == 1 else (4.0, 2.5)
            self.add_line(f"below {label}", label, LineStyle(lambda theme: theme.second, 1.5, dash=dash))
        self.layer_box = named(
            ElidingComboBox(), f"{self.object_name}Layer", "Which layer is shown", f"{self.title}: layer"
        )
        self.layer_box.setMinimumWidth(_BOX_PX)
        self.layer_box.currentIndexChanged.connect(self._show)

    def part(self, layer: "LayerReading") -> "Histogram | None":
        """Which numbers of a layer are shown."""
        raise NotImplementedError

    def set_readings(self, readings: "Sequence[NetworkReading]") -> None:
        """Show these, in order."""
        self._readings = tuple(readings)
        layers = self._readings[-1].layers if self._readings else ()
        names = [layer.name for layer in layers if self.part(layer) is not None]
        if names != [self.layer_box.itemText(number) for number in range(self.layer_box.count())]:
            with QSignalBlocker(self.layer_box):
                self.layer_box.clear()
                self.layer_box.addItems(names)
        self._show()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._image.setLookupTable(ramp(np.linspace(0, 1, 256), theme.surface, theme.accent))
        super().apply_theme(theme)

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """All numbers of all epochs."""
        return self._bounds

    @Slot()
    def _show(self) -> None:
        name = self.layer_box.currentText()
        found = [
            (reading.epoch, histogram)
            for reading in self._readings
            for layer in reading.layers
            if layer.name == name and (histogram := self.part(layer)) is not None
        ]
        self._found = found
        self._image.setVisible(bool(found))
        for number, (share, _) in enumerate(_QUANTILES):
            points = np.array([(at, _quantile(histogram, share)) for at, histogram in found]).reshape(-1, 2)
            self.lines[number].set_data(points[:, 0], points[:, 1])
        if found:
            self._draw([at for at, _ in found], [histogram for _, histogram in found])
        last = self.lines[1].series.last()
        self.describe(NO_DATA if last is None else f"{name}: half of the numbers lie below {last[1]:.3g}")
        self.mark_dirty()

    def table(self) -> Table:
        """How many numbers of the layer lie between which two at each moment, from which the lines come."""
        name, parts = self.layer_box.currentText(), []
        for epoch, histogram in self._found:
            edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
            at = np.full(len(histogram.counts), epoch)
            parts.append((name, self._steps.at(at), at, edges[:-1], edges[1:], histogram.counts))
        return replace(super().table(), columns=("layer", "step", "epoch", "from", "to", "count"), parts=parts)

    def _draw(self, epochs: list[float], histograms: "list[Histogram]") -> None:
        """Paint a column for each moment, that of the nearest reading."""
        low, high = min(one.low for one in histograms), max(one.high for one in histograms)
        self._bounds = (low, high)
        columns = np.stack([_resampled(one, low, high) for one in histograms])
        last = max(epochs[-1], 1e-9)
        middles = (np.arange(_COLUMNS) + 0.5) / _COLUMNS * last
        borders = (np.array(epochs[1:]) + np.array(epochs[:-1])) / 2
        image = columns[np.searchsorted(borders, middles)]
        self._image.setImage(np.sqrt(image), levels=(0.0, 1.0))
        self._image.setRect(QRectF(0.0, low, last, high - low))


def _resampled(histogram: "Histogram", low: float, high: float) -> Points:
    """Shares of the fullest of `_ROWS` bins between two other ends, (_ROWS,)."""
    counts = histogram.counts
    edges = np.linspace(histogram.low, histogram.high, len(counts) + 1)
    below = np.interp(np.linspace(low, high, _ROWS + 1), edges, np.concatenate(([0], np.cumsum(counts))))
    share = np.diff(below)
    return np.asarray(share / max(float(share.max()), 1e-12))


def _quantile(histogram: "Histogram", share: float) -> float:
    """Below which number this share lies, as precisely as the bins tell."""
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    total = np.concatenate(([0], np.cumsum(histogram.counts)))
    return float(np.interp(share * total[-1], total, edges))

"""The loss around the present weights as a contour picture, and along one weight as a curve with its tangent."""

from typing import ClassVar, Final

import numpy as np
import pyqtgraph as pg

from engine.inspection.landscape import Landscape, WeightSlice
from gui.charts.image_chart import ImageChart
from gui.charts.line import LineStyle, make_pen
from gui.charts.line_chart import LineChart
from gui.charts.overlays import Mark
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import Pixels, ramp, scaled
from gui.theme.tokens import Theme
from gui.workspaces.inspect.landscape_task import MEASURED

_LEVELS: Final = 10
# Losses below are all the same: good.
_FLOOR: Final = 1e-4


class LandscapeChart(ImageChart):
    """The logarithm of the loss as strength of color; the present weights in the middle, and the path so far."""

    object_name: ClassVar[str] = "landscapeChart"
    title: ClassVar[str] = "Loss landscape"
    value_word: ClassVar[str] = "loss"
    empty_text: ClassVar[str] = "The loss around the present weights appears here."
    explanation: ClassVar[str] = (
        f"The loss of {MEASURED} training digits where the weights are moved to the right along the gradient and "
        "upwards along a random direction; a step of 1 is as long as each unit's weights. The middle is where the "
        "model is; the line is the way it came."
    )
    can_zoom: ClassVar[bool] = False

    def build(self) -> None:
        """Make the contours and the path."""
        super().build()
        self._found: Landscape | None = None
        self._contours = [pg.IsocurveItem(axisOrder="row-major") for _ in range(_LEVELS)]
        self._path = pg.PlotDataItem(symbol="o", symbolSize=5)
        self._here = pg.ScatterPlotItem(size=11)
        for item in (*self._contours, self._path, self._here):
            item.setZValue(10)
            self.view.box.addItem(item, ignoreBounds=True)
        self.view.box.invertY(False)
        self.view.box.setAspectLocked(False)

    def show_landscape(self, found: Landscape | None) -> None:
        """Show a plane of losses, or nothing."""
        self._found = found
        self.set_image(np.zeros((0, 0)) if found is None else found.losses)

    def colors(self) -> Pixels:
        """From the surface to the accent over the logarithm of the loss."""
        heights = self._heights()
        return ramp(scaled(heights, heights.min(), heights.max()), self.theme.surface, self.theme.accent)

    def draw_data(self) -> None:
        """Colours, contours, path."""
        super().draw_data()
        found, shown = self._found, self._found is not None and not self.empty
        for item in (*self._contours, self._path, self._here):
            item.setVisible(shown)
        if found is None or self.empty:
            return
        heights, count = self._heights(), len(found.places)
        for item, level in zip(
            self._contours, np.linspace(heights.min(), heights.max(), _LEVELS + 2)[1:-1], strict=True
        ):
            item.setData(heights, float(level))
            # pyqtgraph's pixels begin at whole numbers, the chart's cells lie around them.
            item.setPos(-0.5, -0.5)
        scale, middle = (count - 1) / (2 * found.places[-1]), (count - 1) / 2
        inside = np.abs(found.path).max(axis=1, initial=0) <= found.places[-1]
        path = middle + scale * np.concatenate([found.path[inside], np.zeros((1, 2))])
        self._path.setData(path[:, 0], path[:, 1])
        self._here.setData([middle], [middle])

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for item in self._contours:
            item.setPen(make_pen(theme.muted, 1.0))
        self._path.setPen(make_pen(theme.second, 2.0))
        self._path.setSymbolBrush(theme.second)
        self._path.setSymbolPen(None)
        self._here.setBrush(theme.second)
        self._here.setPen(make_pen(theme.text, 1.5))
        super().apply_theme(theme)

    def table(self) -> Table:
        """A row a place of the plane: how far along both directions, and the loss."""
        places = self._found.places if self._found is not None else np.zeros(0)
        along, across = np.meshgrid(places, places)
        values = self._values.ravel().copy()
        return Table(("gradient", "random", self.value_word), [(along.ravel(), across.ravel(), values)])

    def words(self) -> str:
        """The loss here, and its range around."""
        found = self._found
        if found is None or self.empty:
            return self.empty_text
        here = found.losses[len(found.places) // 2, len(found.places) // 2]
        return f"loss {here:.3g} at the present weights, around it {found.losses.min():.3g} to {found.losses.max():.3g}"

    def _heights(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.log(np.maximum(np.nan_to_num(self._values, nan=1e6, posinf=1e6), _FLOOR))

    def _reading_of(self, row: int, column: int) -> Reading:
        places = self._found.places if self._found is not None else np.zeros(0)
        value = self.value_text(float(self._values[row, column]))
        # Close up the places are some thousandths apart.
        heading = f"gradient {places[column]:+.2g}, random {places[row]:+.2g}".replace("-", "−")
        return Reading((row, column), heading, [(self.value_word, value, "")], float(column), float(row))


class SliceChart(LineChart):
    """The loss over one weight, and the tangent at where the weight is."""

    object_name: ClassVar[str] = "weightSliceChart"
    title: ClassVar[str] = "One weight"
    x_word: ClassVar[str] = "weight"
    value_word: ClassVar[str] = "loss"
    widest_number: ClassVar[str] = "0.0000"
    empty_text: ClassVar[str] = "The loss over one weight appears here."
    explanation: ClassVar[str] = (
        "The loss if only this weight were another. The dashed line is the tangent: its slope is ∂L/∂w, and gradient "
        "descent moves the weight against it."
    )

    def build(self) -> None:
        """Make both lines."""
        super().build()
        self._loss = self.add_line("loss", "loss", LineStyle(lambda theme: theme.accent))
        self._tangent = self.add_line("tangent", "tangent", LineStyle(lambda theme: theme.second, dash=(4.0, 2.5)))
        self._mark: Mark | None = None

    def show_slice(self, found: WeightSlice | None) -> None:
        """Show a curve with its tangent, or nothing."""
        if found is None:
            self.clear()
            return
        values, losses = np.asarray(found.values, np.float64), np.asarray(found.losses, np.float64)
        self._loss.set_data(values, losses)
        tangent = found.loss + found.slope * (values - found.weight)
        # Only as far as the curve's own range: a steep tangent would flatten it.
        low, high = float(losses.min()), float(losses.max())
        margin = 0.1 * (high - low)
        near = (tangent >= low - margin) & (tangent <= high + margin)
        self._tangent.set_data(values[near], tangent[near])
        if self._mark is not None:
            self.remove(self._mark)
        self._mark = self.add_mark(found.weight, "now")
        self.describe(f"loss {found.loss:.4g} at weight {found.weight:.4g}, slope {found.slope:.4g}")
        self.mark_dirty(at_once=True)

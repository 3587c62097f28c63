"""One curve of a chart: its data, how it looks, and the items that draw it, made once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gui.live_series import LiveSeries, Points
from gui.theme import Theme

# Below this a loss is drawn as if it were this: a logarithm needs a floor.
SMALLEST_LOG_VALUE = 1e-12
# More dots than this would hide the line that they mark.
_MAXIMUM_DOTS = 150


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a line looks; colour is never the only difference.

    Attributes:
        color: "#rrggbb" in a theme.
        width: pixels.
        dash: lengths of strokes and gaps in line widths; () for a solid line.
        dots: whether every point is marked.
        antialias: off for noisy lines, which need it least and cost most.
    """

    color: Callable[[Theme], str]
    width: float = 2.0
    dash: tuple[float, ...] = ()
    dots: bool = False
    antialias: bool = True


def blend(front: str, back: str, share: float) -> str:
    """A colour between two, opaque: see-through pens are slow to paint."""
    first, second = QColor(front), QColor(back)
    pairs = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs)).name()


class Line:
    """A curve of a chart.

    Attributes:
        name: key in exported files and in the chart's own code.
        label: what stands at the line's end and beside the pointer; "" for neither.
        style: how it looks.
        series: the data, linear also when the axis is logarithmic.
    """

    def __init__(self, plot: pg.PlotItem, name: str, label: str, style: LineStyle) -> None:
        self.name = name
        self.label = label
        self.style = style
        self.series = LiveSeries()
        self.color = "#000000"
        self._plot = plot
        # What the items show; those of an epoch change seldom.
        self._drawn: tuple[Points, Points, bool] = (np.zeros(0), np.zeros(0), False)
        self._curve = pg.PlotCurveItem(antialias=style.antialias)
        self._curve.setVisible(False)
        plot.addItem(self._curve)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True, pen=None) if style.dots else None
        if self._dots is not None:
            self._dots.setZValue(2)
            self._dots.setVisible(False)
            plot.addItem(self._dots)

    def set_style(self, style: LineStyle, theme: Theme) -> None:
        """Look different from now on; whether the curve is antialiased and has dots stays."""
        self.style = style
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.color = self.style.color(theme)
        # Cosmetic pens count in the screen's own pixels, which are finer than ours on a dense screen.
        view = self._plot.getViewWidget()
        pen = QPen(QColor(self.color), self.style.width * (view.devicePixelRatioF() if view is not None else 1.0))
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if self.style.dash else Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self.style.dash:
            pen.setDashPattern(list(self.style.dash))
        self._curve.setPen(pen)
        # "on" draws thick antialiased lines as separate segments, four times faster; dashes need the whole path.
        self._curve.setSegmentedLineMode("off" if self.style.dash else "on")
        if self._dots is not None:
            self._dots.setBrush(pg.mkBrush(self.color))

    def set_z(self, z: float) -> None:
        """Draw above lines with a smaller z."""
        self._curve.setZValue(z)

    def window(self, low: float, high: float, points: int) -> tuple[Points, Points]:
        """The points to draw, linear."""
        return self.series.window(low, high, points)

    def draw(self, x: Points, y: Points, logarithmic: bool) -> None:
        """Show points from `window`."""
        if np.array_equal(x, self._drawn[0]) and np.array_equal(y, self._drawn[1]) and logarithmic == self._drawn[2]:
            return
        self._drawn = (x, y, logarithmic)
        shown = to_axis(y, logarithmic)
        # Items without points still take part in every repaint unless they are hidden.
        self._curve.setVisible(len(x) > 1)
        self._curve.setData(x, shown)
        if self._dots is not None:
            few = len(x) <= _MAXIMUM_DOTS
            self._dots.setVisible(len(x) > 0)
            self._dots.setData(x if few else x[-1:], shown if few else shown[-1:])


def to_axis(y: Points, logarithmic: bool) -> Points:
    """Values as the axis counts: log₁₀ with a floor, or as they are."""
    return np.asarray(np.log10(np.maximum(y, SMALLEST_LOG_VALUE)) if logarithmic else y)

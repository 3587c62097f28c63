"""One curve of a chart: its data, how it looks, and the item of pyqtgraph that draws it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gui.charts.curve import Curve
from gui.charts.live_series import LiveSeries, Points
from gui.theme.color_scales import readable
from gui.theme.tokens import Theme

LARGEST_EXPONENT = 300.0
SMALLEST_LOG_VALUE = 1e-12  # a logarithm needs a floor: a smaller loss is drawn as this
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


def make_pen(color: str, width: float, dash: tuple[float, ...] = ()) -> QPen:
    """A pen for curves whose width is in pixels whatever the range is."""
    pen = QPen(QColor(color), width)
    pen.setCosmetic(True)
    # Square ends close the joints between a line's pieces as round ones do, and Qt draws them seven times as fast.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.SquareCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(dash)
    return pen


class Line:
    """A curve of a chart.

    Attributes:
        name: key in exported files and in the chart's own code.
        label: what stands at the line's end and in the read-out; "" for neither.
        kind: what an exported table says about the values: "smoothed" if they are averages of others, else "raw".
        style: how it looks.
        series: the data, linear also when an axis is logarithmic.
        points: those that are drawn, (points,) of x and of y, in axis units.
        color, text_color: "#rrggbb" of the line and of its name in the present theme.
        item: what pyqtgraph draws.
    """

    def __init__(self, name: str, label: str, style: LineStyle, *, smoothed: bool = False) -> None:
        self.name, self.label, self.style, self.kind = name, label, style, "smoothed" if smoothed else "raw"
        self.series, self.item = LiveSeries(), Curve()
        self.color = self.text_color = "#000000"
        self.points: tuple[Points, Points] = (np.zeros(0), np.zeros(0))
        # What was drawn last: linear x and y, and on which axes.
        self._drawn: tuple[object, ...] = (None, None, None)

    @property
    def dots(self) -> tuple[Points, Points]:
        """Those of the points that are marked: all, the last one where all would hide the line, or a single point."""
        (x, y), count = self.points, len(self.points[0])
        first = count if not self.style.dots and count != 1 else 0 if count <= _MAXIMUM_DOTS else count - 1
        return x[first:], y[first:]

    def set_data(self, x: Points, y: Points) -> None:
        """Show other points, (points,) each, sorted by x; the same ones cost nothing."""
        if np.array_equal(x, self.series.x) and np.array_equal(y, self.series.y):
            return
        self.series.clear()
        self.series.append(x, y)

    def set_style(self, style: LineStyle, theme: Theme) -> None:
        """Look different from now on."""
        if style != self.style:
            self.style, self._drawn = style, (None, None, None)
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.color = self.style.color(theme)
        self.text_color = readable(self.color, theme)
        self.item.setPen(make_pen(self.color, self.style.width, self.style.dash))
        self.item.opts["antialias"] = self.style.antialias

    def window(self, low: float, high: float, points: int) -> tuple[Points, Points]:
        """The points to draw between two x, linear, at most so many."""
        # Smooth antialiased lines cost most, and half the points look the same.
        calm = self.style.antialias and not self.style.dots
        return self.series.window(low, high, max(16, points // 2 if calm else points))

    def draw(self, x: Points, y: Points, logarithmic: tuple[bool, bool]) -> None:
        """Show points from `window` on axes of which either may be logarithmic."""
        # A curve that has not changed gives the same arrays again.
        if x is self._drawn[0] and y is self._drawn[1] and logarithmic == self._drawn[2]:
            return
        self._drawn = (x, y, logarithmic)
        self.points = (to_axis(x, logarithmic[0]), to_axis(y, logarithmic[1]))
        self.item.set_points(*self.points, dots=len(self.dots[0]))


def to_axis(values: ArrayLike, logarithmic: bool) -> Points:
    """Values, (points,), as the axis counts: log₁₀ with a floor, or as they are."""
    return np.asarray(np.log10(np.maximum(values, SMALLEST_LOG_VALUE)) if logarithmic else values, np.float64)


def from_axis(value: float, logarithmic: bool) -> float:
    """What a place on an axis stands for."""
    return float(10.0 ** min(value, LARGEST_EXPONENT)) if logarithmic else value

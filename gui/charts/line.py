"""One curve of a chart: its data, how it looks, and how it is drawn."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPen

from gui.charts.axis_transform import Frame
from gui.charts.line_painting import draw_dashes, draw_dots, draw_segments, make_pen
from gui.charts.live_series import LiveSeries, Points
from gui.theme.tokens import Theme

# Below this a loss is drawn as if it were this: a logarithm needs a floor.
SMALLEST_LOG_VALUE = 1e-12
# More dots than this would hide the line that they mark.
_MAXIMUM_DOTS = 150
_DOT_PX = 7.0
# No further from its points does a line, or a dot, colour a pixel.
REACH_PX = 5.0


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
        z: lines with a greater z are drawn above those with a smaller one.
    """

    def __init__(self, name: str, label: str, style: LineStyle) -> None:
        self.name = name
        self.label = label
        self.style = style
        self.series = LiveSeries()
        self.color = "#000000"
        self.z = 0.0
        self._pen = QPen()
        # What is drawn: linear, as the axis counts, and which way that is.
        self._drawn: tuple[Points, Points] = (np.zeros(0), np.zeros(0))
        self._shown: Points = np.zeros(0)
        self._logarithmic = False
        # Whether the line has to be drawn anew whatever its points are.
        self._restyled = True

    @property
    def points(self) -> tuple[Points, Points]:
        """The points that are drawn, (points,) each, in axis units."""
        return self._drawn[0], self._shown

    @property
    def dots(self) -> tuple[Points, Points]:
        """Those of them that are marked: all, or the last one where all would hide the line."""
        x, y = self.points
        first = 0 if len(x) <= _MAXIMUM_DOTS else len(x) - 1
        return (x[first:], y[first:]) if self.style.dots else (x[:0], y[:0])

    def set_style(self, style: LineStyle, theme: Theme) -> None:
        """Look different from now on."""
        self.style = style
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.color = self.style.color(theme)
        self._pen = make_pen(self.color, self.style.width, self.style.dash)
        self._restyled = True

    def set_z(self, z: float) -> None:
        """Be drawn above lines with a smaller z."""
        self.z = z
        self._restyled = True

    def window(self, low: float, high: float, points: int) -> tuple[Points, Points]:
        """The points to draw, linear."""
        return self.series.window(low, high, points)

    def draw(self, x: Points, y: Points, logarithmic: bool) -> float:
        """Show points from `window`; from which x on the line looks different now: −∞ if everywhere, ∞ if nowhere."""
        old_x, old_y = self._drawn
        if x is old_x and y is old_y and logarithmic == self._logarithmic and not self._restyled:
            return math.inf
        common = min(len(x), len(old_x))
        different = (x[:common] != old_x[:common]) | (y[:common] != old_y[:common])
        first = int(different.argmax()) if different.any() else common
        anew = self._restyled or logarithmic != self._logarithmic
        if first == len(x) == len(old_x) and not (anew and first):
            return math.inf
        # Dots that become too many disappear together.
        anew = anew or first == 0 or (self.style.dots and len(old_x) <= _MAXIMUM_DOTS < len(x))
        self._drawn = (x, y)
        self._shown = to_axis(y, logarithmic)
        self._logarithmic, self._restyled = logarithmic, False
        return -math.inf if anew else float(x[first - 1])

    def paint(self, painter: QPainter, frame: Frame, left: float, right: float) -> None:
        """Draw the line, at least between two columns of pixels."""
        x, y = self.points
        low = frame.value(left - REACH_PX)
        if not len(x) or x[-1] < low:
            return
        high = frame.value(right + REACH_PX)
        first, last = max(0, int(x.searchsorted(low)) - 1), int(x.searchsorted(high, "right")) + 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.style.antialias)
        if self.style.dash:
            draw_dashes(painter, self._pen, frame.columns(x[:last]), frame.rows(y[:last]), first)
        else:
            painter.setPen(self._pen)
            draw_segments(painter, frame.columns(x[first:last]), frame.rows(y[first:last]))
        if self.style.dots:
            first = max(first, 0 if len(x) <= _MAXIMUM_DOTS else len(x) - 1)
            draw_dots(painter, QColor(self.color), _DOT_PX, frame.columns(x[first:last]), frame.rows(y[first:last]))


def axis_value(y: float, logarithmic: bool) -> float:
    """`to_axis` of one value."""
    return math.log10(max(y, SMALLEST_LOG_VALUE)) if logarithmic else y


def to_axis(y: Points, logarithmic: bool) -> Points:
    """Values as the axis counts: log₁₀ with a floor, or as they are."""
    return np.asarray(np.log10(np.maximum(y, SMALLEST_LOG_VALUE)) if logarithmic else y)

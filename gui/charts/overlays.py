"""What a line chart draws over its curves: a ring, a crosshair, vertical marks and bands."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsEllipseItem

from gui.charts.line import Line, blend, make_pen, to_axis
from gui.charts.live_series import Points
from gui.theme.tokens import Theme

_RING_PX = 14.0
_RING_WIDTH_PX = 2.0
_DOT_PX = 8.0
_BAND_SHARE = 0.18


class Ring:
    """A ring around one point, or none."""

    def __init__(self, plot: pg.PlotItem) -> None:
        half = _RING_PX / 2
        self._item = QGraphicsEllipseItem(-half, -half, _RING_PX, _RING_PX)
        self._item.setFlag(self._item.GraphicsItemFlag.ItemIgnoresTransformations)
        self._item.setZValue(100)
        self._item.hide()
        plot.addItem(self._item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._item.setPen(make_pen(theme.second, _RING_WIDTH_PX))

    def move(self, point: tuple[float, float] | None) -> None:
        """Be around a point in axis units, or nowhere."""
        self._item.setVisible(point is not None)
        if point is not None:
            self._item.setPos(*point)


class Crosshair:
    """A vertical line at what is read, with a dot on each curve."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(size=_DOT_PX)
        for z, item in ((200, self._line), (201, self._dots)):
            item.setZValue(z)
            plot.addItem(item, ignoreBounds=True)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._line.setPen(make_pen(blend(theme.muted, theme.surface, 0.7), 1.0))
        self._dots.setPen(make_pen(theme.surface, 1.0))

    def hide(self) -> None:
        """Mark nothing."""
        self._line.hide()
        self._dots.hide()

    def show(self, x: float, dots: Sequence[tuple[float, float, str]]) -> None:
        """Mark x and these dots (x, y, colour), all in axis units."""
        self._line.setPos(x)
        self._dots.setData([dot[0] for dot in dots], [dot[1] for dot in dots], brush=[QColor(dot[2]) for dot in dots])
        self._line.show()
        self._dots.show()


class Mark:
    """A dashed vertical line with a name, such as the moment at which a rate was chosen."""

    def __init__(self, plot: pg.PlotItem, x: float, label: str) -> None:
        self.x = x
        self._line = pg.InfiniteLine(
            x, angle=90, movable=False, label=label, labelOpts={"position": 0.95, "anchors": [(0, 0), (0, 0)]}
        )
        self._line.setZValue(50)
        plot.addItem(self._line, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._line.setPen(make_pen(theme.muted, 1.0, (4.0, 3.0)))
        self._line.label.setColor(theme.muted)

    def draw(self, logarithmic_x: bool) -> None:
        """Be where x is on the axis."""
        self._line.setPos(float(to_axis(np.asarray(self.x), logarithmic_x)))

    def remove(self, plot: pg.PlotItem) -> None:
        """Leave the plot."""
        plot.removeItem(self._line)


class Band:
    """The area between two curves that are not drawn, such as the spread of several runs around their mean."""

    def __init__(self, plot: pg.PlotItem, line: Line) -> None:
        self._line = line
        self._edges = (pg.PlotCurveItem(skipFiniteCheck=True), pg.PlotCurveItem(skipFiniteCheck=True))
        self._fill = pg.FillBetweenItem(*self._edges)
        self._fill.setZValue(-10)
        plot.addItem(self._fill, ignoreBounds=True)
        self.data: tuple[Points, Points, Points] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take a pale shade of the line's colour."""
        self._fill.setBrush(QColor(blend(self._line.style.color(theme), theme.surface, _BAND_SHARE)))

    def set_data(self, x: Points, low: Points, high: Points) -> None:
        """Fill between two curves over the same x, (points,) each."""
        self.data = (x, low, high)

    def draw(self, logarithmic: tuple[bool, bool]) -> None:
        """Fill on axes of which either may be logarithmic."""
        if self.data is not None:
            x = to_axis(self.data[0], logarithmic[0])
            for edge, values in zip(self._edges, self.data[1:], strict=True):
                edge.setData(x, to_axis(values, logarithmic[1]))

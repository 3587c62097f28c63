"""What a line chart draws over its curves: a ring, a crosshair, vertical marks and bands."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsEllipseItem

from gui.charts.color_scales import blend
from gui.charts.line import Line, make_pen, to_axis
from gui.charts.live_series import Points
from gui.theme.tokens import Theme

_RING_PX = 14.0
_RING_WIDTH_PX = 2.0
_DOT_PX = 8.0
_BAND_SHARE = 0.18
# A mark under the pointer is this wide, so that it can be taken hold of.
_HANDLE_PX = 4.0
# Of the plot's height: where the first row of marks' names is, and how much all rows may take.
_HIGHEST_LABEL, _LABELS_SHARE = 0.95, 0.7
_MOST_LABEL_ROWS = 4
# Of the plot's height.
_RUG_SHARE = 0.04


class Pointers:
    """A ring around one point, and a vertical line at what is read with a dot on each curve."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._ring = QGraphicsEllipseItem(-_RING_PX / 2, -_RING_PX / 2, _RING_PX, _RING_PX)
        self._ring.setFlag(self._ring.GraphicsItemFlag.ItemIgnoresTransformations)
        self._line, self._dots = pg.InfiniteLine(angle=90, movable=False), pg.ScatterPlotItem(size=_DOT_PX)
        for z, item in ((100, self._ring), (200, self._line), (201, self._dots)):
            item.setZValue(z)
            item.hide()
            box.addItem(item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._ring.setPen(make_pen(theme.second, _RING_WIDTH_PX))
        self._line.setPen(make_pen(blend(theme.muted, theme.surface, 0.7), 1.0))
        self._dots.setPen(make_pen(theme.surface, 1.0))

    def ring(self, point: tuple[float, float] | None) -> None:
        """Be around a point in axis units, or nowhere."""
        self._ring.setVisible(point is not None)
        if point is not None:
            self._ring.setPos(*point)

    def read(self, x: float | None, dots: Sequence[tuple[float, float, str]]) -> None:
        """Mark x and these dots (x, y, colour), all in axis units, or nothing."""
        for item in (self._line, self._dots):
            item.setVisible(x is not None)
        if x is not None:
            self._line.setPos(x)
            brushes = [QColor(color) for _, _, color in dots]
            self._dots.setData([dot[0] for dot in dots], [dot[1] for dot in dots], brush=brushes)


class Mark:
    """A dashed vertical line with a name, such as the moment at which a rate was chosen."""

    def __init__(self, x: float, label: str, *, movable: bool = False) -> None:
        self.x, self.label = x, label
        self._movable = movable
        options = {"position": _HIGHEST_LABEL, "anchors": [(0, 0), (0, 0)]}
        self.item = pg.InfiniteLine(x, angle=90, movable=movable, label=label, labelOpts=options)
        self.item.setZValue(50)
        # Of several close to each other not all names have room.
        self.item.setToolTip(label)
        if movable:
            self.item.setCursor(Qt.CursorShape.SizeHorCursor)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.item.setPen(make_pen(theme.text if self._movable else theme.muted, 1.0 + self._movable, (4.0, 3.0)))
        self.item.setHoverPen(make_pen(theme.accent, _HANDLE_PX))
        self.item.label.setColor(theme.muted)

    def draw(self, logarithmic: tuple[bool, bool]) -> None:
        """Be where x is on the axis."""
        self.item.setPos(float(to_axis(self.x, logarithmic[0])))


def settle_labels(marks: Sequence[Mark], across: tuple[float, float], size: tuple[float, float]) -> None:
    """Write the names of marks one below the other where they would cover each other, as far as there is room.

    Args:
        marks: drawn already.
        across: the visible range of x, in axis units.
        size: width and height of the plot, in pixels.
    """
    named = sorted((mark for mark in marks if mark.label), key=lambda mark: mark.x)
    width, height = max(1.0, size[0]), max(1.0, size[1])
    high = max((mark.item.label.boundingRect().height() for mark in named), default=1.0)
    ends = [-math.inf] * max(1, min(_MOST_LABEL_ROWS, int(height * _LABELS_SHARE / high)))
    for mark in named:
        label = mark.item.label
        wide = label.boundingRect().width()
        at = (mark.item.value() - across[0]) / max(across[1] - across[0], 1e-12) * width
        # At the right edge it stands at the left of its line.
        turned = at + wide > width and at > wide
        start, end = (at - wide, at) if turned else (at, at + wide)
        row = next((row for row, taken in enumerate(ends) if taken <= start), None)
        if label.isVisible() != (row is not None):
            label.setVisible(row is not None)
        if row is not None:
            ends[row] = end
            place, anchors = _HIGHEST_LABEL - row * high / height, [(float(turned), 0)] * 2
            # In most frames nothing moves.
            if (place, anchors) != (label.orthoPos, label.anchors):
                label.anchors = anchors
                label.setPosition(place)


class Shade:
    """A pale area from one x to another over the whole height, such as the epochs that something is said about."""

    def __init__(self, first: float, last: float) -> None:
        self.first, self.last = first, last
        self.item = pg.LinearRegionItem((first, last), movable=False)
        self.item.setZValue(-20)
        for line in self.item.lines:
            line.setPen(pg.mkPen(None))

    def set_theme(self, theme: Theme) -> None:
        """Take a pale shade of the second colour."""
        self.item.setBrush(QColor(blend(theme.second, theme.surface, _BAND_SHARE)))

    def draw(self, logarithmic: tuple[bool, bool]) -> None:
        """Be where it is on the axis."""
        self.item.setRegion([float(to_axis(x, logarithmic[0])) for x in (self.first, self.last)])


class Rug:
    """Short ticks along the lower or upper edge: where single examples lie, which a curve of means does not show."""

    def __init__(self, line: Line, *, at_top: bool) -> None:
        self._line, self._at_top = line, at_top
        self.item = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self.x: Points = np.zeros(0)

    def set_theme(self, theme: Theme) -> None:
        """Take the line's colour."""
        self.item.setPen(make_pen(self._line.style.color(theme), 1.0))

    def draw(self, y_range: tuple[float, float]) -> None:
        """Stand at the edge of this range, in axis units; x is linear."""
        low, high = y_range
        edge, length = (high, low - high) if self._at_top else (low, high - low)
        self.item.setData(np.repeat(self.x, 2), np.tile((edge, edge + _RUG_SHARE * length), len(self.x)))


class Band:
    """The area between two curves that are not drawn, such as the spread of several runs around their mean."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._edges = (pg.PlotCurveItem(skipFiniteCheck=True), pg.PlotCurveItem(skipFiniteCheck=True))
        self.item = pg.FillBetweenItem(*self._edges)
        self.item.setZValue(-10)
        self.data: tuple[Points, Points, Points] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take a pale shade of the line's colour."""
        self.item.setBrush(QColor(blend(self._line.style.color(theme), theme.surface, _BAND_SHARE)))

    def set_data(self, x: Points, low: Points, high: Points) -> None:
        """Fill between two curves over the same x, (points,) each."""
        self.data = (x, low, high)

    def draw(self, logarithmic: tuple[bool, bool]) -> None:
        """Fill on axes of which either may be logarithmic."""
        if self.data is not None:
            x = to_axis(self.data[0], logarithmic[0])
            for edge, values in zip(self._edges, self.data[1:], strict=True):
                edge.setData(x, to_axis(values, logarithmic[1]))

"""What a line chart draws over its curves: a crosshair, vertical marks, shades and bands."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.charts.line import Line, make_pen, to_axis
from gui.charts.live_series import Points
from gui.charts.plot_view import PlotView
from gui.theme.color_scales import blend
from gui.theme.tokens import Theme

_DOT_PX = 8.0
_BAND_SHARE = 0.18
# A mark under the pointer is this wide, so that it can be taken hold of.
_HANDLE_PX = 4.0
# Of the plot's height: where the first row of marks' names is, and how much all rows may take.
_HIGHEST_LABEL, _LABELS_SHARE = 0.95, 0.7
_MOST_LABEL_ROWS = 4


class Overlay(Protocol):
    """Something over the curves or behind them.

    Attributes:
        item: what pyqtgraph draws.
    """

    item: Any

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""

    def draw(self, view: PlotView) -> None:
        """Be at its place on axes of which either may be logarithmic."""


class Pointers:
    """A vertical line at what is read, with a dot on each curve."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._line, self._dots = pg.InfiniteLine(angle=90, movable=False), pg.ScatterPlotItem(size=_DOT_PX)
        for z, item in ((200, self._line), (201, self._dots)):
            item.setZValue(z)
            item.hide()
            box.addItem(item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._line.setPen(make_pen(blend(theme.muted, theme.surface, 0.7), 1.0))
        self._dots.setPen(make_pen(theme.surface, 1.0))

    def read(self, x: float | None, dots: Sequence[tuple[float, float, str]]) -> None:
        """Mark x and these dots (x, y, colour), all in axis units, or nothing."""
        for item in (self._line, self._dots):
            item.setVisible(x is not None)
        if x is not None:
            self._line.setPos(x)
            self._dots.setData([d[0] for d in dots], [d[1] for d in dots], brush=[QColor(d[2]) for d in dots])


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

    def draw(self, view: PlotView) -> None:
        """Be where x is on the axis."""
        self.item.setPos(float(to_axis(self.x, view.logarithmic_x)))


def settle_labels(marks: Sequence[Mark], view: PlotView) -> None:
    """Write names of drawn marks one below the other where they would cover each other, as far as there is room."""
    if not (named := sorted((mark for mark in marks if mark.label), key=lambda mark: mark.x)):
        return
    width, height, across = max(1.0, view.area.width()), max(1.0, view.area.height()), view.ranges[0]
    high = max(mark.item.label.boundingRect().height() for mark in named)
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

    def draw(self, view: PlotView) -> None:
        """Be where it is on the axis."""
        self.item.setRegion([float(to_axis(x, view.logarithmic_x)) for x in (self.first, self.last)])


class Band:
    """The area between two curves that are not drawn, such as the spread of several runs around their mean.

    Attributes:
        line: whose spread it is, in the same colour.
        data: x, lowest and highest, (points,) each; None before there are any.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._edges = (pg.PlotCurveItem(skipFiniteCheck=True), pg.PlotCurveItem(skipFiniteCheck=True))
        self.item = pg.FillBetweenItem(*self._edges)
        self.item.setZValue(-10)
        self.data: tuple[Points, Points, Points] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take a pale shade of the line's colour."""
        self.item.setBrush(QColor(blend(self.line.style.color(theme), theme.surface, _BAND_SHARE)))

    def set_data(self, x: Points, low: Points, high: Points) -> None:
        """Fill between two curves over the same x, (points,) each."""
        self.data = (x, low, high)

    def draw(self, view: PlotView) -> None:
        """Fill between the curves."""
        if self.data is not None:
            x = to_axis(self.data[0], view.logarithmic_x)
            for edge, values in zip(self._edges, self.data[1:], strict=True):
                edge.setData(x, to_axis(values, view.logarithmic))

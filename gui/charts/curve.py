"""pyqtgraph's curve, painted in pixels and with dots of its own.

Qt strokes a thick antialiased line through a transform that scales about ten times as slowly as the same line in
pixels, so the points are brought to pixels first. What pyqtgraph's curve knows about fills, gaps and its exact bounds
takes a third of a frame and is not needed here.
"""

from typing import Any

import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.charts.live_series import Points

DOT_PX = 7.0


class Curve(pg.PlotCurveItem):
    """A line through finite points, with a dot on each of the last `dots` ones."""

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True)
        self._pieces = PrimitiveArray(QLineF, 4)
        self._bounds = QRectF()
        self._dots = 0
        self.hide()

    def set_points(self, x: Points, y: Points, dots: int) -> None:
        """Go through these points, (points,) each, in axis units."""
        self.prepareGeometryChange()
        self._dots = dots
        low, high = (float(y.min()), float(y.max())) if len(y) else (0.0, 0.0)
        self._bounds = QRectF(x[0], low, x[-1] - x[0], high - low) if len(x) else QRectF()
        self.xData, self.yData = x, y
        self.setVisible(len(x) > 0)
        self.update()

    def boundingRect(self) -> QRectF:
        """The points without the width of the line: plots are painted whole."""
        return self._bounds

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:  # noqa: ANN401 — Qt's and pyqtgraph's
        """Draw line and dots; called by the scene."""
        x, y, pen = self.xData, self.yData, self.opts["pen"]
        to_pixels = painter.worldTransform()
        x, y = x * to_pixels.m11() + to_pixels.dx(), y * to_pixels.m22() + to_pixels.dy()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.opts["antialias"])
        painter.setPen(pen)
        if pen.style() != Qt.PenStyle.SolidLine:
            painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))
        elif len(x) > 1:
            # Piece by piece, ten times as fast as one thick path.
            self._pieces.resize(len(x) - 1)
            lines = self._pieces.ndarray()
            lines[:, 0], lines[:, 1], lines[:, 2], lines[:, 3] = x[:-1], y[:-1], x[1:], y[1:]
            painter.drawLines(*self._pieces.drawargs())
        if self._dots:
            painter.setPen(QPen(pen.color(), DOT_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(pg.functions.arrayToQPolygonF(x[-self._dots :], y[-self._dots :]))

"""pyqtgraph's curve, painted in pixels.

Qt strokes a thick antialiased line through a transform that scales about ten times as slowly as the same line in
pixels, so the points are brought to pixels first.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter


class Curve(pg.PlotCurveItem):
    """A line through points that are finite."""

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True)
        self._pieces = PrimitiveArray(QLineF, 4)

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:  # noqa: ANN401 — Qt's and pyqtgraph's
        """Draw the line; called by the scene."""
        x, y = self.getData()
        if x is None or len(x) < 2:
            return
        to_pixels = painter.worldTransform()
        x, y = x * to_pixels.m11() + to_pixels.dx(), y * to_pixels.m22() + to_pixels.dy()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.opts["antialias"])
        painter.setPen(self.opts["pen"])
        if self.opts["pen"].style() == Qt.PenStyle.SolidLine:
            # Piece by piece, ten times as fast as one thick path.
            self._pieces.resize(len(x) - 1)
            self._pieces.ndarray()[:] = np.stack((x[:-1], y[:-1], x[1:], y[1:]), axis=1)
            painter.drawLines(*self._pieces.drawargs())
        else:
            painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))
        painter.restore()

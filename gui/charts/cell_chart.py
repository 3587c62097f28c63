"""What images and matrices have in common: cells in the colours of their numbers."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsRectItem

from gui.charts.chart import Chart
from gui.charts.live_series import Points
from gui.charts.readout import Reading
from gui.theme.color_scales import Pixels
from gui.theme.tokens import Theme


class CellChart(Chart):
    """Cells of one size, rows from the top; the one that is read has a frame."""

    # The frame's colour in a theme, and its width in pixels.
    frame: ClassVar[tuple[str, int]] = ("text", 2)

    def build(self) -> None:
        """Make picture and frame."""
        self._values: Points = np.zeros((0, 0))
        self._image, self._frame = pg.ImageItem(axisOrder="row-major"), QGraphicsRectItem()
        self._frame.setZValue(20)
        self._frame.hide()
        for item in (self._image, self._frame):
            self.view.box.addItem(item, ignoreBounds=True)
        self.view.box.invertY(True)

    @abstractmethod
    def colors(self) -> Pixels:
        """The colours of the cells, (rows, columns, 3)."""

    @abstractmethod
    def _reading_of(self, row: int, column: int) -> Reading:
        """What there is to read of a cell."""

    @property
    def empty(self) -> bool:
        """Whether there are no cells."""
        return not self._values.size

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._frame.setPen(pg.mkPen(getattr(theme, self.frame[0]), width=self.frame[1]))
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Colour the cells."""
        self._image.setVisible(not self.empty)
        if not self.empty:
            rows, columns = self._values.shape
            self.view.show_range((-0.5, columns - 0.5), (-0.5, rows - 0.5))
            self._image.setImage(self.colors(), levels=(0, 255))
            self._image.setRect(QRectF(-0.5, -0.5, columns, rows))

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The cell at a place."""
        (rows, columns), row, column = self._values.shape, round(y), round(x)
        return self._reading_of(row, column) if 0 <= row < rows and 0 <= column < columns else None

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """The next cell."""
        if reading is None:
            return self.reading_at(0, 0)
        return self.reading_at(reading.x + right, reading.y - up) or reading

    def mark_reading(self, reading: Reading | None) -> None:
        """Frame the cell."""
        self._frame.setVisible(reading is not None)
        if reading is not None:
            self._frame.setRect(QRectF(reading.x - 0.5, reading.y - 0.5, 1.0, 1.0))

"""A picture of numbers: pixels of a digit, weights, a gradient."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from gui.charts.chart import NO_DATA, Chart
from gui.charts.color_scales import ramp, scaled, signed_colors
from gui.charts.csv_export import Table
from gui.charts.live_series import Points
from gui.charts.readout import Reading
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme


class ImageChart(Chart):
    """Square pixels without axes. Signed numbers are blue and orange around 0, others from the canvas to the ink."""

    signed: ClassVar[bool] = False
    value_word: ClassVar[str] = "value"

    def __init__(
        self, themes: ThemeManager, scheduler: RedrawScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(themes, scheduler, parent)
        self._values: Points = np.zeros((0, 0))
        self._limits: tuple[float, float] | None = None
        self._image = pg.ImageItem(axisOrder="row-major")
        self._frame = pg.QtWidgets.QGraphicsRectItem()
        self._frame.setZValue(20)
        self._frame.hide()
        for item in (self._image, self._frame):
            self.view.plot.addItem(item, ignoreBounds=True)
        self.view.do_without_axes("left", "bottom")
        self.view.box.invertY(True)
        self.view.box.setAspectLocked(True)
        self.apply_theme(themes.theme)

    def set_image(self, values: ArrayLike, limits: tuple[float, float] | None = None) -> None:
        """Show these numbers, (height, width), between `limits`; None to take those of the numbers.

        Raises:
            ValueError: the numbers have another shape.
        """
        numbers = np.array(values, np.float64)
        if numbers.ndim != 2:
            raise ValueError(f"An image has the shape (height, width), not {numbers.shape}.")
        self._values, self._limits = numbers, limits
        self.describe(self.words())
        self.mark_dirty(at_once=True)

    def words(self) -> str:
        """Size and range in words."""
        if self.empty:
            return NO_DATA
        height, width = self._values.shape
        return f"{height} by {width} pixels from {np.nanmin(self._values):.3g} to {np.nanmax(self._values):.3g}"

    def value_text(self, value: float) -> str:
        """A number in words."""
        return f"{value:.3g}"

    # What the chart asks.

    @property
    def empty(self) -> bool:
        """Whether there are no pixels."""
        return not self._values.size

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._frame.setPen(pg.mkPen(theme.muted, width=1))
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Colour the pixels."""
        self._image.setVisible(not self.empty)
        if self.empty:
            return
        self.view.set_gutter(0)
        height, width = self._values.shape
        self.view.show_range((-0.5, width - 0.5), (-0.5, height - 0.5))
        low, high = self._limits or (float(np.nanmin(self._values)), float(np.nanmax(self._values)))
        if self.signed:
            colors = signed_colors(self._values, max(abs(low), abs(high)), self.theme)
        else:
            colors = ramp(scaled(self._values, low, high), self.theme.canvas, self.theme.ink)
        self._image.setImage(colors, levels=(0, 255))
        self._image.setRect(QRectF(-0.5, -0.5, width, height))

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The pixel at a place."""
        row, column = round(y), round(x)
        height, width = self._values.shape
        if not (0 <= row < height and 0 <= column < width):
            return None
        value = self.value_text(float(self._values[row, column]))
        heading = f"row {row + 1}, column {column + 1}"
        return Reading((row, column), heading, [(self.value_word, value, "")], float(column), float(row))

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """The next pixel."""
        return (
            self.reading_at(0, 0) if reading is None else self.reading_at(reading.x + right, reading.y - up) or reading
        )

    def mark_reading(self, reading: Reading | None) -> None:
        """Frame the pixel."""
        self._frame.setVisible(reading is not None)
        if reading is not None:
            self._frame.setRect(QRectF(reading.x - 0.5, reading.y - 0.5, 1.0, 1.0))

    def table(self) -> Table:
        """A row a pixel."""
        rows, columns = np.indices(self._values.shape).reshape(2, -1) + 1
        return Table(("row", "column", self.value_word), [(rows, columns, self._values.ravel().copy())])

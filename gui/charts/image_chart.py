"""A picture of numbers: pixels of a digit, weights, a gradient."""

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from gui.charts.cell_chart import CellChart
from gui.charts.chart import NO_DATA
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import Pixels, ramp, scaled


class ImageChart(CellChart):
    """Square pixels without axes, from the canvas for the lowest number to the ink for the highest."""

    frame: ClassVar[tuple[str, int]] = ("muted", 1)
    digits: ClassVar[int] = 3

    def build(self) -> None:
        """Make the pixels square."""
        super().build()
        self.view.do_without_axes("left", "bottom")
        self.view.set_gutter()
        self.view.box.setAspectLocked(True)

    def set_image(self, values: ArrayLike) -> None:
        """Show these numbers, (height, width).

        Raises:
            ValueError: the numbers have another shape.
        """
        numbers = np.array(values, np.float64)
        if numbers.ndim != 2:
            raise ValueError(f"An image has the shape (height, width), not {numbers.shape}.")
        self._values = numbers
        self.show_news()

    def words(self) -> str:
        """Size and range in words."""
        if self.empty:
            return NO_DATA
        height, width = self._values.shape
        return f"{height} by {width} pixels from {np.nanmin(self._values):.3g} to {np.nanmax(self._values):.3g}"

    def colors(self) -> Pixels:
        """The colours of the pixels, (height, width, 3)."""
        low, high = float(np.nanmin(self._values)), float(np.nanmax(self._values))
        return ramp(scaled(self._values, low, high), self.theme.canvas, self.theme.ink)

    def _reading_of(self, row: int, column: int) -> Reading:
        rows = [(self.value_word, self.value_text(float(self._values[row, column])), "")]
        return Reading((row, column), f"row {row + 1}, column {column + 1}", rows, float(column), float(row))

    def table(self) -> Table:
        """A row a pixel."""
        rows, columns = np.indices(self._values.shape).reshape(2, -1) + 1
        return Table(("row", "column", self.value_word), [(rows, columns, self._values.ravel().copy())])

"""A table of numbers as colours on one scale, such as the accuracy for each pair of two settings."""

import numpy as np

from gui.charts.chart import NO_DATA
from gui.charts.matrix_chart import MatrixChart
from gui.theme.color_scales import Pixels, ramp, scaled


class HeatMap(MatrixChart):
    """Cells from pale for the lowest number to strong for the highest; a cell without a number stays empty."""

    def words(self) -> str:
        """The lowest and the highest number in words."""
        if self.empty or np.isnan(self._values).all():
            return NO_DATA
        places = (np.nanargmin(self._values), np.nanargmax(self._values))
        low, high = (self._reading_of(*map(int, divmod(int(place), self._values.shape[1]))).text for place in places)
        return f"Lowest: {low}; highest: {high}"

    def name_axes(self, row_word: str, column_word: str) -> None:
        """What rows and columns are, which differs from one table to the next."""
        self.row_word, self.column_word = row_word, column_word  # type: ignore[misc]
        self.view.set_words(column_word, row_word)

    def colors(self) -> Pixels:
        """The colours of the cells, (rows, columns, 3)."""
        known = np.isfinite(self._values)
        colors = ramp(np.zeros(self._values.shape), self.theme.surface, self.theme.accent)
        if known.any():
            values = self._values[known]
            # The lowest cell is told from an empty one.
            shares = 0.12 + 0.88 * scaled(values, float(values.min()), float(values.max()))
            colors[known] = ramp(shares, self.theme.surface, self.theme.accent)
        return colors

    def value_text(self, value: float) -> str:
        """Nothing for an empty cell."""
        return super().value_text(value) if np.isfinite(value) else ""

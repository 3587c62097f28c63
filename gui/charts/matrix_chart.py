"""A table of numbers as colours, such as which digits are taken for which."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from gui.charts.chart import NO_DATA, Chart
from gui.charts.color_scales import Pixels, ramp, scaled, text_color
from gui.charts.csv_export import Table
from gui.charts.live_series import Points
from gui.charts.readout import Reading
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# More cells than this hold no numbers.
_MOST_WRITTEN = 400
# The largest values that are named in words.
_NAMED = 3


class MatrixChart(Chart):
    """Cells with numbers; the diagonal and the rest have scales of their own.

    Where nearly all is on the diagonal, one scale for both would leave every mistake as pale as none.
    """

    # What rows and columns are, for the read-out and the axes.
    row_word: ClassVar[str] = "row"
    column_word: ClassVar[str] = "column"
    value_word: ClassVar[str] = "value"
    can_zoom: ClassVar[bool] = False

    def __init__(
        self, themes: ThemeManager, scheduler: RedrawScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(themes, scheduler, parent)
        self._values: Points = np.zeros((0, 0))
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._image = pg.ImageItem(axisOrder="row-major")
        self.view.plot.addItem(self._image, ignoreBounds=True)
        self.view.box.invertY(True)
        self.view.set_words(self.column_word, self.row_word)
        self.view.axes["left"].set_grid_shown(False)
        for axis in self.view.axes.values():
            axis.set_names(())
        self._texts: list[QGraphicsSimpleTextItem] = []
        self._frame = pg.QtWidgets.QGraphicsRectItem()
        self._frame.setZValue(20)
        self._frame.hide()
        self.view.plot.addItem(self._frame, ignoreBounds=True)
        self.apply_theme(themes.theme)

    def set_matrix(self, values: ArrayLike, rows: Sequence[str], columns: Sequence[str]) -> None:
        """Show these numbers, (rows, columns); only those of a square matrix have a diagonal.

        Raises:
            ValueError: the names do not fit the numbers.
        """
        numbers = np.array(values, np.float64)
        if numbers.shape != (len(rows), len(columns)):
            raise ValueError(f"{len(rows)} rows and {len(columns)} columns are named, but there are {numbers.shape}.")
        self._values, self._rows, self._columns = numbers, tuple(rows), tuple(columns)
        self.describe(self.words())
        self.mark_dirty(at_once=True)

    # What a subclass may change.

    def value_text(self, value: float) -> str:
        """A number in words, also in its cell."""
        return f"{value:.4g}"

    def words(self) -> str:
        """The largest numbers beside the diagonal in words."""
        if self.empty:
            return NO_DATA
        rest = np.where(self._diagonal(), -np.inf, self._values)
        largest = [np.unravel_index(place, rest.shape) for place in np.argsort(-rest, axis=None)[:_NAMED]]
        found = [self._reading_of(int(row), int(column)) for row, column in largest if np.isfinite(rest[row, column])]
        return "Largest beside the diagonal: " + "; ".join(reading.text for reading in found)

    # What the chart asks.

    @property
    def empty(self) -> bool:
        """Whether there are no cells."""
        return not self._values.size

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._frame.setPen(pg.mkPen(theme.text, width=2))
        super().apply_theme(theme)

    def draw_data(self) -> None:
        """Colour the cells, and write the numbers where there is room."""
        rows, columns = self._values.shape
        self._image.setVisible(not self.empty)
        if self.empty:
            self._write(np.zeros((0, 0, 3), np.uint8))
            return
        self.view.set_gutter(QFontMetricsF(self.view.font()).horizontalAdvance(f"  {self.column_word}  "))
        self.view.axes["left"].set_names(self._rows)
        self.view.axes["bottom"].set_names(self._columns)
        self.view.show_range((-0.5, columns - 0.5), (-0.5, rows - 0.5))
        colors = self.colors()
        self._image.setImage(colors, levels=(0, 255))
        self._image.setRect(QRectF(-0.5, -0.5, columns, rows))
        self._write(colors)

    def colors(self) -> Pixels:
        """The colours of the cells, (rows, columns, 3)."""
        theme, diagonal = self.theme, self._diagonal()
        colors = np.zeros((*self._values.shape, 3), np.uint8)
        for part, color in ((diagonal, theme.accent), (~diagonal, theme.second)):
            values = self._values[part]
            if values.size:
                low = min(0.0, float(np.nanmin(values)))
                colors[part] = ramp(scaled(values, low, float(np.nanmax(values))), theme.surface, color)
        return colors

    def _diagonal(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        rows, columns = self._values.shape
        return np.eye(rows, dtype=bool) if rows == columns else np.zeros((rows, columns), bool)

    def _write(self, colors: Pixels) -> None:
        metrics, area = QFontMetricsF(self.view.font()), self.view.box.rect()
        rows, columns = self._values.shape
        texts = [self.value_text(value) if value else "" for value in self._values.ravel().tolist()]
        width = area.width() / max(1, columns)
        fits = max((metrics.horizontalAdvance(text) for text in texts), default=0.0) <= width - 4
        shown = fits and metrics.height() <= area.height() / max(1, rows) and len(texts) <= _MOST_WRITTEN
        while shown and len(self._texts) < len(texts):
            self._texts.append(QGraphicsSimpleTextItem(self.view.box))
        for item in self._texts:
            item.setVisible(shown)
        for place, text in enumerate(texts if shown else ()):
            row, column = divmod(place, columns)
            item = self._texts[place]
            item.setText(text)
            item.setFont(self.view.font())
            item.setBrush(QColor(text_color(colors[row, column])))
            center = self.view.box.mapFromView(pg.Point(column, row))
            item.setPos(center.x() - metrics.horizontalAdvance(text) / 2, center.y() - metrics.height() / 2)
        for item in self._texts[len(texts) :]:
            item.hide()

    def _reading_of(self, row: int, column: int) -> Reading:
        names = f"{self.row_word} {self._rows[row]}", f"{self.column_word} {self._columns[column]}"
        value = self.value_text(float(self._values[row, column]))
        return Reading((row, column), ", ".join(names), [(self.value_word, value, "")], float(column), float(row))

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The cell at a place."""
        row, column = round(y), round(x)
        inside = 0 <= row < len(self._rows) and 0 <= column < len(self._columns)
        return self._reading_of(row, column) if inside else None

    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """The next cell."""
        return (
            self._reading_of(0, 0) if reading is None else self.reading_at(reading.x + right, reading.y - up) or reading
        )

    def mark_reading(self, reading: Reading | None) -> None:
        """Frame the cell."""
        self._frame.setVisible(reading is not None)
        if reading is not None:
            self._frame.setRect(QRectF(reading.x - 0.5, reading.y - 0.5, 1.0, 1.0))

    def table(self) -> Table:
        """A row a cell."""
        rows = [(name, self._columns, self._values[place].copy()) for place, name in enumerate(self._rows)]
        return Table((self.row_word, self.column_word, self.value_word), rows)

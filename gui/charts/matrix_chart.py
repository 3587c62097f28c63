"""A table of numbers as colours, such as which digits are taken for which."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from gui.charts.cell_chart import CellChart
from gui.charts.chart import NO_DATA
from gui.charts.readout import Reading
from gui.services.csv_export import Table
from gui.theme.color_scales import Pixels, ramp, scaled, text_color

# More cells than this hold no numbers.
_MOST_WRITTEN = 400
_SMALLEST_PX = 9  # of letters in a cell
# The largest values that are named in words.
_NAMED = 3


class MatrixChart(CellChart):
    """Cells with numbers; the diagonal and the rest have scales of their own.

    Where nearly all is on the diagonal, one scale for both would leave every mistake as pale as none.
    """

    # What rows and columns are, for the read-out and the axes.
    row_word: ClassVar[str] = "row"
    column_word: ClassVar[str] = "column"
    can_zoom: ClassVar[bool] = False

    def build(self) -> None:
        """Make the axes name rows and columns."""
        super().build()
        self._rows = self._columns = tuple[str, ...]()
        self._texts: list[QGraphicsSimpleTextItem] = []
        self.view.set_words(self.column_word, self.row_word)
        self.view.axes["left"].has_grid = False
        for axis in self.view.axes.values():
            axis.set_names(())

    def set_matrix(self, values: ArrayLike, rows: Sequence[str], columns: Sequence[str]) -> None:
        """Show these numbers, (rows, columns); only those of a square matrix have a diagonal.

        Raises:
            ValueError: the names do not fit the numbers.
        """
        numbers = np.array(values, np.float64)
        if numbers.shape != (len(rows), len(columns)):
            raise ValueError(f"{len(rows)} rows and {len(columns)} columns are named, but there are {numbers.shape}.")
        self._values, self._rows, self._columns = numbers, tuple(rows), tuple(columns)
        self.show_news()

    def words(self) -> str:
        """The largest numbers beside the diagonal in words."""
        if self.empty:
            return NO_DATA
        rest = np.where(self._diagonal(), -np.inf, self._values)
        largest = [divmod(place, rest.shape[1]) for place in np.argsort(-rest, axis=None)[:_NAMED].tolist()]
        found = [self._reading_of(*place).text for place in largest if np.isfinite(rest[place])]
        return "Largest beside the diagonal: " + "; ".join(found)

    def draw_data(self) -> None:
        """Colour the cells, and write the numbers where there is room."""
        if not self.empty:
            self.view.set_gutter()
            self.view.axes["left"].set_names(self._rows)
            self.view.axes["bottom"].set_names(self._columns)
        super().draw_data()
        self._write(self.colors())

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

    def _diagonal(self) -> NDArray[np.bool_]:
        rows, columns = self._values.shape
        return np.eye(rows, columns, dtype=bool) if rows == columns else np.zeros((rows, columns), bool)

    def _write(self, colors: Pixels) -> None:
        area, font = self.view.box.rect(), QFont(self.view.font())
        rows, columns = self._values.shape
        texts = [self.value_text(value) if value else "" for value in self._values.ravel().tolist()]
        room, usual = area.width() / max(1, columns) - 3, QFontInfo(font).pixelSize()
        fitting = int(usual * room / max(1.0, _widest(texts, font)))
        if fitting < _SMALLEST_PX:
            texts = [_thousands(value) or text for value, text in zip(self._values.flat, texts, strict=True)]
            fitting = int(usual * room / max(1.0, _widest(texts, font)))
        if fitting < usual:
            # Small numbers can still be read; what is wider even so stays for the read-out.
            font.setPixelSize(max(_SMALLEST_PX, fitting))
        metrics = QFontMetricsF(font)
        widths = [metrics.horizontalAdvance(text) for text in texts]
        if metrics.height() > area.height() / max(1, rows) or len(texts) > _MOST_WRITTEN:
            texts = []
        texts = [text if width <= room else "" for text, width in zip(texts, widths, strict=False)]
        while len(self._texts) < len(texts):
            self._texts.append(QGraphicsSimpleTextItem(self.view.box))
        for place, item in enumerate(self._texts):
            item.setVisible(place < len(texts) and bool(texts[place]))
        # All cells are of one size: to ask for the place of each would take most of the time.
        first, last = (self.view.box.mapFromView(pg.Point(*cell)) for cell in ((0, 0), (columns, rows)))
        width, height = (last.x() - first.x()) / max(1, columns), (last.y() - first.y()) / max(1, rows)
        for place, (item, text) in enumerate(zip(self._texts, texts, strict=False)):
            if text:
                row, column = divmod(place, columns)
                # Either lays the letters out anew.
                if item.text() != text:
                    item.setText(text)
                if item.font() != font:
                    item.setFont(font)
                item.setBrush(QColor(text_color(*colors[row, column].tolist())))
                left = first.x() + column * width - widths[place] / 2
                item.setPos(left, first.y() + row * height - metrics.height() / 2)

    def _reading_of(self, row: int, column: int) -> Reading:
        heading = f"{self.row_word} {self._rows[row]}, {self.column_word} {self._columns[column]}"
        value = self.value_text(float(self._values[row, column]))
        return Reading((row, column), heading, [(self.value_word, value, "")], float(column), float(row))

    def table(self) -> Table:
        """A row a cell."""
        rows = [(name, self._columns, self._values[place].copy()) for place, name in enumerate(self._rows)]
        return Table((self.row_word, self.column_word, self.value_word), rows)


def _widest(texts: Sequence[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(text) for text in set(texts)), default=0.0)


def _thousands(value: float) -> str:
    """A large number in short: 5.9k, 60k; "" for one below a thousand."""
    short = f"{value / 1000:.1f}k" if abs(value) < 9950 else f"{value / 1000:,.0f}k"
    return short if abs(value) >= 1000 else ""

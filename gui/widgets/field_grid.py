"""A layout for form fields: as many columns as fit, equal rows, heavier fields wider, hidden ones left out."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


@dataclass(slots=True)
class _Cell:
    item: QLayoutItem
    weight: float


class FieldGrid(QLayout):
    """Places its widgets in rows that are filled from left to right.

    Args:
        minimum_width: pixels below which a column of weight 1 never goes, nor below what the widgets themselves need:
            fewer columns are used instead.
        spacing: pixels between columns and between rows.
        maximum_width: pixels above which a column of weight 1 goes only where its widgets need it, so that numbers of
            four letters don't stand in fields of half a screen.
    """

    def __init__(
        self, minimum_width: int, spacing: int, parent: QWidget | None = None, *, maximum_width: int = 240
    ) -> None:
        super().__init__(parent)
        self._cells: list[_Cell] = []
        self._next_weight = 1.0
        # By width: the form is measured whenever anything on its page changes.
        self._heights: dict[int, int] = {}
        self._minimum_width = minimum_width
        self._maximum_width = maximum_width
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def add(self, widget: QWidget, weight: float = 1.0) -> None:
        """Add a widget; `weight` is its width compared with an ordinary one."""
        self._next_weight = weight
        self.addWidget(widget)
        self._next_weight = 1.0

    # What Qt asks of a layout.

    def addItem(self, item: QLayoutItem) -> None:
        """Called by Qt for `addWidget`."""
        self._cells.append(_Cell(item, self._next_weight))

    def count(self) -> int:
        """Number of items, hidden ones included."""
        return len(self._cells)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item, or None past the end."""
        return self._cells[index].item if 0 <= index < len(self._cells) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove an item."""
        return self._cells.pop(index).item if 0 <= index < len(self._cells) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Wider is welcome, higher is of no use."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """A narrow form is a high one."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that the rows need at this width."""
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def invalidate(self) -> None:
        """A field has changed: measure again."""
        self._heights.clear()
        super().invalidate()

    def sizeHint(self) -> QSize:
        """One row of every visible field."""
        cells = self._visible()
        width = sum(round(self._minimum_width * cell.weight) + self.spacing() for cell in cells)
        return QSize(width, max((cell.item.sizeHint().height() for cell in cells), default=0))

    def minimumSize(self) -> QSize:
        """One column."""
        cells = self._visible()
        width = max((cell.item.minimumSize().width() for cell in cells), default=self._minimum_width)
        return QSize(width, max((cell.item.minimumSize().height() for cell in cells), default=0))

    def setGeometry(self, rectangle: QRect) -> None:
        """Place everything."""
        super().setGeometry(rectangle)
        self._place(rectangle, move=True)

    def _visible(self) -> list[_Cell]:
        return [cell for cell in self._cells if not cell.item.isEmpty()]

    def _rows(self, width: int) -> list[list[_Cell]]:
        """As few rows as possible, and those about equally long."""
        cells = self._visible()
        for count in range(1, len(cells)):
            columns = -(-len(cells) // count)
            rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
            if all(self._unit(row, rows, width) >= self._least_unit(row) for row in rows):
                return rows
        return [[cell] for cell in cells]

    def _unit(self, row: list[_Cell], rows: list[list[_Cell]], width: int) -> float:
        """How wide a cell of weight 1 is in this row."""
        # The last row of several keeps the columns' width although it may hold fewer fields.
        missing = len(rows[0]) - len(row)
        total = sum(cell.weight for cell in row) + missing
        most = max(self._maximum_width, self._least_unit(row))
        return min(most, (width - self.spacing() * (len(row) + missing - 1)) / total)

    def _least_unit(self, row: list[_Cell]) -> float:
        # Captions are as wide as their font is.
        return max(self._minimum_width, *(cell.item.minimumSize().width() / cell.weight for cell in row))

    def _place(self, rectangle: QRect, *, move: bool) -> int:
        """Lay the rows out, or only measure them; returns the height."""
        rows = self._rows(rectangle.width())
        y = rectangle.y()
        for row in rows:
            unit = self._unit(row, rows, rectangle.width())
            edges = [0.0]
            for cell in row:
                edges.append(edges[-1] + unit * cell.weight + self.spacing())
            widths = [int(edges[index + 1] - self.spacing()) - int(edges[index]) for index in range(len(row))]
            height = max(_height(cell.item, width) for cell, width in zip(row, widths, strict=True))
            if move:
                for cell, left, width in zip(row, edges, widths, strict=False):
                    cell.item.setGeometry(QRect(rectangle.x() + int(left), y, width, height))
            y += height + self.spacing()
        return max(0, y - self.spacing() - rectangle.y()) if rows else 0


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()

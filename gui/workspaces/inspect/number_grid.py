"""Numbers of a row of a table side by side, each with its name, aligned at their decimal points."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from engine.core.parameters import FloatArray
from gui.theme.manager import ThemeManager

Cells = tuple[tuple[str, str], ...]
CELLS_ROLE: Final = Qt.ItemDataRole.UserRole
# Between a name and its number, between cells, and around all of them.
_NAME_GAP_PX, _GAP_PX, _MARGIN_PX = 6, 7, 4
# Where there is room, cells stand farther apart by so much.
_MOST_SPARE_PX: Final = 20
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def aligned(values: FloatArray) -> tuple[list[str], str]:
    """Numbers (n,), all with the decimals that suit the largest, and the power of ten that they are multiples of.

    There is a power, such as "× 10⁻⁵", only where the numbers could not be read without one.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    power = int(np.floor(np.log10(largest))) if largest else 0
    factor = power if largest and not -2 <= power < 4 else 0
    decimals = 2 if factor else min(3, max(0, 2 - power)) if power < 1 else max(0, 3 - power)
    texts = [f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−") for value in values / 10.0**factor]
    return texts, f"× 10{str(factor).translate(_SUPERSCRIPTS)}" if factor else ""


class NumberGrid(QStyledItemDelegate):
    """Paints a row's text as a heading and, below it, the cells (name, number) of `CELLS_ROLE` in equal columns."""

    def __init__(self, themes: ThemeManager, table: QTableView) -> None:
        super().__init__(table)
        self._themes, self._table = themes, table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the lines are in the width of all columns that the cell takes."""
        cells: Cells | None = index.data(CELLS_ROLE)
        if not cells:
            return super().sizeHint(option, index)
        rows = -(-len(cells) // self.columns(index.row(), cells)[0]) + bool(index.data())
        return QSize(0, rows * self._table.fontMetrics().height() + 2 * _MARGIN_PX)

    def columns(self, row: int, cells: Sequence[tuple[str, str]]) -> tuple[int, int, int, int]:
        """How many cells stand beside one another, the widths of names and numbers, and from cell to cell."""
        metrics, first = self._table.fontMetrics(), 2
        names, numbers = (max(metrics.horizontalAdvance(cell[part]) for cell in cells) for part in (0, 1))
        span = range(first, first + self._table.columnSpan(row, first))
        room = sum(self._table.columnWidth(column) for column in span) - 2 * _MARGIN_PX + _GAP_PX
        pitch = names + _NAME_GAP_PX + numbers + _GAP_PX
        rows = -(-len(cells) // max(1, min(len(cells), room // pitch)))
        columns = -(-len(cells) // rows)
        return columns, names, numbers, pitch + max(0, min(_MOST_SPARE_PX, room // columns - pitch))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The heading and the names muted, the numbers in full ink."""
        cells: Cells | None = index.data(CELLS_ROLE)
        if not cells:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        heading, option.text = option.text, ""
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        style = self._table.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._table)
        palette, left, right = self._table.palette(), Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        group = QPalette.ColorGroup.Normal if self._table.isEnabled() else QPalette.ColorGroup.Disabled
        selected = bool(state & QStyle.StateFlag.State_Selected)
        ink = palette.color(group, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        muted = self._themes.theme.color("muted") if self._table.isEnabled() and not selected else ink
        painter.save()
        painter.setFont(self._table.font())
        height = self._table.fontMetrics().height()
        lines = area.adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        if heading:
            painter.setPen(muted)
            painter.drawText(lines, left, heading)
            lines.setTop(lines.top() + height)
        columns, names, numbers, pitch = self.columns(index.row(), cells)
        for place, (name, number) in enumerate(cells):
            row, column = divmod(place, columns)
            x, y = column * pitch, row * height
            painter.setPen(muted)
            painter.drawText(QRect(lines.left() + x, lines.top() + y, names, height), left, name)
            painter.setPen(ink)
            start = lines.left() + x + names + _NAME_GAP_PX
            painter.drawText(QRect(start, lines.top() + y, numbers, height), right, number)
        painter.restore()

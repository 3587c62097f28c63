"""The table of one step: name, formula, numbers, value."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QWidget

from gui.theme.manager import ThemeManager
from gui.widgets.explanation import plain_text
from gui.widgets.focus_frame import FocusFrame
from gui.workspaces.inspect.number_grid import CELLS_ROLE, NumberGrid
from gui.workspaces.inspect.step_lines import Line

_COLUMNS: Final = ("Step", "Formula", "With numbers", "Value")


class StepTable(QTableWidget):
    """A row a line; a term of a formula is a link to the row that its numbers come from.

    Signals:
        link_activated(key): a term was clicked whose row is not here.
    """

    link_activated = Signal(str)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(0, len(_COLUMNS))
        self.setItemDelegateForColumn(2, NumberGrid(themes, self))
        self.setObjectName("stepTable")
        self.setAccessibleName("One training step with its numbers")
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setWordWrap(True)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.lines: tuple[Line, ...] = ()
        # Those that the rows show, and whether many numbers take the place of two columns.
        self._shape: list[tuple[str, bool]] = []

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these rows; without any the table is not there."""
        self.lines = tuple(lines)
        if not lines:
            # The rows stay for the next drawing: to render their formulas takes 10 ms of the window's thread.
            self.hide()
            return
        chosen, shape = self.currentRow(), [(line.formula, bool(line.cells)) for line in lines]
        same = shape == self._shape
        self._shape = shape
        self.setRowCount(len(lines))
        if not same:
            self.clearSpans()
        for row, line in enumerate(lines):
            numbers = f"{line.numbers}  {line.power}" if line.power else line.numbers
            for column, text in ((0, line.name), (2, numbers), (3, "" if line.cells else line.value)):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.setItem(row, column, item)
                item.setText(text)
                item.setToolTip(line.value.replace(" · ", "\n") if line.cells and column else text)
                if column:
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, line.value if line.cells else text)
                    item.setData(CELLS_ROLE, line.cells if column == 2 else ())
            if not same or self.cellWidget(row, 1) is None:
                self._set_formula(row, line)
                if line.cells:
                    self.setSpan(row, 2, 1, 2)
        self.show()
        if not same:
            self._fit_columns()
        self.resizeRowsToContents()
        self._fit_height()
        if 0 <= chosen < len(lines):
            self.selectRow(chosen)

    def row_of(self, key: str) -> int:
        """The row with this key, −1 for none."""
        return next((row for row, line in enumerate(self.lines) if line.key == key), -1)

    @Slot(str)
    def follow(self, key: str) -> None:
        """Go to the row that a term comes from."""
        row = self.row_of(key)
        if row < 0:
            self.link_activated.emit(key)
            return
        self.selectRow(row)
        self.scrollTo(self.model().index(row, 0))

    @Slot()
    def render_anew(self) -> None:
        """For another theme: a label keeps the colour that its links were made with."""
        self._shape = []
        self.show_lines(self.lines)

    def _set_formula(self, row: int, line: Line) -> None:
        words = plain_text(line.formula)
        item = QTableWidgetItem()
        # The label shows it; a screen reader that goes through the cells hears the item.
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self.setItem(row, 1, item)
        label = QLabel(line.formula)
        label.setTextFormat(Qt.TextFormat.RichText)
        flags = Qt.TextInteractionFlag
        label.setTextInteractionFlags(flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard)
        label.setAccessibleName(words)
        label.setContentsMargins(4, 2, 4, 2)
        label.setWordWrap(True)
        # A link in the accent's colour could not be read on a selected row.
        label.setAutoFillBackground(True)
        label.setBackgroundRole(QPalette.ColorRole.Base)
        label.linkActivated.connect(self.follow)
        FocusFrame(label)
        self.setCellWidget(row, 1, label)
        # Row after row, before what stands below the table.
        QWidget.setTabOrder((self.cellWidget(row - 1, 1) if row else None) or self, label)

    def _fit_columns(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        # Where the text is large, the page is wider than the window, and nothing is cut.
        self.setMinimumWidth(74 * letter)
        room = self.viewport().width()
        for column, share in enumerate((0.14, 0.25, 0.31)):
            # Its longest word is whole in a wide font, too.
            least = self.fontMetrics().horizontalAdvance("Predictions") + 12 if column == 0 else 0
            self.setColumnWidth(column, max(least, int(share * room)))

    def _fit_height(self) -> None:
        height = self.horizontalHeader().height() + 4 + sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._fit_columns()
        self.resizeRowsToContents()
        self._fit_height()

"""The table of runs: sorted, searched, with stars to click and names and notes to edit."""

import math
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont

from gui.lab.kept_runs import KeptRun
from gui.theme.manager import ThemeManager
from gui.workspaces.runs.columns import COLUMNS, Column, columns_for
from gui.workspaces.runs.thumbnail import curve_thumbnail

Index = QModelIndex | QPersistentModelIndex
_SORT_ROLE = Qt.ItemDataRole.UserRole
_PLACE = {column.key: place for place, column in enumerate(COLUMNS)}
STAR, NAME, NOTE = _PLACE["star"], _PLACE["name"], _PLACE["note"]
_NO_INDEX = QModelIndex()


class RunTableModel(QAbstractTableModel):
    """The runs as rows.

    Signals:
        edited(run_id, column key, text): a name or a note was typed.
    """

    edited = Signal(str, str, str)

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self.runs: list[KeptRun] = []
        self.columns: tuple[Column, ...] = COLUMNS
        self.baseline: KeptRun | None = None
        self.colors: dict[str, str] = {}

    def set_runs(self, runs: list[KeptRun], baseline: KeptRun | None) -> None:
        """Show these; rows that are the same runs as before stay what they are, for selection and editing."""
        columns = columns_for(runs)
        same_columns = [column.key for column in columns] == [column.key for column in self.columns]
        if same_columns and [run.run_id for run in runs] == [run.run_id for run in self.runs]:
            self.runs, self.baseline = runs, baseline
            if runs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(columns) - 1))
            return
        self.beginResetModel()
        self.runs, self.baseline, self.columns = runs, baseline, columns
        self.endResetModel()

    def set_colors(self, colors: dict[str, str]) -> None:
        """In which colours the runs are drawn, by id."""
        self.colors = colors
        if self.runs:
            roles = [Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.DecorationRole]
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self.runs) - 1, NAME), roles)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Qt: a row a run."""
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """One for each of `columns`."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (Qt)
        """Qt: titles and what they mean."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].tip
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (Qt)
        """Qt: texts, values to sort by, colours."""
        run, column = self.runs[index.row()], self.columns[index.column()]
        is_baseline = self.baseline is not None and self.baseline.run_id == run.run_id
        if role == Qt.ItemDataRole.DisplayRole:
            text = column.text(run, self.baseline)
            return f"{text} (baseline)" if is_baseline and index.column() == NAME else text
        if role == Qt.ItemDataRole.EditRole:
            return run.entry.note if index.column() == NOTE else run.entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return run.entry.message or column.tip
        if role == _SORT_ROLE:
            value = column.value(run)
            # What is unknown comes last of the smallest.
            return -math.inf if isinstance(value, float) and math.isnan(value) else value
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == NAME and run.run_id in self.colors:
            return QColor(self.colors[run.run_id])
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            theme = self._themes.theme
            return curve_thumbnail(run, self.colors.get(run.run_id, theme.muted), theme.surface)
        if role == Qt.ItemDataRole.FontRole and is_baseline:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(column.value(run), float):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: names and notes can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (NAME, NOTE) else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: a name or a note was typed."""
        run, key = self.runs[index.row()], self.columns[index.column()].key
        if role != Qt.ItemDataRole.EditRole or str(value) == self.data(index, role):
            return False
        self.edited.emit(run.run_id, key, str(value))
        return True


class FoundRuns(QSortFilterProxyModel):
    """The runs that fit the search, sorted by what a column means and not by its letters."""

    def __init__(self, model: RunTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words: list[str] = []
        self._state = self._month_ago = ""
        self.setSortRole(_SORT_ROLE)
        self.setSourceModel(model)

    def search(self, text: str, state: str = "") -> None:
        """Show the runs that have all these words somewhere in their row, and are in this state if one is given."""
        self._words, self._state = text.lower().split(), state
        self._month_ago = (datetime.now() - timedelta(days=30)).isoformat()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        """Whether the row passes the filter."""
        run = self._model.runs[row]
        if self._state == "starred" and not run.entry.star:
            return False
        if self._state == "unfinished" and not run.unfinished:
            return False
        if self._state == "old" and (run.entry.star or run.entry.started > self._month_ago):
            return False
        text = " ".join(column.text(run, None) for column in self._model.columns).lower()
        return all(word in text for word in self._words)

    def run_at(self, index: Index) -> KeptRun:
        """The run of a row."""
        return self._model.runs[self.mapToSource(index).row()]

    def shown(self) -> list[KeptRun]:
        """All runs in the order of the table."""
        return [self.run_at(self.index(row, 0)) for row in range(self.rowCount())]

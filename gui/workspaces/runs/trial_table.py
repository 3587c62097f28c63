"""The table of a sweep's trials, a row each, which grow while they are trained."""

import math
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gui.workspaces.runs.columns import main_metric, metric_unit, watched_loss
from gui.workspaces.runs.vary_row import field_title
from models.sweeps.summary import Combination, SweepSummary
from models.sweeps.sweep import TrialState
from models.sweeps.variation import Value, value_text

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
# Qt compares what a cell has here.
SORT_ROLE = Qt.ItemDataRole.UserRole
# What is read in a cell, and what it is sorted by.
_Cell: TypeAlias = tuple[str, float | str]
_NO_CELL: _Cell = ("", -math.inf)
_FIRST, _LAST = ("Trial",), ("Seed", "State", "Epochs", "Now %", "Loss", "Mean ± deviation", "Seconds")
_TIPS = {
    "Now %": "Accuracy of the newest epoch, of the validation (of angles the error, in degrees)",
    "Loss": "Of the newest epoch, of the validation",
    "Mean ± deviation": "Of the kept epoch's validation, over the seeds of this combination that are done",
    "Trial": "★ is the best one so far",
}


class TrialTableModel(QAbstractTableModel):
    """The trials as rows, whose cells are made when a trial has news and not when they are looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.states: list[TrialState] = []
        self.titles: tuple[str, ...] = (*_FIRST, *_LAST)
        self._fields: tuple[str, ...] = ()
        self._rows: list[tuple[_Cell, ...]] = []
        self._best = -1
        self._widths: dict[int, int] = {}
        self._summary: SweepSummary | None = None
        self._means: dict[int, _Cell] = {}

    def show_trials(self, states: list[TrialState], summary: SweepSummary) -> dict[int, str]:
        """Show these; rows of the same sweep stay what they are, for the selection.

        Returns:
            the widest text of each column that needs more room than before.
        """
        before, means_before, best_before = self.states, self._means, self._best
        same = [state.trial.run_id for state in states] == [state.trial.run_id for state in self.states]
        if summary is not self._summary:
            self._summary, self._means = summary, _means(summary)
            self._best = summary.best.trial.number if summary.best is not None else -1
        if not same:
            self.beginResetModel()
            self._widths = {}
            # A field that has one value in all trials says nothing about any of them.
            self._fields = tuple(
                name for name in (states[0].trial.values if states else ())
                if len({state.trial.values[name] for state in states}) > 1
            )  # fmt: skip
            self.titles = (*_FIRST, *map(field_title, self._fields), *_LAST)
        self.states = states
        turned = {best_before, self._best} if best_before != self._best else set()
        changed = [
            place for place, state in enumerate(states)
            if not same or state is not before[place] or (number := state.trial.number) in turned
            or self._means.get(number) != means_before.get(number)
        ]  # fmt: skip
        self._rows = self._rows if same else [()] * len(states)
        for place in changed:
            self._rows[place] = self._cells(states[place])
        if not same:
            self.endResetModel()
        else:
            for place in changed:
                self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
        columns = zip(*(self._rows[place] for place in changed), strict=True)
        widest = [max((text for text, _ in column), key=len) for column in columns]
        wider = {place: text for place, text in enumerate(widest) if len(text) > self._widths.get(place, -1)}
        self._widths |= {place: len(text) for place, text in wider.items()}
        return wider

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Qt: a row a trial."""
        return 0 if parent.isValid() else len(self.states)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """One for each of `titles`."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (Qt)
        """Qt: titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        title = self.titles[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        return _TIPS.get(title) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (Qt)
        """Qt: texts, values to sort by; the best trial is bold."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()][0]
        if role == SORT_ROLE:
            return self._rows[index.row()][index.column()][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_text = isinstance(self._rows[index.row()][index.column()][1], str)
            side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        state = self.states[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return state.outcome.message if state.outcome is not None else None
        if role == Qt.ItemDataRole.FontRole and state.trial.number == self._best:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _cells(self, state: TrialState) -> tuple[_Cell, ...]:
        trial, outcome, last = state.trial, state.outcome, state.epochs[-1] if state.epochs else None
        star = "★ " if trial.number == self._best else ""
        metric, loss = (math.nan, math.nan) if last is None else (main_metric(last), watched_loss(last))
        seconds = sum(event.seconds for event in state.epochs)
        how = state.state if outcome is None else outcome.reason
        return (
            (f"{star}{trial.number + 1}", trial.number),
            *((value_text(value), _sortable(value)) for value in (trial.values[name] for name in self._fields)),
            (str(trial.config.seed), trial.config.seed),
            (how, how),
            (f"{len(state.epochs)} of {trial.config.epochs}", len(state.epochs)),
            ("" if last is None or math.isnan(metric) else f"{metric:.2f}{metric_unit(last)}", _sortable(metric)),
            ("" if math.isnan(loss) else f"{loss:.4f}", _sortable(loss)),
            self._means.get(trial.number, _NO_CELL),
            (f"{seconds:.1f}" if state.epochs else "", seconds),
        )


def _sortable(value: Value) -> float | str:
    """What is unknown or switched off comes first."""
    if isinstance(value, str):
        return value
    return -math.inf if value is None or math.isnan(value) else float(value)


def _means(summary: SweepSummary) -> dict[int, _Cell]:
    found = {}
    for combination in summary.combinations:
        cell = mean_text(combination, summary.objective), _sortable(combination.mean(summary.objective))
        found.update(dict.fromkeys(combination.trials, cell))
    return found


def mean_text(combination: Combination, objective: str) -> str:
    """Mean ± deviation of a combination, accuracies in percent; "" while there is none."""
    if math.isnan(mean := combination.mean(objective)):
        return ""
    factor, digits = (1, 4) if objective.endswith("loss") else (100, 2)
    deviation = combination.deviation(objective)
    spread = "" if math.isnan(deviation) else f" ± {factor * deviation:.{digits}f}"
    return f"{factor * mean:.{digits}f}{spread}"

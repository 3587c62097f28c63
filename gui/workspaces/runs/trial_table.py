"""The table of a sweep's trials, a row each, which grow while they are trained."""

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gui.workspaces.runs.columns import main_figure, watched_loss
from gui.workspaces.runs.vary_row import field_title
from models.sweeps.summary import Combination, SweepSummary
from models.sweeps.sweep import TrialState
from models.sweeps.variation import value_text

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_FIRST, _LAST = ("Trial",), ("Seed", "State", "Epochs", "Now %", "Loss", "Mean ± deviation", "Seconds")
_TIPS = {
    "Now %": "Accuracy of the newest epoch, of the validation (another figure for other tasks)",
    "Loss": "Of the newest epoch, of the validation",
    "Mean ± deviation": "Of the kept epoch's validation, over the seeds of this combination that are done",
    "Trial": "★ is the best one so far",
}


class TrialTableModel(QAbstractTableModel):
    """The trials as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.states: list[TrialState] = []
        self._fields: tuple[str, ...] = ()
        self._best = -1
        self._of_trial: dict[int, Combination] = {}
        self._objective = ""

    def show_trials(self, states: list[TrialState], summary: SweepSummary) -> None:
        """Show these; rows of the same sweep stay what they are, for the selection."""
        same = [state.trial.run_id for state in states] == [state.trial.run_id for state in self.states]
        if not same:
            self.beginResetModel()
        self.states = states
        # A field that has one value in all trials says nothing about any of them.
        self._fields = tuple(
            name for name in (states[0].trial.values if states else ())
            if len({state.trial.values[name] for state in states}) > 1
        )  # fmt: skip
        self._best = summary.best.trial.number if summary.best is not None else -1
        self._of_trial = {number: one for one in summary.combinations for number in one.trials}
        self._objective = summary.objective
        if not same:
            self.endResetModel()
        elif states:
            self.dataChanged.emit(self.index(0, 0), self.index(len(states) - 1, self.columnCount() - 1))

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands in the head."""
        return (*_FIRST, *map(field_title, self._fields), *_LAST)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Qt: a row a trial."""
        return 0 if parent.isValid() else len(self.states)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Qt."""
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
        """Qt: texts; the best trial is bold."""
        state = self.states[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(state)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return state.outcome.message if state.outcome is not None else None
        if role == Qt.ItemDataRole.FontRole and state.trial.number == self._best:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _texts(self, state: TrialState) -> tuple[str, ...]:
        trial, outcome, last = state.trial, state.outcome, state.epochs[-1] if state.epochs else None
        star = "★ " if trial.number == self._best else ""
        loss = math.nan if last is None else watched_loss(last)
        seconds = sum(event.seconds for event in state.epochs)
        return (
            f"{star}{trial.number + 1}",
            *(value_text(trial.values[name]) for name in self._fields),
            str(trial.config.seed),
            state.state if outcome is None else outcome.reason,
            f"{len(state.epochs)} of {trial.config.epochs}",
            "" if last is None or math.isnan(main_figure(last)) else f"{main_figure(last):.2f}",
            "" if math.isnan(loss) else f"{loss:.4f}",
            mean_text(self._of_trial.get(trial.number), self._objective),
            f"{seconds:.1f}" if state.epochs else "",
        )


def mean_text(combination: Combination | None, objective: str) -> str:
    """Mean ± deviation of a combination, accuracies in percent; "" while there is none."""
    if combination is None or math.isnan(mean := combination.mean(objective)):
        return ""
    factor, digits = (1, 4) if objective.endswith("loss") else (100, 2)
    deviation = combination.deviation(objective)
    spread = "" if math.isnan(deviation) else f" ± {factor * deviation:.{digits}f}"
    return f"{factor * mean:.{digits}f}{spread}"

"""The card with the table of runs and what can be done with the selected ones."""

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
)

from gui.lab.kept_runs import KeptRun
from gui.services.csv_export import Table, table_bytes
from gui.services.file_writer import FileWriter
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.export_folder import ExportFolder
from gui.widgets.field_label import label_for
from gui.widgets.naming import named
from gui.widgets.spin_boxes import SpinBox
from gui.widgets.undo_keys import UndoKeys
from gui.workspaces.runs.columns import COLUMNS, differing
from gui.workspaces.runs.table import STAR, FoundRuns, RunTableModel
from gui.workspaces.runs.thumbnail import THUMBNAIL_PX

_WIDEST_COLUMN_PX = 300
_AFTER_METRICS = [column.key for column in COLUMNS].index("last_loss") + 1
_FILTERS = ("all", "starred", "unfinished", "old")


class RunTableCard(Card):
    """Shows the runs.

    Signals:
        selection_changed: other runs are selected, or they are read anew.
        baseline_requested, resume_requested, start_requested, open_requested, delete_requested, undo_requested,
            sweep_requested.
        star_requested(run_id, star).
    """

    selection_changed = Signal()
    baseline_requested = Signal()
    resume_requested = Signal()
    start_requested = Signal()
    open_requested = Signal()
    delete_requested = Signal()
    undo_requested = Signal()
    sweep_requested = Signal()
    star_requested = Signal(str, bool)

    def __init__(self, themes: ThemeManager, empty_text: str) -> None:
        super().__init__("Runs")
        self.files = FileWriter(self)
        self._folder = ExportFolder()
        self.model = RunTableModel(themes, self)
        self.found = FoundRuns(self.model, self)
        self.search_field = QLineEdit(placeholderText="Search names, notes, settings …", clearButtonEnabled=True)
        self.filter_box = QComboBox()
        self.filter_box.addItems(_FILTERS)
        self.differences_box = QCheckBox("Only the differences")
        self.export_button = _button("Export …", "exportRunsButton", "Write the table as it is shown into a CSV file")
        self.table = QTableView()
        self.empty_label = mark_muted(QLabel(empty_text))
        self.empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.damaged_label = mark_muted(QLabel())
        self.resume_button = _button(
            "Continue", "resumeButton",
            "Go on exactly where the run ended, as if it had not; the curves go on in the same run",
        )  # fmt: skip
        self.epochs_box = SpinBox()
        self.start_button = _button(
            "Start from here", "startFromButton", "A new run with the same settings that begins with these weights"
        )
        self.open_button = _button("Load as recogniser", "openRunButton", "Let the model of this run answer")
        self.weights_box = QComboBox()
        self.weights_box.addItems(("of the best epoch", "at the end"))
        self.baseline_button = _button(
            "Pin as baseline", "baselineButton", "Show how all other runs differ from this one; again to unpin it"
        )
        self.delete_button = _button("Delete", "deleteRunButton", "Delete the selected runs; Undo brings them back")
        self.undo_button = _button("Undo", "undoRunButton", "Take the last change of the runs back")
        self.sweep_button = _button("Sweep …", "sweepButton", "Train with many settings and seeds, and compare them")
        self._set_up()
        self._connect()

    # Showing.

    def show_runs(self, runs: list[KeptRun], baseline: KeptRun | None, damaged: dict[str, str]) -> None:
        """Show these runs; the selection stays, and begins with the newest one."""
        before = {run.run_id for run in self.selected()}
        if runs and not self.model.rowCount():
            before = {max(runs, key=lambda run: run.entry.started).run_id}
        self.model.set_runs(runs, baseline)
        self.select(before)
        self.table.setVisible(bool(runs))
        self.empty_label.setVisible(not runs)
        self.damaged_label.setVisible(bool(damaged))
        self.damaged_label.setText("\n".join(damaged.values()))
        megabytes = sum(run.size_bytes for run in runs) / 1e6
        self.set_subtitle(f"{len(runs)} kept, {megabytes:,.1f} MB" if runs else "")
        self._show_columns()
        self.selection_changed.emit()

    def selected(self) -> list[KeptRun]:
        """The selected runs in the order of the table."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.found.run_at(self.found.index(row, 0)) for row in rows]

    def select(self, run_ids: set[str]) -> None:
        """Select the runs with these ids, as far as they are shown."""
        wanted = [row for row, run in enumerate(self.found.shown()) if run.run_id in run_ids]
        if [run.run_id for run in self.selected()] == [self.found.shown()[row].run_id for row in wanted]:
            return
        model, flags = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        model.clearSelection()
        for row in wanted:
            model.select(self.found.index(row, 0), flags.Select | flags.Rows)

    def show_possible(self, chosen: list[KeptRun], baseline: KeptRun | None, undo: str, *, training: bool) -> None:
        """Enable what makes sense now."""
        one = chosen[0] if len(chosen) == 1 else None
        free = one is not None and not training and one.can_go_on and one.state not in ("under way", "diverged")
        self.resume_button.setEnabled(free)
        self.epochs_box.setEnabled(free and one is not None and not one.unfinished)
        for button in (self.start_button, self.open_button):
            button.setEnabled(one is not None and one.can_go_on)
        self.start_button.setEnabled(self.start_button.isEnabled() and not training)
        self.baseline_button.setEnabled(one is not None)
        pinned = one is not None and baseline is not None and one.run_id == baseline.run_id
        self.baseline_button.setText("Unpin baseline" if pinned else "Pin as baseline")
        self.delete_button.setEnabled(any(run.state != "under way" for run in chosen))
        self.undo_button.setEnabled(bool(undo))
        self.undo_button.setText(f"Undo {undo}".strip())

    @Slot()
    def _show_columns(self) -> None:
        runs, columns = self.found.shown(), self.model.columns
        shown = differing(runs, columns) if self.differences_box.isChecked() else set(range(len(columns)))
        header = self.table.horizontalHeader()
        for place in range(len(columns)):
            self.table.setColumnHidden(place, place not in shown)
            if place >= len(COLUMNS):
                # Metrics stand beside metrics.
                header.moveSection(header.visualIndex(place), _AFTER_METRICS + place - len(COLUMNS))
        self.table.resizeColumnsToContents()
        for place in shown:
            if self.table.columnWidth(place) > _WIDEST_COLUMN_PX:
                self.table.setColumnWidth(place, _WIDEST_COLUMN_PX)

    @Slot()
    def _on_search(self) -> None:
        before = {run.run_id for run in self.selected()}
        self.found.search(self.search_field.text(), self.filter_box.currentText())
        self.select(before)
        self._show_columns()
        self.selection_changed.emit()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == STAR:
            run = self.found.run_at(index)
            self.star_requested.emit(run.run_id, not run.entry.star)

    @Slot()
    def _on_export(self) -> None:
        if (path := self._folder.ask(self, "Export the table", "runs.csv", "Table (*.csv)")) is not None:
            self.export(path)

    def set_export_folder(self, folder: ExportFolder) -> None:
        """Suggest files in this folder from now on."""
        self._folder = folder

    def export(self, path: Path) -> None:
        """Write the runs that are shown, with all columns, as CSV; `files` tells the outcome."""
        runs, columns = self.found.shown(), self.model.columns
        parts = [[run.run_id for run in runs]]
        parts += [[_plain(column.value(run)) for run in runs] for column in columns]
        table = Table(("run", *(column.key for column in columns)), [[np.array(part) for part in parts]])
        self.files.write(path, partial(table_bytes, table))

    def _set_up(self) -> None:
        for widget, name, words in (
            (self.search_field, "runSearch", "Search the runs"),
            (
                self.filter_box,
                "runFilter",
                "Which runs are shown; old: without a star, and begun over a month ago, to be deleted if you like",
            ),
            (self.differences_box, "runDifferences", "Hide columns in which all runs are alike"),
            (self.table, "runTable", "Runs"),
            (self.epochs_box, "moreEpochs", "How many epochs more, for a run that has come to its end"),
            (
                self.weights_box,
                "runWeights",
                "Which weights: of the best epoch, or those that stayed at the end of the run",
            ),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(words)
            widget.setToolTip(words)
        self.epochs_box.setRange(1, 1000)
        self.epochs_box.setValue(10)
        self.epochs_box.setSuffix(" epochs more")
        for label in (self.empty_label, self.damaged_label):
            label.setWordWrap(True)
        table = self.table
        table.setModel(self.found)
        # Trials of a sweep differ at the end of their names.
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSortingEnabled(True)
        table.sortByColumn(len(COLUMNS) - 2, Qt.SortOrder.DescendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setIconSize(THUMBNAIL_PX)
        table.setWordWrap(False)
        table.setMinimumHeight(120)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # Tab leaves the table, as it leaves every other widget.
        table.setTabKeyNavigation(False)
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search_field, 1)
        first.addWidget(label_for(self.filter_box, "Show"))
        first.addWidget(self.filter_box)
        first.addWidget(self.differences_box)
        first.addWidget(self.export_button)
        second.addWidget(self.resume_button)
        second.addWidget(self.epochs_box)
        second.addWidget(self.start_button)
        second.addStretch(1)
        second.addWidget(self.baseline_button)
        third.addWidget(self.open_button)
        third.addWidget(label_for(self.weights_box, "Weights"))
        third.addWidget(self.weights_box)
        third.addStretch(1)
        third.addWidget(self.delete_button)
        third.addWidget(self.undo_button)
        self.header.addWidget(self.sweep_button)
        self.body.addLayout(first)
        self.body.addWidget(self.empty_label)
        self.body.addWidget(table, 1)
        self.body.addWidget(self.damaged_label)
        self.body.addLayout(second)
        self.body.addLayout(third)

    def _connect(self) -> None:
        self.search_field.textChanged.connect(self._on_search)
        self.filter_box.currentIndexChanged.connect(self._on_search)
        self.differences_box.toggled.connect(self._show_columns)
        self.table.clicked.connect(self._on_clicked)
        self.table.selectionModel().selectionChanged.connect(self.selection_changed)
        self.export_button.clicked.connect(self._on_export)
        self.baseline_button.clicked.connect(self.baseline_requested)
        self.resume_button.clicked.connect(self.resume_requested)
        self.start_button.clicked.connect(self.start_requested)
        self.open_button.clicked.connect(self.open_requested)
        self.delete_button.clicked.connect(self.delete_requested)
        self.undo_button.clicked.connect(self.undo_requested)
        self.sweep_button.clicked.connect(self.sweep_requested)
        keys = UndoKeys(self.table)
        keys.undo_requested.connect(self.undo_requested)


def _button(text: str, name: str, tip: str) -> QPushButton:
    return named(QPushButton(text), name, tip, text)


def _plain(value: str | float | bool) -> str:
    return ("" if value != value else repr(value)) if isinstance(value, float) else str(value)

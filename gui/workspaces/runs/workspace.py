"""The Runs tab: a table of all trainings, and the curves of the chosen ones over each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from engine.training.messages import TrainingProgress
from gui.charts.chart_card import ChartCard
from gui.lab.kept_runs import KeptRun
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.widgets.field_label import label_for
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.chart_exports import ChartExports, RememberedFolder
from gui.workspaces.runs.columns import metric_names, metric_title
from gui.workspaces.runs.overlay_chart import ALIGNMENTS, CURVES, OverlayChart
from gui.workspaces.runs.table_card import RunTableCard

if TYPE_CHECKING:
    from gui.workspaces.runs.sweep_page import SweepPage

# More lines than this are no chart any more.
_MOST_LINES = 12
# Fast epochs come many times a second; the folders are read again so often at most.
_READ_PAUSE_MS = 400


class RunsWorkspace(Workspace):
    """Assembles table and chart; what they wish for is done by `lab.kept_runs`."""

    key: ClassVar[str] = "runs"
    empty_text: ClassVar[str] = "There are no runs yet: press Train, and each training is kept here as it goes."
    help_text: ClassVar[str] = (
        "Every training is kept with its settings, curves and weights. Select runs to see their curves over each "
        "other; continue one exactly where it ended, start a new one from its weights, or let its model answer."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
        self.card = RunTableCard(themes, self.empty_text)
        self.chart = OverlayChart(themes)
        self.chart.setMinimumHeight(130)
        self.chart_card = ChartCard(self.chart)
        self.metric_box = _choice("runFigure", "Metric of the curves", tuple(CURVES))
        self.alignment_box = _choice("runAlignment", "What the curves are drawn over", ALIGNMENTS)
        self.differences_box = QCheckBox("Differences")
        self.differences_box.setObjectName("runChartDifferences")
        self.differences_box.setToolTip("Take the baseline's values off, so that its own line is 0")
        self._baseline = ""
        self.stack = QStackedWidget()
        self.sweep_page: SweepPage | None = None
        self._assemble()
        self._connect()

    @property
    def baseline(self) -> KeptRun | None:
        """The pinned run, if it is still there."""
        return next((run for run in self.lab.kept_runs.runs if run.run_id == self._baseline), None)

    def collect_values(self) -> dict[str, Any]:
        """What is drawn, and the baseline."""
        return {
            "figure": self.metric_box.currentData(),
            "alignment": self.alignment_box.currentText(),
            "only_differences": self.card.differences_box.isChecked(),
            "logarithmic": self.chart_card.log_button.isChecked(),
            "baseline": self._baseline,
        }

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Take that back."""
        for box, name in ((self.metric_box, "figure"), (self.alignment_box, "alignment")):
            value = values.get(name)
            if not isinstance(value, str):
                continue
            if box is self.metric_box and box.findData(value) < 0 and value.isidentifier():
                # A metric of runs that are read later.
                box.addItem(metric_title(value), value)
            if (place := box.findData(value)) >= 0:
                box.setCurrentIndex(place)
        for button, name in (
            (self.card.differences_box, "only_differences"),
            (self.chart_card.log_button, "logarithmic"),
        ):
            if isinstance(values.get(name), bool):
                button.setChecked(values[name])
        if isinstance(values.get("baseline"), str):
            self._baseline = values["baseline"]

    def refresh_pause_ms(self) -> int:
        """Several epochs cost one reading."""
        return _READ_PAUSE_MS if self.lab.session.active or self.lab.sweeps.active else 0

    def refresh(self) -> None:
        """Read the runs, where they are seen; `changed` comes when that is done."""
        if self.stack.currentIndex() == 0:
            self.lab.kept_runs.reload()

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        if self.sweep_page is not None:
            self.sweep_page.exports.finish()
        self.exports.finish()

    # Showing.

    @Slot()
    def _on_read(self) -> None:
        if self.isVisible():
            kept = self.lab.kept_runs
            self._offer_metrics()
            self.card.show_runs(kept.runs, self.baseline, kept.damaged)

    def _offer_metrics(self) -> None:
        """Let the metrics be drawn that the runs hold; a chosen one stays."""
        names, box = metric_names(self.lab.kept_runs.runs), self.metric_box
        offered = [box.itemData(place) for place in range(len(CURVES), box.count())]
        for name in sorted({*names} - {*offered}):
            box.addItem(metric_title(name), name)
        for name in {*offered} - {*names, box.currentData()}:
            box.removeItem(box.findData(name))

    @Slot()
    def _show_chosen(self) -> None:
        chosen, baseline = self.card.selected(), self.baseline
        self.differences_box.setEnabled(baseline is not None)
        drawn = chosen[:_MOST_LINES]
        if baseline is not None and drawn and all(run.run_id != baseline.run_id for run in drawn):
            drawn = [baseline, *drawn[: _MOST_LINES - 1]]
        colors = self.chart.show_runs(
            drawn,
            self.metric_box.currentData(),
            self.alignment_box.currentText(),
            baseline,
            differences=self.differences_box.isChecked() and baseline is not None,
        )
        self.chart_card.set_note(f"the first {_MOST_LINES} of {len(chosen)}" if len(chosen) > _MOST_LINES else "")
        self.card.model.set_colors(colors)
        self._show_possible()

    @Slot()
    def _show_possible(self) -> None:
        undo, training = self.lab.kept_runs.undo_text, self.lab.session.active
        self.card.show_possible(self.card.selected(), self.baseline, undo, training=training)

    @Slot(object)
    def _on_progress(self, progress: TrainingProgress) -> None:
        if progress.epochs:
            self.request_refresh()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        """Say why a run does not go on, which elsewhere the tab Train says."""
        if self.isVisible():
            self.lab.messages.error.emit(sentence)

    @Slot(object)
    def _on_theme(self, _theme: object) -> None:
        if self.isVisible():
            self._show_chosen()

    # What is wished for.

    @Slot(str, str, str)
    def _on_edited(self, run_id: str, key: str, text: str) -> None:
        (self.lab.kept_runs.set_note if key == "note" else self.lab.kept_runs.rename)(run_id, text)

    @Slot()
    def _on_baseline(self) -> None:
        [run] = self.card.selected()
        self._baseline = "" if run.run_id == self._baseline else run.run_id
        self._on_read()

    @Slot()
    def _on_resume(self) -> None:
        # None while the table is read anew.
        for run in self.card.selected()[:1]:
            more = None if run.unfinished else self.card.epochs_box.value()
            self.lab.kept_runs.continue_exactly(run.run_id, more)

    @Slot()
    def _on_start(self) -> None:
        for run in self.card.selected()[:1]:
            self.lab.kept_runs.start_from(run.run_id, best=self._wants_best(run))

    @Slot()
    def _on_open(self) -> None:
        for run in self.card.selected()[:1]:
            self.lab.kept_runs.open_model(run.run_id, best=self._wants_best(run))

    def _wants_best(self, run: KeptRun) -> bool:
        """A run that ended in its first epoch has weights of its end alone."""
        return bool(run.epochs) and self.card.weights_box.currentIndex() == 0

    @Slot()
    def _on_delete(self) -> None:
        self.lab.kept_runs.delete([run.run_id for run in self.card.selected() if run.state != "under way"])

    @Slot()
    def _on_sweep(self) -> None:
        """Show the page of sweeps, which is made when somebody wants to see it."""
        if self.sweep_page is None:
            from gui.workspaces.runs.sweep_page import SweepPage

            self.sweep_page = SweepPage(self.lab, self.themes)
            self.sweep_page.back_requested.connect(self._on_back)
            self.stack.addWidget(self.sweep_page)
        self.stack.setCurrentWidget(self.sweep_page)

    @Slot()
    def _on_back(self) -> None:
        self.stack.setCurrentIndex(0)
        self.request_refresh()

    def _assemble(self) -> None:
        row = QHBoxLayout()
        for box, word in ((self.metric_box, "Metric"), (self.alignment_box, "over")):
            row.addWidget(label_for(box, word))
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(self.differences_box)
        self.chart_card.body.insertLayout(0, row)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.card)
        halves.addWidget(self.chart_card)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 1)
        page, layout = QVBoxLayout(), QVBoxLayout(self)
        page.addWidget(halves)
        layout.setContentsMargins(0, 0, 0, 0)
        self.stack.addWidget(ScrollPage(page, self.themes, self))
        layout.addWidget(self.stack)

    def _connect(self) -> None:
        lab, card = self.lab, self.card
        lab.kept_runs.changed.connect(self._on_read)
        lab.kept_runs.undo_changed.connect(self._show_possible)
        lab.session.started.connect(self.request_refresh)
        lab.session.progressed.connect(self._on_progress)
        lab.session.state_changed.connect(self.request_refresh)
        lab.session.failed.connect(self._on_failed)
        self.themes.changed.connect(self._on_theme)
        card.selection_changed.connect(self._show_chosen)
        for box in (self.metric_box, self.alignment_box):
            box.currentIndexChanged.connect(self._show_chosen)
        self.differences_box.toggled.connect(self._show_chosen)
        card.model.edited.connect(self._on_edited)
        card.star_requested.connect(lab.kept_runs.set_star)
        card.baseline_requested.connect(self._on_baseline)
        card.resume_requested.connect(self._on_resume)
        card.start_requested.connect(self._on_start)
        card.open_requested.connect(self._on_open)
        card.delete_requested.connect(self._on_delete)
        card.undo_requested.connect(lab.kept_runs.undo)
        card.sweep_requested.connect(self._on_sweep)
        lab.sweeps.changed.connect(self.request_refresh)
        self.exports = ChartExports(lab, self)
        self.exports.adopt(self.chart_card.menu)
        card.set_export_folder(RememberedFolder(lab.settings))
        self.exports.speak_for(card.files)


def _choice(name: str, words: str, texts: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    for text in texts:
        box.addItem(text, text)
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setToolTip(words)
    return box

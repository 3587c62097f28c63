"""The page of sweeps in the tab Runs: form, table of trials and a chart that fits."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSortFilterProxyModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.core.wording import counted
from gui.charts.chart_card import ChartCard
from gui.lab.lab import Lab
from gui.lab.sweeps import PlanMaker
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.runs import sweep_wishes
from gui.workspaces.runs.overlay_chart import OverlayChart
from gui.workspaces.runs.sweep_charts import ErrorCurveChart, SweepHeatMap, SweepParallelChart
from gui.workspaces.runs.sweep_form import SweepForm
from gui.workspaces.runs.trial_table import SORT_ROLE, TrialTableModel
from models.sweeps.experiments import diagnose
from models.sweeps.plan import SweepPlan
from models.sweeps.summary import SweepSummary, summarize
from models.sweeps.sweep import TrialState

CHARTS: Final = ("Heat map", "Parallel coordinates", "Errors", "Curves")
_RACERS: Final = ("softmax", "mlp", "cnn")
_CELL_ROOM_PX = 12
# As many lanes as a chart can tell apart.
_MOST_LANES = 8


class SweepPage(QWidget):
    """Starts sweeps and shows the newest one.

    Signals:
        back_requested: the user wants to see all runs.
    """

    back_requested = Signal()

    def __init__(self, lab: Lab, themes: ThemeManager) -> None:
        super().__init__()
        self.lab = lab
        self.form = SweepForm()
        self.model = TrialTableModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.table = QTableView()
        self.stop_button, self.stop_all_button = QPushButton("Stop trial"), QPushButton("Stop all")
        self.sentence_label = QLabel()
        self.heat_map, self.parallel = SweepHeatMap(themes), SweepParallelChart(themes)
        self.errors, self.overlay = ErrorCurveChart(themes), OverlayChart(themes)
        self.overlay.setObjectName("raceChart")
        charts = self.heat_map, self.parallel, self.errors, self.overlay
        self.cards = dict(zip(CHARTS, map(ChartCard, charts), strict=True))
        self.chart_box = QComboBox()
        self.chart_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.stack = QStackedWidget()
        self._experiment = self._wanted_chart = ""
        # The plan, and how many of its trials had ended, when it was last looked at as a whole.
        self._summed_up: tuple[SweepPlan | None, int] = (None, -1)
        self._summary = summarize(())
        self._chart_timer = QTimer(self, singleShot=True)
        self._chart_timer.timeout.connect(self._show_chart)
        self._assemble(themes)
        self._connect()
        self._show()

    # What is wished for.

    @Slot()
    def _on_start(self) -> None:
        variations = self.form.variations()
        if variations is not None:
            make = partial(sweep_wishes.sweep_plan, self.form.preset, variations, self.form.seeds_box.value())
            self._start("", "", make)

    @Slot()
    def _on_learning_curve(self) -> None:
        make = partial(sweep_wishes.learning_curve_plan, self.form.preset, self.form.seeds_box.value())
        self._start("examples", "Errors", make)

    @Slot()
    def _on_validation_curve(self) -> None:
        make = partial(sweep_wishes.validation_curve_plan, self.form.preset, self.form.seeds_box.value())
        self._start("l2", "Errors", make)

    @Slot()
    def _on_race(self) -> None:
        variations, seeds = self.form.variations(), self.form.seeds_box.value()
        if variations is None:
            return
        varied = any(len(variation.values) > 1 for variation in variations)
        lanes = self.form.trial_count() * (1 if varied else len(_RACERS))
        if lanes > _MOST_LANES:
            self.lab.messages.message.emit(f"{lanes} curves are too many for a race: choose {_MOST_LANES} at most.")
            return
        models = next((one.values for one in variations if one.field == "preset"), (self.form.preset,))
        presets = [str(model) for model in models] if varied else list(_RACERS)
        # All at once, whatever the cores: they are to be seen side by side.
        self._start("", "Curves", partial(sweep_wishes.race_plan, presets, variations, seeds), lanes)

    def _start(self, experiment: str, chart: str, make: PlanMaker, at_once: int = 0) -> None:
        self._experiment, self._wanted_chart = experiment, chart
        self.chart_box.clear()
        workers = max(at_once, self.form.workers_box.value())
        self.lab.sweeps.start(make, at_once=workers, scheduler=self.form.scheduler)

    @Slot()
    def _on_stop(self) -> None:
        for place in self._chosen():
            self.lab.sweeps.stop(self.model.states[place].trial.number)

    # Showing.

    @Slot()
    def _show(self) -> None:
        """Show the newest sweep, if anybody sees it."""
        sweeps = self.lab.sweeps
        self.form.set_running(sweeps.active)
        self.stop_all_button.setEnabled(sweeps.active)
        if not self.isVisible():
            return
        states, plan = sweeps.states, sweeps.plan
        ended = sum(state.state == "ended" for state in states)
        # What is said of the sweep as a whole, and most charts, change when a trial ends, not with every epoch.
        news, self._summed_up = (plan, ended) != self._summed_up, (plan, ended)
        if news:
            self._summary = summarize(states)
        wider = self.model.show_trials(states, self._summary)
        self.table.setVisible(bool(states))
        self._show_sentence(states, plan, self._summary, ended)
        self._show_possible()
        if plan is not None and states:
            if not self.chart_box.count():
                self._offer_charts(plan)
                # In a low window, what comes is more worth seeing than what was typed; once all has its place.
                QTimer.singleShot(0, self._reveal_chart)
            font = self.table.font()
            font.setBold(True)
            for place, text in wider.items():
                # To let the table measure its rows would hold the window up.
                needed = QFontMetrics(font).horizontalAdvance(text) + _CELL_ROOM_PX
                hint = self.table.horizontalHeader().sectionSizeHint(place)
                self.table.setColumnWidth(place, max(needed, hint))
            if news or self.chart_box.currentText() == "Curves":
                # In a turn of its own: rows and chart together would hold the window up.
                self._chart_timer.start()
            if self._chart_timer.isActive() and not sweeps.active:
                self._show_chart()

    @Slot()
    def _reveal_chart(self) -> None:
        self._scroll.ensureWidgetVisible(self.stack)

    def _show_sentence(
        self, states: list[TrialState], plan: SweepPlan | None, summary: SweepSummary, ended: int
    ) -> None:
        active = self.lab.sweeps.active
        self.card.set_subtitle(f"{ended} of {len(states)} ended" if states else "")
        if plan is None:
            words = (
                "The digits are prepared …" if active else "Choose above what to vary, or press one of the experiments."
            )
        elif self._experiment:
            words = diagnose(summary.combinations, self._experiment)
            words = words[:1].upper() + words[1:]
        elif summary.best is not None:
            best = "Best so far" if active else f"Best of {counted(len(states), 'trial')}"
            words = f"{best}: {sweep_wishes.words_of(summary.best.trial, plan)}."
        else:
            words = "No trial has ended yet." if active else "No trial was trained to its end."
            why = next((state.outcome.message for state in states if state.outcome is not None), "")
            words = words if active or not why else f"{words} {why}"
        # Always there: a label that comes later would move everything below it.
        self.sentence_label.setText(words)

    def _offer_charts(self, plan: SweepPlan) -> None:
        varied = plan.variations
        fitting = len(varied) == 2, bool(varied), len(varied) == 1 and varied[0].is_number, True
        self.chart_box.addItems([name for name, fits in zip(CHARTS, fitting, strict=True) if fits])
        if (place := self.chart_box.findText(self._wanted_chart)) >= 0:
            self.chart_box.setCurrentIndex(place)

    @Slot()
    def _show_chart(self) -> None:
        plan, states, name = self.lab.sweeps.plan, self.lab.sweeps.states, self.chart_box.currentText()
        self._chart_timer.stop()
        if plan is None or name not in self.cards:
            return
        self.stack.setCurrentWidget(self.cards[name])
        if name == "Curves":
            chosen = self._chosen()
            shown = [state for place, state in enumerate(states) if place in chosen or not chosen][:_MOST_LANES]
            runs = [sweep_wishes.as_run(state, plan) for state in shown]
            # The losses of two models may be different formulas.
            are_models = any(variation.field == "preset" for variation in plan.variations)
            metric = "Accuracy, %" if are_models else "Validation loss"
            self.overlay.show_runs(runs, metric, "epoch", None, differences=False)
        elif name == "Heat map":
            self.heat_map.show_sweep(plan, self._summary)
        elif name == "Errors":
            self.errors.show_sweep(plan, self._summary)
        else:
            self.parallel.show_sweep(plan, self._summary)

    @Slot()
    def _show_possible(self) -> None:
        self.stop_button.setEnabled(any(self.model.states[place].state != "ended" for place in self._chosen()))

    def _chosen(self) -> set[int]:
        """Where the selected trials are among all, whatever they are sorted by."""
        return {self._sorted.mapToSource(index).row() for index in self.table.selectionModel().selectedRows()}

    @Slot()
    def _on_selected(self) -> None:
        self._show_possible()
        if self.chart_box.currentText() == "Curves":
            self._show_chart()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the page was hidden."""
        super().showEvent(event)
        self.form.offer_presets()
        self._show()

    def _assemble(self, themes: ThemeManager) -> None:
        keep = "keep what they have learned"
        for widget, name, words in (
            (self.table, "trialTable", "Trials of the sweep"),
            (self.stop_button, "stopTrialButton", f"End the selected trials early; they {keep}"),
            (self.stop_all_button, "stopSweepButton", f"End all trials early; those under way {keep}"),
            (self.chart_box, "sweepChart", "How the sweep is drawn"),
            (self.sentence_label, "sweepSentence", "What the sweep says"),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(words)
            widget.setToolTip(words)
        self.sentence_label.setWordWrap(True)
        mark_muted(self.sentence_label)
        self.table.setModel(self._sorted)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setMinimumHeight(110)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.card = Card("Trials")
        buttons = filled(
            QHBoxLayout(), self.stop_button, self.stop_all_button, 1, label_for(self.chart_box, "Chart"), self.chart_box
        )
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.sentence_label)
        self.card.body.addLayout(buttons)
        for chart_card in self.cards.values():
            chart_card.chart.setMinimumHeight(170)
            self.stack.addWidget(chart_card)
        page, layout = QVBoxLayout(), QVBoxLayout(self)
        page.addWidget(self.form)
        page.addWidget(self.card, 1)
        page.addWidget(self.stack, 1)
        layout.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollPage(page, themes, self)
        layout.addWidget(self._scroll)

    def _connect(self) -> None:
        sweeps, form = self.lab.sweeps, self.form
        for signal in (sweeps.started, sweeps.changed, sweeps.ended):
            signal.connect(self._show)
        form.start_requested.connect(self._on_start)
        form.learning_curve_requested.connect(self._on_learning_curve)
        form.validation_curve_requested.connect(self._on_validation_curve)
        form.race_requested.connect(self._on_race)
        form.back_requested.connect(self.back_requested)
        self.stop_button.clicked.connect(self._on_stop)
        self.stop_all_button.clicked.connect(sweeps.stop_all)
        self.chart_box.currentIndexChanged.connect(self._show_chart)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.exports = ChartExports(self.lab, self)
        self.exports.adopt(*(card.menu for card in self.cards.values()))

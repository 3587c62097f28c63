"""The charts of the Train tab in their cards: which are shown, what they are told together, and their exports."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.chart_card import ChartCard
from gui.lab.lab import Lab
from gui.lab.run_started import RunStarted
from gui.services.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.widgets.export_folder import ExportFolder
from gui.widgets.naming import named
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.train.charts.histogram_chart import HistogramChart
from gui.workspaces.train.charts.layer_chart import LayerChart
from gui.workspaces.train.charts.registry import CHARTS
from gui.workspaces.train.charts.training_chart import TrainingChart
from gui.workspaces.train.smoothing import smoothing_factor, smoothing_slider

if TYPE_CHECKING:
    from engine.inspection.layer_readings import NetworkReading

# Heights of a plot below which it cannot be read; usually there is more.
_PLOT_HEIGHT_PX = 100
_PINNED_HEIGHT_PX = 84


class ChartGrid(QObject):
    """Makes a chart when it is shown for the first time; one that is hidden hears of nothing and costs nothing.

    Attributes:
        charts, cards: those that have been made, by their keys in `CHARTS`.
        layout: where the cards lie, two in a row.
        button: opens the menu in which charts are switched.
        scheduler: draws them when something is new.
        export_folder: where files were saved last.

    Signals:
        made(key): a chart was made, and knows of no run yet.
        switched: others are shown.
    """

    made = Signal(str)
    switched = Signal()

    def __init__(self, themes: ThemeManager, lab: Lab, parent: QObject) -> None:
        super().__init__(parent)
        self._themes = themes
        self.scheduler = RedrawScheduler(self)
        self.export_folder = ExportFolder()
        self._exports = ChartExports(lab, self, self.export_folder)
        self.charts: dict[str, TrainingChart] = {}
        self.cards: dict[str, ChartCard] = {}
        self._shown = {key for key, kind in CHARTS.items() if kind.shown_first}
        self.layout = QGridLayout()
        self.layout.setColumnStretch(0, 1)
        self.layout.setColumnStretch(1, 1)
        self.button = named(
            QToolButton(), "chartsButton", "Choose which charts are shown; one that is hidden costs nothing", "Charts"
        )
        self.button.setText("Charts")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.button.setMenu(self.menu)
        self.smoothing = smoothing_slider()
        self.smoothing.valueChanged.connect(self._on_smoothing)
        for key, kind in CHARTS.items():
            action = named(self.menu.addAction(kind.title), f"show_{key}", kind.explanation)
            action.setCheckable(True)
            action.setChecked(kind.shown_first)
            action.toggled.connect(partial(self._on_switched, key))
        for key, kind in CHARTS.items():
            if kind.shown_first:
                self._make(key)
        self._arrange()

    @property
    def shown(self) -> tuple[str, ...]:
        """Which charts are shown, in order."""
        return tuple(key for key in CHARTS if key in self._shown)

    def show(self, key: str, shown: bool = True) -> None:
        """Show a chart, or hide it."""
        for action in self.menu.actions():
            if action.objectName() == f"show_{key}":
                action.setChecked(shown)

    @property
    def wants_steps(self) -> bool:
        """Whether a chart is shown that needs single steps to be measured."""
        return any(self.charts[key].wants_steps for key in self.shown)

    @property
    def wants_layers(self) -> bool:
        """Whether a chart is shown that needs the layers to be read."""
        return any(self.charts[key].wants_layers for key in self.shown)

    def begin(self, started: RunStarted) -> None:
        """A run begins."""
        self._tell(lambda chart: chart.begin(started))

    def add(self, progress: TrainingProgress) -> None:
        """There is news."""
        self._tell(lambda chart: chart.add(progress))
        if progress.changes:
            self._tell(lambda chart: chart.mark_changes(progress))

    def set_readings(self, readings: "Sequence[NetworkReading]") -> None:
        """The layers have been read once more."""
        for key in self.shown:
            chart = self.charts[key]
            if isinstance(chart, LayerChart):
                chart.set_readings(readings)

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""
        self._tell(lambda chart: chart.finish(finished))

    def mark_epoch(self, epoch: int | None) -> None:
        """Mark the epoch that all tabs show; None for the newest."""
        self._tell(lambda chart: chart.mark_epoch(epoch))

    def values(self) -> dict[str, Any]:
        """Which charts are shown, which are logarithmic, and where they were exported to."""
        return {
            "charts": list(self.shown),
            "smoothing": self.smoothing.value(),
            "logarithmic": {key: chart.view.logarithmic for key, chart in self.charts.items()},
            "export_folder": self.export_folder.path,
        }

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `values` gave; anything unknown is left out."""
        if isinstance(shown := values.get("charts"), list):
            for key in CHARTS:
                self.show(key, key in shown)
        if isinstance(smoothing := values.get("smoothing"), int):
            self.smoothing.setValue(smoothing)
        logarithmic = values.get("logarithmic")
        if isinstance(logarithmic, Mapping):
            for key, card in self.cards.items():
                if card.chart.can_be_logarithmic and isinstance(logarithmic.get(key), bool):
                    card.log_button.setChecked(logarithmic[key])
        if isinstance(folder := values.get("export_folder"), str) and "\0" not in folder:
            self.export_folder.path = folder

    def shut_down(self) -> None:
        """End the timer and wait for the exports that are being written."""
        self.scheduler.shutdown()
        self._exports.finish()

    def _tell(self, news: Callable[[TrainingChart], None]) -> None:
        """Tell the charts that are shown; the first ones always, as they hold the course of a run."""
        shown = self.shown
        for key, chart in self.charts.items():
            if key in shown or chart.shown_first:
                news(chart)

    def _make(self, key: str) -> None:
        chart = self.charts[key] = CHARTS[key](self._themes)
        chart.set_scheduler(self.scheduler)
        card = self.cards[key] = ChartCard(chart)
        chart.setMinimumHeight(_PINNED_HEIGHT_PX if key == "pinned" else _PLOT_HEIGHT_PX)
        if isinstance(chart, HistogramChart):
            card.add_to_header(chart.layer_box)
        if key == "loss":
            card.add_to_header(self.smoothing)
        card.set_density(self._themes.density)
        self._exports.adopt(card.menu)

    def _arrange(self) -> None:
        """Two charts in a row; the followed drawing has one of its own, as has a last one that is left alone."""
        for card in self.cards.values():
            self.layout.removeWidget(card)
        for row in range(self.layout.rowCount()):
            self.layout.setRowStretch(row, 0)
        shown = [key for key in self.shown if key != "pinned"]
        rows = [shown[at : at + 2] for at in range(0, len(shown), 2)]
        if "pinned" in self.shown:
            rows.insert(min(1, len(rows)), ["pinned"])
        for row, keys in enumerate(rows):
            for column, key in enumerate(keys):
                self.layout.addWidget(self.cards[key], row, column, 1, 3 - len(keys) if len(keys) == 1 else 1)
            self.layout.setRowStretch(row, 2 if keys == ["pinned"] else 3)

    def _on_switched(self, key: str, shown: bool) -> None:
        self._shown.symmetric_difference_update({key})
        if key not in self.cards:
            self._make(key)
        self._arrange()
        self.cards[key].setVisible(shown)
        if shown and not CHARTS[key].shown_first:
            # It has heard of nothing since it was hidden.
            self.made.emit(key)
        self.switched.emit()

    @Slot(int)
    def _on_smoothing(self, value: int) -> None:
        factor = smoothing_factor(value)
        for chart in self.charts.values():
            chart.set_smoothing(factor)

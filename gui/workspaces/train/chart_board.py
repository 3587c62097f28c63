"""The charts of the Train tab in their cards: what they are told together, what they remember, and their exports."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.chart_card import ChartCard
from gui.charts.export_folder import ExportFolder
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.lab.lab import Lab
from gui.lab.run_started import RunStarted
from gui.theme.manager import ThemeManager
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.train.charts.registry import CHARTS
from gui.workspaces.train.charts.training_chart import TrainingChart

# Heights of a plot below which it cannot be read; usually there is more.
_PLOT_HEIGHT_PX = 100
_PINNED_HEIGHT_PX = 84


class ChartBoard(QObject):
    """Makes them.

    Attributes:
        charts, cards: by their keys in `CHARTS`.
        scheduler: draws them when something is new.
        export_folder: where files were saved last.
    """

    def __init__(self, themes: ThemeManager, lab: Lab, parent: QObject) -> None:
        super().__init__(parent)
        self.scheduler = RedrawScheduler(self)
        self.export_folder = ExportFolder()
        self.charts: dict[str, TrainingChart] = {key: kind(themes, self.scheduler) for key, kind in CHARTS.items()}
        self.cards = {key: ChartCard(chart) for key, chart in self.charts.items()}
        for key, card in self.cards.items():
            card.chart.setMinimumHeight(_PINNED_HEIGHT_PX if key == "pinned" else _PLOT_HEIGHT_PX)
        self._exports = ChartExports(lab, self, self.export_folder)
        self._exports.adopt(*self.cards.values())

    def begin(self, started: RunStarted) -> None:
        """A run begins."""
        for chart in self._all():
            chart.begin(started)

    def add(self, progress: TrainingProgress) -> None:
        """There is news."""
        for chart in self._all():
            chart.add(progress)
            if progress.changes:
                chart.mark_changes(progress)

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""
        for chart in self._all():
            chart.finish(finished)

    def mark_epoch(self, epoch: int | None) -> None:
        """Mark the epoch that all tabs show; None for the newest."""
        for chart in self._all():
            chart.mark_epoch(epoch)

    def values(self) -> dict[str, Any]:
        """Which charts are logarithmic, and where they were exported to."""
        return {
            "logarithmic": {key: chart.view.logarithmic for key, chart in self.charts.items()},
            "export_folder": self.export_folder.path,
        }

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `values` gave; anything unknown is left out."""
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

    def _all(self) -> Iterable[TrainingChart]:
        return self.charts.values()

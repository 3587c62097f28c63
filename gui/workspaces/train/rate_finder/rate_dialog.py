"""The window of the finder."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.errors import DataError
from engine.training.rate_finder import RateBand, RateCurve, suggest
from gui.charts.export_menu import ExportMenu
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_invalid, mark_primary
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.train.rate_finder.rate_chart import SEEDS, RateChart
from gui.workspaces.train.rate_finder.rate_search import RateSearch


class RateDialog(QDialog):
    """Searches, shows, and gives the chosen rate to whoever wants it.

    Attributes:
        menu: saves the chart.

    Signals:
        chosen(rate): "Use it" was pressed.
    """

    chosen = Signal(float)
    _measured = Signal(object)

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rateFinder")
        self.setWindowTitle("Learning rate")
        self.rate = 0.0
        self.band: RateBand | None = None
        self._tasks = BackgroundTasks(self)
        self._search: RateSearch | None = None
        self._curves: list[RateCurve] = []
        self.chart = RateChart(themes)
        self.chart.setMinimumHeight(220)
        self.menu = ExportMenu(self)
        self.menu.offer(self.chart)
        self.chart.view.menu_requested.connect(self.menu.popup)
        self.bar = named(QProgressBar(textVisible=False), "rateProgress", accessible_name="Progress of the search")
        self.news = named(QLabel(wordWrap=True), "rateNews")
        self.stop_button = named(QPushButton("Stop"), "stopRateButton", "End the search; what was measured stays")
        self.again_button = named(QPushButton("Search again"), "searchRateButton")
        self.use_button = mark_primary(QPushButton("Use it"))
        self.use_button.setObjectName("useRateButton")
        self.use_button.setToolTip("Put the rate of the dashed line into the field")
        row = filled(QHBoxLayout(), (self.bar, 1))
        for button in (self.stop_button, self.again_button, self.use_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        filled(QVBoxLayout(self), (self.chart, 1), self.news, row)
        self.resize(760, 420)
        self.chart.dragged.connect(self._on_dragged)
        self.stop_button.clicked.connect(self.stop)
        self.again_button.clicked.connect(self._on_again)
        self.use_button.clicked.connect(self._on_use)
        self._measured.connect(self._on_measured)

    def search(self, search: RateSearch) -> None:
        """Look for rates, in place of what was looked for before."""
        self._search, self.band = search, None
        self.rate = search.config.learning_rate
        self._curves = []
        self.chart.show_curves([], None)
        self._choose(self.rate)
        self._say(f"Trying growing rates with {search.config.optimizer.replace('_', ' ')}, from {SEEDS} starts …")

        def work(task: Task) -> None:
            search.run(SEEDS, task.progress, lambda curves: self._measured.emit((task, curves)))

        self._tasks.start("rates", work, done=self._on_done, failed=self._on_failed, progressed=self._on_progressed)
        self._show_running()

    def refuse(self, reason: str) -> None:
        """Say why there is nothing to look for."""
        self._tasks.cancel("rates")
        self._search, self.band, self._curves = None, None, []
        self.chart.show_curves([], None)
        self._say(reason)
        self._show_running()

    @Slot()
    def stop(self) -> None:
        """End the search."""
        if self._tasks.is_running("rates"):
            self._tasks.cancel("rates")
            self._conclude("Stopped. ")
        self._show_running()

    def shut_down(self) -> None:
        """End what runs in the background."""
        self._tasks.shut_down()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits any more."""
        self.stop()
        super().closeEvent(event)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.news.setText(text)
        mark_invalid(self.news, wrong)

    def _show_running(self) -> None:
        running = self._tasks.is_running("rates")
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.again_button.setVisible(self._search is not None and not running)
        self.use_button.setEnabled(bool(self._curves))

    def _conclude(self, before: str = "") -> None:
        """Say what the curves suggest, as far as they go."""
        if not self._curves:
            self._say(f"{before}Nothing was measured.")
            return
        try:
            self.band = suggest(self._curves)
        except DataError as error:
            self.band = None
            self._say(f"{before}{error}", wrong=True)
        else:
            self.rate = self.band.suggested
            noise = sum(curve.noise for curve in self._curves) / len(self._curves)
            self._say(
                f"{before}Any rate from {self.band.low:.2g} to {self.band.high:.2g} is worth trying; the valley is at "
                f"{self.band.valley:.2g}, and the dashed line at {self.rate:.2g} until you drag it. From "
                f"step to step the loss jumps by {noise:.2g}, so that a factor of two "
                "hardly matters."
            )
        self.chart.show_curves(self._curves, self.band)
        self._choose(self.rate)

    def _choose(self, rate: float) -> None:
        self.rate = rate
        self.chart.show_chosen(rate)
        self.use_button.setText(f"Use {rate:.2g}")

    @Slot(object)
    def _on_measured(self, found: tuple[Task, list[RateCurve]]) -> None:
        task, curves = found
        if not task.cancelled:
            self._curves = curves
            self.chart.show_curves(curves, None)
            self._show_running()

    @Slot(object)
    def _on_done(self, _nothing: object) -> None:
        self._conclude()
        self._show_running()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._say(f"The search ended: {error}", wrong=True)
        self._show_running()

    @Slot(object)
    def _on_progressed(self, share: float) -> None:
        self.bar.setValue(round(100 * share))

    @Slot(float)
    def _on_dragged(self, rate: float) -> None:
        self._choose(rate)

    @Slot()
    def _on_again(self) -> None:
        if self._search is not None:
            self.search(self._search)

    @Slot()
    def _on_use(self) -> None:
        self.chosen.emit(float(f"{self.rate:.2g}"))

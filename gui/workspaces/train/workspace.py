"""The Train tab: the panel, and below it the charts that show the model learn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from engine.core.parameters import FloatArray
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.chart import Chart
from gui.charts.chart_card import ChartCard
from gui.charts.redraw_scheduler import RedrawScheduler
from gui.lab.training_run import RunStarted
from gui.lab.training_session import SessionState, TrainingSession
from gui.theme.manager import ThemeManager
from gui.widgets.card import CARD_SPACING_PX, COMPACT_BELOW_PX, COMPACT_SPACING_PX
from gui.workspaces.train.charts.followed_drawing import PinnedProbabilities
from gui.workspaces.train.charts.registry import CHARTS
from gui.workspaces.train.panel import TrainingPanel

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

# Heights below which a chart cannot be read; usually there is more.
_CHART_HEIGHT_PX = 144
_PINNED_HEIGHT_PX = 128


class TrainWorkspace(QWidget):
    """Assembles panel, session and charts; what they do is in them.

    Attributes:
        session: the training itself; others may listen to its signals.
        panel, charts, cards: the parts, the charts and their cards by their keys in `CHARTS`.

    Signals:
        values_changed: the panel's values, to be remembered.
        failed(sentence): something that the user should read in a dialog: an export could not be written.
        told(sentence): something for the status bar.
        pin_requested: the drawing on the canvas is to be followed.
    """

    values_changed = Signal()
    failed = Signal(str)
    told = Signal(str)
    pin_requested = Signal()

    def __init__(
        self,
        themes: ThemeManager,
        parent: QWidget | None = None,
        *,
        presets: "Mapping[str, ModelPreset] | None" = None,
        session: TrainingSession | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainWorkspace")
        self.setAccessibleName("Train")
        self.session = session if session is not None else TrainingSession(self)
        self.board = RedrawScheduler(self)
        self.panel = TrainingPanel(presets if presets is not None else _all_presets(), _registry_choices())
        self.charts: dict[str, Chart] = {key: kind(self.board, themes) for key, kind in CHARTS.items()}
        self.cards = {key: ChartCard(chart) for key, chart in self.charts.items()}
        self._continued = False
        self._compact = False
        self._assemble()
        self._add_pin_action()
        self._connect()

    @property
    def pinned(self) -> PinnedProbabilities:
        """The chart of the pinned drawing."""
        chart = self.charts["pinned"]
        assert isinstance(chart, PinnedProbabilities)
        return chart

    def begin_pinned(self, labels: tuple[str, ...]) -> None:
        """Start the pinned drawing's curves afresh, unless a continued run goes on with them."""
        if self._continued:
            self._continued = False
        else:
            self.pinned.clear()

    def add_pinned(self, epochs: float, probabilities: FloatArray) -> None:
        """Add what the model said about the pinned drawing, (labels,), after so many epochs."""
        self.pinned.add_answer(epochs, probabilities)

    def get_values(self) -> dict[str, Any]:
        """What to remember until the next start: plain JSON values."""
        return {
            **self.panel.get_values(),
            "logarithmic": {key: chart.view.logarithmic for key, chart in self.charts.items()},
        }

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `get_values` gave; anything unknown is left out."""
        self.panel.set_values(values)
        logarithmic = values.get("logarithmic")
        if isinstance(logarithmic, Mapping):
            for key, card in self.cards.items():
                if card.chart.can_be_logarithmic and isinstance(logarithmic.get(key), bool):
                    card.log_button.setChecked(logarithmic[key])

    def shutdown(self, timeout_seconds: float = 0.5) -> bool:
        """End the training and all timers, for a window that closes; False if the thread outlives it."""
        self.board.shutdown()
        ended = self.session.shutdown(timeout_seconds)
        # Last, as a slow disk may take its time.
        for card in self.cards.values():
            card.finish_exports()
        return ended

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the charts in sight."""
        super().resizeEvent(event)
        self._set_compact(self.height() < COMPACT_BELOW_PX)

    def _set_compact(self, compact: bool) -> None:
        if compact != self._compact:
            self._compact = compact
            spacing = COMPACT_SPACING_PX if compact else CARD_SPACING_PX
            self._grid.setContentsMargins(0, spacing, 0, 0)
            self._grid.setSpacing(spacing)
            self.panel.set_compact(compact)
            for card in self.cards.values():
                card.set_compact(compact)

    def _assemble(self) -> None:
        page = QWidget()
        grid = self._grid = QGridLayout(page)
        grid.setContentsMargins(0, CARD_SPACING_PX, 0, 0)
        grid.setSpacing(CARD_SPACING_PX)
        grid.addWidget(self.panel, 0, 0, 1, 2)
        for key, card in self.cards.items():
            pinned = key == "pinned"
            card.setMinimumHeight(_PINNED_HEIGHT_PX if pinned else _CHART_HEIGHT_PX)
        grid.addWidget(self.cards["loss"], 1, 0)
        grid.addWidget(self.cards["accuracy"], 1, 1)
        # Further charts take a row each.
        for row, key in enumerate((key for key in self.cards if key not in ("loss", "accuracy")), start=2):
            grid.addWidget(self.cards[key], row, 0, 1, 2)
            grid.setRowStretch(row, 2)
        grid.setRowStretch(1, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _add_pin_action(self) -> None:
        menu = self.cards["pinned"].menu
        pin = QAction("Follow the drawing on the canvas", menu)
        pin.setToolTip("Show how the answer to what is drawn now changes while a model learns, instead of this one")
        pin.triggered.connect(self.pin_requested)
        menu.addSeparator()
        menu.addAction(pin)

    def _connect(self) -> None:
        panel, session = self.panel, self.session
        panel.train_requested.connect(self._on_train)
        panel.continue_requested.connect(self._on_continue)
        panel.step_requested.connect(self._on_step)
        panel.step_epoch_requested.connect(self._on_step_epoch)
        panel.pause_requested.connect(session.pause)
        panel.resume_requested.connect(session.resume)
        panel.stop_requested.connect(session.stop)
        panel.values_changed.connect(self.values_changed)
        session.state_changed.connect(panel.set_state)
        session.started.connect(self._on_started)
        session.progressed.connect(self._on_progressed)
        session.finished.connect(self._on_finished)
        session.failed.connect(panel.show_failed)
        for card in self.cards.values():
            card.failed.connect(self.failed)
            card.exporting.connect(self._on_exporting)
            card.exported.connect(self._on_exported)
            card.log_button.toggled.connect(self.values_changed)

    @Slot(object, object)
    def _on_train(self, preset: "ModelPreset", config: TrainingConfig) -> None:
        self.session.start(preset, config)

    @Slot(object, object)
    def _on_continue(self, preset: "ModelPreset", config: TrainingConfig) -> None:
        self.session.start(preset, config, continue_from=self.session.checkpoint)

    @Slot(object, object)
    def _on_step(self, preset: "ModelPreset", config: TrainingConfig) -> None:
        if self.session.state is SessionState.IDLE:
            self.session.start(preset, config, hold_after="batch")
        else:
            self.session.step()

    @Slot(object, object)
    def _on_step_epoch(self, preset: "ModelPreset", config: TrainingConfig) -> None:
        if self.session.state is SessionState.IDLE:
            self.session.start(preset, config, hold_after="epoch")
        else:
            self.session.step_epoch()

    @Slot(object)
    def _on_started(self, started: RunStarted) -> None:
        self._continued = started.continued
        self.panel.show_started(started)
        for chart in self.charts.values():
            chart.begin(started)

    @Slot(object)
    def _on_progressed(self, progress: TrainingProgress) -> None:
        self.panel.show_progress(progress)
        for chart in self.charts.values():
            chart.add(progress)

    @Slot(object, object)
    def _on_finished(self, finished: TrainingFinished, model: object) -> None:
        self.panel.show_finished(finished, model)
        for chart in self.charts.values():
            chart.finish(finished)

    @Slot(str)
    def _on_exporting(self, path: str) -> None:
        self.told.emit(f"Saving {path} …")

    @Slot(str)
    def _on_exported(self, path: str) -> None:
        self.told.emit(f"Saved {path}.")


def _all_presets() -> "Mapping[str, ModelPreset]":
    from models.presets import PRESETS

    return PRESETS


def _registry_choices() -> dict[str, tuple[str, ...]]:
    """What the engine offers for each field that is a choice."""
    from engine.optimizers import OPTIMIZERS
    from engine.optimizers.schedules import SCHEDULES

    return {"optimizer": tuple(OPTIMIZERS), "schedule": tuple(SCHEDULES)}

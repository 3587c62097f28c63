"""The Train tab: the panel, and below it the charts that show the model learn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from engine.training.config import TrainingConfig
from engine.training.messages import TrainingFinished, TrainingProgress
from gui.lab.lab import Lab
from gui.lab.run_started import RunStarted
from gui.lab.session_state import SessionState
from gui.theme.manager import ThemeManager
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.train.chart_grid import ChartGrid
from gui.workspaces.train.charts.followed_drawing import FollowedProbabilities
from gui.workspaces.train.cut_run_card import CutRunCard
from gui.workspaces.train.editor.editor_desk import EditorDesk
from gui.workspaces.train.followed_sight import FollowedSight
from gui.workspaces.train.hints.hint_desk import HintDesk
from gui.workspaces.train.knobs.knob_card import KnobCard
from gui.workspaces.train.layer_watch import LayerWatch
from gui.workspaces.train.offered import all_presets, registry_choices
from gui.workspaces.train.panel import TrainingPanel
from gui.workspaces.train.rate_finder.rate_desk import RateDesk

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset


class TrainWorkspace(Workspace):
    """Assembles panel and charts, and steers the lab's training session with them.

    Attributes:
        panel, charts, cards: the parts, the charts and their cards by their keys in `CHARTS`.
    """

    key: ClassVar[str] = "train"
    empty_text: ClassVar[str] = "Press Train: your drawing is answered by the model while it learns."
    help_text: ClassVar[str] = (
        "Choose a model, press Train, and watch its loss fall. The charts show every batch and every epoch; below "
        "them, what the model thinks of the followed drawing while it learns."
    )

    def __init__(
        self,
        lab: Lab,
        themes: ThemeManager,
        *,
        actions: Mapping[str, QAction] | None = None,
        presets: "Mapping[str, ModelPreset] | None" = None,
    ) -> None:
        super().__init__(lab, themes, actions=actions)
        self.session = lab.session
        self._marked: int | None = None
        self.chart_grid = ChartGrid(themes, lab, self)
        self.charts, self.cards = self.chart_grid.charts, self.chart_grid.cards
        self.panel = TrainingPanel(
            presets if presets is not None else all_presets(), registry_choices(), actions=self.actions_by_name
        )
        self._data: tuple[object, ...] = ()
        self.layers = LayerWatch(self)
        shaded = [self.charts[key] for key in ("loss", "accuracy")]
        self.hints = HintDesk(self.panel.form, shaded, self.layers, self)
        self.knobs = KnobCard(themes)
        self.panel.controls.add(self.chart_grid.button)
        self.panel.controls.add(self.knobs.button)
        self.editor = EditorDesk(self.panel.form, lab, themes, self)
        self.panel.controls.add(self.editor.button)
        self.rates = RateDesk(self.panel.form, lab, themes, self)
        self._assemble()
        self.followed_sight = FollowedSight(self.cards["pinned"], lab, themes, self.actions_by_name["pin"])
        self.cards["pinned"].menu.addSeparator()
        self.cards["pinned"].menu.addAction(self.actions_by_name["pin"])
        self._connect()
        self._catch_up()

    @property
    def followed_chart(self) -> FollowedProbabilities:
        """The chart of the followed drawing."""
        chart = self.charts["pinned"]
        assert isinstance(chart, FollowedProbabilities)
        return chart

    def collect_values(self) -> dict[str, Any]:
        """The form's values and those of the charts."""
        return {**self.panel.get_values(), **self.editor.values(), **self.chart_grid.values()}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `collect_values` gave; anything unknown is left out."""
        self.editor.set_values(values)
        self.panel.set_values(values)
        self.chart_grid.set_values(values)

    def refresh(self) -> None:
        """Mark the epoch that all tabs show, and say on which digits the next run will train, until it says so."""
        epoch = None if self.lab.epoch.follows_newest else self.lab.epoch.shown
        if epoch != self._marked:
            self._marked = epoch
            self.chart_grid.mark_epoch(epoch)
        library = self.lab.datasets
        data = (library.current, library.sizes)
        if data != self._data and not self.session.active:
            self._data = data
            sizes = library.sizes
            digits = f": {sizes[0]:,} training · {sizes[1]:,} validation digits" if sizes is not None else ""
            self.panel.set_subtitle(f"{library.current.title}{digits}")

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the run again, and say what was seen meanwhile."""
        super().showEvent(event)
        self._watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """A tab that is not seen costs nothing."""
        super().hideEvent(event)
        self._watch(False)

    def _watch(self, watched: bool) -> None:
        self.layers.set_watched(watched)
        self.hints.set_watched(watched)
        self._on_charts_switched()

    def shut_down(self) -> None:
        """End all timers and wait for the exports that are being written; the training is the lab's."""
        super().shut_down()
        for part in (self.layers, self.editor, self.rates, self.chart_grid):
            part.shut_down()

    def _assemble(self) -> None:
        grid = QGridLayout()
        for row, card in enumerate((CutRunCard(self.lab), self.panel, self.knobs, self.hints.list)):
            grid.addWidget(card, row, 0, 1, 2)
        grid.addLayout(self.chart_grid.layout, 4, 0, 1, 2)
        grid.setRowStretch(4, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

        filled(QVBoxLayout(self), ScrollPage(grid, self.themes, self), margins=0)

    def _connect(self) -> None:
        panel, session, lab = self.panel, self.session, self.lab
        panel.train_requested.connect(self.session.start)
        panel.continue_requested.connect(self._on_continue)
        panel.step_requested.connect(self._on_step)
        panel.step_epoch_requested.connect(self._on_step_epoch)
        panel.pause_requested.connect(session.pause)
        panel.resume_requested.connect(session.resume)
        panel.stop_requested.connect(session.stop)
        lab.datasets.current_changed.connect(self.request_refresh)
        lab.datasets.counted.connect(self.request_refresh)
        session.finished.connect(self.request_refresh)
        session.state_changed.connect(panel.set_state)
        session.state_changed.connect(self.knobs.set_state)
        session.state_changed.connect(self._on_charts_switched)
        self.knobs.turned.connect(session.turn)
        session.started.connect(self._on_started)
        session.progressed.connect(self._on_progressed)
        session.finished.connect(self._on_finished)
        session.failed.connect(panel.show_failed)
        session.loading.connect(panel.show_loading)
        lab.followed.changed.connect(self._on_followed_changed)
        lab.followed.predicted.connect(self.followed_chart.add_answer)
        self.actions_by_name["continue_model"].triggered.connect(self._on_continue_model)
        self.actions_by_name["pin"].triggered.connect(self._on_follow)
        lab.drawing.changed.connect(self._on_drawing_changed)
        lab.epoch.changed.connect(self.request_refresh)
        self.hints.applied.connect(self.lab.messages.message)
        self.chart_grid.made.connect(self._on_chart_made)
        self.chart_grid.switched.connect(self._on_charts_switched)
        self.layers.read.connect(self._on_layers_read)
        self._on_drawing_changed()

    def _catch_up(self) -> None:
        """Show the run under way, or the last one, that began before there was this tab."""
        if self.session.active:
            self.panel.set_state(self.session.state)
            self.knobs.set_state(self.session.state)
        record = self.lab.runs.newest
        if record is None or (self.session.active and record.state != "running"):
            return
        self._on_started(record.started)
        if record.progress is not None:
            self._on_progressed(record.progress)
        if record.finished is not None:
            self._on_finished(record.finished, record.model)

    @Slot(object, object)
    def _on_continue(self, preset: "ModelPreset", config: TrainingConfig) -> None:
        self.session.train_further(preset, config)

    @Slot()
    def _on_continue_model(self) -> None:
        """Train the model that answers further, if it is one of the presets."""
        entry = self.lab.models.current
        model = entry.model if entry is not None else None
        if self.session.active or model is None:
            self.lab.messages.message.emit("A training is under way: stop it first, or let it end.")
        elif not self.panel.form.choose_for(model):
            self.lab.messages.message.emit(f"{model.title} is none of the presets, so it cannot be trained further.")
        elif self.panel.form.config is not None:
            self.session.start(self.panel.form.preset, self.panel.form.config, continue_from=model)

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
        self._data = (self.lab.datasets.current, self.lab.datasets.sizes)
        self.panel.show_started(started)
        self.layers.begin(started)
        self.knobs.begin(started)
        self.hints.begin(started)
        self.chart_grid.begin(started)
        self._show_followed()

    @Slot()
    def _on_followed_changed(self) -> None:
        self.followed_chart.clear()
        self._show_followed()

    def _show_followed(self) -> None:
        """Show what was said of the followed drawing, after its chart was cleared."""
        if self.followed_chart.empty:
            for epochs, values in self.lab.followed.history:
                self.followed_chart.add_answer(epochs, values)

    @Slot()
    def _on_follow(self) -> None:
        self.lab.live.follow_drawing()

    @Slot()
    def _on_drawing_changed(self) -> None:
        self.actions_by_name["pin"].setEnabled(not self.lab.drawing.is_blank)

    @Slot(object)
    def _on_progressed(self, progress: TrainingProgress) -> None:
        self.panel.show_progress(progress)
        self.layers.add(progress)
        self.knobs.add(progress)
        self.hints.add(progress)
        self.chart_grid.add(progress)
        self._ask_for_steps()

    @Slot(object, object)
    def _on_finished(self, finished: TrainingFinished, model: object) -> None:
        self.panel.show_finished(finished, model)
        self.hints.finish(finished)
        self.chart_grid.finish(finished)

    def _ask_for_steps(self) -> None:
        if self.isVisible() and self.chart_grid.wants_steps:
            self.session.request_measure()

    @Slot()
    def _on_charts_switched(self) -> None:
        self._ask_for_steps()

    @Slot(str)
    def _on_chart_made(self, key: str) -> None:
        """Let a chart that is shown in the middle of a run know what is known of it."""
        chart, record = self.charts[key], self.lab.runs.newest
        if record is not None:
            chart.begin(record.started)
            if record.progress is not None:
                chart.add(record.progress)
        self._on_layers_read()

    @Slot()
    def _on_layers_read(self) -> None:
        self.chart_grid.set_readings(self.layers.readings)

"""The window's side of training: a state machine, one background thread at most, and one timer that pulls the news.

The trainer never emits anything: it leaves news in a monitor, and the timer of this object, which lives in the GUI
thread, empties it 21 times a second. So every signal below is emitted in the GUI thread, and a fast trainer cannot
flood the event queue.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.training.config import TrainingConfig
from engine.training.messages import TrainingFinished, TrainingProgress
from gui.lab.session_state import SessionState
from gui.lab.training_defaults import bundled_data, make_background_trainer
from gui.lab.training_run import DataSource, TrainerFactory, TrainingRun

if TYPE_CHECKING:
    from engine.storage.model import Model
    from engine.storage.runs.run_store import RunStore
    from engine.training.checkpoint import Checkpoint
    from models.presets.preset import ModelPreset
    from models.recipes.earlier_training import EarlierTraining

PULL_INTERVAL_MS = 47
# Weights are asked for this often; at every pull in the first seconds, when they change most.
WEIGHTS_INTERVAL_SECONDS = 0.1
_EAGER_SECONDS = 2.0

HoldAfter = Literal["batch", "epoch"]


class TrainingSession(QObject):
    """Starts, steers and ends training runs; all methods and signals belong to the GUI thread.

    Signals, in this order for each run:
        state_changed(SessionState): also at every later change.
        started(RunStarted): the data are loaded, the network is built.
        progressed(TrainingProgress): something is new.
        weights_changed(snapshot, epochs): those of every epoch and the newest, read-only, and what they have seen.
        loading(float): before `started`: which part of the data is prepared, 0 to 1.
        finished(TrainingFinished, Model) or failed(str): once; the state is IDLE again when they are emitted. A run
            that was stopped before its first step finishes with None for a model.
        not_kept(str): before the end, a sentence if the run cannot be kept on the disk.
    """

    state_changed = Signal(object)
    started = Signal(object)
    progressed = Signal(object)
    weights_changed = Signal(object, float)
    finished = Signal(object, object)
    failed = Signal(str)
    loading = Signal(float)
    not_kept = Signal(str)

    def __init__(self, *, load_data: DataSource | None = None, make_trainer: TrainerFactory | None = None) -> None:
        super().__init__()
        self._load_data = load_data if load_data is not None else bundled_data
        self._make_trainer = make_trainer if make_trainer is not None else make_background_trainer
        self._keeper: Callable[[], Callable[[Model], None]] | None = None
        self._state = SessionState.IDLE
        self._run: TrainingRun | None = None
        self._run_count = 0
        self._checkpoint: Checkpoint | None = None
        # What the model had gone through before the checkpoint's run.
        self._earlier: EarlierTraining | None = None
        self._store: Callable[[], RunStore] | None = None
        self._kept_as = ""
        self._announced = False
        self._started_at = self._weights_asked_at = 0.0
        self._paused_shown = False
        self._timer = QTimer(self, interval=PULL_INTERVAL_MS)
        self._timer.timeout.connect(self._pull)

    @property
    def state(self) -> SessionState:
        """Where the session is."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether a run is under way, paused and stopping ones included."""
        return self._run is not None

    @property
    def checkpoint(self) -> "Checkpoint | None":
        """Where the last run ended, for `start(continue_from=…)`; None if it failed or there was none."""
        return self._checkpoint

    def set_keeper(self, keeper: "Callable[[], Callable[[Model], None]]") -> None:
        """What to call at the start of each run for a function that keeps the model of each epoch, in any thread."""
        self._keeper = keeper

    def set_run_store(self, store: "Callable[[], RunStore]") -> None:
        """Where further runs are kept; called in their thread."""
        self._store = store

    def set_data_source(self, load_data: DataSource) -> None:
        """Where further runs get (training, validation) from; called in their thread."""
        self._load_data = load_data

    def start(
        self,
        preset: "ModelPreset",
        config: TrainingConfig,
        *,
        hold_after: HoldAfter | None = None,
        continue_from: "Checkpoint | Model | None" = None,
        goes_on: str = "",
        earlier: "EarlierTraining | None" = None,
        parent: str = "",
    ) -> bool:
        """Begin a run; refused (False) while another one is under way.

        Args:
            preset: what to train.
            config: how.
            hold_after: pause after the first batch or the first epoch.
            continue_from: where an earlier run ended, or a model with its record; None for fresh weights.
            goes_on: id of the kept run whose checkpoint this is: it goes on exactly, or `failed` says why not.
            earlier: what the weights had gone through before that run.
            parent: id of the kept run whose weights a new run begins with.
        """
        if self._run is not None:
            return False
        self._run_count += 1
        is_last = continue_from is not None and continue_from is self._checkpoint
        run = TrainingRun(
            self._run_count,
            preset,
            config,
            self._load_data,
            self._make_trainer,
            continue_from=continue_from,
            earlier=self._earlier if is_last else earlier,
            keep=None if self._keeper is None else self._keeper(),
            store=self._store,
            goes_on=self._kept_as if is_last else goes_on,
            only_exactly=bool(goes_on),
            parent=parent,
        )
        if hold_after == "batch":
            run.control.run_batches(1)
        elif hold_after == "epoch":
            run.control.run_epochs(1)
        self._run = run
        self._announced = False
        self._paused_shown = False
        self._started_at = self._weights_asked_at = monotonic()
        run.monitor.follow_epochs()
        run.start()
        self._timer.start()
        self._set_state(SessionState.RUNNING)
        return True

    def train_further(self, preset: "ModelPreset", config: TrainingConfig) -> bool:
        """Train the last run's model so many epochs more, exactly as if it had not ended where possible."""
        checkpoint = self._checkpoint
        return checkpoint is not None and self.start(preset, checkpoint.longer(config), continue_from=checkpoint)

    @Slot()
    def pause(self) -> None:
        """Hold the run at the next batch."""
        if self._run is not None and self._state is SessionState.RUNNING:
            self._run.control.pause()
            self._set_state(SessionState.PAUSED)

    @Slot()
    def hold(self) -> None:
        """Let a run begin no batch while the window has something urgent to do, for a moment at most."""
        if self._run is not None:
            self._run.control.hold()

    @Slot()
    def release(self) -> None:
        """What was urgent is done."""
        if self._run is not None:
            self._run.control.release()

    @Slot()
    def resume(self) -> None:
        """Let a paused run go on."""
        if self._run is not None and self._state is SessionState.PAUSED:
            self._run.control.resume()
            self._set_state(SessionState.RUNNING)

    @Slot(str, float)
    def turn(self, knob: str, value: float) -> None:
        """Turn a knob of the run under way before its next batch; raises `ConfigurationError` when it goes too far."""
        if self._run is not None and self._state is not SessionState.STOPPING:
            self._run.control.turn(knob, value)

    @Slot()
    def request_measure(self) -> None:
        """Ask what the next step of the run under way is like."""
        if self._run is not None:
            self._run.monitor.request_measure()

    @Slot()
    def step(self) -> None:
        """Train one batch of the run under way, then hold."""
        if self._run is not None and self._state is not SessionState.STOPPING:
            self._run.control.run_batches(1)

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch under way, then hold."""
        if self._run is not None and self._state is not SessionState.STOPPING:
            self._run.control.run_epochs(1)

    @Slot()
    def stop(self) -> None:
        """End the run at the next batch; `finished` comes with the weights as they are then."""
        if self._run is not None:
            self._run.control.stop()
            self._set_state(SessionState.STOPPING)

    def shutdown(self, timeout_seconds: float = 0.5) -> bool:
        """End everything without further signals, for a window that closes; False if the thread outlives it."""
        self._timer.stop()
        run, self._run = self._run, None
        self._state = SessionState.IDLE
        if run is None:
            return True
        run.wanted = False
        run.control.stop()
        return run.join(timeout_seconds)

    @Slot()
    def _pull(self) -> None:
        run = self._run
        if run is None:
            return
        now = monotonic()
        eager = now - self._started_at < _EAGER_SECONDS
        if eager or now - self._weights_asked_at >= WEIGHTS_INTERVAL_SECONDS:
            self._weights_asked_at = now
            run.monitor.request_weights()
        # Looked at before the monitor is emptied: what a finished thread has written is then in it for certain.
        done = run.done.is_set()
        if run.started is None and not done:
            self.loading.emit(run.loaded)
        if not self._announced and run.started is not None:
            self._announced = True
            self.started.emit(run.started)
        progress = run.monitor.take()
        # A receiver may have shut the session down, or started another run; this run's news are then late.
        if self._run is run and self._announced:
            self._publish(run, progress)
        if self._run is run:
            if done:
                self._end(run)
            elif self._state is not SessionState.STOPPING:
                self._set_state(SessionState.PAUSED if run.control.paused else SessionState.RUNNING)

    def _publish(self, run: TrainingRun, progress: TrainingProgress) -> None:
        if progress.run_id != run.run_id:
            return
        # A step that was measured may be told before its loss is.
        news = progress.batch_losses.size or progress.epochs or progress.changes or progress.measures
        if news or progress.paused != self._paused_shown:
            self._paused_shown = progress.paused
            self.progressed.emit(progress)
        first = run.started.first_epoch if run.started is not None else 0.0
        for step, snapshot in progress.snapshots():
            if self._run is run:
                self.weights_changed.emit(snapshot, first + float(progress.epochs_after(step)))

    def _end(self, run: TrainingRun) -> None:
        self._timer.stop()
        run.join()
        self._run = None
        if not run.abandoned:
            self._checkpoint, self._earlier, self._kept_as = run.checkpoint, run.earlier, run.kept_as
        self._set_state(SessionState.IDLE)
        if run.notice:
            self.not_kept.emit(run.notice)
        if run.finished is not None and run.model is not None:
            self.finished.emit(run.finished, run.model)
        elif run.abandoned:
            message = "Stopped before the first step: there is no new model."
            self.finished.emit(TrainingFinished("stopped", message, 0, 0, (), 0.0, 0.0), None)
        else:
            self.failed.emit(run.error or "Training failed.")

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

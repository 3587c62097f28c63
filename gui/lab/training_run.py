"""One training run in a thread of its own, without Qt: load the data, build the network, train, keep the outcome.

The thread writes each attribute of the outcome once and sets `done` last, so a reader that has seen `done` sees all.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, EngineError
from engine.storage.model import Model
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingControl, TrainingFinished, TrainingMonitor
from gui.lab.run_started import RunStarted

if TYPE_CHECKING:
    # Only for the checker: these would make the window's start-up load the whole engine.
    from engine.data import Dataset
    from engine.sequential import Sequential
    from engine.storage.runs.run_folder import RunFolder
    from engine.storage.runs.run_recorder import RunRecorder
    from engine.storage.runs.run_store import RunStore
    from engine.training.callbacks import Callback
    from engine.training.checkpoint import Checkpoint
    from models.presets.preset import ModelPreset
    from models.recipes.earlier_training import EarlierTraining

# So many digits show what a network's layers do.
PROBE_DIGITS = 128

_log = logging.getLogger(__name__)


class _Abandoned(Exception):
    """The run was stopped before its first step."""


class FitsNetworks(Protocol):
    """The part of `engine.training.trainer.Trainer` that a run needs."""

    def fit(
        self, inputs: FloatArray, targets: NDArray[Any], validation: tuple[FloatArray, NDArray[Any]] | None = None
    ) -> TrainingFinished:
        """Train on (n, 20, 20) images to the end, or until the control says stop."""

    def checkpoint(self) -> "Checkpoint":
        """Where the run is, for `resume`."""

    def resume(self, checkpoint: "Checkpoint") -> None:
        """Go on from there; raises `ConfigurationError` when the settings have changed since."""


TrainerFactory = Callable[
    ["Sequential", "ModelPreset", TrainingConfig, TrainingMonitor, TrainingControl, "Sequence[Callback]"], FitsNetworks
]
DataSource = Callable[[], "tuple[Dataset, Dataset]"]


class TrainingRun:
    """A run: `start` it, read `monitor`, steer `control`, and look at the outcome when `done` is set.

    Attributes:
        monitor, control: news out, wishes in.
        started: set when training is about to begin, else None.
        finished, model: how it ended and the trained model; None while it lasts and when it failed.
        checkpoint: where it ended, to go on from later; None while it lasts and when it failed.
        error: one plain sentence if the run failed, else "".
        notice: one sentence if the run cannot be kept, else "".
        abandoned: whether it was stopped before its first step, so that there is no new model.
        loaded: which part of the data is prepared, 0 to 1.
        wanted: False when the window closes: nobody takes the trained model, so nothing is fitted any more.
        earlier: what the model has gone through before the checkpoint's run, then before this one.
        kept_as: id of the run on disk; "" while it has none and where nothing is kept of it.
        done: set when the thread has nothing left to do.
    """

    def __init__(
        self,
        run_id: int,
        preset: "ModelPreset",
        config: TrainingConfig,
        load_data: DataSource,
        make_trainer: TrainerFactory,
        *,
        continue_from: "Checkpoint | Model | None" = None,
        earlier: "EarlierTraining | None" = None,
        keep: "Callable[[Model], None] | None" = None,
        store: "Callable[[], RunStore] | None" = None,
        goes_on: str = "",
        only_exactly: bool = False,
        parent: str = "",
    ) -> None:
        """`store` keeps the run: in the folder of the run `goes_on` if it goes on exactly, else in a new one.

        With `only_exactly` there is no else: the run fails with a sentence that says why. `parent` is the kept run
        whose weights a new one begins with.
        """
        self.run_id = run_id
        self.preset = preset
        self.config = config
        self.monitor = TrainingMonitor(run_id=run_id)
        self.control = TrainingControl()
        self.started: RunStarted | None = None
        self.finished: TrainingFinished | None = None
        self.model: Model | None = None
        self.checkpoint: Checkpoint | None = None
        self.error = ""
        self.notice = ""
        self.abandoned = False
        self.loaded = 0.0
        self.wanted = True
        self.earlier = earlier
        self.done = threading.Event()
        self._load_data = load_data
        self._make_trainer = make_trainer
        self._continue_from = continue_from
        self._keep = keep
        self._store = store
        self.kept_as = goes_on
        self._parent = parent
        self._only_exactly = only_exactly
        self._exact: Checkpoint | None = None
        # A daemon, so that even a thread stuck in a broken disk cannot keep a closed window's process alive.
        self._thread = threading.Thread(target=self._run, name=f"training-{run_id}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout_seconds: float | None = None) -> bool:
        """Wait for the thread; False if it is still alive after the timeout."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            # NumPy's error state is per thread. Overflow is looked for where it matters: in the loss.
            with np.errstate(all="ignore"):
                self._train()
        except _Abandoned:
            self.abandoned = True
        except (EngineError, OSError) as error:
            _log.warning("Training run %d failed: %s", self.run_id, error)
            self.error = str(error) or "Training failed."
        except MemoryError:
            _log.exception("Training run %d ran out of memory", self.run_id)
            self.error = "There is not enough memory for this training run; choose a smaller batch or model."
        except Exception as error:
            _log.exception("Training run %d failed", self.run_id)
            self.error = f"Training stopped because of an unexpected error ({type(error).__name__}: {error})."
        finally:
            self.done.set()

    def _train(self) -> None:
        from engine.optimizers import OPTIMIZERS
        from engine.storage.runs.run_recorder import RunRecorder
        from engine.training.hints.observations import DataFacts
        from engine.training.knob_turning import first_values
        from engine.training.trainer import task_of
        from models.recipes.epoch_copies import EpochCopies, UnfinishedModel
        from models.recipes.epoch_files import EpochFiles
        from models.recipes.kept_runs import learned_from, same_examples
        from models.recipes.refusal import fit_refusal, negatives_for, with_negatives
        from models.recipes.training_summary import training_summary

        training, validation = self._load_data()
        if self.kept_as and self._store is not None:
            training = same_examples(self._store().find(self.kept_as).entry(), training)
        generator = np.random.default_rng(self.config.seed)
        self._report_loading(0.0)
        inputs, targets = self.preset.prepare(training, generator, self._report_loading)
        validation_data = self.preset.prepare(validation, generator, lambda _share: self._report_loading(1.0))
        digits, negatives = len(inputs), negatives_for(self.config, len(inputs))
        inputs, targets = with_negatives((inputs, targets), negatives)
        network = self.preset.build(self.config.seed, refuse=self.config.refuse)
        describe = UnfinishedModel(self.preset, network, training.name, len(inputs))
        recorder = RunRecorder(describe, self._tell)
        copies = [] if self._keep is None else [EpochCopies(self._keep, describe)]
        files = EpochFiles(self.config, task_of(network), describe, self._tell)
        callbacks = [*copies, files, recorder]
        trainer = self._make_trainer(network, self.preset, self.config, self.monitor, self.control, callbacks)
        exactly = (
            self._only_exactly
            or self._store is None
            or learned_from(self._store(), self.kept_as, self.preset, training, validation)
        )
        earlier = self.earlier = describe.earlier = self._go_on(network, trainer, exactly=exactly)
        recorded = earlier if self._exact is None else earlier.with_run(self._exact.state)
        augmentation = self.preset.possible_augmentation(self.config)
        full_batch = OPTIMIZERS[self.config.optimizer]().full_batch
        watched = self.preset.build(self.config.seed, refuse=self.config.refuse)
        watched.store.restore(network.store.snapshot())
        state = trainer.checkpoint().state
        steps_before = state.step
        knobs = first_values(self.config, network, full_batch=full_batch, augment=augmentation, turns=state.changes)
        with recorder:
            self._record(recorder, training, validation, steps_before)
            data = training.name
            # Where drawings that are no digit were put behind its images, they are in memory twice.
            del training
            self.started = RunStarted(
                self.run_id,
                self.preset,
                self.config,
                digits,
                len(validation_data[0]),
                self.preset.model(watched),
                # The charts hold the curves of another model than one that was opened, or comes from the disk.
                self._continue_from is not None
                and not isinstance(self._continue_from, Model)
                and not self._only_exactly,
                float(earlier.epochs),
                earlier.steps,
                len(negatives),
                self.kept_as,
                DataFacts.of(inputs[:digits], targets[:digits], validation_data[0], classes=self.preset.classes),
                knobs,
                augmentation,
                recorded.history,
                (inputs[:PROBE_DIGITS].copy(), targets[:PROBE_DIGITS].copy()),
            )
            finished = earlier.followed_by(trainer.fit(inputs, targets, validation_data))
            checkpoint = trainer.checkpoint()
            if checkpoint.state.step == steps_before:
                raise _Abandoned
            self.checkpoint = checkpoint
            network.release_buffers()
            summary = training_summary(self.config, finished, data=data, images=len(inputs))
            model = self.preset.model(network, summary)
            if self.wanted:
                fit_refusal(model, self.preset, [self.preset.select(validation)])
                recorder.keep_model(model)
        self.kept_as = recorder.kept_as
        self.model = model
        self.finished = finished

    def _record(self, recorder: "RunRecorder", training: "Dataset", validation: "Dataset", first_step: int) -> None:
        """Open the folder in which the run is kept."""
        if self._store is None:
            self.kept_as = ""
            return
        store = self._store()
        from models.recipes.kept_runs import new_entry, require_same_data, run_data

        data = run_data(self.preset, training, validation)
        folder: RunFolder | None = None
        if self.kept_as and self._exact is not None:
            try:
                require_same_data(store.find(self.kept_as).entry(), data)
                folder = store.reopen(self.kept_as, self._exact, self.config)
            except EngineError:
                if self._only_exactly:
                    raise
        parent = self._parent or self.kept_as
        recorder.begin(
            lambda: folder or store.create(new_entry(self.preset, self.config, data, self.earlier, parent=parent)),
            first_step,
        )
        self.kept_as = recorder.folder.run_id if recorder.folder is not None else ""

    def _tell(self, sentence: str) -> None:
        self.notice = sentence

    def _report_loading(self, share: float) -> None:
        if self.control.stop_requested:
            raise _Abandoned
        self.loaded = share

    def _go_on(self, network: "Sequential", trainer: FitsNetworks, *, exactly: bool) -> "EarlierTraining":
        """Take over the earlier run, exactly where that is possible; what came before the run that is resumed."""
        from models.recipes.earlier_training import EarlierTraining

        earlier = self.earlier if self.earlier is not None else EarlierTraining()
        checkpoint = self._continue_from
        if checkpoint is None:
            return EarlierTraining()
        if isinstance(checkpoint, Model):
            from models.recipes.training_record import recorded_training

            network.store.restore(checkpoint.network.store.snapshot())
            return recorded_training(checkpoint.training)
        if exactly:
            try:
                trainer.resume(checkpoint)
                self._exact = checkpoint
                return earlier
            except ConfigurationError:
                if self._only_exactly:
                    raise
        # Other settings or digits: only the weights are taken over, and the run counts its own epochs from the start.
        network.store.restore(checkpoint.given_weights)
        return earlier.with_run(checkpoint.state)

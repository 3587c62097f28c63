"""One trial of a sweep, trained wherever it is sent to and kept as an ordinary run."""

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from engine.data import Dataset
from engine.errors import EngineError
from engine.sequential import Sequential
from engine.storage.runs.run_recorder import RunRecorder
from engine.storage.runs.run_store import RunStore
from engine.threads.blas_threads import BlasLimit
from engine.training.callbacks import Callback
from engine.training.messages import EpochEnded, TrainingControl, TrainingFinished
from engine.training.run import Run
from engine.training.trainer import Trainer
from models.recipes.epoch_copies import UnfinishedModel
from models.recipes.kept_runs import new_entry, run_data
from models.recipes.refusal import fit_refusal, negatives_for, with_negatives
from models.recipes.training_data import fewer_examples
from models.recipes.training_summary import training_summary
from models.sweeps.plan import Trial

Digits: TypeAlias = "tuple[Dataset, Dataset]"
# Gives, in the worker, a function that is told that the trial begins, with None, and of each epoch that ends.
News: TypeAlias = "Callable[[], Callable[[EpochEnded | None], None]]"

_LOOK_SECONDS = 0.1
# So many training digits say well enough how much of them was learned.
_MOST_JUDGED = 5000


@dataclass(frozen=True, slots=True)
class Job:
    """A trial with all that its worker has to know.

    Attributes:
        trial: what to train.
        sweep_id: of the sweep.
        arguments: as in `SweepPlan`.
        root: the folder of the runs; None where the worker may be another machine, so that the run is sent back.
        stop_wished: gives, in the worker, a function that says whether the trial is to end early.
        news: takes the epochs as they end; None where somebody reads them in the folder.
    """

    trial: Trial
    sweep_id: str
    arguments: Mapping[str, Any]
    root: Path | None
    stop_wished: "Callable[[], Callable[[], bool]]"
    news: "News | None" = None


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """How a trial ended.

    Attributes:
        number: its key.
        reason: as `TrainingFinished.reason`.
        message: the same in a sentence.
        epochs, best_epoch, seconds: of the training.
        metrics: loss and metrics of the epoch whose weights are kept: of the training as the epoch went; with
            "validation_" before the name, of the validation; with "learned_", of the training digits as they are,
            judged by the final weights.
        run: the id of its run, or "" where nothing is kept.
        files: the run's files by name, where the worker does not write into the user's folder.
    """

    number: int
    reason: str
    message: str
    epochs: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    run: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


def run_trial(job: Job, digits: "Digits | Callable[[], Digits]") -> TrialOutcome:
    """Train; what goes wrong with the training itself is an outcome too."""
    number = job.trial.number
    try:
        stop_wished = job.stop_wished()
        if stop_wished():
            return TrialOutcome(number, "stopped", "Stopped before it began.")
        training, validation = digits() if callable(digits) else digits
        with np.errstate(all="ignore"), BlasLimit(1), contextlib.ExitStack() as stack:
            if job.root is not None:
                return _train(job, training, validation, job.root, stop_wished)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digitlab-trial-")))
            outcome = _train(job, training, validation, folder, stop_wished)
            kept = folder / outcome.run if outcome.run else None
            files = {path.name: path.read_bytes() for path in kept.iterdir()} if kept else {}
            return replace(outcome, files={name: data for name, data in files.items() if name != "lock"})
    except (EngineError, OSError) as error:
        return TrialOutcome(number, "failed", str(error))
    except MemoryError:
        return TrialOutcome(number, "failed", "There was not enough memory for this trial.")


def _train(
    job: Job, training: Dataset, validation: Dataset, root: Path, stop_wished: Callable[[], bool]
) -> TrialOutcome:
    trial, config = job.trial, job.trial.config
    preset, store, notices = trial.model_preset(), RunStore(root), list[str]()
    training, validation = preset.select(training), preset.select(validation)
    if trial.examples is not None:
        training = fewer_examples(training, trial.examples, config.seed)
    rng = np.random.default_rng(config.seed)
    examples, held_out = preset.prepare(training, rng), preset.prepare(validation, rng)
    inputs, targets = with_negatives(examples, negatives_for(config, len(examples[0])))
    network = preset.build(config.seed, refuse=config.refuse)
    describe = UnfinishedModel(preset, network, training.name, len(inputs))
    recorder, control = RunRecorder(describe, notices.append), TrainingControl()
    callbacks: list[Callback] = [recorder] if job.news is None else [recorder, _Teller(job.news())]
    augment = preset.augmentation(config)
    trainer = Trainer(network, config, callbacks=callbacks, control=control, augment=augment)
    arguments = dict(job.arguments) | ({} if trial.examples is None else {"examples": trial.examples})
    # The preset's title says the preset already.
    told = replace(trial, values={name: value for name, value in trial.values.items() if name != "preset"}).title
    entry = replace(
        new_entry(preset, config, run_data(preset, training, validation, arguments)),
        name=f"{preset.title}, {told}, seed {config.seed}",
        sweep=job.sweep_id,
    )
    with _stopping(control, stop_wished), recorder:
        recorder.begin(lambda: store.create(entry, trial.run_id))
        finished = trainer.fit(inputs, targets, held_out)
        network.release_buffers()
        if trainer.run.state.step:
            model = preset.model(network, training_summary(config, finished, data=training.name, images=len(inputs)))
            fit_refusal(model, preset, [validation])
            recorder.keep_model(model)
    learned = {} if finished.reason in ("diverged", "stopped") else _learned(network, *examples)
    return _outcome(trial, finished, learned, recorder.kept_as)


class _Teller(Callback):
    """Tells of a training where somebody else wants to see it."""

    def __init__(self, told: "Callable[[EpochEnded | None], None]") -> None:
        self._told = told

    def on_train_begin(self, _run: Run) -> None:
        """It begins."""
        self._told(None)

    def on_epoch_end(self, _run: Run, event: EpochEnded) -> None:
        """An epoch has ended."""
        self._told(event)


@contextlib.contextmanager
def _stopping(control: TrainingControl, stop_wished: Callable[[], bool]) -> Iterator[None]:
    """Look for the wish to stop while a trial is trained, in a thread of its own: a look may ask another machine."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_SECONDS):
            if stop_wished():
                control.stop()
                return

    watcher = threading.Thread(target=look, name="trial-stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _learned(network: Sequential, inputs: Any, targets: Any) -> dict[str, float]:  # noqa: ANN401 (arrays)
    """The metrics of the training digits, without augmentation and by the weights that are kept."""
    step = -(-len(inputs) // _MOST_JUDGED)
    return network.metric_values(network.logits(inputs[::step]), targets[::step])


def _outcome(trial: Trial, finished: TrainingFinished, learned: dict[str, float], run: str) -> TrialOutcome:
    kept, metrics = finished.kept, dict[str, float]()
    if kept is not None:
        metrics = {"loss": kept.loss, **kept.metrics}
        if kept.validation_loss is not None:
            metrics["validation_loss"] = kept.validation_loss
        metrics |= {f"validation_{name}": value for name, value in kept.validation_metrics.items()}
        metrics |= {f"learned_{name}": value for name, value in learned.items()}
    return TrialOutcome(
        trial.number, finished.reason, finished.message, finished.epochs, finished.best_epoch, finished.seconds,
        {name: float(value) for name, value in metrics.items()}, run,
    )  # fmt: skip

"""A training run, and the callbacks that hear of it: each names the other, so they are defined together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from engine.batches.batch_source import Augment
from engine.core.parameters import FloatArray
from engine.evaluation.metrics import METRICS
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.optimizers.schedule import Schedule
from engine.training.config import TrainingConfig
from engine.training.knobs import KnobChange
from engine.training.messages import EpochEnded, TrainingControl, TrainingFinished, TrainingMonitor
from engine.training.run_state import EpochMetrics, RunState

# Why and with which sentence a run ends.
Ending = tuple[str, str]


@dataclass(slots=True, eq=False)
class Run:
    """What loop, callbacks and checkpoints share: `Trainer` makes it.

    Attributes:
        network: built, with a loss; it is trained in place.
        optimizer, schedule, config: how it is trained.
        callbacks: in the order in which they are called.
        monitor: takes the news for a watcher in another thread.
        control: pause, resume and stop from another thread.
        augment: gives a varied copy of a batch of inputs, or None.
        augment_source: what `augment` is at its usual strength, also where it is not used at first; or None.
        planned: turns of knobs that were made in the run that this one repeats.
        further_metrics: names of metrics that are computed beside the network's own.
        shuffle: whether every epoch visits the examples in a new order.
        low_priority: whether the threads of the run have a lower priority.
        state: position in the run and its history.
        metrics: running metrics of the present epoch.
        resumed: whether the run goes on from a checkpoint.
        ending: reason and sentence with which a callback asked the run to end, or None.
        kept: the metrics of the weights that the run has ended with; None while it goes on.
        last_weights: where the run would go on, when it has given back the weights of a better epoch; else None.
    """

    network: Network
    optimizer: Optimizer
    schedule: Schedule
    config: TrainingConfig
    callbacks: "tuple[Callback, ...]"
    monitor: TrainingMonitor
    control: TrainingControl
    augment: Augment | None = None
    shuffle: bool = True
    low_priority: bool = False
    augment_source: Augment | None = None
    planned: tuple[KnobChange, ...] = ()
    further_metrics: tuple[str, ...] = ()
    state: RunState = field(default_factory=RunState)
    metrics: EpochMetrics = field(init=False)
    resumed: bool = False
    ending: Ending | None = None
    kept: EpochEnded | None = None
    last_weights: FloatArray | None = None

    def __post_init__(self) -> None:
        self.metrics = EpochMetrics(self.network.answer_shape, self.network.dtype)

    def metric_values(
        self,
        outputs: FloatArray,
        targets: NDArray[Any],
        known_accuracy: float | None = None,
        batch_size: int | None = None,
    ) -> dict[str, float]:
        """The network's metrics by name, and the further ones, from outputs (n, *output_shape) and prepared targets."""
        values = self.network.metric_values(outputs, targets, known_accuracy, batch_size)
        if self.further_metrics:
            predictions = self.network.require_loss().to_predictions(outputs)
            values |= {name: METRICS[name](targets, predictions) for name in self.further_metrics}
        return values

    def begin(self) -> None:
        """Start from the first step, or where `Checkpoint.restore` has put the run."""
        self.ending = self.kept = self.last_weights = None
        if not self.resumed:
            self.state = RunState()
            self.metrics.reset()

    def stop(self, reason: str = "stopped", message: str = "Stopped by a callback.") -> None:
        """For callbacks: end the run after this batch or epoch."""
        self.ending = (reason, message)

    def finished(self, reason: str, message: str) -> TrainingFinished:
        """What to tell of a run that ends here."""
        state = self.state
        speed = state.images / state.seconds if state.seconds > 0 else 0.0
        kept = self.kept or (state.history[-1] if state.history else None)
        return TrainingFinished(
            reason, message, state.epoch, state.best_epoch, tuple(state.history), speed, state.seconds, kept
        )


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """The metrics of one batch.

    Attributes:
        epoch: 1 for the first.
        step: batches done since the start of training, this one included.
        loss: mean loss of the batch before its step, penalties included.
        data_loss: the same without penalties.
        accuracy: of the batch, NaN where the task has none.
    """

    epoch: int
    step: int
    loss: float
    data_loss: float
    accuracy: float


class Callback:
    """Base class: override what is needed. All hooks run in the training thread, in the order of the callbacks.

    A hook may call `run.stop`, read `run.network`, take `Checkpoint.of(run)` and change `run.optimizer.learning_rate`.
    """

    def on_train_begin(self, run: Run) -> None:
        """Before the first batch; also when a run is resumed."""

    def on_epoch_begin(self, run: Run, epoch: int) -> None:
        """Before the first batch of an epoch (1 for the first epoch)."""

    def on_batch_end(self, run: Run, batch: BatchEnded) -> None:
        """After each step."""

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """After the validation of an epoch."""

    def on_train_end(self, run: Run, event: TrainingFinished) -> None:
        """After the last epoch, when the weights are final."""

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs, as plain JSON values."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""

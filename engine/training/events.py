"""What happens in a run: a measured step, the end of an epoch, the end of all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepMeasure:
    """What one step of the optimizer was like; measured only where somebody asked for it.

    Attributes:
        step: batches done before it.
        learning_rate: in force.
        gradient_norm: Euclidean length ‖g‖ of the gradient, penalties included, before it is clipped.
        update_ratio: length of the step against that of the weights, ‖Δw‖ / ‖w‖.
    """

    step: int
    learning_rate: float
    gradient_norm: float
    update_ratio: float


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """The metrics of one finished epoch.

    Attributes:
        epoch: 1 for the first.
        step: batches done since the start of training.
        loss: mean training loss of the epoch, penalties included.
        data_loss: the same without penalties.
        metrics: training metrics by name ("accuracy", …).
        validation_loss: mean loss on the validation data, or None without such data.
        validation_metrics: validation metrics by name.
        learning_rate: the rate in force at the end of the epoch.
        images_per_second: examples trained per second of this epoch, pauses and validation left out.
        seconds: wall time of the epoch's training and validation, pauses left out.
        best: whether this is the best epoch so far (lowest validation loss; training loss without validation).
    """

    epoch: int
    step: int
    loss: float
    data_loss: float
    metrics: dict[str, float]
    validation_loss: float | None
    validation_metrics: dict[str, float]
    learning_rate: float
    images_per_second: float
    seconds: float
    best: bool


@dataclass(frozen=True, slots=True)
class TrainingFinished:
    """How a run ended.

    Attributes:
        reason: "completed", "stopped", "early stopping", "converged", "diverged" or "failed".
        message: one plain sentence for a person.
        epochs: finished epochs.
        best_epoch: number of the best epoch, 0 if none was finished.
        history: the epochs in order.
        images_per_second: over the whole run.
        seconds: training time, pauses left out.
        kept: the metrics of the weights that the run ended with: of its last or best epoch, or measured at the end
            where that was within an epoch. None where nothing is known of them.
    """

    reason: str
    message: str
    epochs: int
    best_epoch: int
    history: tuple[EpochEnded, ...]
    images_per_second: float
    seconds: float
    kept: EpochEnded | None = None

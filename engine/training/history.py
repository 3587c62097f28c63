"""What `Sequential.fit` gives back and prints: Keras' history, epoch by epoch."""

from collections.abc import Callable, Sequence

from engine.training.messages import EpochEnded, TrainingFinished
from engine.training.run import Callback, Run


class History(Callback):
    """The metrics of a fit.

    Args:
        metrics: names of the metrics to keep beside the loss; None for all that the task has.
        epochs: number of the last epoch, for the printed lines.
        first_epoch: number of the first one.
        write: takes each printed line; None for silence.

    Attributes:
        history: lists with one entry an epoch, under Keras' keys: loss, accuracy, val_loss, val_accuracy, …
        epoch: number of each epoch, from 0 as in Keras.
        finished: how the run ended, once it has.
    """

    def __init__(
        self,
        metrics: Sequence[str] | None = None,
        epochs: int = 1,
        first_epoch: int = 0,
        write: Callable[[str], object] | None = None,
    ) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.finished: TrainingFinished | None = None
        self._metrics = metrics
        self._epochs = epochs
        self._first_epoch = first_epoch
        self._write = write

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Take the metrics of an epoch and print them on one line."""
        metrics = {"loss": event.loss, **self._chosen(event.metrics)}
        if event.validation_loss is not None:
            metrics["val_loss"] = event.validation_loss
            metrics |= {f"val_{name}": value for name, value in self._chosen(event.validation_metrics).items()}
        for name, value in metrics.items():
            self.history.setdefault(name, []).append(value)
        number = self._first_epoch + event.epoch
        self.epoch.append(number - 1)
        if self._write is not None:
            shown = " - ".join(f"{name}: {value:.4f}" for name, value in metrics.items())
            self._write(f"Epoch {number}/{self._epochs} - {event.seconds:.1f}s - {shown}\n")

    def on_train_end(self, run: Run, event: TrainingFinished) -> None:
        """Keep how the run ended."""
        self.finished = event

    def _chosen(self, metrics: dict[str, float]) -> dict[str, float]:
        if self._metrics is None:
            return metrics
        return {name: metrics[name] for name in self._metrics if name in metrics}

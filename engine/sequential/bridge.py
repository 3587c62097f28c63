"""Brings Keras' callbacks into a training run: events become `(epoch, logs)`."""

from collections.abc import Sequence
from typing import Any

from engine.losses import WeightPenalty
from engine.sequential.callbacks import Callback, tell, tell_batches
from engine.training.messages import EpochEnded, TrainingFinished
from engine.training.run import BatchEnded, Run
from engine.training.run import Callback as RunCallback


class CallbackBridge(RunCallback):
    """Calls Keras' callbacks from a run.

    Args:
        callbacks: in the order in which they are called.
        model: the network that they get.
        first_epoch: number of the first epoch, from 0.
    """

    def __init__(self, callbacks: Sequence[Callback], model: Any, first_epoch: int) -> None:  # noqa: ANN401
        self.callbacks, self.model, self.first_epoch = callbacks, model, first_epoch
        self.logs: dict[str, Any] = {}
        self.finished: TrainingFinished | None = None
        self._step = 0

    def on_train_begin(self, run: Run) -> None:
        """Hand it on."""
        for callback in self.callbacks:
            callback.on_train_begin({})

    def on_epoch_begin(self, run: Run, epoch: int) -> None:
        """Hand it on."""
        self._step = 0
        for callback in self.callbacks:
            callback.on_epoch_begin(self.first_epoch + epoch - 1, {})

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Hand the metrics on; a validation loss has the penalties in it, as the training loss has."""
        self.model.push()
        logs: dict[str, Any] = {"loss": event.loss, **event.metrics}
        if event.validation_loss is not None:
            penalty = WeightPenalty(run.network.store, run.config.l1, run.config.l2).value()
            logs["val_loss"] = event.validation_loss + penalty
            held_out = {"loss": logs["val_loss"], **event.validation_metrics}
            logs |= {f"val_{name}": value for name, value in held_out.items()}
            tell(self.callbacks, "on_test_begin")
            tell_batches(self.callbacks, "test", self.model.validation_batches, 1, held_out)
        for callback in self.callbacks:
            callback.on_epoch_end(self.first_epoch + event.epoch - 1, logs)
        self.logs = logs
        self._end_if_wished(run)

    def on_train_end(self, run: Run, event: TrainingFinished) -> None:
        """Hand it on."""
        self.finished = event
        for callback in self.callbacks:
            callback.on_train_end(dict(self.logs))

    def _end_if_wished(self, run: Run) -> None:
        if self.model.stop_training:
            run.stop("early stopping", "Stopped early by a callback.")


class BatchCallbackBridge(CallbackBridge):
    """The same for callbacks that want to hear of every step, which costs time."""

    def on_epoch_begin(self, run: Run, epoch: int) -> None:
        """Hand it on, and announce the first step."""
        super().on_epoch_begin(run, epoch)
        self._announce()

    def on_batch_end(self, run: Run, batch: BatchEnded) -> None:
        """Hand the means so far on, and announce the next step."""
        logs: dict[str, Any] = {"loss": run.metrics.loss}
        if "accuracy" in self.model.metrics_names:
            logs["accuracy"] = run.metrics.accuracy
        for callback in self.callbacks:
            callback.on_train_batch_end(self._step, logs)
        self._step += 1
        self._end_if_wished(run)
        if self._step < self.model.steps_in_epoch:
            self._announce()

    def _announce(self) -> None:
        for callback in self.callbacks:
            callback.on_train_batch_begin(self._step, {})


def bridge(callbacks: Sequence[Callback], model: Any, first_epoch: int) -> CallbackBridge:  # noqa: ANN401
    """The bridge that these callbacks need."""
    return (BatchCallbackBridge if hears_steps(callbacks) else CallbackBridge)(callbacks, model, first_epoch)


def hears_steps(callbacks: Sequence[Callback]) -> bool:
    """Whether one of them has a hook for single steps, which costs time."""
    hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(
        hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)
        for callback in callbacks
        for hook in hooks
    )

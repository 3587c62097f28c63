"""Callbacks: what else happens while a network trains, without a second loop."""

import math
from collections.abc import Mapping
from typing import Any

from engine.core.metric_names import higher_is_better, metric_name
from engine.core.wording import counted
from engine.errors import ConfigurationError
from engine.training.messages import EpochEnded
from engine.training.run import BatchEnded, Callback, Run

__all__ = [
    "BatchEnded",
    "Callback",
    "ConvergenceTolerance",
    "EarlyStopping",
    "watched_loss",
    "watched_metric",
]


class EarlyStopping(Callback):
    """Stops when the watched metric has not improved for some epochs.

    Without validation data the training's metric of the same name is watched. It also says which epoch is the best
    one, for `TrainingConfig.restore_best`.

    Args:
        patience: epochs without improvement that are borne, ≥ 1.
        monitor: "val_loss", "loss", or the name of a metric, with "val_" before it for the validation's.
        min_delta: how much better a metric has to be to count, ≥ 0.
        mode: "min" or "max" for what is better; "auto" takes it from the name.
        baseline: what has to be passed for an epoch to count as better, or None.
        start_from_epoch: so many epochs are not watched.
        restore_best_weights: as `TrainingConfig.restore_best`.

    Raises:
        ConfigurationError: a mode that there is not, or a number that makes no sense.
    """

    def __init__(
        self,
        patience: int,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        mode: str = "auto",
        baseline: float | None = None,
        start_from_epoch: int = 0,
        restore_best_weights: bool = False,
    ) -> None:
        if min_delta < 0 or start_from_epoch < 0:
            raise ConfigurationError("Min delta and start from epoch are at least 0.", "stopping_settings")
        self.patience, self.monitor, self.min_delta = patience, monitor, min_delta
        self.baseline, self.start_from_epoch = baseline, start_from_epoch
        self.restore_best_weights = bool(restore_best_weights)
        self._sign = -1.0 if higher_is_better(monitor, mode) else 1.0
        self._best = math.inf
        self._waited = 0

    def on_train_begin(self, run: Run) -> None:
        """Forget an earlier run, unless this one is resumed."""
        if not run.resumed:
            self._best, self._waited = math.inf, 0

    def metric(self, event: EpochEnded) -> float:
        """What is watched, as if less were better."""
        return self._sign * watched_metric(event, self.monitor)

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Count the epochs since the best one."""
        if event.epoch <= self.start_from_epoch:
            return
        watched = self.metric(event)
        self._waited += 1
        if watched < self._best - self.min_delta:
            self._best = watched
            if self.baseline is None or watched < self._sign * self.baseline - self.min_delta:
                self._waited = 0
            return
        if self._waited >= self.patience:
            name = metric_name(self.monitor).replace("_", " ")
            kind = "validation" if self.monitor.startswith("val_") and event.validation_loss is not None else "training"
            epochs = counted(self.patience, "epoch")
            run.stop("early stopping", f"Stopped early: the {kind} {name} has not improved for {epochs}.")

    def state_dict(self) -> dict[str, Any]:
        """The best metric, as if less were better, and how long ago it was."""
        return {"best": None if math.isinf(self._best) else self._best, "waited": self._waited}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self._best = math.inf if state["best"] is None else float(state["best"])
        self._waited = int(state["waited"])


class ConvergenceTolerance(Callback):
    """Stops when an epoch improves the training loss by less than a tolerance.

    Args:
        tolerance: the smallest improvement worth another epoch, ≥ 0.
    """

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self._previous = math.inf

    def on_train_begin(self, run: Run) -> None:
        """Forget an earlier run, unless this one is resumed."""
        if not run.resumed:
            self._previous = math.inf

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Compare with the epoch before."""
        if self._previous - event.loss < self.tolerance:
            run.stop(
                "converged", f"Converged: the last epoch improved the training loss by less than {self.tolerance:g}."
            )
        self._previous = event.loss

    def state_dict(self) -> dict[str, Any]:
        """The loss of the epoch before."""
        return {"previous": None if math.isinf(self._previous) else self._previous}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self._previous = math.inf if state["previous"] is None else float(state["previous"])


def watched_loss(event: EpochEnded) -> float:
    """The loss that decides which epoch is the best: of the validation data where there is any."""
    return event.loss if event.validation_loss is None else event.validation_loss


def watched_metric(event: EpochEnded, monitor: str) -> float:
    """A metric of an epoch by Keras' name for it; NaN for one that there is not."""
    validation, name = monitor.startswith("val_"), metric_name(monitor)
    if name == "loss":
        return watched_loss(event) if validation else event.loss
    metrics = event.validation_metrics if validation and event.validation_loss is not None else event.metrics
    return metrics.get(name, math.nan)

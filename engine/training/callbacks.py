"""Callbacks: what else happens while a network trains, without a second loop."""

import math
from collections.abc import Mapping
from typing import Any

from engine.core.wording import counted
from engine.training.messages import EpochEnded
from engine.training.run import BatchEnded, Callback, Run

__all__ = ["BatchEnded", "Callback", "ConvergenceTolerance", "EarlyStopping", "watched_loss"]


class EarlyStopping(Callback):
    """Stops when the watched loss has not improved for some epochs.

    Watched is the validation loss, or the training loss where there is no validation data. Together with
    `TrainingConfig.restore_best` the run gives back the weights of its best epoch.

    Args:
        patience: epochs without improvement that are borne, ≥ 1.
        minimum_change: how much lower a loss has to be to count.
        restore_best_weights: give back the weights of the best epoch, as `TrainingConfig.restore_best` does.
    """

    def __init__(self, patience: int, minimum_change: float = 0.0, restore_best_weights: bool = False) -> None:
        self.restore_best_weights = bool(restore_best_weights)
        self.patience = patience
        self.minimum_change = minimum_change
        self._best = math.inf
        self._waited = 0

    def on_train_begin(self, run: Run) -> None:
        """Forget an earlier run, unless this one is resumed."""
        if not run.resumed:
            self._best, self._waited = math.inf, 0

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Count the epochs since the best one."""
        watched = watched_loss(event)
        if watched < self._best - self.minimum_change:
            self._best, self._waited = watched, 0
            return
        self._waited += 1
        if self._waited >= self.patience:
            kind = "training" if event.validation_loss is None else "validation"
            epochs = counted(self.patience, "epoch")
            run.stop("early stopping", f"Stopped early: the {kind} loss has not improved for {epochs}.")

    def state_dict(self) -> dict[str, Any]:
        """The best loss and how long ago it was."""
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

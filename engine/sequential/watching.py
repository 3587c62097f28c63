"""Callbacks that watch one metric: stop, keep the best weights, lower the rate."""

import math
import os
import sys
import warnings
from pathlib import Path

from engine.core.metric_names import higher_is_better
from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, ModelFileError
from engine.sequential.callbacks import Callback, Logs
from engine.sequential.saving import checked_path, own_path


class Watcher(Callback):
    """What the watching callbacks share.

    Args:
        monitor: name of the metric.
        mode: "min" or "max" for what is better; "auto" takes it from the name.
        min_delta: how much better counts as better, ≥ 0.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0.0) -> None:
        if not isinstance(monitor, str):
            raise ConfigurationError(
                f'What is watched is named by a text such as "val_loss", not {monitor!r}.', "monitor"
            )
        self.higher_is_better = higher_is_better(monitor, mode)
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(float(min_delta))
        self.best = math.inf

    def worst(self) -> float:
        """Where the search for the best begins."""
        return -math.inf if self.higher_is_better else math.inf

    def improves(self, value: float, best: float) -> bool:
        """Whether a value is better than the best one by more than the least difference."""
        return value - self.min_delta > best if self.higher_is_better else value + self.min_delta < best

    def watched(self, logs: Logs | None) -> float | None:
        """The metric; None with a warning that lists what there is."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            warnings.warn(
                f"{type(self).__name__} watches {self.monitor!r}, which is not there; there are "
                f"{', '.join(logs or {})}.",
                UserWarning,
                stacklevel=2,
            )
        return value


def _patience(value: object, name: str) -> int:
    if not is_whole_number(value, 0):
        raise ConfigurationError(f"The patience of {name} is a whole number of at least 0, not {value!r}.", "patience")
    return int(value)


class EarlyStopping(Watcher):
    """Stops when the watched metric has not improved for some epochs.

    L. Prechelt, "Early stopping – but when?", 1998.

    Args:
        monitor, mode, min_delta: as for `Watcher`.
        patience: epochs without improvement that are borne.
        verbose: 1 to say that it stops.
        baseline: a metric that has to be reached to count as an improvement, or None.
        restore_best_weights: give back the weights of the best epoch when training ends, whoever ended it.
        start_from_epoch: epochs before this one are not watched.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = _patience(patience, "EarlyStopping")
        self.verbose, self.baseline, self.start_from_epoch = verbose, baseline, start_from_epoch
        self.restore_best_weights = bool(restore_best_weights)
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights: list[FloatArray] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best, self.best_weights = self.worst(), None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Count the epochs since the best one."""
        value = None if epoch < self.start_from_epoch else self.watched(logs)
        if value is None:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.improves(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improves(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Give the best weights back."""
        if self.stopped_epoch and self.verbose:
            sys.stdout.write(f"Epoch {self.stopped_epoch + 1}: early stopping\n")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(Watcher):
    """Multiplies the learning rate when the watched metric has not improved for some epochs.

    Args:
        monitor, mode, min_delta: as for `Watcher`.
        factor: in (0, 1).
        patience: epochs without improvement before a cut.
        verbose: 1 to say so.
        cooldown: epochs after a cut that are not counted.
        min_lr: the rate never falls below.

    Raises:
        ConfigurationError: a setting makes no sense.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 < factor < 1:
            raise ConfigurationError(f"The factor of ReduceLROnPlateau is between 0 and 1, not {factor!r}.", "factor")
        self.patience = _patience(patience, "ReduceLROnPlateau")
        self.factor, self.verbose, self.cooldown, self.min_lr = factor, verbose, cooldown, min_lr
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.wait = self.cooldown_counter = 0
        self.best = self.worst()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Count, and cut."""
        rate = float(self.model.optimizer.learning_rate)
        if logs is not None:
            logs["learning_rate"] = rate
        value = self.watched(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                self.model.optimizer.learning_rate = max(rate * self.factor, self.min_lr)
                if self.verbose:
                    sys.stdout.write(f"Epoch {epoch + 1}: the learning rate is {self.model.optimizer.learning_rate}\n")
                self.cooldown_counter, self.wait = self.cooldown, 0


class ModelCheckpoint(Watcher):
    """Saves the network after epochs, or the best one alone.

    Args:
        filepath: may hold `{epoch}` (from 1) and metrics, as in "{epoch:02d}-{val_loss:.2f}.safetensors".
        monitor, mode: as for `Watcher`.
        verbose: 1 to say so.
        save_best_only: whether only an epoch that is better than all before is saved.
        save_weights_only: whether only the weights are written.
        save_freq: "epoch", or every so many batches.
        initial_value_threshold: what the first epoch has to beat, or None.

    Raises:
        ConfigurationError: a setting makes no sense.

    Where the name is that of a file of Keras, the file ends in .safetensors instead, and a warning says so.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        if save_freq != "epoch" and (isinstance(save_freq, bool | str) or save_freq < 1):
            raise ConfigurationError(
                f'Networks are saved after epochs ("epoch") or every so many batches, not {save_freq!r}.', "save_freq"
            )
        self.save_freq, self._batches, self._epoch = save_freq, 0, 0
        if save_freq != "epoch":
            # Only who wants to hear of batches is told of them.
            setattr(self, "on_train_batch_end", self._count_batch)  # noqa: B010
        self.filepath, self.verbose = str(filepath), verbose
        try:
            checked_path(filepath)
        except ModelFileError as error:
            # A training is no place to stop at a name: the network is kept under the one that fits.
            self.filepath = str(own_path(filepath))
            warnings.warn(str(error), UserWarning, stacklevel=2)
        self.save_best_only, self.save_weights_only = bool(save_best_only), bool(save_weights_only)
        self.initial_value_threshold = initial_value_threshold

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.best = self.worst() if self.initial_value_threshold is None else self.initial_value_threshold

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember where the training is."""
        self._epoch = epoch

    def _count_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if not isinstance(self.save_freq, str) and self._batches % self.save_freq == 0:
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if it is worth it."""
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Logs | None) -> None:
        if self.save_best_only:
            value = self.watched(logs)
            if value is None or not self.improves(value, self.best):
                return
            self.best = value
        path = Path(self.filepath.format(epoch=epoch + 1, **(logs or {})))
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            sys.stdout.write(f"Epoch {epoch + 1}: saved to {path.name}\n")

"""Callbacks that set the learning rate by the epoch, and that write the metrics of each epoch to a table."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.sequential.callbacks import Callback, Logs


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
        schedule: takes the epoch (from 0) and the present rate, or the epoch alone, and gives the new rate.
        verbose: 1 to say so.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Ask for the rate."""
        try:
            rate = self.schedule(epoch, float(self.model.optimizer.learning_rate))
        except TypeError:
            rate = self.schedule(epoch)
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            sys.stdout.write(f"Epoch {epoch + 1}: the learning rate is {float(rate)}\n")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show the rate in the history."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class TerminateOnNaN(Callback):
    """Here for Keras' sake: a run whose loss is not finite ends by itself, with its last finite weights."""


class CSVLogger(Callback):
    """Writes the metrics of each epoch as a row.

    Args:
        filename: of the table.
        separator: between columns.
        append: whether rows are added to a file that is there.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.path, self.separator, self.append = Path(filename), separator, bool(append)
        self._names: Sequence[str] = ()
        self._rows: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self._names = ()
        old = self.path.read_text(encoding="utf-8") if self.append and self.path.exists() else ""
        self._rows = old.splitlines()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the table with one more row."""
        metrics = logs or {}
        if not self._names:
            self._names = sorted(metrics)
            if not any(name.startswith("val_") for name in metrics):
                # As in Keras, whose later epochs may bring them.
                self._names = [*self._names, *(f"val_{name}" for name in self._names)]
            if not self._rows:
                self._rows.append(self.separator.join(["epoch", *self._names]))
        self._rows.append(self.separator.join([str(epoch), *(str(metrics.get(name, "NA")) for name in self._names)]))
        self.path.write_text("\n".join(self._rows) + "\n", encoding="utf-8")

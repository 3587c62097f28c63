"""What a training writes for other programs after its epochs: a table of metrics, and files of the model."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.core.class_settings import read_settings
from engine.core.file_io import reason_of
from engine.errors import ConfigurationError, EngineError
from engine.sequential.recording import CSVLogger
from engine.sequential.watching import ModelCheckpoint
from engine.storage.model_file import save_model
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded
from engine.training.run import Run
from engine.training.trainer import computed_metrics, require_computed
from models.recipes.epoch_copies import UnfinishedModel
from models.recipes.file_settings import FILES, file_settings


def file_callback(field: str, config: TrainingConfig, task: str) -> "CSVLogger | ModelCheckpoint | None":
    """What a field of files asks for, for a key of `METRICS_OF_TASK`; None where it is empty.

    Raises:
        ConfigurationError: a setting that there is not, no file name, or a metric that the run does not compute.
    """
    text: str = getattr(config, field)
    made, place = FILES[field]
    told = read_settings(file_settings(field), text, field)
    if not told:
        return None
    path = told.get(place, "")
    if not path:
        raise ConfigurationError(f"Say which file: {place}=….", field)
    if made is ModelCheckpoint and not path.endswith(".safetensors"):
        raise ConfigurationError("A model file ends in .safetensors.", field)
    callback: CSVLogger | ModelCheckpoint = made(**told)
    if isinstance(callback, ModelCheckpoint):
        require_computed(callback.monitor, config, task, field)
        names = computed_metrics(config, task)
        try:
            path = path.format(epoch=1, **dict.fromkeys((*names, *(f"val_{name}" for name in names)), 0.0))
        except (KeyError, IndexError, ValueError):
            raise ConfigurationError(
                f"A file name may hold {{epoch}} and {{val_loss}} or another of {', '.join(names)}.", field
            ) from None
    if not Path(path).absolute().parent.is_dir():
        raise ConfigurationError(f"There is no folder {Path(path).absolute().parent}.", field)
    return callback


class EpochFiles(Callback):
    """Writes what `TrainingConfig.csv_settings` and `checkpoint_settings` ask for. What fails is told once.

    Args:
        config: the settings.
        task: of the model, a key of `METRICS_OF_TASK`.
        describe: the model of the run as it is now.
        tell: takes a sentence about a failure, in the training thread.

    Raises:
        ConfigurationError: as `file_callback`.
    """

    def __init__(
        self, config: TrainingConfig, task: str, describe: UnfinishedModel, tell: Callable[[str], None]
    ) -> None:
        made = (file_callback(field, config, task) for field in FILES)
        self._callbacks = [callback for callback in made if callback is not None]
        self._describe, self._tell, self._told = describe, tell, False
        for callback in self._callbacks:
            callback.set_model(self)

    def on_train_begin(self, run: Run) -> None:
        """Start anew, or with what an earlier part of the run has done."""
        self._run = run
        for callback in self._callbacks:
            self._attempt(callback.on_train_begin)
            for event in run.state.history:
                logs = _logs(event)
                if isinstance(callback, CSVLogger):
                    if not callback.append:
                        self._attempt(lambda: callback.on_epoch_end(event.epoch - 1, logs))  # noqa: B023 (at once)
                elif callback.improves(value := logs.get(callback.monitor, math.nan), callback.best):
                    callback.best = value

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Write the files."""
        logs = _logs(event)
        for callback in self._callbacks:
            self._attempt(lambda: callback.on_epoch_end(event.epoch - 1, logs))  # noqa: B023 (called at once)

    def save(self, path: str | os.PathLike[str]) -> None:
        """What `ModelCheckpoint` asks a network for: the whole model, as the window opens it."""
        save_model(path, self._describe(self._run))

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """The weights alone."""
        self._describe.network.save_weights(path)

    def _attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (EngineError, OSError) as error:
            if not self._told:
                self._told = True
                reason = reason_of(error) if isinstance(error, OSError) else str(error).rstrip(".")
                self._tell(f"A file of the epochs could not be written: {reason}. Training goes on.")


def _logs(event: EpochEnded) -> dict[str, Any]:
    """The metrics of an epoch by Keras' names; without validation data the training's stand for them."""
    logs = {"loss": event.loss, **event.metrics, "learning_rate": event.learning_rate}
    if event.validation_loss is not None:
        held_out = {"loss": event.validation_loss, **event.validation_metrics}
        logs |= {f"val_{name}": value for name, value in held_out.items()}
    return logs

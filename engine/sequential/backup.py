"""`BackupAndRestore`: a training that was cut off goes on where it was."""

import io
import json
import os
from pathlib import Path

import numpy as np

from engine.core.file_io import write_atomically
from engine.errors import ConfigurationError, ModelFileError
from engine.sequential.callbacks import Callback, Logs


class BackupAndRestore(Callback):
    """Keeps weights, the optimizer's memory and the number of epochs after each epoch, and begins with them.

    Args:
        backup_dir: the folder, which is this training's alone.
        save_freq: only "epoch" here.
        delete_checkpoint: whether the file goes when the training has ended by itself.

    Raises:
        ConfigurationError: a setting makes no sense.
        ModelFileError: the file cannot be read, or is of another network.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if save_freq != "epoch":
            raise ConfigurationError('What is kept is kept after epochs: save_freq is "epoch" here.', "save_freq")
        self.path, self.delete_checkpoint = Path(backup_dir) / "backup.npz", bool(delete_checkpoint)

    def epochs_done(self) -> int:
        """How many epochs the file holds; 0 without one."""
        return int(self._read()["epochs"]) if self.path.exists() else 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Put the network and its optimizer back."""
        if not self.path.exists():
            return
        arrays = self._read()
        self.model.set_weights([arrays[f"weight.{number}"] for number in range(int(arrays["weights"]))])
        slots = {name.removeprefix("slot."): value for name, value in arrays.items() if name.startswith("slot.")}
        self.model.optimizer.load_state_dict(json.loads(str(arrays["state"])) | slots)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep what there is."""
        weights, state = self.model.get_weights(), self.model.optimizer.state_dict()
        arrays = {f"weight.{number}": weight for number, weight in enumerate(weights)}
        arrays |= {f"slot.{name}": value for name, value in state.items() if isinstance(value, np.ndarray)}
        plain = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}
        numbers = {
            "epochs": np.array(epoch + 1),
            "weights": np.array(len(weights)),
            "state": np.array(json.dumps(plain)),
        }
        buffer = io.BytesIO()
        np.savez(buffer, **arrays, **numbers)  # type: ignore[arg-type]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path, buffer.getvalue())

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Take the file away."""
        if self.delete_checkpoint:
            self.path.unlink(missing_ok=True)

    def _read(self) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                return dict(archive)
        except (OSError, ValueError) as error:
            raise ModelFileError(f"{self.path.name} cannot be read: delete it to begin anew.") from error

"""The folder of one run: which files it holds, and who may write them."""

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.core.file_io import lock_file, reason_of, write_atomically
from engine.errors import DataError
from engine.storage.model import Model
from engine.storage.model_file import load_model
from engine.storage.runs.curve_picture import curve_svg
from engine.storage.runs.epoch_lines import append_epoch, read_epochs, write_epochs
from engine.storage.runs.run_entry import RunEntry
from engine.training.checkpoint import Checkpoint
from engine.training.messages import EpochEnded

ENTRY_FILE = "run.json"
EPOCHS_FILE = "epochs.jsonl"
BEST_FILE = "best.safetensors"
LAST_FILE = "last.safetensors"
THUMBNAIL_FILE = "curve.svg"
CHECKPOINT_FILE = "checkpoint.npz"
_LOCK_FILE = "lock"
CUT_OFF = "cut off"


class RunFolder:
    """A run on disk.

    Who writes a run holds its lock, which the system takes away when the process dies: so a run that is neither ended
    nor locked was cut off.

    Attributes:
        path: the folder; its name is the run's id.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def run_id(self) -> str:
        """The name of the folder."""
        return self.path.name

    # ---- reading ----

    def entry(self) -> RunEntry:
        """What is known of the run.

        Raises:
            DataError: the file is missing or damaged; the sentence names it.
        """
        path = self.path / ENTRY_FILE
        try:
            entry = RunEntry.from_json(json.loads(path.read_bytes()))
        except OSError as error:
            raise DataError(f"The run {self.run_id} cannot be read: {reason_of(error)}.") from error
        except ValueError as error:
            raise DataError(
                f"The run {self.run_id} is damaged: {path} is not what was written there. Its models, if they are "
                "still there, can be opened as files."
            ) from error
        return replace(entry, run_id=self.run_id)

    def epochs(self) -> list[EpochEnded]:
        """The metrics of the finished epochs."""
        return read_epochs(self.path / EPOCHS_FILE)

    def checkpoint(self) -> Checkpoint:
        """Where it can go on; raises `ModelFileError` when there is none or it is damaged."""
        return Checkpoint.load(self.path / CHECKPOINT_FILE)

    def model(self, *, best: bool = False) -> Model:
        """The model of the last epoch, or of the best one; raises `ModelFileError` when there is none."""
        return load_model(self.path / (BEST_FILE if best else LAST_FILE))

    @property
    def can_go_on(self) -> bool:
        """Whether there is a checkpoint."""
        return (self.path / CHECKPOINT_FILE).is_file()

    # ---- writing ----

    @property
    def under_way(self) -> bool:
        """Whether somebody, in this process or another one, writes it now."""
        if self._lock is not None:
            return True
        try:
            descriptor = os.open(self.path / _LOCK_FILE, os.O_RDWR)
        except OSError:
            return False
        try:
            lock_file(descriptor)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def state(self, entry: RunEntry) -> str:
        """How the run stands: "under way", "cut off", or the reason of its end."""
        return entry.outcome or ("under way" if self.under_way else CUT_OFF)

    def lock(self) -> None:
        """Become the one who writes.

        Raises:
            DataError: somebody else does.
            OSError: the folder is not writable.
        """
        descriptor = os.open(self.path / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            lock_file(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise DataError(f"The run {self.run_id} is under way in another window or terminal.") from error
        self._lock = descriptor

    def unlock(self) -> None:
        """Leave it to others; may be called twice."""
        if self._lock is not None:
            descriptor, self._lock = self._lock, None
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def size_bytes(self) -> int:
        """What its files take; those that vanish meanwhile count nothing."""
        found = 0
        with contextlib.suppress(OSError):
            for path in self.path.iterdir():
                found += path.stat().st_size
        return found

    def remove(self) -> None:
        """Delete it for good; raises `OSError` when that fails."""
        shutil.rmtree(self.path)

    def write_entry(self, entry: RunEntry) -> None:
        """Replace what is known of the run; raises `OSError` when that fails."""
        write_atomically(self.path / ENTRY_FILE, json.dumps(entry.to_json(), indent=1).encode())

    def append_epoch(self, event: EpochEnded) -> None:
        """Add the metrics of an epoch; raises `OSError` when that fails."""
        append_epoch(self.path / EPOCHS_FILE, event)

    def write_epochs(self, events: list[EpochEnded]) -> None:
        """Replace the metrics of all epochs; raises `OSError` when that fails."""
        write_epochs(self.path / EPOCHS_FILE, events)

    def write_model(self, data: bytes, *, best: bool = False) -> None:
        """Replace the last or the best model by the contents of a model file; raises `OSError` when that fails."""
        write_atomically(self.path / (BEST_FILE if best else LAST_FILE), data, sync=False)

    def write_thumbnail(self, events: Sequence[EpochEnded]) -> None:
        """Replace the small picture of the curve; raises `OSError` when that fails."""
        write_atomically(self.path / THUMBNAIL_FILE, curve_svg(events).encode(), sync=False)

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint; raises `ModelFileError` when that fails."""
        checkpoint.save(self.path / CHECKPOINT_FILE, sync=False)

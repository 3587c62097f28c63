"""Writes a run into its folder while it goes on."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Self

from engine.core.parameters import FloatArray
from engine.errors import EngineError
from engine.storage.model import Model
from engine.storage.model_file import to_bytes
from engine.storage.runs.run_entry import RunEntry
from engine.storage.runs.run_folder import RunFolder
from engine.storage.runs.run_store import problem_of
from engine.training.callbacks import Callback
from engine.training.checkpoint import Checkpoint
from engine.training.messages import EpochEnded, TrainingFinished
from engine.training.run import Run

_log = logging.getLogger(__name__)

# Writing weights takes at most this part of the time: of epochs shorter than some sixty writes, some are passed over.
WRITING_SHARE = 0.015


class RunRecorder(Callback):
    """Keeps metrics, weights and a checkpoint, in the training thread, between two epochs.

    The line of an epoch is on the disk before the epoch is told to anybody. Weights and checkpoint are too, unless
    the last ones were written so shortly before that the training would notice. A run that cannot be written goes on;
    that is told once.

    Args:
        describe: the model of the run as it is now.
        tell: takes a sentence about a failure, in the training thread.

    Attributes:
        folder: where the run is kept; None until `begin`, and when there is no place for it.
        kept_as: the id of the run once all of it is on the disk and the folder is closed; else "".
    """

    def __init__(self, describe: Callable[[Run], Model], tell: Callable[[str], None]) -> None:
        self.folder: RunFolder | None = None
        self.kept_as = ""
        self._describe = describe
        self._tell = tell
        self._told = self._ended = False
        self._steps = self._changes_written = 0
        self._written_at = self._write_seconds = 0.0
        # The best epoch, while it is in no file: its weights and its description.
        self._best: tuple[FloatArray, Model] | None = None

    def begin(self, open_folder: Callable[[], RunFolder], first_step: int = 0) -> None:
        """Take a folder, if there is one to be had, before `fit`; the run stands at `first_step`."""
        self._steps = first_step
        self._attempt(lambda: self._take(open_folder()))

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Keep the epoch."""
        folder = self.folder
        if folder is None:
            return
        self._steps = run.state.step
        self._attempt(lambda: folder.append_epoch(event))
        self._attempt(lambda: self._write_changes(run, folder))
        if event.best:
            self._best = (run.network.store.snapshot(), self._describe(run))
        if time.perf_counter() - self._written_at >= self._write_seconds / WRITING_SHARE:
            started = time.perf_counter()
            self._attempt(lambda: self._write(run, folder))
            self._written_at = time.perf_counter()
            self._write_seconds = self._written_at - started

    def on_train_end(self, run: Run, event: TrainingFinished) -> None:
        """Keep the end, also in the middle of an epoch."""
        folder = self.folder
        if folder is None:
            return
        self._steps = run.state.step
        self._attempt(lambda: self._write(run, folder))
        self._attempt(lambda: self._write_changes(run, folder))
        self._end(event.reason, event.message)

    def keep_model(self, model: Model) -> None:
        """After the end: the model as it is given to the user, with what was fitted since."""
        folder = self.folder
        if folder is not None:
            self._attempt(lambda: folder.write_model(to_bytes(model)))

    def __enter__(self) -> Self:
        """Around `begin`, `fit` and `keep_model`."""
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Leave the folder to others, with the sentence of an error that ended the run; without a step, remove it."""
        if isinstance(error, Exception) and not self._ended:
            self._end("failed", str(error))
        folder, self.folder = self.folder, None
        if folder is None:
            return
        folder.unlock()
        if not self._steps:
            self._attempt(folder.remove)
        elif not self._told:
            self.kept_as = folder.run_id

    def _take(self, folder: RunFolder) -> None:
        self.folder = folder

    def _write(self, run: Run, folder: RunFolder) -> None:
        checkpoint = Checkpoint.of(run)
        if run.state.batch == 0 and run.state.epoch:
            # The next epoch starts its metrics anew; their outputs would be most of a small file.
            outputs = checkpoint.metrics["outputs"][:0]
            checkpoint = replace(checkpoint, metrics={**checkpoint.metrics, "outputs": outputs})
        last = to_bytes(self._describe(run))
        if self._best is not None:
            weights, model = self._best
            store = run.network.store
            now = store.snapshot()
            store.restore(weights)
            try:
                best = to_bytes(model)
            finally:
                store.restore(now)
            folder.write_model(best, best=True)
            self._best = None
        folder.write_model(last)
        folder.write_checkpoint(checkpoint)
        folder.write_thumbnail(run.state.history)

    def _write_changes(self, run: Run, folder: RunFolder) -> None:
        changes = tuple(asdict(change) for change in run.state.changes)
        if len(changes) != self._changes_written:
            folder.write_entry(replace(folder.entry(), changes=changes))
            self._changes_written = len(changes)

    def _end(self, reason: str, message: str) -> None:
        folder, self._ended = self.folder, True
        if folder is not None:
            self._attempt(lambda: folder.write_entry(_ended(folder.entry(), reason, message)))

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (EngineError, OSError) as error:
            # For the log alone: on a terminal the sentence below says it.
            _log.info("A run is not kept: %s", error)
            if not self._told:
                self._told = True
                self._tell(f"{problem_of(error)} Training goes on.")


def _ended(entry: RunEntry, reason: str, message: str) -> RunEntry:
    return replace(entry, ended=datetime.now().isoformat(timespec="milliseconds"), outcome=reason, message=message)

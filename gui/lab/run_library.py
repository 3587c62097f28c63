"""The newest training run of this session: the one under way, or the last one that ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded, TrainingFinished, TrainingProgress
from gui.lab.run_started import RunStarted

if TYPE_CHECKING:
    from engine.storage.model import Model

RunState = Literal["running", "ended", "failed"]


@dataclass(frozen=True, slots=True, eq=False)
class RunRecord:
    """What is known of a run.

    Attributes:
        run_id: its number, from 1.
        title: the preset's title.
        started: what was known when it began.
        moment: when that was.
        state: "running", "ended" or "failed".
        progress: the newest news with all epochs so far, but without single batches and weights; None before any.
        finished: how it ended; None while it lasts and when it failed.
        model: what was learned; None while it lasts and when it failed.
    """

    run_id: int
    title: str
    started: RunStarted
    moment: datetime
    state: RunState = "running"
    progress: TrainingProgress | None = None
    finished: TrainingFinished | None = None
    model: "Model | None" = None

    @property
    def config(self) -> TrainingConfig:
        """The settings."""
        return self.started.config

    @property
    def epochs(self) -> tuple[EpochEnded, ...]:
        """The metrics of each finished epoch."""
        return self.progress.epochs if self.progress is not None else ()


class RunLibrary(QObject):
    """Keeps the newest run in memory; all others are on the disk.

    Attributes:
        newest: the run under way, or the last one that ended; None before the first.

    Signals:
        changed: a run began, ended, or finished an epoch.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.newest: RunRecord | None = None

    @Slot(object)
    def begin_run(self, started: RunStarted) -> None:
        """A run begins."""
        self._keep(RunRecord(started.run_id, started.preset.title, started, datetime.now()))

    @Slot(object)
    def add_progress(self, progress: TrainingProgress) -> None:
        """Take in the epochs that have ended."""
        record = self.newest
        # What else is new, the next news say again.
        if (
            record is None
            or record.run_id != progress.run_id
            or not (progress.epochs or progress.changes or progress.paused or record.progress is None)
        ):
            return
        nothing = progress.batch_losses[:0]
        news = replace(
            progress,
            batch_losses=nothing,
            batch_data_losses=nothing,
            batch_accuracies=nothing,
            epochs=record.epochs + progress.epochs,
            changes=(record.progress.changes if record.progress is not None else ()) + progress.changes,
            weights=None,
        )
        self.newest = replace(record, progress=news)
        if progress.epochs:
            self.changed.emit()

    @Slot(object, object)
    def end_run(self, finished: TrainingFinished, model: "Model") -> None:
        """The run under way ended."""
        record = self.newest
        if record is not None and record.state == "running":
            self._keep(replace(record, state="ended", finished=finished, model=model))

    @Slot()
    def fail_run(self) -> None:
        """The run under way failed."""
        record = self.newest
        if record is not None and record.state == "running":
            self._keep(replace(record, state="failed"))

    def _keep(self, record: RunRecord) -> None:
        self.newest = record
        self.changed.emit()

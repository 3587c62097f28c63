"""Which stored epoch of the run is shown: one for all tabs."""

from PySide6.QtCore import QObject, Signal, Slot

from engine.training.messages import TrainingProgress
from gui.lab.training_run import RunStarted


class CurrentEpoch(QObject):
    """The epochs that a run has stored so far, and the one that is shown.

    It follows the newest one until another is chosen.

    Signals:
        changed: another epoch is shown, or there are more of them.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stored: tuple[int, ...] = ()
        self._chosen: int | None = None
        self._first = 0

    @property
    def stored(self) -> tuple[int, ...]:
        """The epochs that can be shown, counted from 1, in order."""
        return self._stored

    @property
    def shown(self) -> int | None:
        """The epoch that is shown; None before the first one has ended."""
        if self._chosen is not None:
            return self._chosen
        return self._stored[-1] if self._stored else None

    @property
    def follows_newest(self) -> bool:
        """Whether the next epoch that ends will be shown."""
        return self._chosen is None

    def show_epoch(self, epoch: int) -> None:
        """Show a stored epoch and stay there; any other number changes nothing."""
        if epoch in self._stored and epoch != self._chosen:
            self._chosen = epoch
            self.changed.emit()

    @Slot()
    def follow_newest(self) -> None:
        """Show the newest epoch, and every newer one."""
        if self._chosen is not None:
            self._chosen = None
            self.changed.emit()

    @Slot(object)
    def begin_run(self, started: RunStarted) -> None:
        """Start afresh with a fresh run; a continued one adds its epochs."""
        self._first = round(started.first_epoch)
        if not started.continued and (self._stored or self._chosen is not None):
            self._stored, self._chosen = (), None
            self.changed.emit()

    @Slot(object)
    def add_progress(self, progress: TrainingProgress) -> None:
        """Take in the epochs that have ended."""
        ended = {self._first + epoch.epoch for epoch in progress.epochs} - set(self._stored)
        if ended:
            self._stored = tuple(sorted({*self._stored, *ended}))
            self.changed.emit()

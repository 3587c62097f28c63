"""Which stored epoch of the run is shown: one for all tabs."""

from PySide6.QtCore import QObject, Signal, Slot

from engine.core.parameters import FloatArray
from engine.training.messages import TrainingProgress
from gui.lab.run_started import RunStarted

# What the weights of all stored epochs may take together; two epochs are kept whatever they take.
MOST_BYTES = 64 * 1024 * 1024
MOST_EPOCHS = 400


class CurrentEpoch(QObject):
    """The epochs of the newest run whose weights are stored, and the one that is shown.

    It follows the newest one until another is chosen. A long run is thinned: every second epoch is dropped, then every
    second of those left, and so on; the first, the newest and the chosen one stay.

    Signals:
        changed: another epoch is shown, or others are stored.
    """

    changed = Signal()

    def __init__(
        self, parent: QObject | None = None, *, most_bytes: int = MOST_BYTES, most_epochs: int = MOST_EPOCHS
    ) -> None:
        super().__init__(parent)
        self._most_bytes, self._most_epochs = most_bytes, most_epochs
        self._weights: dict[int, FloatArray] = {}
        self._chosen: int | None = None
        self._first = 0.0
        self._stride = 1

    @property
    def stored(self) -> tuple[int, ...]:
        """The epochs that can be shown, counted from 1, in order."""
        return tuple(self._weights)

    @property
    def ended(self) -> int:
        """How many epochs have ended, stored or not."""
        return max(self._weights, default=0)

    @property
    def shown(self) -> int | None:
        """The epoch that is shown; None before the first one has ended."""
        return self._chosen if self._chosen is not None else next(reversed(self._weights), None)

    @property
    def follows_newest(self) -> bool:
        """Whether the next epoch that ends will be shown."""
        return self._chosen is None

    @property
    def chosen_weights(self) -> FloatArray | None:
        """The weights of the chosen epoch, (parameters,), read-only; None while the newest ones are followed."""
        return None if self._chosen is None else self._weights[self._chosen]

    @property
    def shown_weights(self) -> FloatArray | None:
        """The weights of the shown epoch, chosen or newest, (parameters,), read-only; None before the first."""
        return None if self.shown is None else self._weights[self.shown]

    def weights_until_shown(self) -> list[FloatArray]:
        """The stored weights up to the shown epoch, oldest first, (parameters,) each."""
        last = self.shown
        return [weights for epoch, weights in self._weights.items() if last is not None and epoch <= last]

    def show_epoch(self, epoch: int) -> None:
        """Show a stored epoch and stay there; any other number changes nothing."""
        if epoch in self._weights and epoch != self._chosen:
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
        self._first = started.first_epoch
        if not started.continued:
            self._stride = 1
            if self._weights or self._chosen is not None:
                self._weights, self._chosen = {}, None
                self.changed.emit()

    @Slot(object)
    def add_progress(self, progress: TrainingProgress) -> None:
        """Take in the weights of epochs that have ended."""
        first = self._first
        fresh = {round(first + float(progress.epochs_after(step))): weights for step, weights in progress.epoch_weights}
        if fresh.keys() - self._weights.keys():
            self._weights = dict(sorted({**self._weights, **fresh}.items()))
            self._thin()
            self.changed.emit()

    def _thin(self) -> None:
        size = next(iter(self._weights.values())).nbytes
        room = max(2, min(self._most_epochs, self._most_bytes // max(1, size)))
        kept = self._on_grid()
        while len(kept) > room and self._stride <= self.ended:
            self._stride *= 2
            kept = self._on_grid()
        if self._chosen is not None:
            kept.add(self._chosen)
        self._weights = {epoch: weights for epoch, weights in self._weights.items() if epoch in kept}

    def _on_grid(self) -> set[int]:
        return {epoch for epoch in self._weights if (epoch - 1) % self._stride == 0} | {self.ended}

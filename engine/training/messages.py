"""All that crosses the border between a training thread and whoever watches it.

Inwards: `TrainingControl`, a set of `threading.Event`s that the trainer looks at between batches, so that a
request never queues behind the work. Outwards: `TrainingMonitor`, messages under one lock. The trainer writes
every batch into it; the watcher takes what is new whenever it likes, on its own timer. Nothing is sent per batch.
Arrays that cross are copies and read-only.
"""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, ParameterStore
from engine.training.control import TrainingControl
from engine.training.events import EpochEnded, StepMeasure, TrainingFinished
from engine.training.knobs import KnobChange

__all__ = [
    "EpochEnded",
    "StepMeasure",
    "TrainingControl",
    "TrainingFinished",
    "TrainingMonitor",
    "TrainingProgress",
]

# Epochs whose weights wait for a watcher.
MOST_EPOCH_WEIGHTS = 64


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """What is new since the watcher last asked.

    Attributes:
        run_id: which run this is from.
        first_step: number (from 0) of the first batch in the arrays below.
        batch_losses: float64 (new batches,), training loss with penalties.
        batch_data_losses: float64 (new batches,), without penalties.
        batch_accuracies: float64 (new batches,), NaN where the task has no accuracy.
        epochs: epochs that ended since.
        step, total_steps, epoch, total_epochs: where the run is (epoch is 1-based).
        steps_per_epoch: batches in an epoch.
        images_per_second: over the last second or so; 0.0 while unknown.
        seconds_left: estimate, or None while unknown.
        paused: whether the trainer is waiting.
        weights: newest snapshot of the network if one was asked for, else None.
        weights_step: batches done when the snapshot was taken.
        finished: how the run ended, or None.
        epoch_weights: (step, snapshot) at the end of each epoch since, where the watcher follows epochs.
        changes: turns of knobs since.
        measures: of steps, where they were asked for.
        sizes: for each size that the batches have had: from which step on, how many epochs were done then, and how many
            batches an epoch has since. Without any, `steps_per_epoch` holds for all.
    """

    run_id: int
    first_step: int
    batch_losses: FloatArray
    batch_data_losses: FloatArray
    batch_accuracies: FloatArray
    epochs: tuple[EpochEnded, ...]
    step: int
    total_steps: int
    epoch: int
    total_epochs: int
    steps_per_epoch: int
    images_per_second: float
    seconds_left: float | None
    paused: bool
    weights: FloatArray | None
    weights_step: int
    finished: TrainingFinished | None
    epoch_weights: tuple[tuple[int, FloatArray], ...] = ()
    changes: tuple[KnobChange, ...] = ()
    measures: tuple[StepMeasure, ...] = ()
    sizes: tuple[tuple[int, int, int], ...] = ()

    def epochs_after(self, steps: ArrayLike) -> Any:  # noqa: ANN401 (as many as steps)
        """How many epochs are done after so many steps of the run: a number, or an array of any shape."""
        sizes, at = self.sizes or ((0, 0, self.steps_per_epoch),), np.asarray(steps)
        if len(sizes) == 1:
            return sizes[0][1] + (at - sizes[0][0]) / max(1.0, sizes[0][2])
        first, done, size = np.array(sizes, np.float64).T
        part = np.maximum(0, np.searchsorted(first, at, "left") - 1)
        return done[part] + (at - first[part]) / np.maximum(1.0, size[part])

    def snapshots(self) -> list[tuple[int, FloatArray]]:
        """All weights that came, (parameters,) each, with their steps, in order: those of epochs and the newest."""
        found = dict(self.epoch_weights)
        if self.weights is not None:
            found[self.weights_step] = self.weights
        return sorted(found.items(), key=lambda item: item[0])


@dataclass(slots=True)
class TrainingMonitor:
    """The messages of one run. The trainer records; a watcher calls `take` and `request_weights`."""

    run_id: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _losses: list[float] = field(default_factory=list)
    _data_losses: list[float] = field(default_factory=list)
    _accuracies: list[float] = field(default_factory=list)
    _epochs: list[EpochEnded] = field(default_factory=list)
    _first_step: int = 0
    _total_epochs: int = 0
    _steps_per_epoch: int = 0
    _sizes: list[tuple[int, int, int]] = field(default_factory=list)
    _changes: list[KnobChange] = field(default_factory=list)
    _measures: list[StepMeasure] = field(default_factory=list)
    _measures_wanted: threading.Event = field(default_factory=threading.Event)
    _images_per_second: float = 0.0
    _seconds_left: float | None = None
    _paused: bool = False
    _weights: FloatArray | None = None
    _weights_step: int = 0
    _weights_wanted: threading.Event = field(default_factory=threading.Event)
    _finished: TrainingFinished | None = None
    _epochs_followed: threading.Event = field(default_factory=threading.Event)
    # Bounded, as a watcher that is busy must not cost memory without end.
    _epoch_weights: deque[tuple[int, FloatArray]] = field(default_factory=lambda: deque(maxlen=MOST_EPOCH_WEIGHTS))

    # What the watcher calls.

    def take(self) -> TrainingProgress:
        """Everything that is new since the last call."""
        with self._lock:
            step = self._first_step + len(self._losses)
            per_epoch = max(1, self._steps_per_epoch)
            since, done, _ = self._sizes[-1] if self._sizes else (0, 0, 0)
            progress = TrainingProgress(
                run_id=self.run_id,
                first_step=self._first_step,
                batch_losses=_frozen(self._losses),
                batch_data_losses=_frozen(self._data_losses),
                batch_accuracies=_frozen(self._accuracies),
                epochs=tuple(self._epochs),
                step=step,
                total_steps=since + self._steps_per_epoch * (self._total_epochs - done),
                epoch=min(done + (step - since) // per_epoch + 1, max(1, self._total_epochs)),
                total_epochs=self._total_epochs,
                steps_per_epoch=self._steps_per_epoch,
                images_per_second=self._images_per_second,
                seconds_left=self._seconds_left,
                paused=self._paused,
                weights=self._weights,
                weights_step=self._weights_step,
                finished=self._finished,
                epoch_weights=tuple(self._epoch_weights),
                changes=tuple(self._changes),
                measures=tuple(self._measures),
                sizes=tuple(self._sizes),
            )
            self._epoch_weights.clear()
            self._first_step = step
            self._losses, self._data_losses, self._accuracies = [], [], []
            self._epochs, self._changes, self._measures = [], [], []
            self._weights = None
            return progress

    def request_weights(self) -> None:
        """Ask for a snapshot at the next batch boundary; it comes with a later `take`."""
        self._weights_wanted.set()

    def request_measure(self) -> None:
        """Ask what the next step is like."""
        self._measures_wanted.set()

    def follow_epochs(self) -> None:
        """Ask for a snapshot at the end of every epoch from now on."""
        self._epochs_followed.set()

    # What the trainer calls.

    def begin(
        self, total_epochs: int, steps_per_epoch: int, first_step: int = 0, done: tuple[int, int] = (0, 0)
    ) -> None:
        """Announce the size of the run; `first_step` and `done`, epochs and batches, are not 0 when it is resumed."""
        with self._lock:
            self._total_epochs, self._steps_per_epoch = total_epochs, steps_per_epoch
            self._first_step = first_step
            self._sizes = [(first_step - done[1], done[0], steps_per_epoch)]

    def resize(self, steps_per_epoch: int, step: int, done: tuple[int, int]) -> None:
        """The epochs have another number of batches from now on, after so many steps, epochs and batches of one."""
        with self._lock:
            self._steps_per_epoch = steps_per_epoch
            self._sizes.append((step - done[1], done[0], steps_per_epoch))

    def record_change(self, change: KnobChange) -> None:
        """Add a turn of a knob."""
        with self._lock:
            self._changes.append(change)

    def record_batches(
        self, losses: Iterable[float], data_losses: Iterable[float], accuracies: Iterable[float]
    ) -> None:
        """Add the metrics of some batches."""
        with self._lock:
            self._losses.extend(losses)
            self._data_losses.extend(data_losses)
            self._accuracies.extend(accuracies)

    def record_epoch(self, event: EpochEnded) -> None:
        """Add a finished epoch."""
        with self._lock:
            self._epochs.append(event)

    def record_rate(self, images_per_second: float, seconds_left: float | None) -> None:
        """Set the newest speed and estimate."""
        with self._lock:
            self._images_per_second, self._seconds_left = images_per_second, seconds_left

    def record_paused(self, paused: bool) -> None:
        """Say whether the trainer is held."""
        with self._lock:
            self._paused = paused

    @property
    def measure_wanted(self) -> bool:
        """Whether the watcher asks what the next step is like."""
        return self._measures_wanted.is_set()

    def record_measure(self, measure: StepMeasure) -> None:
        """Say what a step was like."""
        self._measures_wanted.clear()
        with self._lock:
            self._measures.append(measure)

    @property
    def weights_wanted(self) -> bool:
        """Whether the watcher waits for a snapshot."""
        return self._weights_wanted.is_set()

    def offer_weights(self, store: ParameterStore, step: int, *, always: bool = False) -> None:
        """Copy the weights if the watcher asked for them (or `always`, at the end of a run)."""
        if always or self._weights_wanted.is_set():
            self._weights_wanted.clear()
            snapshot = store.snapshot()
            with self._lock:
                self._weights, self._weights_step = snapshot, step

    def offer_epoch_weights(self, store: ParameterStore, step: int) -> None:
        """Copy the weights at the end of an epoch if the watcher follows epochs."""
        if self._epochs_followed.is_set():
            snapshot = store.snapshot()
            with self._lock:
                self._epoch_weights.append((step, snapshot))

    def finish(self, event: TrainingFinished) -> None:
        """Record how the run ended; the last thing that happens to a monitor."""
        with self._lock:
            self._finished = event
            self._paused = False


def _frozen(values: list[float]) -> FloatArray:
    array = np.array(values, np.float64)
    array.flags.writeable = False
    return array

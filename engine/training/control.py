"""How a training run is steered from another thread: the inward half of what `messages` describes."""

import threading

# A trainer that gives way goes on after this time in any case: the watcher may have forgotten it.
_LONGEST_WAY_SECONDS = 0.025


class TrainingControl:
    """Pause, resume, stop and single steps, from any thread; seen by the trainer between batches."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._run = threading.Event()
        self._run.set()
        self._way_free = threading.Event()
        self._way_free.set()
        self._lock = threading.Lock()
        self._batches_left: int | None = None
        self._epochs_left: int | None = None

    @property
    def stop_requested(self) -> bool:
        """Whether the run is to end at the next batch."""
        return self._stop.is_set()

    @property
    def paused(self) -> bool:
        """Whether the trainer is held."""
        return not self._run.is_set()

    def pause(self) -> None:
        """Hold the trainer at the next batch."""
        self._run.clear()

    def resume(self) -> None:
        """Let the trainer go on until told otherwise."""
        with self._lock:
            self._batches_left = self._epochs_left = None
        self._run.set()

    def stop(self) -> None:
        """End the run at the next batch; also wakes a held trainer."""
        self._stop.set()
        self._run.set()
        self._way_free.set()

    def give_way(self) -> None:
        """Begin nothing new for a moment, no batch, no slice of a large one, no chunk of a validation.

        Something else is urgent.

        Ends with `take_way`.
        """
        self._way_free.clear()

    def take_way(self) -> None:
        """What was urgent is done."""
        self._way_free.set()

    def run_batches(self, count: int = 1) -> None:
        """Train this many batches, then hold."""
        with self._lock:
            self._batches_left, self._epochs_left = count, None
        self._run.set()

    def run_epochs(self, count: int = 1) -> None:
        """Train to the end of this many epochs, then hold."""
        with self._lock:
            self._batches_left, self._epochs_left = None, count
        self._run.set()

    # What the trainer calls.

    def wait(self) -> bool:
        """Before a batch: return at once, or when released; False when the run is to end."""
        self._run.wait()
        return not self._stop.is_set()

    def wait_for_way(self) -> None:
        """Before a batch or a part of one: let what is urgent elsewhere be done first, for a moment at most."""
        if not self._way_free.is_set() and not self._way_free.wait(_LONGEST_WAY_SECONDS):
            self._way_free.set()

    @property
    def counting(self) -> bool:
        """Whether the trainer is to hold after a number of batches."""
        return self._batches_left is not None

    def batch_done(self) -> None:
        """After a batch: hold if the asked number is done."""
        if not self.counting:
            return
        with self._lock:
            if self._batches_left is not None:
                self._batches_left -= 1
                if self._batches_left <= 0:
                    self._batches_left = None
                    self._hold()

    def epoch_done(self) -> None:
        """After an epoch: hold if the asked number is done."""
        with self._lock:
            if self._epochs_left is not None:
                self._epochs_left -= 1
                if self._epochs_left <= 0:
                    self._epochs_left = None
                    self._hold()

    def _hold(self) -> None:
        if not self._stop.is_set():
            self._run.clear()

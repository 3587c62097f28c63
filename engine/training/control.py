"""How a training run is steered from another thread: the inward half of what `messages` describes."""

import threading

from engine.training.knobs import KnobChange

# A held trainer goes on after this time in any case: the watcher may have forgotten it.
_LONGEST_HOLD_SECONDS = 0.025


class TrainingControl:
    """Pause, resume, stop and single steps, from any thread; seen by the trainer between batches."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._run = threading.Event()
        self._run.set()
        self._released = threading.Event()
        self._released.set()
        self._lock = threading.Lock()
        self._batches_left: int | None = None
        self._epochs_left: int | None = None
        # Knobs that are to be turned, and how far.
        self._turns: list[tuple[str, float]] = []

    @property
    def stop_requested(self) -> bool:
        """Whether the run is to end at the next batch."""
        return self._stop.is_set()

    @property
    def paused(self) -> bool:
        """Whether the trainer is paused."""
        return not self._run.is_set()

    def pause(self) -> None:
        """Pause the trainer at the next batch."""
        self._run.clear()

    def resume(self) -> None:
        """Let the trainer go on until told otherwise."""
        with self._lock:
            self._batches_left = self._epochs_left = None
        self._run.set()

    def stop(self) -> None:
        """End the run at the next batch; also wakes a paused or held trainer."""
        self._stop.set()
        self._run.set()
        self._released.set()

    @property
    def held(self) -> bool:
        """Whether the trainer waits for a moment before it goes on."""
        return not self._released.is_set()

    def hold(self) -> None:
        """Begin no batch, no slice of a large one and no chunk of a validation until `release`, 25 ms at most."""
        self._released.clear()

    def release(self) -> None:
        """Let the trainer go on after `hold`."""
        self._released.set()

    def run_batches(self, count: int = 1) -> None:
        """Train this many batches, then pause."""
        with self._lock:
            self._batches_left, self._epochs_left = count, None
        self._run.set()

    def run_epochs(self, count: int = 1) -> None:
        """Train to the end of this many epochs, then pause."""
        with self._lock:
            self._batches_left, self._epochs_left = None, count
        self._run.set()

    def turn(self, knob: str, value: float) -> None:
        """Turn a knob of `engine.training.knobs` before the next batch; one that the run does not have is ignored.

        Raises:
            ConfigurationError: there is no such knob, or it does not go so far.
        """
        KnobChange(0, knob, value)
        with self._lock:
            self._turns.append((knob, value))

    # What the trainer calls.

    def take_turns(self) -> list[tuple[str, float]]:
        """The knobs that were turned since the last call, of each the last turn."""
        if not self._turns:
            return []
        with self._lock:
            turns, self._turns = self._turns, []
        return list(dict(turns).items())

    def wait(self) -> bool:
        """Before a batch: return at once, or when resumed; False when the run is to end."""
        self._run.wait()
        return not self._stop.is_set()

    def wait_while_held(self) -> None:
        """Before a slice of a batch and before a chunk of a validation: return at once, or after `release`."""
        if self.held and not self._released.wait(_LONGEST_HOLD_SECONDS):
            self._released.set()

    @property
    def counting(self) -> bool:
        """Whether the trainer is to pause after a number of batches."""
        return self._batches_left is not None

    def batch_done(self) -> None:
        """After a batch: pause if the asked number is done."""
        if not self.counting:
            return
        with self._lock:
            if self._batches_left is not None:
                self._batches_left -= 1
                if self._batches_left <= 0:
                    self._batches_left = None
                    self._pause()

    def epoch_done(self) -> None:
        """After an epoch: pause if the asked number is done."""
        with self._lock:
            if self._epochs_left is not None:
                self._epochs_left -= 1
                if self._epochs_left <= 0:
                    self._epochs_left = None
                    self._pause()

    def _pause(self) -> None:
        if not self._stop.is_set():
            self._run.clear()

"""Runs a sweep: hands its trials to workers, and keeps count of them whatever becomes of the workers."""

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Literal

from engine.errors import DataError
from engine.storage.runs.run_folder import RunFolder
from engine.storage.runs.run_store import RunStore
from engine.training.messages import EpochEnded
from models.sweeps.plan import SweepPlan, Trial
from models.sweeps.trial import TrialOutcome
from models.sweeps.workers import Workers

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2
# Epochs of the trials under way are read so often.
_READ_SECONDS = 0.5
# A trial whose worker was lost is tried so often: it may be the one that ends its workers.
_MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class TrialState:
    """How a trial stands.

    Attributes:
        trial: which.
        state: "waiting", "running" or "ended".
        outcome: how it ended.
        epochs: the metrics of its epochs, as far as they can be seen from here.
        attempts: how often its worker was lost.
    """

    trial: Trial
    state: Literal["waiting", "running", "ended"] = "waiting"
    outcome: TrialOutcome | None = None
    epochs: tuple[EpochEnded, ...] = ()
    attempts: int = 0


class Sweep:
    """The trials of a plan. `run` takes as long as they do; all else may be called from other threads meanwhile.

    Each trial has one place in a table by its number, which is filled once: a result that comes twice is dropped.

    Args:
        plan: the trials.
        workers: who trains them; closed at the end of `run`.
        store: the user's runs.
        told: called in the thread of `run` whenever a trial has ended.
    """

    def __init__(
        self,
        plan: SweepPlan,
        workers: Workers,
        store: RunStore,
        told: Callable[[TrialState], None] = lambda _state: None,
    ) -> None:
        self.plan = plan
        self._workers, self._store, self._told = workers, store, told
        self._lock = threading.Lock()
        self._states = {trial.number: TrialState(trial) for trial in plan.trials}
        self._waiting = deque(self._states)
        self._running: dict[Future[TrialOutcome], int] = {}
        self._stops: set[int] = set()
        # Those that somebody has stopped, ever: none of them is tried again.
        self._unwanted: set[int] = set()
        self._read_at = 0.0

    def states(self) -> list[TrialState]:
        """How the trials stand now, by number."""
        with self._lock:
            return list(self._states.values())

    def stop(self, number: int | None = None) -> None:
        """Let a trial, or all of them, end early: what runs keeps the weights that it has."""
        with self._lock:
            self._stops |= set(self._states) if number is None else {number}

    def kill(self) -> None:
        """End the workers of this machine at once, for a program that has to end; their runs can be resumed."""
        self.stop()
        self._workers.kill()

    def run(self) -> list[TrialState]:
        """Train all trials; how they ended."""
        try:
            while self._waiting or self._running:
                self._heed_stops()
                self._hand_in()
                self._collect()
                self._read_epochs()
        finally:
            self._workers.close()
        return self.states()

    def _heed_stops(self) -> None:
        with self._lock:
            wanted, self._stops = self._stops, set()
        self._unwanted |= wanted
        for number in sorted(wanted):
            if number in self._waiting:
                self._waiting.remove(number)
                self._end(TrialOutcome(number, "stopped", "Stopped before it began."))
        for future, number in list(self._running.items()):
            if number in wanted:
                if self._workers.can_cancel and future.cancel():
                    del self._running[future]
                    self._end(TrialOutcome(number, "stopped", "Stopped before it began."))
                else:
                    self._workers.ask_to_stop(number)

    def _hand_in(self) -> None:
        while self._waiting and len(self._running) < self._workers.at_once:
            number = self._waiting.popleft()
            try:
                future = self._workers.submit(self._states[number].trial, self.plan.sweep_id, self.plan.arguments)
            except Exception as error:
                self._waiting.appendleft(number)
                self._lose(number, error)
                return
            self._running[future] = number
            if self._workers.has_begun(number):
                self._change(number, state="running")

    def _collect(self) -> None:
        done, _ = wait(self._running, _LOOK_SECONDS, FIRST_COMPLETED)
        lost: list[tuple[int, Exception]] = []
        for future in done:
            number = self._running.pop(future)
            error = Exception("the worker took it away") if future.cancelled() else future.exception()
            if error is None:
                self._end(self._kept(future.result()))
            else:
                lost.append((number, error if isinstance(error, Exception) else Exception(str(error))))
        if lost:
            self._workers.renew()
            for number, error in sorted(lost, reverse=True):
                self._waiting.appendleft(number)
                self._lose(number, error)

    def _lose(self, number: int, error: Exception) -> None:
        """Count an attempt of a trial that waits again, or give it up."""
        attempts = self._states[number].attempts + 1
        if number in self._unwanted or number in self._stops:
            self._waiting.remove(number)
            run_id = self._states[number].trial.run_id
            kept = run_id if (self._store.root / run_id).is_dir() else ""
            self._end(TrialOutcome(number, "stopped", "Its worker was ended.", run=kept))
            return
        _log.warning("The worker of trial %d was lost: %s", number, error)
        if self._workers.root is not None:
            # What the lost worker wrote of it; the next attempt writes the same anew.
            shutil.rmtree(self._workers.root / self._states[number].trial.run_id, ignore_errors=True)
        self._change(number, state="waiting", attempts=attempts, epochs=())
        if attempts >= _MOST_ATTEMPTS:
            self._waiting.remove(number)
            words = f"Its worker ended {attempts} times without an answer ({type(error).__name__}: {error})."
            self._end(TrialOutcome(number, "failed", words))

    def _kept(self, outcome: TrialOutcome) -> TrialOutcome:
        """Take in the run that a worker has sent back."""
        if not outcome.files:
            return outcome
        try:
            self._store.take_in(outcome.run, outcome.files)
        except DataError as error:
            return replace(outcome, files={}, run="", message=f"{outcome.message} {error}")
        return replace(outcome, files={})

    def _end(self, outcome: TrialOutcome) -> None:
        epochs = tuple(RunFolder(self._store.root / outcome.run).epochs()) if outcome.run else ()
        self._change(outcome.number, state="ended", outcome=outcome, epochs=epochs)
        self._told(self._states[outcome.number])

    def _read_epochs(self) -> None:
        """See how far the trials under way are."""
        now = time.monotonic()
        if now - self._read_at < _READ_SECONDS:
            return
        self._read_at = now
        for number in self._running.values():
            state = self._states[number]
            epochs = self._workers.epochs(state.trial)
            begun = self._workers.has_begun(number)
            if len(epochs) != len(state.epochs) or (begun and state.state == "waiting"):
                self._change(number, state="running", epochs=epochs)

    def _change(self, number: int, **news: object) -> None:
        with self._lock:
            self._states[number] = replace(self._states[number], **news)  # type: ignore[arg-type]

"""Who trains the trials: anything with the interface of `concurrent.futures.Executor`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from engine.storage.runs.run_folder import RunFolder
from engine.training.messages import EpochEnded
from models.sweeps.plan import Trial
from models.sweeps.trial import Digits, Job, News, TrialOutcome, run_trial


class Workers(ABC):
    """An executor, opened when the first trial is handed in, and what is around it.

    Attributes:
        at_once: how many trials are handed in at the same time.
        can_cancel: whether a trial that was handed in, but has not begun, can be taken back.
        root: the folder of the runs that the workers write into; None where they send the runs back.
    """

    at_once: int
    can_cancel = True
    root: Path | None = None

    def __init__(self) -> None:
        self._executor: Executor | None = None

    def submit(self, trial: Trial, sweep_id: str, arguments: Mapping[str, Any]) -> "Future[TrialOutcome]":
        """Hand a trial in; raises what `Executor.submit` raises where workers were lost."""
        if self._executor is None:
            self._executor = self.open()
        job = Job(trial, sweep_id, arguments, self.root, self.stop_wish(trial.number), self.news(trial.number))
        return self._executor.submit(run_trial, job, self.digits())

    def has_begun(self, _number: int) -> bool:
        """Whether a trial that was handed in is trained by now."""
        return True

    def epochs(self, trial: Trial) -> tuple[EpochEnded, ...]:
        """Those of a trial under way, as far as they can be seen from here."""
        return () if self.root is None else tuple(RunFolder(self.root / trial.run_id).epochs())

    def news(self, _number: int) -> "News | None":
        """Asked for each attempt: what takes the epochs of a trial in its worker; None where its folder is read."""
        return None

    @abstractmethod
    def renew(self) -> None:
        """Workers were lost: see that further trials find what they need."""

    @abstractmethod
    def open(self) -> Executor:
        """Start, or find, the workers."""

    @abstractmethod
    def digits(self) -> "Digits | Callable[[], Digits]":
        """The second argument of `run_trial`."""

    @abstractmethod
    def stop_wish(self, number: int) -> Callable[[], Callable[[], bool]]:
        """What tells the worker of a trial that it is to end early; see `Job.stop_wished`."""

    @abstractmethod
    def ask_to_stop(self, number: int) -> None:
        """Let the worker of a trial end it at the next batch."""

    @abstractmethod
    def close(self) -> None:
        """Let the workers go when they have done what they do, and wait for them."""

    @abstractmethod
    def kill(self) -> None:
        """End the workers of this machine at once."""

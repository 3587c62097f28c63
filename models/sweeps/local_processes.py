"""Worker processes of this machine, each of which trains on one core."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import available_cores
from models.sweeps.plan import Trial
from models.sweeps.trial import Digits, TrialOutcome
from models.sweeps.workers import Workers

_POLITE_NICENESS = 5


class LocalProcesses(Workers):
    """New processes, so that no thread or lock of this one is copied; they end with it, however it ends.

    Args:
        digits: training and validation digits, sent to each process once.
        root: the folder of the runs.
        count: how many processes; 0 for one less than there are cores, and at least one.
        low_priority: whether a window goes before them.
    """

    def __init__(self, digits: Digits, root: Path, count: int = 0, *, low_priority: bool = False) -> None:
        super().__init__()
        self.at_once = count or max(1, available_cores() - 1)
        self.root = root
        self._digits, self._low_priority = digits, low_priority
        self._pool: ProcessPoolExecutor | None = None
        self._processes: set[BaseProcess] = set()
        self._wishes = Path(tempfile.mkdtemp(prefix="digitlab-sweep-"))

    def submit(self, trial: Trial, sweep_id: str, arguments: Mapping[str, Any]) -> "Future[TrialOutcome]":
        """Hand a trial in; a process is started with it while there are fewer than asked for."""
        before = set(multiprocessing.active_children())
        with _interrupts_held():
            future = super().submit(trial, sweep_id, arguments)
        self._processes |= set(multiprocessing.active_children()) - before
        return future

    def open(self) -> ProcessPoolExecutor:
        """The pool; its processes start one by one."""
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.at_once, context, _begin, (self._digits, self._low_priority))
        return self._pool

    def renew(self) -> None:
        """A pool that has lost a process takes nothing any more."""
        pool, self._pool, self._executor = self._pool, None, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        self._processes.clear()

    def digits(self) -> Callable[[], Digits]:
        """Those that the process has."""
        return _held_digits

    def stop_wish(self, number: int) -> "_FileWish":
        """A file that appears."""
        return _FileWish(str(self._wishes / str(number)))

    def ask_to_stop(self, number: int) -> None:
        """Make the file."""
        with contextlib.suppress(OSError):
            (self._wishes / str(number)).touch()

    def close(self) -> None:
        """End the processes when they have nothing to do."""
        self.renew()
        shutil.rmtree(self._wishes, ignore_errors=True)

    def kill(self) -> None:
        """End the processes at once; their runs are cut off."""
        for process in self._processes:
            # One that has been waited for by the pool is closed.
            with contextlib.suppress(ValueError):
                process.kill()


@dataclass(frozen=True, slots=True)
class _FileWish:
    path: str

    def __call__(self) -> Callable[[], bool]:
        return Path(self.path).exists


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C is for this process, which ends the others in good order: they are born deaf to it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# What a worker process was started with; empty in every other process.
_held: list[Digits] = []


def _begin(digits: Digits, low_priority: bool) -> None:
    """The first thing that a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if low_priority and hasattr(os, "nice"):
        os.nice(_POLITE_NICENESS)
    # For as long as the process lives, also outside trainings.
    BlasLimit(1)
    _held.append(digits)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _held_digits() -> Digits:
    return _held[0]

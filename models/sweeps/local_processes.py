"""Worker processes of this machine, each of which trains on one core."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import Dataset
from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import available_cores
from models.sweeps.trial import Digits, Job, TrialOutcome, run_trial
from models.sweeps.workers import Workers

_POLITE_NICENESS = 5
_END_SECONDS = 2.0


class WorkerLostError(Exception):
    """A worker process has ended in the middle of a trial."""


class LocalProcesses(Workers):
    """New processes, so that no thread or lock of this one is copied; they end with it, however it ends.

    Each process belongs to one thread of a pool, which hands it a trial and waits for the answer or for its end: so a
    process that dies costs the trial that it was at, and nothing that others wait for.

    Args:
        digits: training and validation digits; the processes read them from a file.
        root: the folder of the runs.
        count: how many processes; 0 for one less than there are cores, and at least one.
        low_priority: whether a window goes before them.
    """

    def __init__(self, digits: Digits, root: Path, count: int = 0, *, low_priority: bool = False) -> None:
        super().__init__()
        self.at_once = count or max(1, available_cores() - 1)
        self.root = root
        self._low_priority = low_priority
        self._folder = Path(tempfile.mkdtemp(prefix="digitlab-sweep-"))
        self._digits = self._folder / "digits.npz"
        _write_digits(self._digits, digits)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []
        self._killed = False

    def open(self) -> Executor:
        """Threads, each of which waits for a process."""
        return _ProcessExecutor(self._train, self.at_once)

    def renew(self) -> None:
        """Nothing: a thread whose process is gone starts another one."""

    def digits(self) -> Callable[[], Digits]:
        """Those that the process has read."""
        return _held_digits

    def stop_wish(self, number: int) -> "_FileWish":
        """A file that appears."""
        return _FileWish(str(self._folder / f"stop-{number}"))

    def ask_to_stop(self, number: int) -> None:
        """Make the file."""
        with contextlib.suppress(OSError):
            (self._folder / f"stop-{number}").touch()

    def close(self) -> None:
        """End the processes when they have done what they do."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """End the processes at once; their runs are cut off."""
        with self._lock:
            self._killed = True
            for worker in self._all:
                worker.process.kill()

    def _train(self, job: Job) -> TrialOutcome:
        worker = self._take()
        outcome = worker.train(job)
        with self._lock:
            self._idle.append(worker)
        return outcome

    def _take(self) -> "_Worker":
        with self._lock:
            if self._killed:
                raise WorkerLostError("the workers were ended")
            if not self._idle:
                self._all.append(worker := _Worker(self._digits, self._low_priority))
                return worker
            return self._idle.pop()


class _ProcessExecutor(ThreadPoolExecutor):
    """An executor whose trials go to processes by way of its threads."""

    def __init__(self, train: Callable[[Job], TrialOutcome], count: int) -> None:
        super().__init__(count, thread_name_prefix="sweep")
        self._train = train

    def submit(self, _work: Callable[..., Any], /, job: Job, *_: object) -> "Future[Any]":  # type: ignore[override]
        """Hand a trial in; the process has the digits."""
        return super().submit(self._train, job)


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, digits: Path, low_priority: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, str(digits), low_priority), daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()

    def train(self, job: Job) -> TrialOutcome:
        """Let it train; raises `WorkerLostError` when it ends instead."""
        try:
            self._pipe.send(job)
            wait([self._pipe, self.process.sentinel])
            outcome: TrialOutcome = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.process.join(_END_SECONDS)
            raise WorkerLostError(f"the process ended with the code {self.process.exitcode}") from error
        return outcome

    def end(self) -> None:
        """Let it end by itself, and see that it does."""
        self._pipe.close()
        self.process.join(_END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


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


# What a worker process has read; empty in every other process.
_held: list[Digits] = []


def _serve(pipe: Connection, digits: str, low_priority: bool) -> None:
    """What a worker process does: trials, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if low_priority and hasattr(os, "nice"):
        os.nice(_POLITE_NICENESS)
    _held.append(_read_digits(Path(digits)))
    with BlasLimit(1), contextlib.suppress(EOFError, OSError):
        while True:
            job: Job = pipe.recv()
            pipe.send(run_trial(job, _held_digits))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _held_digits() -> Digits:
    return _held[0]


def _write_digits(path: Path, digits: Digits) -> None:
    parts = {
        f"{kind}{place}": getattr(part, kind) for place, part in enumerate(digits) for kind in ("images", "labels")
    }
    np.savez(path, names=np.array([part.name for part in digits]), **parts)


def _read_digits(path: Path) -> Digits:
    with np.load(path, allow_pickle=False) as file:
        training, validation = (
            Dataset(file[f"images{place}"], file[f"labels{place}"], str(file["names"][place])) for place in (0, 1)
        )
    return training, validation

"""The worker processes of this process: started when a run first wants them, kept for later runs."""

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

_LOGGER = logging.getLogger(__name__)

# What a new process runs. It finds the engine where this process has found it, and whatever the engine imports.
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from engine.parallel.processes.worker import serve
serve()
"""
# Each process computes on one core. Asked for before its BLAS starts threads that nobody needs.
_ONE_THREAD = [
    *(f"{library}_NUM_THREADS" for library in ("OPENBLAS", "MKL", "BLIS", "OMP")),
    "VECLIB_MAXIMUM_THREADS",
]


class ProcessPool:
    """Some worker processes.

    Args:
        low_priority: whether they have been told to run at a lower priority, which is for good.

    Attributes:
        fresh: whether some of them were started for the present run.
    """

    def __init__(self, low_priority: bool) -> None:
        self.low_priority = low_priority
        self.fresh = False
        self._processes: list[subprocess.Popen[bytes]] = []

    def __len__(self) -> int:
        return len(self._processes)

    def grow(self, size: int) -> None:
        """Have at least this many processes; `OSError` when the system refuses one."""
        self.fresh = len(self._processes) < size
        while len(self._processes) < size:
            self._processes.append(_start())

    def send(self, member: int, text: str) -> bool:
        """Give a process a line to read; False when it has ended."""
        if member >= len(self):
            return False
        pipe = self._processes[member].stdin
        assert pipe is not None
        try:
            pipe.write(text.encode() + b"\n")
        except OSError:
            return False
        return True

    def is_alive(self, member: int) -> bool:
        """Whether a process still runs."""
        return member < len(self) and self._processes[member].poll() is None

    def are_alive(self) -> bool:
        """Whether all of them do, also those that a small run does not use."""
        return all(self.is_alive(member) for member in range(len(self)))

    def process_ids(self) -> list[int]:
        """The system's numbers of the processes."""
        return [process.pid for process in self._processes]

    def close(self) -> None:
        """End the processes, which have nothing to save, and wait for them."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            with process:
                # Closes the pipe; a line that was never read is of no use to anybody.
                process.wait()
        self._processes.clear()


def _start() -> "subprocess.Popen[bytes]":
    folders = [str(Path(__file__).resolve().parents[3]), *(str(folder) for folder in sys.path if folder)]
    environment = os.environ | dict.fromkeys(_ONE_THREAD, "1")
    # A group of its own: Ctrl+C in a terminal is for the process that trains, which ends the others in good order.
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, json.dumps(folders)],
        bufsize=0,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


class _Kept:
    """The one team of this process, which serves one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._team: ProcessPool | None = None
        self._lent = False
        self._useless = False

    def acquire(self, size: int, low_priority: bool) -> ProcessPool | None:
        with self._lock:
            if self._lent or not self.possible:
                return None
            team = self._team
            if team is not None and (not team.are_alive() or (team.low_priority and not low_priority)):
                team.close()
                team = None
            if team is None:
                team = ProcessPool(low_priority)
            team.low_priority = team.low_priority or low_priority
            try:
                team.grow(size)
            except OSError as error:
                _LOGGER.warning("No worker processes: %s", error)
                self._useless = True
                team.close()
                return None
            self._team, self._lent = team, True
            return team

    def release(self, team: ProcessPool, broken: bool) -> None:
        with self._lock:
            self._lent = False
            if broken:
                self._team = None
                team.close()
                if team.fresh:
                    _LOGGER.warning("A worker process ended before it could help; training goes on without them.")
                    self._useless = True

    @property
    def possible(self) -> bool:
        # A program that was packed into one file has no interpreter to start.
        return bool(sys.executable) and not getattr(sys, "frozen", False) and not self._useless

    def process_ids(self) -> list[int]:
        with self._lock:
            return [] if self._team is None else self._team.process_ids()

    def close(self) -> None:
        with self._lock:
            if self._team is not None:
                self._team.close()
                self._team = None


# One, because a second one would compete with it for the same cores.
_KEPT = _Kept()
atexit.register(_KEPT.close)


def are_possible() -> bool:
    """Whether this process can have worker processes."""
    return _KEPT.possible


def acquire(size: int, low_priority: bool) -> ProcessPool | None:
    """At least `size` processes, which may still be starting; None when there are none, or another run has them.

    They are kept afterwards, since a process needs a quarter of a second to start. Give them back with `release`.
    """
    return _KEPT.acquire(size, low_priority)


def release(team: ProcessPool, broken: bool = False) -> None:
    """A run is over.

    `broken` when the processes never came to work. They are ended then; if they had been started for this very run,
    nobody tries again.
    """
    _KEPT.release(team, broken)


def process_ids() -> list[int]:
    """The system's numbers of the processes that there are."""
    return _KEPT.process_ids()


def close() -> None:
    """End the processes; the next run that wants some starts new ones."""
    _KEPT.close()

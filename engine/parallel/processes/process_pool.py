"""The worker processes of this process: started when a run first wants them, kept for later runs."""

import atexit
import logging
import os
import subprocess
import threading

from engine.parallel.processes.run_spec import Lookout
from engine.threads.python_process import can_start_python, start_python

_LOGGER = logging.getLogger(__name__)

_PROGRAM = 'from engine.parallel.processes.worker import serve; serve(low_priority=sys.argv[2] == "low")'


class ProcessPool:
    """Some worker processes.

    Args:
        size: how many.
        low_priority: whether they run at a lower priority.

    Attributes:
        has_worked: whether all of them have come to some run.

    Raises:
        OSError: the system refuses a process.
    """

    def __init__(self, size: int, low_priority: bool) -> None:
        self.low_priority = low_priority
        self.has_worked = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lookouts: list[Lookout] = []
        try:
            for _ in range(size):
                process = start_python(_PROGRAM, "low" if low_priority else "usual")
                self._processes.append(process)
                assert process.stdout is not None
                self._lookouts.append(Lookout(process.stdout.fileno()))
        except OSError:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._processes)

    def send(self, worker: int, message: bytes) -> bool:
        """Write to a process; False when it has ended."""
        pipe = self._processes[worker].stdin if worker < len(self) else None
        try:
            return pipe is not None and os.write(pipe.fileno(), message) == len(message)
        except (OSError, ValueError):
            return False

    def receive(self, worker: int) -> bool:
        """Wait for an answer of one byte; False when the process has ended."""
        pipe = self._processes[worker].stdout if worker < len(self) else None
        if pipe is None:
            return False
        self._lookouts[worker].look()
        return len(os.read(pipe.fileno(), 1)) == 1

    def are_alive(self) -> bool:
        """Whether all processes run."""
        return all(process.poll() is None for process in self._processes)

    def process_ids(self) -> list[int]:
        """The system's numbers of the processes."""
        return [process.pid for process in self._processes]

    def close(self) -> None:
        """End the processes, which have nothing to save, and wait for them."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            # Closes the pipes.
            with process:
                process.wait()
        self._processes.clear()


class _Kept:
    """The one pool of this process, which serves one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._taken = False
        self._possible = hasattr(os, "memfd_create") and can_start_python()

    def acquire(self, size: int, low_priority: bool) -> ProcessPool | None:
        with self._lock:
            if self._taken or not self._possible:
                return None
            pool = self._pool
            if pool is None or len(pool) < size or pool.low_priority != low_priority or not pool.are_alive():
                self._end()
                try:
                    self._pool = ProcessPool(size, low_priority)
                except OSError as error:
                    _LOGGER.info("Training on threads, without worker processes: %s", error)
                    self._possible = False
                    return None
            self._taken = True
            return self._pool

    def release(self, pool: ProcessPool, broken: bool) -> None:
        with self._lock:
            self._taken = False
            if broken and pool is self._pool:
                self._end()
            if broken and not pool.has_worked:
                _LOGGER.warning("A worker process ended before it could help; training goes on without them.")
                self._possible = False

    def process_ids(self) -> list[int]:
        with self._lock:
            return [] if self._pool is None else self._pool.process_ids()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None


# One, because a second one would compete with it for the same cores.
_KEPT = _Kept()
atexit.register(_KEPT.close)


def acquire(size: int, low_priority: bool) -> ProcessPool | None:
    """At least `size` processes, which may still be starting; None when there are none, or another run has them.

    They are kept afterwards, since a process needs a quarter of a second to start. Give them back with `release`.
    """
    return _KEPT.acquire(size, low_priority)


def release(pool: ProcessPool, broken: bool = False) -> None:
    """A run is over.

    Args:
        pool: what `acquire` gave.
        broken: the processes cannot be used again; they are ended. If they have never worked, no later run tries it.
    """
    _KEPT.release(pool, broken)


def process_ids() -> list[int]:
    """The system's numbers of the processes that there are."""
    return _KEPT.process_ids()


def close() -> None:
    """End the processes; the next run that wants some starts new ones."""
    _KEPT.close()

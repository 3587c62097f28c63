"""A few threads that wait for work: the smallest pool that serves a training step.

NumPy releases Python's lock inside its large operations, so threads share one copy of data and weights and still
use all cores. The calling thread works too (as worker 0), which saves one switch per step.
"""

import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import numpy as np

Task = Callable[[int], None]


def available_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


# Nice value of low-priority threads: low enough that a window's thread goes first, high enough that a thread that holds
# Python's lock soon gives it back where other programs have all cores busy (decision 0032).
_POLITE_NICENESS = 10


def lower_thread_priority() -> bool:
    """Let other threads, such as a window's, go before the calling one; says whether that was done.

    For good: a usual user may not raise a priority again. Linux alone gives single threads a nice value; elsewhere
    nothing happens.
    """
    if sys.platform != "linux":
        return False
    try:
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(_POLITE_NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
    except OSError:
        return False
    return True


class WorkerPool:
    """Runs `task(0)`, …, `task(size - 1)` at the same time and waits for all of them.

    Args:
        size: number of workers, the caller included.
        low_priority: whether the pool's own threads run at a lower priority.

    Attributes:
        size: number of workers, the caller included.
    """

    def __init__(self, size: int, low_priority: bool = False) -> None:
        self.size = size
        self._low_priority = low_priority
        self._requests: list[SimpleQueue[Task | None]] = []
        self._results: SimpleQueue[tuple[int, BaseException | None]] = SimpleQueue()
        # Started when they are first needed: a small network on a large machine needs few.
        self._threads: list[threading.Thread] = []

    def run(self, task: Task, count: int | None = None) -> None:
        """Run `task(number)` for the first `count` workers (default: all); re-raises the first failure."""
        count = self.size if count is None else min(count, self.size)
        for number in range(len(self._threads) + 1, count):
            self._start(number)
        for number in range(1, count):
            self._requests[number - 1].put(task)
        failures: dict[int, BaseException] = {}
        try:
            with np.errstate(all="ignore"):
                task(0)
        except BaseException as failure:  # the others have to be waited for first
            failures[0] = failure
        for _ in range(1, count):
            number, outcome = self._results.get()
            if outcome is not None:
                failures[number] = outcome
        if failures:
            raise failures[min(failures)]

    def close(self) -> None:
        """End and join the threads; a closed pool cannot run again. May be called twice."""
        for queue in self._requests:
            queue.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._requests.clear()
        self.size = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, number: int) -> None:
        self._requests.append(SimpleQueue())
        thread = threading.Thread(target=self._serve, args=(number,), name=f"engine-worker-{number}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, number: int) -> None:
        if self._low_priority:
            lower_thread_priority()
        # NumPy's error state is per thread and starts at "warn"; non-finite numbers are the trainer's business.
        requests = self._requests[number - 1]
        with np.errstate(all="ignore"):
            while (task := requests.get()) is not None:
                outcome: BaseException | None = None
                try:
                    task(number)
                except BaseException as failure:
                    outcome = failure
                del task
                self._results.put((number, outcome))

"""A thread that makes the next thing while the present one is used."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

from engine.threads.thread_pool import lower_thread_priority

T = TypeVar("T")
_Request = tuple[Callable[[], T], Callable[[], object] | None]
# What was made, alone in a tuple, or what went wrong.
_Outcome = tuple[T] | BaseException


class Prefetcher(Generic[T]):
    """Makes one thing at a time: `begin`, later `result`, and so on; `close` at the end.

    Leaner than an executor. Whenever this thread needs Python's lock, the thread that trains may have to sleep for it,
    and to wake up takes as long as a small network's step.

    Args:
        low_priority: whether the thread runs at a lower priority.
    """

    def __init__(self, low_priority: bool = False) -> None:
        self._low_priority = low_priority
        self._requests: SimpleQueue[_Request[T] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[_Outcome[T]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, make: Callable[[], T], afterwards: Callable[[], object] | None = None) -> None:
        """Start to make something, and return at once; `afterwards` is done when that is ready, in spare time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="engine-batches", daemon=True)
            self._thread.start()
        self._requests.put((make, afterwards))

    def result(self) -> T:
        """What the `make` begun last returns, once it is ready; raises what it raised, and what a spare job raised."""
        outcome = self._outcomes.get()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome[0]

    def close(self) -> None:
        """End the thread when it has done what it was asked for."""
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join()
            self._thread = None

    def _serve(self) -> None:
        if self._low_priority:
            lower_thread_priority()
        while (request := self._requests.get()) is not None:
            make, afterwards = request
            try:
                self._outcomes.put((make(),))
                if afterwards is not None:
                    afterwards()
            except BaseException as failure:
                self._outcomes.put(failure)
            # What was made may be large; nobody needs it here.
            del request, make, afterwards

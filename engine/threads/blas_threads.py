"""How many threads BLAS may use, the library behind NumPy's matrix products.

Two kinds of threads can share out a step: our own, each of which takes some examples through the whole network, or
those of BLAS, which share out single products. Both at once would compete for the same cores. The number of BLAS
threads belongs to the process, so whoever needs a limit asks here, and the lowest one asked for holds.
"""

import sys
import threading
from types import TracebackType
from typing import Any, Self


class _BlasThreads:
    """The limits that are in force in this process, and what to go back to without any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[int, int] = {}
        self._libraries: list[tuple[Any, int]] = []
        self._found: list[Any] = []
        self._modules = 0

    def set_limit(self, holder: int, threads: int) -> None:
        with self._lock:
            if not self._limits:
                self._libraries = [(library, library.get_num_threads()) for library in self._find()]
            self._limits[holder] = threads
            self._apply()

    def remove_limit(self, holder: int) -> None:
        with self._lock:
            if self._limits.pop(holder, None) is not None:
                self._apply()

    def _find(self) -> list[Any]:
        """The BLAS libraries. Looking through all that is loaded takes milliseconds; new ones come with modules."""
        from threadpoolctl import ThreadpoolController

        modules = len(sys.modules)
        if modules != self._modules:
            self._found = ThreadpoolController().select(user_api="blas").lib_controllers
            self._modules = modules
        return self._found

    def _apply(self) -> None:
        lowest = min(self._limits.values(), default=None)
        for library, most in self._libraries:
            library.set_num_threads(most if lowest is None else min(lowest, most))


# One, because the number of BLAS threads is one.
_PROCESS = _BlasThreads()


class BlasLimit:
    """Keeps BLAS to some number of threads until it is released. A context manager.

    Never allows more threads than BLAS used before the first limit, which is the user's own choice.

    Args:
        threads: at most this many, ≥ 1.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = 0
        self.set(threads)

    def set(self, threads: int) -> None:
        """Ask for another number; costs next to nothing when it is the same."""
        if threads != self._threads:
            self._threads = threads
            _PROCESS.set_limit(id(self), threads)

    def release(self) -> None:
        """Give the limit up; the last one restores what was. May be called twice."""
        self._threads = 0
        _PROCESS.remove_limit(id(self))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

"""Holds BLAS, the library behind NumPy's matrix products, to one thread while our own threads work.

OpenBLAS' own threads would compete with ours for the same cores. The limit is process-wide, so holders are counted.
"""

import threading
from typing import Any


class BlasHold:
    """A counted hold on the number of BLAS threads: the first `acquire` sets one, the last `release` restores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._limiter: Any = None

    def acquire(self) -> None:
        """Limit BLAS to one thread until the matching `release`."""
        with self._lock:
            if self._holders == 0:
                from threadpoolctl import threadpool_limits

                self._limiter = threadpool_limits(limits=1, user_api="blas")
            self._holders += 1

    def release(self) -> None:
        """Give up one hold; the last one restores the former number of threads."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                self._limiter.restore_original_limits()
                self._limiter = None


# The number of BLAS threads belongs to the process, and so does the count of those who hold it down.
BLAS_HOLD = BlasHold()

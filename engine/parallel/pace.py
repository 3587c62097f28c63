"""Whether several workers pay at the moment: other programs may have a core busy."""

import time

# After a rest the system may put a worker on the core of the thread that woke it, and move it a few steps later.
_UNWATCHED_SECONDS = 0.008
# Shared steps are then compared for so long: a busy core is noticed at once, and yet a hiccup is no reason.
_WATCHED_SECONDS = 0.016
# The calling thread works alone for so long before the others are tried again, each time twice as long.
_FIRST_REST_SECONDS, _LONGEST_REST_SECONDS = 0.25, 4.0


class Pace:
    """Compares the time of shared steps with what the calling thread would need alone, and rests the others.

    The number of workers does not change the result, so it may follow the clock.
    """

    def __init__(self) -> None:
        self._alone_until = 0.0
        self._rest_seconds = _FIRST_REST_SECONDS
        self._begin(_UNWATCHED_SECONDS)

    def _begin(self, unwatched_seconds: float = 0.0) -> None:
        """Compare from now on, or after so many seconds of shared steps."""
        self._unwatched_seconds = unwatched_seconds
        self._shared_seconds = self._alone_seconds = 0.0

    def workers(self, worth: int) -> int:
        """How many workers to use in the coming step, of those that its work is worth."""
        return worth if worth == 1 or time.perf_counter() >= self._alone_until else 1

    def record(self, seconds: float, own_seconds: float, own_share: float) -> None:
        """After a shared step.

        Args:
            seconds: from its begin to its end.
            own_seconds: of a processor that the calling thread used.
            own_share: which share of the step that was, > 0.
        """
        if self._unwatched_seconds > 0:
            self._unwatched_seconds -= seconds
            return
        self._shared_seconds += seconds
        self._alone_seconds += own_seconds / own_share
        if self._shared_seconds < _WATCHED_SECONDS:
            return
        if self._shared_seconds > self._alone_seconds:
            self._alone_until = time.perf_counter() + self._rest_seconds
            self._rest_seconds = min(2 * self._rest_seconds, _LONGEST_REST_SECONDS)
            self._begin(_UNWATCHED_SECONDS)
        else:
            self._rest_seconds = _FIRST_REST_SECONDS
            self._begin()

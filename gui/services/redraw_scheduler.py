"""The one timer that redraws what has news: charts, above all."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Slot

# Charts count in this unit how long they may wait.
TICK_MS: Final = 23.0
# News come about as often as the busiest chart is drawn: what is due within this time is drawn along with them,
# instead of waking a second time for it.
_EARLY_MS: Final = 8.0


class Redrawable(Protocol):
    """What is redrawn: a chart, or whatever else has news."""

    @property
    def redraw_ticks(self) -> int:
        """How many ticks lie between two redraws."""

    dirty: bool

    def isVisible(self) -> bool:
        """Whether anybody could see it."""

    def redraw(self) -> None:
        """Draw, and be clean."""


class RedrawScheduler(QObject):
    """Redraws the charts that have news and can be seen, the busiest one 21 times a second; rests when there are none.

    However often data arrive or the pointer moves, a chart is drawn once in a while, and never two at a time: the
    frames of a pen that writes have to fit in between.
    """

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        super().__init__(parent)
        self._clock = clock
        # The charts, and when each was drawn last, in milliseconds.
        self._drawn_at: dict[Redrawable, float] = {}
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def add(self, chart: Redrawable) -> None:
        """Look after one more chart."""
        self._drawn_at[chart] = -1e9

    def wake(self) -> None:
        """A chart has become dirty, or a dirty one visible, or urgent."""
        # A timer that is about to fire is not worth the look.
        if not 0 <= self._timer.remainingTime() <= _EARLY_MS:
            self._sleep()

    def shutdown(self) -> None:
        """Draw no more, for a window that closes."""
        self._timer.stop()
        self._drawn_at.clear()

    @Slot()
    def tick(self) -> None:
        """Redraw the visible chart with news that is overdue for longest, if there is one."""
        now = 1000 * self._clock()
        wait, chart = self._next(now)
        if chart is not None and wait <= _EARLY_MS:
            self._drawn_at[chart] = now
            chart.redraw()
        self._sleep(first=round(TICK_MS))

    def _next(self, now: float) -> tuple[float, Redrawable | None]:
        """For how many milliseconds the next chart with news may wait, and which one it is."""
        charts = [chart for chart in self._drawn_at if chart.dirty and chart.isVisible()]
        waits = [(self._drawn_at[chart] + TICK_MS * chart.redraw_ticks - now, chart) for chart in charts]
        return min(waits, key=lambda pair: pair[0], default=(0.0, None))

    def _sleep(self, first: int = 0) -> None:
        """Until the next chart is due, but not before `first` milliseconds."""
        wait, chart = self._next(1000 * self._clock())
        if chart is None:
            self._timer.stop()
        else:
            self._timer.start(max(first, 0 if wait <= _EARLY_MS else round(wait)))

"""The one redraw timer of all charts."""

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
    """What the board looks after."""

    @property
    def redraw_ticks(self) -> int:
        """How many ticks lie between two redraws."""

    @property
    def dirty(self) -> bool:
        """Whether there is something new to draw."""

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
        super().__init__(parent)
        # Seconds.
        self._clock = clock
        self._charts: list[Redrawable] = []
        # Of each chart when it was drawn last, in milliseconds.
        self._drawn_at: list[float] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def resting(self) -> bool:
        """Whether nothing is to be drawn."""
        return not self._timer.isActive()

    def add(self, chart: Redrawable) -> None:
        """Look after one more chart."""
        self._charts.append(chart)
        self._drawn_at.append(-1e9)

    def wake(self) -> None:
        """A chart has become dirty, or a dirty one visible, or urgent."""
        left = self._timer.remainingTime()
        # A timer that is about to fire is not worth the look.
        if left < 0 or left > _EARLY_MS:
            self._sleep()

    def shutdown(self) -> None:
        """Draw no more, for a window that closes."""
        self._timer.stop()
        self._charts.clear()
        self._drawn_at.clear()

    @Slot()
    def tick(self) -> None:
        """Redraw the visible chart with news that is overdue for longest, if there is one."""
        now = 1000 * self._clock()
        waits = self._waits(now)
        if waits:
            place = min(waits, key=lambda place: waits[place])
            if waits[place] <= _EARLY_MS:
                self._drawn_at[place] = now
                self._charts[place].redraw()
        self._sleep(first=round(TICK_MS))

    def _waits(self, now: float) -> dict[int, float]:
        """For how many milliseconds each chart with news may wait, by its place."""
        return {
            place: self._drawn_at[place] + TICK_MS * chart.redraw_ticks - now
            for place, chart in enumerate(self._charts)
            if chart.dirty and chart.isVisible()
        }

    def _sleep(self, first: int = 0) -> None:
        """Until the next chart is due, but not before `first` milliseconds."""
        waits = self._waits(1000 * self._clock())
        if not waits:
            self._timer.stop()
            return
        left = min(waits.values())
        self._timer.start(max(first, 0 if left <= _EARLY_MS else round(left)))

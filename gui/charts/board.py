"""The one redraw timer of all charts."""

from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Slot

# Of this timer; a chart that has news all the time is drawn at every second tick.
TICK_MS = 23


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


class ChartBoard(QObject):
    """Redraws the charts that have news and can be seen, the busiest one 21 times a second; rests when there are none.

    However often data arrive or the pointer moves, a chart is drawn once in a while, and never two at a time: the
    frames of a pen that writes have to fit in between.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._charts: list[Redrawable] = []
        # Of each chart the tick at which it was drawn last.
        self._drawn_at: list[int] = []
        self._tick_count = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def resting(self) -> bool:
        """Whether the timer stands still."""
        return not self._timer.isActive()

    def add(self, chart: Redrawable) -> None:
        """Look after one more chart."""
        self._charts.append(chart)
        self._drawn_at.append(-1000)

    def wake(self) -> None:
        """A chart has become dirty, or a dirty one visible."""
        if not self._timer.isActive():
            self._timer.start()

    def shutdown(self) -> None:
        """Draw no more, for a window that closes."""
        self._timer.stop()
        self._charts.clear()
        self._drawn_at.clear()

    @Slot()
    def tick(self) -> None:
        """Redraw the visible chart with news that is overdue for longest, if there is one."""
        self._tick_count += 1
        waiting = [place for place, chart in enumerate(self._charts) if chart.dirty and chart.isVisible()]
        if not waiting:
            self._timer.stop()
            return
        late = {place: self._tick_count - self._drawn_at[place] - self._charts[place].redraw_ticks for place in waiting}
        place = max(waiting, key=lambda place: late[place])
        if late[place] >= 0:
            self._drawn_at[place] = self._tick_count
            self._charts[place].redraw()

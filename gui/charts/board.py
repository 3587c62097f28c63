"""The one redraw timer of all charts."""

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

REDRAW_INTERVAL_MS = 47


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
    """Redraws the charts that have news and can be seen, 21 times a second at most; rests when there is nothing to do.

    However often data arrive or the pointer moves, a chart is drawn once a tick.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._charts: list[Redrawable] = []
        self._tick_count = 0
        self._timer = QTimer(self)
        self._timer.setInterval(REDRAW_INTERVAL_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def resting(self) -> bool:
        """Whether the timer stands still."""
        return not self._timer.isActive()

    def add(self, chart: Redrawable) -> None:
        """Look after one more chart."""
        self._charts.append(chart)

    def wake(self) -> None:
        """A chart has become dirty, or a dirty one visible."""
        if not self._timer.isActive():
            self._timer.start()

    def shutdown(self) -> None:
        """Draw no more, for a window that closes."""
        self._timer.stop()
        self._charts.clear()

    @Slot()
    def tick(self) -> None:
        """Redraw what is dirty and visible."""
        waiting = [chart for chart in self._charts if chart.dirty and chart.isVisible()]
        if not waiting:
            self._timer.stop()
        self._tick_count += 1
        for chart in waiting:
            if self._tick_count % chart.redraw_ticks == 0:
                chart.redraw()

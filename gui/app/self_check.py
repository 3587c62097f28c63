"""Proves that the window works on this machine: opens it, draws a digit with real events, waits for the answer."""

import itertools
import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

# A seven, in parts of the canvas.
STROKE = ((0.28, 0.25), (0.45, 0.25), (0.7, 0.25), (0.62, 0.42), (0.55, 0.58), (0.47, 0.8))
POINTS_PER_LINE = 6
TIMEOUT_SECONDS = 60.0


def draw_stroke(canvas: QWidget, points: tuple[tuple[float, float], ...] = STROKE) -> None:
    """Send the mouse events of one stroke through the given places, in parts of the canvas's side."""
    path = [points[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        steps = [(step + 1) / POINTS_PER_LINE for step in range(POINTS_PER_LINE)]
        path += [(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part) for part in steps]
    # The canvas is the square in the middle of its widget.
    side = min(canvas.width(), canvas.height())
    left, top = (canvas.width() - side) / 2, (canvas.height() - side) / 2
    places = [QPointF(left + x * side, top + y * side) for x, y in path]
    _send(canvas, QEvent.Type.MouseButtonPress, places[0], Qt.MouseButton.LeftButton)
    for place in places[1:]:
        _send(canvas, QEvent.Type.MouseMove, place, Qt.MouseButton.LeftButton)
    _send(canvas, QEvent.Type.MouseButtonRelease, places[-1], Qt.MouseButton.NoButton)


def _send(canvas: QWidget, kind: QEvent.Type, place: QPointF, held: Qt.MouseButton) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, place, QPointF(canvas.mapToGlobal(place)), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


class SelfCheck(QObject):
    """Runs beside the window's own event loop and closes the window when it knows."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._started = time.perf_counter()
        self._drawn = False
        self._line = "DigitLab's self-check failed: the window was closed before it answered.\n"
        self._passed = False
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def report(self) -> int:
        """Write the one line; 0 when the window answered, else 1."""
        stream = sys.stdout if self._passed else sys.stderr
        if stream is not None:
            stream.write(self._line)
        return 0 if self._passed else 1

    @Slot()
    def _look(self) -> None:
        seconds = time.perf_counter() - self._started
        if not self._window.is_complete:
            if seconds > TIMEOUT_SECONDS:
                self._end("the window was not ready", seconds)
            return
        if not self._drawn:
            self._drawn = True
            self._window.canvas.clear()
            draw_stroke(self._window.canvas)
            return
        answer = self._window.answer
        if answer.probabilities is not None:
            self._passed = True
            self._line = f"DigitLab works here: the drawing was answered with “{answer.best}” after {seconds:.1f} s.\n"
            self._close()
        elif seconds > TIMEOUT_SECONDS:
            self._end("the drawing was not answered", seconds)

    def _end(self, what: str, seconds: float) -> None:
        self._line = f"DigitLab's self-check failed: {what} within {seconds:.0f} s.\n"
        self._close()

    def _close(self) -> None:
        self._timer.stop()
        self._window.close_without_asking()

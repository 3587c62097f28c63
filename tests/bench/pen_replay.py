"""A pen that writes by itself, and probes of what the window makes of it."""

import math
import statistics
import threading
import time
from collections import deque

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from gui.lab.classifier import Prediction

EVENTS_PER_SECOND = 125
POINTS_PER_STROKE = 60
STROKES_PER_DRAWING = 3
PAUSE_SECONDS = 0.1


class PenReplay(QObject):
    """Posts mouse events from a thread of its own at the rate of a real pen, however busy the window is."""

    _drawing_ended = Signal()
    _due = Signal(object)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._side = min(canvas.width(), canvas.height())
        self._centre = QPointF(canvas.width() / 2, canvas.height() / 2)
        self._origin = QPointF(canvas.mapToGlobal(QPointF(0, 0)))
        self._drawing_ended.connect(self._clear, Qt.ConnectionType.QueuedConnection)
        self._due.connect(self._send, Qt.ConnectionType.QueuedConnection)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pen")
        # When each event was posted, until the canvas has seen it; both ends are atomic.
        self.posted: deque[float] = deque()

    def start(self) -> None:
        """Start to write."""
        self._thread.start()

    def stop(self) -> None:
        """Lift the pen for good. The window lives on until the stroke is written, or its last events would wait."""
        self._stop.set()
        while self._thread.is_alive():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
            time.sleep(0.0005)
        self._thread.join()

    @Slot()
    def _clear(self) -> None:
        self._canvas.clear()

    def _run(self) -> None:
        due = time.perf_counter()
        number = 0
        while not self._stop.is_set():
            for index in range(POINTS_PER_STROKE):
                due += 1 / EVENTS_PER_SECOND
                delay = due - time.perf_counter()
                if delay > 0:
                    time.sleep(delay)
                self._post(number, index)
            number += 1
            if number % STROKES_PER_DRAWING == 0:
                self._drawing_ended.emit()
            due += PAUSE_SECONDS

    def _post(self, stroke: int, index: int) -> None:
        angle = 0.9 * math.tau * index / POINTS_PER_STROKE + stroke
        radius = 0.12 + 0.08 * (stroke % 3)
        place = self._centre + self._side * QPointF(radius * math.cos(angle), 1.3 * radius * math.sin(angle))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        release = QEvent.Type.MouseButtonRelease
        kinds = {0: (QEvent.Type.MouseButtonPress, left, left), POINTS_PER_STROKE - 1: (release, left, none)}
        kind, button, held = kinds.get(index, (QEvent.Type.MouseMove, none, left))
        self.posted.append(time.perf_counter())
        self._due.emit((kind, place, button, held))

    @Slot(object)
    def _send(self, movement: tuple[QEvent.Type, QPointF, Qt.MouseButton, Qt.MouseButton]) -> None:
        # Made here, in the GUI thread: an event shares the state of Qt's one mouse, which no other thread may touch.
        kind, place, button, held = movement
        event = QMouseEvent(kind, place, self._origin + place, button, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._canvas, event)


class FrameEnd(QObject):
    """Tells when a frame that is being painted is complete: when anything else than painting comes next."""

    reached = Signal()

    def watch(self) -> None:
        """From the first painting of a frame on."""
        QCoreApplication.instance().installEventFilter(self)
        # Where nothing else happens, this does.
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the events of all objects until the frame is complete."""
        if event.type() != QEvent.Type.Paint:
            QCoreApplication.instance().removeEventFilter(self)
            self.reached.emit()
        return False


class BarLatency(QObject):
    """Time from each posted pen event to the frame whose bars answer it, the whole frame included."""

    KINDS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)

    def __init__(self, pen: PenReplay, canvas: QWidget, bars: QWidget) -> None:
        super().__init__(bars)
        self._pen = pen
        self._delivered: list[float] = []
        self._answered: list[float] = []
        self._shown: object = None
        self.seconds: list[float] = []
        self._canvas = canvas
        self._bars = bars
        self._frame_end = FrameEnd(self)
        self._frame_end.reached.connect(self._frame_done)
        canvas.installEventFilter(self)
        bars.installEventFilter(self)

    @Slot(object)
    def answered(self, answer: Prediction) -> None:
        """To be called when a new answer is about to be shown."""
        self._answered += self._delivered
        self._delivered = []
        # The same numbers as before (the pen was only lifted) are on the screen already: no frame will come.
        if not self._answered or np.array_equal(answer.probabilities, self._shown):
            self._frame_done()
        self._shown = answer.probabilities

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what arrives where; never swallow anything."""
        if watched is self._canvas and event.type() in self.KINDS and self._pen.posted:
            self._delivered.append(self._pen.posted.popleft())
        elif watched is self._bars and event.type() == QEvent.Type.Paint and self._answered:
            self._frame_end.watch()
        return False

    @Slot()
    def _frame_done(self) -> None:
        now = time.perf_counter()
        self.seconds += [now - posted for posted in self._answered]
        self._answered = []


class LoopProbe(QObject):
    """The gaps of the event loop, what the GUI thread works in them and of all the time, and the frames of a widget."""

    TICK_MS = 4

    def __init__(self, chart: QWidget) -> None:
        super().__init__(chart)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(self.TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._chart = chart
        chart.installEventFilter(self)
        self.longest_gap = self.longest_work = 0.0
        self.frames = 0

    def start(self, *, gaps: bool = True) -> None:
        """Begin to look; in the GUI thread. To look for gaps is work of that thread, too: some 1 % of a core."""
        self._last = self._begun = time.perf_counter()
        self._cpu = self._cpu_last = time.thread_time()
        self.longest_gap, self.longest_work, self.frames = 0.0, 0.0, 0
        if gaps:
            self._timer.start()

    def stop(self) -> None:
        """End; sets `core_share` and `frames_per_second`."""
        self._timer.stop()
        seconds = time.perf_counter() - self._begun
        self.core_share = (time.thread_time() - self._cpu) / seconds
        self.frames_per_second = self.frames / seconds

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count the chart's frames."""
        if watched is self._chart and event.type() == QEvent.Type.Paint:
            self.frames += 1
        return False

    @Slot()
    def _tick(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        self.longest_gap = max(self.longest_gap, now - self._last - self.TICK_MS / 1000)
        self.longest_work = max(self.longest_work, cpu - self._cpu_last)
        self._last, self._cpu_last = now, cpu


def describe(seconds: list[float]) -> str:
    """Median, 99th percentile and maximum in milliseconds."""
    if len(seconds) < 2:
        return "no frames"
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, math.ceil(0.99 * len(ordered)) - 1)]
    return (
        f"median {1000 * statistics.median(ordered):6.1f} ms   p99 {1000 * p99:6.1f} ms   "
        f"max {1000 * ordered[-1]:6.1f} ms   ({len(ordered)} events)"
    )

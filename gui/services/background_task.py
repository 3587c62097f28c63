"""Slow work beside the window: by key, with progress and cancel, its outcome back in the GUI thread.

    tasks = BackgroundTasks(self)
    tasks.start("evaluate", work, done=self._on_done, failed=self._on_failed, version=lambda: model.version)

`work(task)` runs in a thread and touches no widget. A new task cancels the one that runs under its key, except among
ordered tasks, which are all done, one after the other, and which closing waits for.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.errors import EngineError
from engine.threads.thread_pool import lower_thread_priority

logger = logging.getLogger("digitlab")

CLOSE_SECONDS = 0.5
# A new task need not wait for one that is slow to notice that it was cancelled, but ten of them need no ten threads.
_THREADS_A_KEY = 2
# To start a thread the window waits until it runs, up to 15 ms where all cores are busy: it is kept for the next task.
IDLE_SECONDS = 1.0


class TaskCancelled(Exception):
    """Nobody wants the result any more; ends the work without a word."""


@dataclass(slots=True, eq=False)
class Task:
    """A piece of slow work; what the work itself sees are `cancelled` and `progress`."""

    key: str
    work: Callable[["Task"], object]
    listeners: dict[str, Callable[..., None] | None]
    is_current: Callable[[], bool]
    report: Callable[["Task", str, object], None]
    cancelled: bool = False

    def progress(self, share: float) -> None:
        """Tell how much is done, 0 to 1; call it often: raises `TaskCancelled` when the work should end."""
        if self.cancelled:
            raise TaskCancelled
        self.report(self, "progressed", share)


@dataclass(slots=True, eq=False)
class _Lane:
    """The waiting tasks of a key, and the threads that do them; `idle` of these wait for `woken`."""

    ordered: bool
    woken: threading.Condition
    waiting: list[Task] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    idle: int = 0


class BackgroundTasks(QObject):
    """The tasks of one owner; all methods belong to the GUI thread, and so do the calls to the listeners.

    Signals:
        ended(key): nothing is awaited under this key any more, however the last task ended.
    """

    ended = Signal(str)
    _reported = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, _Lane] = {}
        self._newest: dict[str, Task] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        key: str,
        work: Callable[[Task], object],
        *,
        done: Callable[..., None] | None = None,
        failed: Callable[..., None] | None = None,
        progressed: Callable[..., None] | None = None,
        version: Callable[[], object] = lambda: None,
        ordered: bool = False,
    ) -> None:
        """Do slow work in a thread.

        Args:
            key: newer work of the same key cancels older work.
            work: called with its `Task`; what it returns is the result.
            done: called with the result.
            failed: called with the exception.
            progressed: called with the share that is done.
            version: of what the result is about (a model, a drawing); if it gives something else when the work ends
                than it gives now, nobody is called.
            ordered: nothing is cancelled; the work waits for older work of the key, and closing waits for it.
        """
        if not ordered:
            self.cancel(key)
        listeners = {"done": done, "failed": failed, "progressed": progressed}
        wanted = version()
        task = self._newest[key] = Task(key, work, listeners, lambda: version() == wanted, self._report)
        with self._lock:
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = _Lane(ordered, threading.Condition(self._lock))
            lane.waiting.append(task)
            if len(lane.waiting) <= lane.idle:
                lane.woken.notify()
            elif len(lane.threads) < (1 if ordered else _THREADS_A_KEY):
                # A daemon cannot keep the process of a closed window alive; what must be written may.
                thread = threading.Thread(target=self._work, args=(lane,), name=f"task-{key}", daemon=not ordered)
                lane.threads.append(thread)
                thread.start()

    def is_running(self, key: str) -> bool:
        """Whether the outcome of a task is awaited."""
        return key in self._newest

    @property
    def busy(self) -> bool:
        """Whether the outcome of any task is awaited."""
        return bool(self._newest)

    def cancel(self, key: str) -> None:
        """Forget the task of this key; its listeners are not called any more."""
        task = self._newest.pop(key, None)
        if task is not None:
            task.cancelled = True
            with self._lock:
                self._lanes[key].waiting.clear()
            self.ended.emit(key)

    def finish(self) -> None:
        """Wait until all ordered work is done."""
        for thread in self._threads(daemon=False):
            thread.join()

    def shut_down(self) -> None:
        """Cancel all but ordered work, give the threads half a second, wait for ordered work; call no listener."""
        self._closed = True
        deadline = time.monotonic() + CLOSE_SECONDS
        for key in [key for key, lane in self._lanes.items() if not lane.ordered]:
            self.cancel(key)
        with self._lock:
            for lane in self._lanes.values():
                lane.woken.notify_all()
        for thread in self._threads(daemon=True):
            thread.join(max(0.0, deadline - time.monotonic()))
        self.finish()

    def _threads(self, *, daemon: bool) -> list[threading.Thread]:
        with self._lock:
            return [thread for lane in self._lanes.values() for thread in lane.threads if thread.daemon is daemon]

    def _work(self, lane: _Lane) -> None:
        # The window's thread answers the pen meanwhile.
        lower_thread_priority()
        while True:
            with self._lock:
                if not (lane.waiting or lane.ordered or self._closed):
                    lane.idle += 1
                    lane.woken.wait(IDLE_SECONDS)
                    lane.idle -= 1
                if not lane.waiting:
                    lane.threads.remove(threading.current_thread())
                    return
                task = lane.waiting.pop(0)
            try:
                # Weights that have gone astray overflow; such numbers are shown as they are.
                with np.errstate(all="ignore"):
                    self._report(task, "done", task.work(task))
            except TaskCancelled:
                pass
            except Exception as error:
                if not isinstance(error, EngineError | OSError | MemoryError):
                    logger.exception("The task %s failed", task.key)
                self._report(task, "failed", error)
            # What it has made is not kept by a thread that waits.
            del task

    def _report(self, task: Task, kind: str, what: object) -> None:
        # A closed window has taken this object with it.
        with contextlib.suppress(RuntimeError):
            self._reported.emit(task, kind, what)

    @Slot(object, str, object)
    def _deliver(self, task: Task, kind: str, what: object) -> None:
        if task.cancelled or self._closed:
            return
        is_last = kind != "progressed" and self._newest.get(task.key) is task
        if is_last:
            del self._newest[task.key]
        listener = task.listeners[kind]
        if listener is not None and task.is_current():
            listener(what)
        if is_last and task.key not in self._newest:
            self.ended.emit(task.key)

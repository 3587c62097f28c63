"""The sweep of this window: trials in processes of their own, beside whatever the window trains itself."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.errors import EngineError
from gui.lab.dataset_library import DatasetLibrary
from gui.lab.messages import Messages

if TYPE_CHECKING:
    from models.sweeps.plan import SweepPlan
    from models.sweeps.sweep import Sweep, TrialState
    from models.sweeps.trial import Digits
    from models.sweeps.workers import Workers

_log = logging.getLogger(__name__)

LOOK_INTERVAL_MS = 300
# So long trials may take to end by themselves when the window closes.
_CLOSE_SECONDS = 1.0
_KILL_SECONDS = 5.0

PlanMaker = Callable[["Digits"], "SweepPlan"]


class _Work:
    """A sweep in a thread: what the thread writes once is read by the window."""

    def __init__(
        self, load: "Callable[[], Digits]", make_plan: PlanMaker, make_workers: "Callable[[Digits], Workers]"
    ) -> None:
        self.sweep: Sweep | None = None
        self.error = ""
        self.unwanted = False
        self._lock = threading.Lock()
        self._load, self._make_plan, self._make_workers = load, make_plan, make_workers
        self.thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def stop(self) -> None:
        """End all trials, also those that there are not yet."""
        with self._lock:
            self.unwanted = True
            sweep = self.sweep
        if sweep is not None:
            sweep.stop()

    def _run(self) -> None:
        try:
            sweep = self._prepared()
            if sweep is not None:
                sweep.run()
        except (EngineError, OSError) as error:
            self.error = str(error)
        except Exception as error:
            _log.exception("A sweep failed")
            self.error = f"The sweep ended because of an unexpected error ({type(error).__name__}: {error})."

    def _prepared(self) -> "Sweep | None":
        from engine.storage.runs.run_store import RunStore
        from models.sweeps.sweep import Sweep

        digits = self._load()
        plan = self._make_plan(digits)
        sweep = Sweep(plan, self._make_workers(digits), RunStore())
        with self._lock:
            self.sweep = sweep
            if self.unwanted:
                sweep.stop()
        return sweep


def make_workers(digits: "Digits", at_once: int, scheduler: str) -> "Workers":
    """Processes of this machine that leave the window the right of way, or a cluster."""
    if scheduler:
        from models.sweeps.cluster import Cluster

        return Cluster(digits, scheduler)
    from engine.storage.runs.run_store import RunStore
    from models.sweeps.local_processes import LocalProcesses

    return LocalProcesses(digits, RunStore().root, at_once, low_priority=True)


def _workers(
    make: "Callable[[Digits, int, str], Workers]", at_once: int, scheduler: str, digits: "Digits"
) -> "Workers":
    return make(digits, at_once, scheduler)


class Sweeps(QObject):
    """Runs one sweep at a time; all methods belong to the GUI thread.

    Attributes:
        plan: of the newest sweep, None before its trials are known.
        states: of its trials.
        make_workers: gives those who train, in another thread: for digits, how many at once, and a scheduler or "".

    Signals:
        started: a sweep begins; its plan is not known yet.
        changed: `states` are others.
        ended: the sweep is over.
    """

    started = Signal()
    changed = Signal()
    ended = Signal()

    def __init__(self, datasets: DatasetLibrary, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._datasets, self._messages = datasets, messages
        self._work: _Work | None = None
        self.plan: SweepPlan | None = None
        self.states: list[TrialState] = []
        self.make_workers: Callable[[Digits, int, str], Workers] = make_workers
        self._timer = QTimer(self, interval=LOOK_INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def active(self) -> bool:
        """Whether a sweep is under way."""
        return self._work is not None

    def start(self, make_plan: PlanMaker, *, at_once: int = 0, scheduler: str = "") -> bool:
        """Begin a sweep with the current digits; False while one is under way.

        Args:
            make_plan: gives the trials, in another thread.
            at_once: how many processes train; 0 for one less than there are cores.
            scheduler: address of a Dask cluster that trains instead, or "".
        """
        if self._work is not None:
            return False
        self.plan, self.states = None, []
        self._work = _Work(
            self._datasets.split_source(), make_plan, partial(_workers, self.make_workers, at_once, scheduler)
        )
        self._work.thread.start()
        self._timer.start()
        self.started.emit()
        return True

    def stop(self, number: int) -> None:
        """End one trial early; it keeps what it has learned."""
        if self._work is not None and self._work.sweep is not None:
            self._work.sweep.stop(number)

    @Slot()
    def stop_all(self) -> None:
        """End all trials early."""
        if self._work is not None:
            self._work.stop()

    def shut_down(self) -> None:
        """End the workers and wait for that, as the window closes; may be called twice."""
        self._timer.stop()
        work, self._work = self._work, None
        if work is None:
            return
        work.stop()
        work.thread.join(_CLOSE_SECONDS)
        if work.thread.is_alive() and work.sweep is not None:
            work.sweep.kill()
            work.thread.join(_KILL_SECONDS)

    @Slot()
    def _look(self) -> None:
        work = self._work
        if work is None:
            return
        # Looked at first: what a thread that has ended wrote is then seen for certain.
        alive = work.thread.is_alive()
        if work.sweep is not None:
            self.plan, states = work.sweep.plan, work.sweep.states()
            if len(states) != len(self.states) or any(a is not b for a, b in zip(states, self.states, strict=True)):
                self.states = states
                self.changed.emit()
        if not alive:
            self._timer.stop()
            self._work = None
            if work.error:
                self._messages.message.emit(work.error)
            self.ended.emit()

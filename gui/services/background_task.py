"""Reads what the user opens while the window goes on: a photograph or thousands of drawings take tenths of seconds."""

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import DataError, EngineError


class BackgroundTask(QObject):
    """Reads things, each in a thread of its own; only the newest one is told of.

    Signals, delivered in the thread of this object:
        done(result, name): what was read.
        failed(exception): it could not be read.
    """

    done = Signal(object, str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0

    def read(self, work: Callable[[], object], name: str) -> None:
        """Do the reading, which touches no widget, of something that is called so."""
        self._newest += 1
        # A window that closes need not wait for it.
        threading.Thread(
            target=self._read, args=(self._newest, work, name), name="digitlab-reading", daemon=True
        ).start()

    def _read(self, number: int, work: Callable[[], object], name: str) -> None:
        result: object = None
        problem: Exception | None = None
        try:
            result = work()
        except MemoryError:
            problem = DataError(f"{name}: there is not enough memory for this file.")
        except (EngineError, OSError) as error:
            problem = error
        if number != self._newest:
            return
        # A closed window has taken this object with it.
        with contextlib.suppress(RuntimeError):
            if problem is not None:
                self.failed.emit(problem)
            else:
                self.done.emit(result, name)

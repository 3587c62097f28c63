"""Turns Ctrl+C and `kill` into a Qt signal, so that the window closes in order: stop, join, keep, exit.

Python runs its signal handlers only between two of its own instructions, and an idle event loop executes none.
Python's wake-up socket makes the loop notice at once, without a timer that polls.
"""

import signal
import socket
import threading
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

# Windows has no SIGHUP, the end of a terminal.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class TerminationSignals(QObject):
    """Emits `requested` for SIGINT, SIGTERM and SIGHUP until `close` is called; must be made in the main thread."""

    requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._old: dict[signal.Signals, Any] = {}
        self._notifier: QSocketNotifier | None = None
        if threading.current_thread() is not threading.main_thread():
            return
        self._receiver, self._sender = socket.socketpair()
        for end in (self._receiver, self._sender):
            end.setblocking(False)
        self._old_descriptor = signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            # `nohup` wants the end of the terminal to be ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._old[number] = signal.signal(number, self._on_signal)
        self._notifier = QSocketNotifier(self._receiver.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def close(self) -> None:
        """Give the signals back; may be called twice."""
        if self._notifier is None:
            return
        self._notifier.setEnabled(False)
        self._notifier = None
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_descriptor)
        self._receiver.close()
        self._sender.close()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.requested.emit()

    @Slot()
    def _drain(self) -> None:
        # Being here is enough: Python runs `_on_signal` on the way.
        self._receiver.recv(64)

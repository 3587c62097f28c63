"""Catches every error that nobody else caught, in any thread, logs it whole and hands one sentence to the window.

An exception in a slot or a paint event must not end the program, must not be lost, and must not open sixty
dialogs a second: each distinct error is told once, whichever way it came in.
"""

import contextlib
import faulthandler
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from engine.core.file_io import reason_of
from engine.errors import EngineError

logger = logging.getLogger("digitlab")
LOG_NAME = "digitlab.log"
CRASH_NAME = "crash.log"
LARGEST_LOG_BYTES = 1_000_000
# An error that comes back with every frame is logged whole this often, then only counted.
LOGGED_REPEATS = 3

QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as the window shows it.

    Attributes:
        message: one plain sentence.
        details: the traceback, "" when there is nothing to add.
    """

    message: str
    details: str = ""


def describe(error: BaseException) -> str:
    """One sentence about an exception: its own when it was written for a person, else a plain wrapping."""
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The memory is not enough for this. Close other programs, or choose smaller settings."
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"The computer refused a file operation: {reason_of(error)}{place}."
    text = str(error).strip()
    return f"Something in DigitLab went wrong ({type(error).__name__}{': ' + text if text else ''})."


class _LogFile(logging.FileHandler):
    """A log whose file may become unwritable: what is told of it must not fail by that."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            super().emit(record)


class ErrorHooks(QObject):
    """The hooks of Python and Qt; `reported` arrives in the window's thread, once for each distinct error."""

    reported = Signal(object)
    _caught = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.log_path = folder / LOG_NAME
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()
        self._restore: list[Callable[[], object]] = []
        self._crash_file: IO[str] | None = None
        # Queued also within the GUI thread: an error inside a paint event must not open a dialog from there.
        self._caught.connect(self.reported, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Start catching; `uninstall` puts everything back."""
        self._open_log()
        old_exception, old_thread, old_unraisable = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        old_handler = qInstallMessageHandler(self._on_qt_message)
        self._restore += [
            lambda: setattr(sys, "excepthook", old_exception),
            lambda: setattr(threading, "excepthook", old_thread),
            lambda: setattr(sys, "unraisablehook", old_unraisable),
            lambda: qInstallMessageHandler(old_handler),
        ]

    def uninstall(self) -> None:
        """Put the previous hooks back and close the files; may be called twice."""
        while self._restore:
            self._restore.pop()()
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None

    def report(self, error: BaseException) -> None:
        """Log an exception and tell it once; from any thread."""
        self._report(type(error), error, error.__traceback__)

    def _open_log(self) -> None:
        # A log that cannot be written is no reason not to start.
        with contextlib.suppress(OSError):
            self.log_path.parent.mkdir(parents=True, exist_ok=True)
            if self.log_path.exists() and self.log_path.stat().st_size > LARGEST_LOG_BYTES:
                os.replace(self.log_path, self.log_path.with_suffix(".log.old"))
            handler = _LogFile(self.log_path, encoding="utf-8", delay=True)
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
            logger.addHandler(handler)
            self._restore += [handler.close, lambda: logger.removeHandler(handler)]
            # A program without a console has no stderr to crash into, so hard crashes go to a file.
            self._crash_file = (self.log_path.parent / CRASH_NAME).open("a", encoding="utf-8")
            faulthandler.enable(self._crash_file)

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        frames = traceback.extract_tb(trace)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        key = f"{kind.__name__} {place} {error if isinstance(error, EngineError) else ''}"
        with self._lock:
            count = self._seen[key] = self._seen.get(key, 0) + 1
        details = "".join(traceback.format_exception(kind, error, trace))
        if count <= LOGGED_REPEATS:
            logger.error("%s\n%s", describe(error), details)
        if count == 1:
            # At the very end of the program the receiver may be gone already.
            with contextlib.suppress(RuntimeError):
                self._caught.emit(ErrorReport(describe(error), details))

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        if sys.stderr is not None:
            traceback.print_exception(kind, error, trace, file=sys.stderr)
        self._report(kind, error, trace)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _on_unraisable(self, arguments: "sys.UnraisableHookArgs") -> None:
        # Errors in destructors: nothing the user could do, so they go to the log only.
        logger.error("Ignored in %r: %r", arguments.object, arguments.exc_value)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
        logger.log(QT_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
        if sys.stderr is not None and kind != QtMsgType.QtDebugMsg:
            sys.stderr.write(f"{message}\n")
        if kind == QtMsgType.QtFatalMsg and self._crash_file is not None:
            self._crash_file.write(f"Qt: {message}\n")
            self._crash_file.flush()

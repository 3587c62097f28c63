"""Starts the window: the least that answers a drawing first, everything heavy right after it is on the screen."""

import contextlib
import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import PySide6
from PySide6.QtCore import QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from engine.core.user_folders import CONFIG_VARIABLE, state_folder
from gui.app.allocator import use_one_arena
from gui.app.supported_versions import find_problem
from gui.app.termination_signals import TerminationSignals
from gui.services.cycle_collector import CycleCollector, hand_back
from gui.services.error_hooks import ErrorHooks
from gui.services.settings import SettingsFile
from gui.theme.manager import ThemeManager

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

logger = logging.getLogger("digitlab")
# A training thread in pure Python may hold the interpreter for this long at a time; Python's own 5 ms adds up to
# frames that come late.
SWITCH_INTERVAL_SECONDS = 0.001
ICON = Path(__file__).resolve().parents[1] / "theme" / "icons" / "digitlab.svg"


def create_application(argv: Sequence[str]) -> QApplication:
    """The one `QApplication`, made if there is none yet."""
    existing = QApplication.instance()
    if existing is not None:
        return cast(QApplication, existing)
    use_one_arena()
    # Every point of a fast stroke counts; without this, X11 and Windows merge them into a polygon.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)
    messages: list[str] = []
    previous = qInstallMessageHandler(partial(_end_when_fatal, messages))
    application = QApplication(list(argv) or ["digitlab"])
    qInstallMessageHandler(previous)
    for message in messages:
        logger.warning("Qt: %s", message)
    application.setApplicationName("DigitLab")
    application.setDesktopFileName("digitlab")
    application.setWindowIcon(QIcon(str(ICON)))
    return application


def _end_when_fatal(messages: list[str], kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    """Qt aborts the process when it cannot reach the screen; this ends it with a sentence before."""
    messages.append(message or "")
    if kind == QtMsgType.QtFatalMsg:
        platform = os.environ.get("QT_QPA_PLATFORM")
        where = f"QT_QPA_PLATFORM is {platform!r}" if platform else f"DISPLAY is {os.environ.get('DISPLAY')!r}"
        if sys.stderr is not None:
            sys.stderr.write(f"The window cannot be opened: Qt cannot use this screen ({where}).\n")
            sys.stderr.flush()
        os._exit(2)


def create_window(application: QApplication, hooks: ErrorHooks | None = None) -> "MainWindow":
    """The window, shown and able to take a drawing; the rest of it arrives with the event loop."""
    # What is made while the program starts stays; looking through it for garbage costs a fourteenth of a start.
    gc.disable()
    from gui.lab.lab import Lab
    from gui.window.main_window import MainWindow

    settings_file = SettingsFile()
    settings = settings_file.load()
    themes = ThemeManager(application, settings.theme)
    window = MainWindow(settings_file, Lab(settings), themes, hooks)
    themes.setParent(window)
    drawing = window.lab.drawing
    window.completed.connect(CycleCollector(window, lambda: drawing.pen_is_down).start)
    window.destroyed.connect(hand_back)
    window.show()
    QTimer.singleShot(0, window, window.complete)
    return window


def find_start_problem() -> str:
    """Why no window can be opened here, as one sentence, or ""."""
    major, minor, patch = PySide6.__version_info__[:3]
    problem = find_problem((int(major), int(minor), int(patch)))
    if problem:
        return problem
    # Qt would abort the process without an exception.
    if _has_no_screen():
        return "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. The commands work without one."
    return ""


def _has_no_screen() -> bool:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names)


def run_application(argv: Sequence[str], files: Sequence[Path] = (), *, self_check: bool = False) -> int:
    """Open the window and run until it closes.

    Args:
        argv: the program's name and the arguments for Qt.
        files: opened as soon as the window is complete.
        self_check: draw, wait for an answer, say so in one line and close.

    Returns:
        The exit code: 0 after a normal end, 2 when no window can be opened, 1 when the self-check fails.
    """
    if self_check and _has_no_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = find_start_problem()
    if problem:
        if sys.stderr is not None:
            sys.stderr.write(f"{problem}\n")
        return 2
    if not self_check:
        return _run(argv, files, check=False)
    with tempfile.TemporaryDirectory() as folder, _environment(CONFIG_VARIABLE, folder):
        # A check leaves the user's settings and drawing alone.
        return _run(argv, (), check=True)


def _run(argv: Sequence[str], files: Sequence[Path], *, check: bool) -> int:
    old_interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    application = create_application(argv)
    hooks = ErrorHooks(state_folder())
    hooks.install()
    signals = TerminationSignals()
    window = create_window(application, hooks)
    # Queued: Python runs its handlers in the middle of whatever the window is doing, a frame of a chart, say.
    signals.requested.connect(window.close_without_asking, Qt.ConnectionType.QueuedConnection)
    application.aboutToQuit.connect(window.shut_down)
    for path in files:
        window.completed.connect(partial(window.opener.open, path))
    if sys.platform == "darwin":
        from gui.app.file_open_events import FileOpenEvents

        application.installEventFilter(FileOpenEvents(window.opener.open, window))
    self_check = None
    if check:
        from gui.app.self_check import SelfCheck

        self_check = SelfCheck(window)
    try:
        # Weights that have gone astray overflow; tabs show such numbers as they are.
        with np.errstate(all="ignore"):
            code = application.exec()
    finally:
        signals.close()
        hooks.uninstall()
        sys.setswitchinterval(old_interval)
        hand_back()
    if self_check is not None:
        code = self_check.report()
    window.deleteLater()
    return code


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    old = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if old is None:
            del os.environ[name]
        else:
            os.environ[name] = old

"""Starts the window: the least that answers a drawing first, everything heavy right after it is on the screen."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import PySide6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gui.error_hooks import ErrorHooks
from gui.folders import state_folder
from gui.settings import SettingsFile
from gui.termination import TerminationSignals
from gui.theme import ThemeManager
from gui.version_check import find_problem

if TYPE_CHECKING:
    from gui.main_window import MainWindow

# A training thread in pure Python may hold the interpreter for this long at a time; Python's own 5 ms adds up to
# frames that come late.
SWITCH_INTERVAL_SECONDS = 0.001
ICON = Path(__file__).resolve().parent / "icons" / "digitlab.svg"


def create_application(argv: Sequence[str]) -> QApplication:
    """The one `QApplication`, made if there is none yet."""
    existing = QApplication.instance()
    if existing is not None:
        return cast(QApplication, existing)
    # Every point of a fast stroke counts; without this, X11 and Windows merge them into a polygon.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)
    application = QApplication(list(argv) or ["digitlab"])
    application.setApplicationName("DigitLab")
    application.setDesktopFileName("digitlab")
    application.setWindowIcon(QIcon(str(ICON)))
    return application


def create_window(application: QApplication, hooks: ErrorHooks | None = None) -> "MainWindow":
    """The window, shown and able to take a drawing; the rest of it arrives with the event loop."""
    from gui.main_window import MainWindow

    settings_file = SettingsFile()
    settings = settings_file.load()
    themes = ThemeManager(application, settings.theme)
    window = MainWindow(settings_file, settings, themes, hooks)
    themes.setParent(window)
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
    headless = not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and headless:
        return "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. The commands work without one."
    return ""


def run_application(argv: Sequence[str], *, self_check: bool = False) -> int:
    """Open the window and run until it closes.

    Args:
        argv: the program's name and the arguments for Qt.
        self_check: draw, wait for an answer, say so in one line and close.

    Returns:
        The exit code: 0 after a normal end, 2 when no window can be opened, 1 when the self-check fails.
    """
    problem = find_start_problem()
    if problem:
        if sys.stderr is not None:
            sys.stderr.write(f"{problem}\n")
        return 2
    old_interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    application = create_application(argv)
    hooks = ErrorHooks(state_folder())
    hooks.install()
    signals = TerminationSignals()
    window = create_window(application, hooks)
    signals.requested.connect(window.close_without_asking)
    check = None
    if self_check:
        from gui.self_check import SelfCheck

        check = SelfCheck(window)
    try:
        code = application.exec()
    finally:
        signals.close()
        hooks.uninstall()
        sys.setswitchinterval(old_interval)
    window.deleteLater()
    if check is not None:
        return check.report()
    return code

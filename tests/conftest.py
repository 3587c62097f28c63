"""Every test runs without a screen, without the user's own settings, and may leave nothing behind."""

import os

# Before anything imports Qt: the platform can't be changed later.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# One thread for the linear algebra keeps results equal from run to run and two cores free for the trainer's own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Each of the programs that tests start, and each worker of pytest, would compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import contextlib
import gc
import signal
import threading
import time
from itertools import count

import numpy as np
import pytest
from hypothesis import settings

from engine.core.defaults import set_random_seed

# The same examples each time, and no limit of time that a busy machine would break.
settings.register_profile("digitlab", deadline=None, derandomize=True)
settings.load_profile("digitlab")


# `nohup` and a shell's `&` let signals be ignored, and every process of a test would inherit that.
for _name, _default in (("SIGHUP", signal.SIG_DFL), ("SIGINT", signal.default_int_handler)):
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), _default)


@pytest.fixture(scope="session")
def numbered_folders(tmp_path_factory):
    """Names of folders without end. pytest's own way looks through all earlier ones for each."""
    parent = tmp_path_factory.mktemp("digitlab")
    return (parent / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated_folders(numbered_folders, monkeypatch):
    """Settings, logs and autosaves of a test go to a folder of its own, which is made when something is written."""
    folder = next(numbered_folders)
    monkeypatch.setenv("DIGITLAB_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture(scope="session", autouse=True)
def quick_disk():
    """No file of a test has to outlive a power cut: nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(autouse=True)
def same_seeds():
    """Each network of a program has a seed of its own: here they are counted anew in each test."""
    set_random_seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(12345)


@pytest.fixture(scope="module", autouse=True)
def only_objects_of_this_module():
    """Hide modules and tests from the garbage collector: half a million objects that stay, looked through each time.

    For each module anew, because the program shows them again when its window has closed. Cycles are looked for, too: a
    Python object of a widget that Qt has deleted makes a new widget at the same address look deleted, or worse.
    """
    gc.collect()
    gc.freeze()


def _wait_for_end(threads, seconds=5.0):
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in threads if thread.is_alive()]


@pytest.fixture(autouse=True)
def no_leaked_threads():
    """A test that leaves a thread running fails."""
    before = set(threading.enumerate())
    yield
    left = _wait_for_end([thread for thread in threading.enumerate() if thread not in before])
    assert not left, f"threads left running: {[thread.name for thread in left]}"


@pytest.fixture(autouse=True)
def no_leaked_widgets(request):
    """A GUI test that leaves a visible top-level window or a repeating timer behind fails."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    application = request.getfixturevalue("qapp")
    before = set(application.topLevelWidgets())
    with _only_new_objects():
        yield
        # By now pytest-qt has closed the widgets that the test registered.
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        windows = [widget for widget in application.topLevelWidgets() if widget not in before and widget.isVisible()]
        assert not windows, f"windows left open: {windows}"
        if _running_timers():
            gc.collect()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            timers = _running_timers()
            assert not timers, f"timers left running: {[(timer, timer.parent()) for timer in timers]}"


# Cycles of ended tests are looked for after so many of them.
_TESTS_BETWEEN_COLLECTIONS = 120
_ended_tests = count(1)


@contextlib.contextmanager
def _only_new_objects():
    """Hide everything older from the garbage collector, also what a test before left in cycles: these wait."""
    gc.freeze()
    # Nor does a thread look by itself, as in the window: see `gui.services.cycle_collector`.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if not next(_ended_tests) % _TESTS_BETWEEN_COLLECTIONS:
            gc.unfreeze()
            gc.collect()
            gc.freeze()


def _running_timers():
    """All repeating QTimers of this test that Python knows of."""
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    # By type: `isinstance` also asks an object for its `__class__`, and lazy objects elsewhere (torch's deprecated
    # names, for one) answer that with a warning.
    timers = [item for item in gc.get_objects() if issubclass(type(item), QTimer)]
    return [timer for timer in timers if isValid(timer) and timer.isActive() and not timer.isSingleShot()]

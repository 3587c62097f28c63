"""Slow work beside the window: what arrives, what is dropped, and what closing waits for."""

import logging
import threading

import numpy as np
import pytest
from PySide6.QtCore import QThread

from engine.errors import DataError
from gui.services import background_task
from gui.services.background_task import BackgroundTasks, TaskCancelled

WAIT_SECONDS = 10


@pytest.fixture
def tasks(qapp):
    tasks = BackgroundTasks()
    yield tasks
    tasks.shut_down()


@pytest.fixture
def gate():
    """Work that waits for it is let go at the end in any case."""
    gate = threading.Event()
    yield gate
    gate.set()


def wait_for_end(qtbot, tasks, key="key"):
    qtbot.waitUntil(lambda: not tasks.is_running(key))


def test_the_result_arrives_in_the_gui_thread(tasks, qtbot):
    arrived = []
    worker = []

    def work(_task):
        worker.append(threading.current_thread())
        return 42

    tasks.start("key", work, done=lambda result: arrived.append((result, QThread.currentThread())))
    # Nothing is delivered before the event loop runs.
    assert tasks.is_running("key")
    assert arrived == []
    with qtbot.waitSignal(tasks.ended) as ended:
        pass
    assert ended.args == ["key"]
    assert arrived == [(42, tasks.thread())]
    assert worker != [threading.main_thread()]


def test_numbers_that_overflow_are_results_like_others(tasks, qtbot):
    arrived = []
    tasks.start("key", lambda _task: np.square(np.float32(1e30)), done=arrived.append)
    wait_for_end(qtbot, tasks)
    assert arrived == [np.inf]


def test_the_window_goes_first(tasks, qtbot, monkeypatch):
    done = []
    monkeypatch.setattr("gui.services.background_task.lower_thread_priority", lambda: done.append("lowered"))
    tasks.start("key", lambda _task: done.append("worked"))
    wait_for_end(qtbot, tasks)
    assert done == ["lowered", "worked"]


def test_the_newest_of_a_key_wins_whichever_ends_first(tasks, qtbot, gate):
    arrived = []
    old_begun, old_ended = threading.Event(), threading.Event()

    def slow(_task):
        old_begun.set()
        gate.wait(WAIT_SECONDS)
        old_ended.set()
        return "old"

    tasks.start("key", slow, done=arrived.append)
    # A task that has not begun when a newer one comes never does.
    assert old_begun.wait(WAIT_SECONDS)
    tasks.start("other", lambda _task: "other", done=arrived.append)
    tasks.start("key", lambda _task: "new", done=arrived.append)
    wait_for_end(qtbot, tasks)
    wait_for_end(qtbot, tasks, "other")
    gate.set()
    assert old_ended.wait(WAIT_SECONDS)
    qtbot.wait(1)
    assert sorted(arrived) == ["new", "other"]


def test_a_storm_of_starts_makes_few_threads_and_does_the_last(tasks, qtbot, gate):
    before = set(threading.enumerate())
    done = []

    def work(number):
        gate.wait(WAIT_SECONDS)
        return number

    for number in range(50):
        tasks.start("key", lambda _task, number=number: work(number), done=done.append)
    assert len(set(threading.enumerate()) - before) <= 2
    gate.set()
    wait_for_end(qtbot, tasks)
    assert done == [49]


def test_cancelled_work_is_told_at_its_next_progress_and_nobody_is_called(tasks, qtbot, gate):
    heard, ended = [], []
    began, stopped = threading.Event(), threading.Event()

    def work(task):
        began.set()
        gate.wait(WAIT_SECONDS)
        try:
            task.progress(0.5)
        except TaskCancelled:
            stopped.set()
            raise

    tasks.ended.connect(ended.append)
    tasks.start("key", work, done=heard.append, failed=heard.append, progressed=heard.append)
    assert began.wait(WAIT_SECONDS)
    tasks.cancel("key")
    assert ended == ["key"]
    assert not tasks.is_running("key")
    gate.set()
    assert stopped.wait(WAIT_SECONDS)
    qtbot.wait(1)
    assert heard == []


def test_progress_arrives_in_order_before_the_result(tasks, qtbot):
    heard = []

    def work(task):
        for share in (0.25, 0.5, 1.0):
            task.progress(share)
        return "done"

    tasks.start("key", work, done=heard.append, progressed=heard.append)
    wait_for_end(qtbot, tasks)
    assert heard == [0.25, 0.5, 1.0, "done"]


@pytest.mark.parametrize("error", [DataError("The file is damaged."), OSError(5, "no"), MemoryError(), KeyError("x")])
def test_an_error_arrives_and_the_thread_goes_on(tasks, qtbot, error, caplog):
    failed, done = [], []

    def work(_task):
        raise error

    with caplog.at_level(logging.ERROR, "digitlab"):
        tasks.start("key", work, done=done.append, failed=failed.append)
        wait_for_end(qtbot, tasks)
    assert failed == [error]
    assert done == []
    # Only what nobody foresaw needs a traceback.
    assert ("Traceback" in caplog.text) is isinstance(error, KeyError)
    tasks.start("key", lambda _task: 1, done=done.append)
    wait_for_end(qtbot, tasks)
    assert done == [1]


def test_an_outcome_is_dropped_when_its_version_moved_on(tasks, qtbot, gate):
    version, arrived = [1], []

    def work(task):
        gate.wait(WAIT_SECONDS)
        task.progress(0.5)
        return "stale"

    tasks.start("key", work, done=arrived.append, progressed=arrived.append, version=lambda: version[0])
    version[0] = 2
    gate.set()
    with qtbot.waitSignal(tasks.ended):
        pass
    assert arrived == []
    tasks.start("key", lambda _task: "fresh", done=arrived.append, version=lambda: version[0])
    wait_for_end(qtbot, tasks)
    assert arrived == ["fresh"]


def test_ordered_work_is_all_done_in_order(tasks, qtbot):
    written, told = [], []
    for number in range(20):
        tasks.start(
            "files", lambda _task, number=number: written.append(number) or number, done=told.append, ordered=True
        )
    tasks.finish()
    assert written == list(range(20))
    wait_for_end(qtbot, tasks, "files")
    assert told == list(range(20))


def test_closing_waits_for_what_must_be_written_and_for_nothing_else(qapp, qtbot, gate, monkeypatch):
    monkeypatch.setattr(background_task, "CLOSE_SECONDS", 0.02)
    tasks = BackgroundTasks()
    heard, written = [], []
    release = threading.Timer(0.05, written.append, ["file"])
    release.start()

    def write(_task):
        release.join()

    stuck = threading.Event()

    def never_ends(_task):
        stuck.set()
        gate.wait(WAIT_SECONDS)

    tasks.start("files", write, done=heard.append, ordered=True)
    tasks.start("reading", never_ends, done=heard.append, failed=heard.append)
    assert stuck.wait(WAIT_SECONDS)
    waits = []
    join = threading.Thread.join

    def noted_join(thread, timeout=None):
        waits.append((thread.daemon, timeout))
        join(thread, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "join", noted_join)
        tasks.shut_down()
    assert written == ["file"]
    gate.set()
    qtbot.wait(1)
    assert heard == []
    # The stuck thread cost at most the time that closing gives, and it could not have kept the process.
    assert [timeout <= background_task.CLOSE_SECONDS for daemon, timeout in waits if daemon] == [True]
    tasks.shut_down()


def test_a_window_that_is_gone_is_not_called(qapp, gate, monkeypatch):
    from shiboken6 import delete

    monkeypatch.setattr(background_task, "IDLE_SECONDS", 0.02)
    tasks = BackgroundTasks()
    tasks.start("key", lambda _task: gate.wait(WAIT_SECONDS))
    threads = [thread for thread in threading.enumerate() if thread.name == "task-key"]
    delete(tasks)
    gate.set()
    for thread in threads:
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()


def test_a_thread_is_kept_for_the_next_task_and_ends_with_the_window(tasks, qtbot):
    workers = []
    for _ in range(3):
        tasks.start("key", lambda _task: workers.append(threading.current_thread()))
        wait_for_end(qtbot, tasks)
    # The first may still have been on its way to wait when the second task came.
    assert len(set(workers)) <= 2
    tasks.shut_down()
    assert not any(worker.is_alive() for worker in workers)

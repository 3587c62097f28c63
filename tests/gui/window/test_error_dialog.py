import logging
import sys
import threading

import pytest
from PySide6.QtCore import QThread, QTimer, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from engine.errors import ModelFileError
from gui.services.error_hooks import ErrorHooks, ErrorReport, describe
from gui.window.error_dialog import SHOWN_MESSAGES, ErrorDialog


@pytest.fixture
def hooks(tmp_path, qapp):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = ErrorHooks(tmp_path)
    made.install()
    yield made
    made.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


@pytest.fixture
def reports(hooks):
    received = []
    hooks.reported.connect(lambda report: received.append((report, QThread.currentThread())))
    return received


def wait_for(qtbot, reports, count):
    qtbot.waitUntil(lambda: len(reports) >= count, timeout=2000)
    qtbot.wait(20)
    assert len(reports) == count


def test_an_error_in_a_slot_is_told_once_however_often_it_comes(qtbot, hooks, reports, capsys):
    def fail():
        raise ValueError("the pen fell down")

    timer = QTimer()
    timer.timeout.connect(fail)
    timer.start(0)
    wait_for(qtbot, reports, 1)
    timer.stop()
    report = reports[0][0]
    assert "the pen fell down" in report.message
    assert "Traceback" in report.details
    assert hooks.log_path.read_text().count("Traceback") <= 3
    assert "the pen fell down" in capsys.readouterr().err


def test_an_error_in_a_thread_arrives_in_the_window_thread(qtbot, hooks, reports, qapp):
    def fail():
        raise RuntimeError("lost in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    wait_for(qtbot, reports, 1)
    assert "lost in a thread" in reports[0][0].message
    assert reports[0][1] is qapp.thread()


def test_errors_written_for_people_are_shown_as_they_are(qtbot, hooks, reports):
    for name in ("a", "b", "a"):
        try:
            raise ModelFileError(f"“{name}” is not a model file.")
        except ModelFileError as error:
            hooks.report(error)
    wait_for(qtbot, reports, 2)
    assert [report.message for report, _thread in reports] == ["“a” is not a model file.", "“b” is not a model file."]


@pytest.mark.qt_log_ignore("a word from Qt", extend=True)
def test_what_qt_says_goes_to_the_log(hooks, qapp):
    qWarning("a word from Qt")
    assert "a word from Qt" in hooks.log_path.read_text()


def test_errors_in_destructors_go_to_the_log_only(qtbot, hooks, reports):
    class Bad:
        def __del__(self):
            raise ValueError("too late")

    Bad()
    qtbot.wait(20)
    assert not reports
    assert "too late" in hooks.log_path.read_text()


def test_a_log_that_cannot_be_written_is_no_reason_not_to_start(tmp_path, qapp):
    (tmp_path / "file").write_text("in the way")
    hooks = ErrorHooks(tmp_path / "file" / "below")
    hooks.install()
    hooks.uninstall()


def test_a_log_that_becomes_unwritable_costs_nothing_but_its_lines(tmp_path, qapp):
    hooks = ErrorHooks(tmp_path)
    hooks.install()
    hooks.log_path.mkdir()
    logging.getLogger("digitlab").warning("nowhere to go")
    hooks.log_path.rmdir()
    logging.getLogger("digitlab").warning("here again")
    hooks.uninstall()
    assert "here again" in hooks.log_path.read_text()


def test_a_long_log_is_put_aside(tmp_path, qapp):
    (tmp_path / "digitlab.log").write_text("x" * 1_100_000)
    hooks = ErrorHooks(tmp_path)
    hooks.install()
    logging.getLogger("digitlab").error("fresh")
    hooks.uninstall()
    assert len((tmp_path / "digitlab.log").read_text()) < 1000
    assert (tmp_path / "digitlab.log.old").stat().st_size > 1_000_000


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "memory"),
        (PermissionError(13, "Permission denied", "/some/file"), "/some/file"),
        (KeyError("a"), "KeyError"),
        (ZeroDivisionError(), "(ZeroDivisionError)"),
    ],
)
def test_descriptions_are_sentences(error, words):
    sentence = describe(error)
    assert words in sentence
    assert sentence.endswith(".")


def test_the_dialog_collects_instead_of_multiplying(qtbot, tmp_path):
    dialog = ErrorDialog(tmp_path / "log")
    qtbot.addWidget(dialog)
    dialog.show_report(ErrorReport("mine.txt: this is no image."))
    # An ordinary wrong file is no fault of the program.
    assert dialog.windowTitle() == "DigitLab"
    dialog.close()
    dialog.show_report(ErrorReport("First.", "trace 1"))
    assert "went wrong" in dialog.windowTitle()
    dialog.show_report(ErrorReport("Second."))
    dialog.show_report(ErrorReport("First."))
    assert dialog.message == "First.\n\nSecond."
    for number in range(SHOWN_MESSAGES):
        dialog.show_report(ErrorReport(f"{number}."))
    assert "First." not in dialog.message
    dialog.show_report(ErrorReport("First.", "trace 1"))
    assert dialog.message.endswith("First.")
    assert not dialog.isModal()
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    assert all(button.toolTip() and button.accessibleName() for button in buttons.values())
    buttons["Copy details"].click()
    assert "trace 1" in QGuiApplication.clipboard().text()
    buttons["Details"].click()
    dialog.close()
    dialog.show_report(ErrorReport("Later."))
    assert dialog.message == "Later."

"""The program as a process: start, check, signals, exit code."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget

from engine.storage.model_file import load_model
from gui.app import application
from gui.app.application import find_start_problem, run_application
from gui.app.file_open_events import FileOpenEvents
from gui.app.supported_versions import find_problem
from main import main
from models import PRESETS

ROOT = Path(__file__).resolve().parents[3]

# Opens the window, starts a training, and says when it is under way.
TRAIN = """
import sys
from PySide6.QtCore import QTimer
import gui.app.application as application
from models import PRESETS
from dataclasses import replace

def prepare(app, hooks=None, original=application.create_window):
    window = original(app, hooks)
    def start():
        window.lab.session.weights_changed.connect(lambda *_: print("training", flush=True))
        preset = PRESETS["softmax"]
        window.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=1000))
    window.completed.connect(start)
    return window

application.create_window = prepare
sys.exit(application.run_application(["digitlab"]))
"""


def start(code):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_self_check_draws_and_is_answered(isolated_folders):
    done = subprocess.run(
        [sys.executable, "main.py", "--self-check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert "“7”" in done.stdout
    assert not (isolated_folders / "settings.json").exists(), "the user's own settings are left alone"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_signal_in_the_middle_of_training_ends_the_process_in_order(isolated_folders):
    process = start(TRAIN)
    assert process.stdout.readline() == "training\n", process.stderr.read()
    process.send_signal(signal.SIGTERM)
    _out, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    assert (isolated_folders / "settings.json").exists()
    assert list((isolated_folders / "state" / "unsaved-models").glob("*.safetensors"))


# Windows has no SIGHUP.
ENDS = [*(name for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)), "close"]


@pytest.mark.parametrize("name", ENDS)
def test_every_end_in_the_middle_of_training_waits_for_what_the_window_is_doing_and_is_in_order(
    qapp, qtbot, monkeypatch, capsys, isolated_folders, name
):
    visible = []

    def prepare(app, hooks=None, original=application.create_window):
        window = original(app, hooks)

        def end():
            if not visible:
                if name == "close":
                    window.close_without_asking()
                else:
                    signal.raise_signal(getattr(signal, name))
                visible.append(window.isVisible())

        def train():
            preset = PRESETS["softmax"]
            # Weights that have gone astray are no reason for warnings.
            assert np.geterr()["over"] == "ignore"
            window.lab.session.weights_changed.connect(lambda *_: end())
            window.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=1000))

        window.completed.connect(train)
        return window

    monkeypatch.setattr(application, "create_window", prepare)
    assert run_application(["digitlab"]) == 0
    assert visible == [name != "close"]
    assert capsys.readouterr().err == ""
    assert (isolated_folders / "settings.json").exists()
    assert list((isolated_folders / "state" / "unsaved-models").glob("*.safetensors"))


# Trains a small network and says which epochs are done.
EPOCHS = """
import sys
import gui.app.application as application
from models import PRESETS
from dataclasses import replace

def prepare(app, hooks=None, original=application.create_window):
    window = original(app, hooks)
    def start():
        window.lab.session.progressed.connect(lambda news: [print(event.epoch, flush=True) for event in news.epochs])
        preset = PRESETS["softmax"]
        window.lab.session.start(preset, replace(preset.defaults, augment=False, epochs=1000))
    window.completed.connect(start)
    return window

application.create_window = prepare
sys.exit(application.run_application(["digitlab"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_in_the_middle_of_training_costs_the_epoch_under_way_at_most(isolated_folders, open_window):
    process = start(EPOCHS)
    told = 0
    while told < 3:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        told = int(line)
    process.kill()
    told = max([told, *map(int, process.stdout.read().split())])
    process.communicate(timeout=20)
    (kept,) = (isolated_folders / "state" / "unsaved-models").glob("*.safetensors")
    training = load_model(kept).training
    assert training["epochs"] >= told
    assert training["reason"] == "unfinished"
    window = open_window(tab="preprocessingWorkspace")
    assert [entry.model.training["epochs"] for entry in window.lab.models.unsaved_entries] == [training["epochs"]]


def test_the_whole_program_in_this_process(qapp, qtbot, monkeypatch, isolated_folders, tmp_path):
    """`main` with a file opens it, returns the loop's code and puts everything back that was changed."""
    before = sys.excepthook, sys.getswitchinterval(), signal.getsignal(signal.SIGINT)
    path = tmp_path / "three.jsonl"
    path.write_text('{"label": 3, "strokes": [[[0, 0], [5, 5], [9, 1]]]}\n')
    opened = []

    def look():
        for widget in QApplication.topLevelWidgets():
            if widget.objectName() == "mainWindow" and not widget.lab.drawing.is_blank:
                opened.append(widget.lab.drawing.drawing().strokes)
                timer.stop()
                widget.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    assert main([str(path)]) == 0
    assert len(opened[0]) == 1
    assert (sys.excepthook, sys.getswitchinterval(), signal.getsignal(signal.SIGINT)) == before


def test_a_file_that_is_not_there_opens_no_window(capsys):
    assert main(["no/such.onnx"]) == 2
    assert capsys.readouterr().err == "no/such.onnx: there is no such file; check the name and the folder.\n"


def test_a_double_click_on_macos_arrives_as_an_event(qapp):
    opened = []
    events = FileOpenEvents(opened.append, qapp)
    qapp.installEventFilter(events)
    qapp.sendEvent(qapp, QFileOpenEvent("/digits/three.jsonl"))
    qapp.removeEventFilter(events)
    events.deleteLater()
    assert opened == [Path("/digits/three.jsonl")]


def test_broken_combinations_are_named_with_the_way_out():
    assert find_problem((6, 11, 3), (3, 11)) == ""
    assert find_problem((6, 12, 0), (3, 12)) == ""
    for version, python in (((6, 12, 0), (3, 11)), ((6, 9, 1), (3, 13)), ((6, 10, 1), (3, 12)), ((6, 7, 0), (3, 11))):
        sentence = find_problem(version, python)
        assert ".".join(map(str, version)) in sentence
        assert "pip install" in sentence


def test_without_a_screen_one_sentence_and_code_two(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert "no screen" in find_start_problem()
    assert run_application(["digitlab"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_references_to_none_survive_thousands_of_calls(qtbot):
    """A PySide6 that drops them aborts the process after some minutes of charts."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for number in range(500):
        widget.setObjectName(str(number))
        widget.update()
    assert sys.getrefcount(None) > before - 200

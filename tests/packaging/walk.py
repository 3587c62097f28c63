"""Runs inside the packed program: a person draws, trains, saves, exports and imports by the window's own controls.

Its one argument is a folder; a JSON object at the end tells what came of it.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QComboBox, QPushButton

from gui.app.application import create_application
from gui.app.self_check import draw_stroke
from gui.lab.lab import Lab
from gui.services.settings import SettingsFile
from gui.theme.manager import ThemeManager
from gui.window.dialogs import Dialogs, UnsavedChoice
from gui.window.main_window import MainWindow

FOLDER = Path(sys.argv[1])
LONGEST_MS = 120_000


class Answers(Dialogs):
    """What the person answers to each question."""

    export = (FOLDER / "mine.py", 3)

    def save_file(self, parent, title, suggestion, filters):
        return FOLDER / "mine.safetensors"

    def save_file_as(self, parent, title, suggestion, filters):
        return self.export

    def open_file(self, parent, title, folder, filters):
        return FOLDER / "mine.npz"

    def ask_unsaved(self, parent, titles):
        return UnsavedChoice.DISCARD


def wait_for(condition):
    """Let the window work until it is so."""
    loop, timer, end = QEventLoop(), QTimer(), QTimer()
    timer.timeout.connect(lambda: condition() and loop.exit(0))
    end.setSingleShot(True)
    end.timeout.connect(lambda: loop.exit(1))
    timer.start(10)
    end.start(LONGEST_MS)
    if not condition() and loop.exec():
        raise SystemExit(f"Waited in vain: {condition.__name__}.")


application = create_application(["digitlab"])
settings = SettingsFile()
lab = Lab(settings.load())
answers = Answers()
window = MainWindow(settings, lab, ThemeManager(application, "light"), dialogs=answers)
told = []
lab.messages.message.connect(told.append)
lab.messages.error.connect(lambda error: told.append(f"ERROR {error}"))
window.show()
QTimer.singleShot(0, window.complete)


def complete():
    return window.is_complete


def answered():
    return window.answer.probabilities is not None


def one_epoch_done():
    return lab.epoch.ended >= 1


def trained():
    return any(entry.unsaved for entry in lab.models.entries) and not lab.session.active


def exported():
    return not window.exports.is_running


def imported():
    return not window.imports.is_running


wait_for(complete)
draw_stroke(window.canvas)
wait_for(answered)
result = {"best": str(window.answer.best)}

chooser = window.findChild(QComboBox, "presetSelector")
chooser.setCurrentIndex(chooser.findText("Softmax regression"))
window.findChild(QPushButton, "trainButton").click()
wait_for(one_epoch_done)
if lab.session.active:
    window.findChild(QPushButton, "stopButton").click()
wait_for(trained)

window.menus.actions["saveAsAction"].trigger()
window.menus.actions["exportModelAction"].trigger()
wait_for(exported)
answers.export = (FOLDER / "mine.onnx", 0)
window.menus.actions["exportModelAction"].trigger()
wait_for(exported)
window.menus.actions["importModelAction"].trigger()
wait_for(imported)
result["told"] = told
tabs = window.workspaces
result["tabs"] = tabs.count()
for place in range(tabs.count()):
    # Each is built when it is first shown.
    tabs.setCurrentIndex(place)
    application.processEvents()
QTimer.singleShot(300, window.close_without_asking)
application.exec()
sys.stdout.write(json.dumps(result) + "\n")

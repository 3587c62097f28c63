"""The whole window for a test, with a person who answers its questions."""

import time

import pytest
from pytestqt.exceptions import TimeoutError
from pytestqt.qtbot import QtBot

from gui.window.dialogs import Dialogs, UnsavedChoice


class ScriptedDialogs(Dialogs):
    """Answers file dialogs and questions from what a test has put in, and remembers what was asked."""

    def __init__(self):
        self.open_path = None
        self.save_paths = []
        self.export = None
        self.folder = None
        self.choice = UnsavedChoice.DISCARD
        self.replace = True
        self.words = None
        self.architecture = None
        self.asked = []

    def open_file(self, parent, title, folder, filters):
        self.asked.append(title)
        return self.open_path

    def save_file(self, parent, title, suggestion, filters):
        self.asked.append(title)
        return self.save_paths.pop(0) if self.save_paths else None

    def save_file_as(self, parent, title, suggestion, filters):
        self.asked.append((title, filters))
        return self.export

    def open_folder(self, parent, title, folder):
        self.asked.append(title)
        return self.folder

    def ask_replace(self, parent, path):
        self.asked.append(path)
        return self.replace

    def ask_architecture(self, parent, name, titles):
        self.asked.append((name, titles))
        return self.architecture

    def ask_model_words(self, parent, name, description):
        self.asked.append((name, description))
        return self.words

    def ask_unsaved(self, parent, titles):
        self.asked.append(titles)
        return self.choice


class QuickBot(QtBot):
    """Looks five times as often whether what is waited for is there."""

    def waitUntil(self, callback, *, timeout=5000):
        end = time.monotonic() + timeout / 1000
        while True:
            try:
                # None stands for assertions that hold.
                if callback() in (None, True):
                    return
                missed = TimeoutError(f"not within {timeout} ms")
            except AssertionError as error:
                missed = error
            if time.monotonic() > end:
                raise missed
            self.wait(2)


@pytest.fixture
def qtbot(qapp, request):
    return QuickBot(request)


@pytest.fixture(autouse=True)
def quick_pace(monkeypatch):
    """What is slow for people's eyes and ears would only be waited for here."""
    monkeypatch.setattr("gui.lab.training_session.PULL_INTERVAL_MS", 10)
    monkeypatch.setattr("gui.lab.sweeps.LOOK_INTERVAL_MS", 10)
    monkeypatch.setattr("gui.widgets.announcement.SETTLED_MS", 100)
    # Nobody draws while the window opens.
    monkeypatch.setattr("gui.window.start.WORKSPACES_DELAY_MS", 0)
    # Threads of low priority would starve beside the other tests, and what waits for them with them.
    monkeypatch.setattr("os.setpriority", lambda *_: None, raising=False)


@pytest.fixture
def themes(qapp):
    """The light look, for widgets that a test makes itself."""
    from gui.theme.manager import ThemeManager

    manager = ThemeManager(qapp, "light")
    yield manager
    manager.deleteLater()


@pytest.fixture
def count(qapp):
    """Counts the emissions of a signal."""

    def start(signal):
        emissions = []
        signal.connect(lambda *values: emissions.append(values))
        return emissions

    return start


@pytest.fixture
def painted_titles(monkeypatch):
    """What combo boxes had room for, in the order painted."""
    from PySide6.QtWidgets import QStylePainter

    titles = []

    class Recorder(QStylePainter):
        def drawControl(self, element, option):
            titles.append(option.currentText)
            super().drawControl(element, option)

    monkeypatch.setattr("gui.widgets.eliding_combo_box.QStylePainter", Recorder)
    return titles


@pytest.fixture
def make_lab(qapp):
    """A function that makes a lab; every lab is closed after the test."""
    from gui.lab.lab import Lab
    from gui.services.settings import Settings

    labs = []

    def make(settings=None, **parts):
        labs.append(Lab(settings if settings is not None else Settings(), **parts))
        return labs[-1]

    yield make
    for lab in labs:
        assert lab.close(2.0)
        lab.deleteLater()


@pytest.fixture
def lab(make_lab):
    return make_lab()


@pytest.fixture
def card(qtbot, themes):
    """The canvas with its tools, on the screen."""
    from gui.canvas.card import CanvasCard
    from gui.lab.drawing_document import DrawingDocument

    card = CanvasCard(DrawingDocument(), themes)
    qtbot.addWidget(card)
    card.resize(330, 400)
    card.show()
    return card


@pytest.fixture
def canvas(card):
    """The canvas in its card."""
    return card.canvas


@pytest.fixture
def dialogs():
    return ScriptedDialogs()


@pytest.fixture
def open_window(qtbot, qapp, dialogs):
    """A function that opens the window as the application does; every window is closed after the test."""
    from gui.lab.lab import Lab
    from gui.services.settings import SettingsFile
    from gui.theme.manager import ThemeManager
    from gui.window.main_window import MainWindow

    windows = []

    def open_one(complete=True, size=(1280, 800), tab=""):
        file = SettingsFile()
        settings = file.load()
        settings.tab = tab or settings.tab
        themes = ThemeManager(qapp, settings.theme)
        window = MainWindow(file, Lab(settings), themes, dialogs=dialogs)
        themes.setParent(window)
        windows.append(window)
        if not settings.geometry:
            window.resize(*size)
        window.show()
        if complete:
            with qtbot.waitSignal(window.completed, timeout=20_000):
                window.complete()
        return window

    yield open_one
    for window in windows:
        window.close_without_asking()
        window.deleteLater()


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def plain_window(open_window):
    """For tests of the left column: the open tab is built twice as fast as the usual one."""
    return open_window(tab="preprocessingWorkspace")


@pytest.fixture
def scheduler(qapp):
    from gui.services.redraw_scheduler import RedrawScheduler

    scheduler = RedrawScheduler()
    yield scheduler
    scheduler.shutdown()


@pytest.fixture
def show(qtbot, scheduler, themes):
    from gui.charts.chart_card import ChartCard
    from gui.workspaces.train.charts.registry import CHARTS

    cards = []

    def show_chart(name):
        chart = CHARTS[name](themes)
        chart.set_scheduler(scheduler)
        card = ChartCard(chart)
        cards.append(card)
        qtbot.addWidget(card)
        card.resize(520, 300)
        card.show()
        card.chart.redraw()
        return card

    yield show_chart
    # Only this list has kept them alive.
    cards.clear()


@pytest.fixture
def seven(window, qtbot):
    from gui.app.self_check import draw_stroke

    draw_stroke(window.canvas)
    qtbot.waitUntil(lambda: window.answer.best == "7", timeout=5000)
    return window

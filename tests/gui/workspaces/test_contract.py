"""What holds for every workspace in the registry."""

import ast
import gc
import re
import sys
import weakref
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from fake_training import few_digits, make_fake, short
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from workspace_helpers import turn_all

from engine.ink.drawing import Drawing
from gui.lab.training_session import TrainingSession
from gui.services.settings import Settings
from gui.workspaces.base import Workspace
from gui.workspaces.registry import WORKSPACES
from models import PRESETS

SEVEN = Drawing.from_points([[(0.28, 0.25), (0.7, 0.25), (0.55, 0.58), (0.47, 0.8)]])
# Commands learn there whether they are possible now, also those of a hidden tab.
MAY_LOOK = {"_on_drawing_changed", "_on_model_changed", "_on_prediction"}
KEYS = [kind.key for kind in WORKSPACES]
each_workspace = pytest.mark.parametrize("kind", WORKSPACES, ids=lambda kind: kind.key)


def class_of(kind):
    return getattr(import_module(kind.module), kind.class_name)


@pytest.fixture
def show(qtbot, lab, themes):
    """A function that builds a workspace and puts it on the screen; each one is shut down after the test."""
    made = []

    def build(kind, lab=lab):
        workspace = class_of(kind)(lab, themes)
        made.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 640)
        workspace.show()
        return workspace

    yield build
    for workspace in made:
        workspace.shut_down()


@each_workspace
def test_it_is_named_and_explained_and_has_the_commands_of_the_registry(show, kind):
    workspace = show(kind)
    assert isinstance(workspace, Workspace)
    assert (workspace.key, workspace.objectName()) == (kind.key, f"{kind.key}Workspace")
    assert workspace.accessibleName() == kind.title
    for text in (kind.tip + ".", workspace.empty_text, workspace.help_text):
        assert text[0].isupper()
        assert text.endswith(".")
    assert workspace.whatsThis() == workspace.help_text
    commands = workspace.commands()
    assert [command.objectName() for command in commands] == [f"{record.name}Action" for record in kind.commands]
    for command in commands:
        assert isinstance(command, QAction)
        assert command.parent() is workspace
        assert command.text()
        assert command.statusTip()


@each_workspace
def test_it_is_built_when_its_tab_is_shown_for_the_first_time(show_tabs, lab, kind):
    others = [other for other in WORKSPACES if other is not kind]
    lab.settings.tab = others[0].object_name
    tabs = show_tabs(lab)
    assert tabs.workspaces == []
    tabs.start()
    assert [workspace.key for workspace in tabs.workspaces] == [others[0].key]
    index = KEYS.index(kind.key)
    assert tabs.widget(index).objectName() == kind.object_name
    assert tabs.tabText(index) == kind.title
    built = []
    tabs.built.connect(built.append)
    tabs.setCurrentIndex(index)
    assert built == [tabs.widget(index)]
    assert tabs.currentWidget() is built[0]
    assert built[0].isVisible()
    tabs.setCurrentIndex(KEYS.index(others[0].key))
    tabs.setCurrentIndex(index)
    assert len(built) == 1
    assert lab.settings.tab == kind.object_name
    assert tabs.count() == len(WORKSPACES)


@each_workspace
def test_it_survives_an_empty_lab_and_follows_what_comes(show, lab, kind, qtbot):
    workspace = show(kind)
    workspace.refresh_now()
    for key in ("cnn", "multilabel", "angle", "logistic"):
        lab.models.choose(key)
        assert workspace.applies_to(lab.models.current.model) in (True, False)
        for change in (lambda: lab.drawing.set_drawing(SEVEN), lab.drawing.clear):
            change()
            lab.prediction.predict_now()
            workspace.refresh_now()
    assert workspace.applies_to(None) in (True, False)
    assert not workspace.grab().isNull()


@each_workspace
def test_it_survives_a_running_training(show, make_lab, kind, qtbot):
    lab = make_lab(session=TrainingSession(load_data=few_digits, make_trainer=make_fake(batch_seconds=0.002)))
    lab.models.choose("cnn")
    lab.drawing.set_drawing(SEVEN)
    preset = PRESETS["softmax"]
    workspaces = [show(kind, lab)]
    with qtbot.waitSignal(lab.session.weights_changed, timeout=10_000):
        lab.session.start(preset, short(preset, epochs=500))
    workspaces.append(show(kind, lab))
    for workspace in workspaces:
        workspace.refresh_now()
        assert not workspace.grab().isNull()
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.stop()
    workspaces[1].refresh_now()


@each_workspace
def test_it_survives_a_theme_change(show, lab, themes, kind):
    workspace = show(kind)
    lab.models.choose("cnn")
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    workspace.refresh_now()

    def lightness():
        image = workspace.grab().toImage().scaled(32, 32)
        return sum(image.pixelColor(x, y).lightness() for x in range(32) for y in range(32)) / 32**2

    light = lightness()
    themes.set_mode("dark")
    assert lightness() < light - 60


@each_workspace
def test_its_values_come_back_at_the_next_start(show_tabs, make_lab, kind, qtbot):
    def opened(settings):
        lab = make_lab(settings)
        lab.models.choose("softmax")
        tabs = show_tabs(lab)
        tabs.start()
        workspace = tabs.workspace(kind.key)
        workspace.refresh_now()
        # Its cards are built one after the other.
        qtbot.waitUntil(lambda: kind.key != "data" or hasattr(workspace, "warnings"), timeout=20_000)
        return tabs, workspace

    settings = Settings(tab=kind.object_name)
    tabs, workspace = opened(settings)
    before = workspace.values()
    assert before["version"] == workspace.values_version
    turn_all(workspace)
    values = workspace.values()
    assert (values == before) == (class_of(kind).collect_values is Workspace.collect_values)
    tabs.shut_down()
    assert opened(replace(settings))[1].values() == values


@each_workspace
def test_values_that_make_no_sense_change_nothing(show, lab, kind):
    workspace = show(kind)
    assert workspace.set_values({})
    values = workspace.values()
    lab.messages.message.connect(pytest.fail)
    assert workspace.set_values(dict.fromkeys(values, object()) | {"version": workspace.values_version, "unknown": 3})
    assert workspace.set_values(values)
    assert workspace.values() == values


@each_workspace
def test_it_refuses_the_values_of_another_version_in_a_sentence(show, lab, kind):
    workspace, told = show(kind), []
    lab.messages.message.connect(told.append)
    values = workspace.values()
    for version in (99, "two", None):
        assert not workspace.set_values({**values, "version": version})
        assert workspace.values() == values, version
        assert kind.title in told.pop(), version
        assert not told


@each_workspace
def test_it_reacts_only_while_it_can_be_seen(show, lab, kind, qtbot, monkeypatch):
    workspace = show(kind)
    refreshed, called = [], []
    folder = str(Path(find_spec(kind.module).origin).parent)

    def note(frame, event, _argument):
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            called.append(frame.f_code.co_name)

    monkeypatch.setattr(workspace, "refresh", lambda: refreshed.append(workspace.isVisible()))
    workspace.hide()
    QCoreApplication.processEvents()
    sys.setprofile(note)
    workspace.request_refresh()
    lab.models.choose("softmax")
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    lab.selection.select([1, 2], by="a test")
    lab.epoch.changed.emit()
    QCoreApplication.processEvents()
    sys.setprofile(None)
    assert refreshed == []
    assert set(called) <= MAY_LOOK, called
    assert len(called) <= 2, called
    workspace.show()
    qtbot.waitUntil(lambda: refreshed == [True])


@each_workspace
def test_a_command_of_a_tab_that_was_never_shown_builds_it(show_tabs, lab, kind):
    tabs = show_tabs(lab)
    menus = dict(tabs.menus())
    for action in filter(None, menus.get(kind.title, [])):
        action.trigger()
        assert [workspace.key for workspace in tabs.workspaces] == [kind.key]
    lab.session.stop()
    assert (kind.title in menus) == bool(kind.commands)


@each_workspace
def test_nothing_of_it_is_left_behind(qapp, lab, themes, kind):
    def build():
        workspace = class_of(kind)(lab, themes)
        workspace.show()
        lab.drawing.set_drawing(SEVEN)
        lab.prediction.predict_now()
        workspace.refresh_now()
        workspace.shut_down()
        workspace.shut_down()
        workspace.close()
        workspace.deleteLater()
        return weakref.ref(workspace)

    def standing():
        """Widgets, hidden ones too, and what hangs on those that outlive a workspace."""
        hanging = (part for owner in (lab, themes) for part in owner.findChildren(QObject))
        return {*qapp.allWidgets(), *qapp.findChildren(QTimer), *hanging}

    before = standing()
    reference = build()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert reference() is None
    assert not standing() - before
    # What it listened to goes on without it.
    lab.drawing.clear()
    lab.prediction.predict_now()


@each_workspace
def test_it_imports_no_other_workspace(kind):
    folder = Path(find_spec(kind.module).origin).parent
    others = tuple(other.module.rpartition(".")[0] for other in WORKSPACES if other is not kind)
    for path in folder.rglob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text("utf-8"), re.MULTILINE)
        assert not [name for name in imported if name.startswith(others)], path


def test_the_registry_is_data():
    source = Path(find_spec("gui.workspaces.registry").origin).read_text("utf-8")
    imported = [node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    assert imported == ["dataclasses", "typing"]
    assert len(set(KEYS)) == len(KEYS)

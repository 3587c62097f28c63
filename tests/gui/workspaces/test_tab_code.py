"""The code of tabs that were not opened yet comes in while nobody draws; nothing of them is built."""

import sys

import pytest

from engine.ink.drawing import Drawing
from gui.workspaces import tabs
from gui.workspaces.registry import WORKSPACES, WorkspaceKind

FILES = ("folder_of_a_tab.first", "folder_of_a_tab.second")


@pytest.fixture
def made(qtbot, lab, themes, monkeypatch, tmp_path):
    folder = tmp_path / "folder_of_a_tab"
    folder.mkdir()
    for name in ("__init__", "first", "second"):
        (folder / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(tabs, "LOAD_DELAY_MS", 0)
    monkeypatch.setattr(tabs, "NEXT_DELAY_MS", 0)
    preprocessing = next(kind for kind in WORKSPACES if kind.key == "preprocessing")
    other = WorkspaceKind("other", "Other", "folder_of_a_tab.second", "Other", "A tab of a test")
    lab.settings.tab = preprocessing.object_name
    made = tabs.WorkspaceTabs(lab, themes, kinds=[preprocessing, other])
    qtbot.addWidget(made)
    yield made
    made.shut_down()
    for name in (*FILES, "folder_of_a_tab"):
        sys.modules.pop(name, None)


def test_the_code_of_other_tabs_is_there_before_they_are_opened(made, qtbot):
    made.start()
    qtbot.waitUntil(lambda: all(name in sys.modules for name in FILES))
    assert [workspace.key for workspace in made.workspaces] == ["preprocessing"]


def test_it_waits_while_somebody_draws(made, lab, qtbot, monkeypatch):
    made.start()
    monkeypatch.setattr(tabs, "LOAD_DELAY_MS", 60_000)
    lab.drawing.set_drawing(Drawing.from_points([[(0.2, 0.2), (0.8, 0.8)]]))
    for _ in range(5):
        qtbot.wait(1)
    assert FILES[0] not in sys.modules

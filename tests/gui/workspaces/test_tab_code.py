"""The code of tabs that were not opened yet comes in beside the window; nothing of them is built."""

import sys

from gui.workspaces import tabs
from gui.workspaces.registry import WORKSPACES, WorkspaceKind


def test_the_code_of_other_tabs_is_there_before_they_are_opened(qtbot, lab, themes, monkeypatch, tmp_path):
    (tmp_path / "code_of_a_tab.py").write_text("import threading; thread = threading.current_thread()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(tabs, "LOAD_DELAY_MS", 0)
    preprocessing = next(kind for kind in WORKSPACES if kind.key == "preprocessing")
    other = WorkspaceKind("other", "Other", "code_of_a_tab", "Other", "A tab of a test")
    lab.settings.tab = preprocessing.object_name
    made = tabs.WorkspaceTabs(lab, themes, kinds=[preprocessing, other])
    qtbot.addWidget(made)
    made.start()
    qtbot.waitUntil(lambda: hasattr(sys.modules.get("code_of_a_tab"), "thread"))
    assert sys.modules.pop("code_of_a_tab").thread.name == "task-load"
    assert [workspace.key for workspace in made.workspaces] == ["preprocessing"]
    made.shut_down()

"""What the tabs remember, and which of them can be opened."""

from gui.services.settings import Settings
from gui.workspaces.preprocessing.workspace import PreprocessingWorkspace
from gui.workspaces.registry import WORKSPACES


def test_values_and_the_open_tab_are_remembered(show_tabs, make_lab, qtbot):
    first = make_lab()
    tabs = show_tabs(first)
    tabs.start()
    tabs.setCurrentIndex(1)
    tabs.workspace("preprocessing").switches.boxes["fit"].setChecked(False)
    tabs.shut_down()
    assert first.settings.tab == "preprocessingWorkspace"
    later = show_tabs(make_lab(Settings(tab=first.settings.tab, workspaces=first.settings.workspaces)))
    later.start()
    assert later.currentIndex() == 1
    assert [workspace.key for workspace in later.workspaces] == ["preprocessing"]
    assert not later.workspace("preprocessing").switches.path.fit


def test_a_tab_that_does_not_apply_cannot_be_opened(show_tabs, lab, monkeypatch):
    tabs = show_tabs(lab)
    tabs.start()
    tabs.workspace("preprocessing")
    applies = classmethod(lambda cls, model: model is None or model.task != "regression")
    monkeypatch.setattr(PreprocessingWorkspace, "applies_to", applies)
    lab.models.choose("angle")
    assert not tabs.isTabEnabled(1)
    assert "does not apply" in tabs.tabToolTip(1)
    lab.models.choose("cnn")
    assert tabs.isTabEnabled(1)
    assert tabs.tabToolTip(1) == WORKSPACES[1].tip


def test_a_metric_that_runs_will_hold_is_drawn_again(show_tabs, make_lab):
    tabs = show_tabs(make_lab(Settings(workspaces={"runs": {"version": 1, "figure": "macro_f1"}})))
    assert tabs.workspace("runs").metric_box.currentText() == "macro f1"
    assert tabs.workspace("runs").values()["figure"] == "macro_f1"

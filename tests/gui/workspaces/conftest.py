"""What tests of single workspaces share."""

import pytest


@pytest.fixture
def evaluate(qtbot, lab, themes):
    """The tab with the answers of `softmax` to the held-out digits."""
    from gui.workspaces.evaluate.workspace import EvaluateWorkspace

    lab.models.choose("softmax")
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(1500, 1100)
    workspace.show()
    qtbot.waitUntil(lambda: workspace.found is not None, timeout=20_000)
    workspace.matrix.chart.redraw()
    yield workspace
    workspace.shut_down()

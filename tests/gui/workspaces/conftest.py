"""What tests of single workspaces share."""

import contextlib

import numpy as np
import pytest
from evaluate_helpers import wait_for
from fake_training import few_digits, make_fake
from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def quick_rest(monkeypatch):
    """So soon after the last turn of a knob or a field, or after the last stroke, is it done with."""
    monkeypatch.setattr("gui.workspaces.train.knobs.knob.SETTLE_MS", 10)
    monkeypatch.setattr("gui.workspaces.train.editor.network_editor.REST_MS", 10)
    monkeypatch.setattr("gui.workspaces.evaluate.reliability_card.REST_MS", 10)
    monkeypatch.setattr("gui.workspaces.inspect.workspace.REST_MS", 20)
    monkeypatch.setattr("gui.workspaces.my_digits.opinions_card.PAUSE_MS", 10)


@contextlib.contextmanager
def shown_evaluate(qtbot, lab, themes):
    from gui.workspaces.evaluate.workspace import EvaluateWorkspace

    lab.models.choose("softmax")
    workspace = EvaluateWorkspace(lab, themes)
    workspace.resize(1500, 1100)
    workspace.show()
    qtbot.waitUntil(lambda: workspace.found is not None, timeout=20_000)
    wait_for(qtbot, workspace.matrix.chart)
    yield workspace
    workspace.shut_down()
    workspace.close()
    workspace.deleteLater()


@pytest.fixture
def evaluate(qtbot, lab, themes):
    """The tab with the answers of `softmax` to the held-out digits."""
    with shown_evaluate(qtbot, lab, themes) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def standing(qapp, request, tmp_path_factory):
    """The same tab for all tests of a file that only choose and look."""
    from gui.lab.lab import Lab
    from gui.services.settings import Settings
    from gui.theme.manager import ThemeManager

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_CONFIG_DIR", str(tmp_path_factory.mktemp("standing")))
        lab, themes = Lab(Settings()), ThemeManager(qapp, "light")
        with shown_evaluate(QtBot(request), lab, themes) as workspace:
            yield workspace
        assert lab.close(2.0)
        lab.deleteLater()
        themes.deleteLater()


@pytest.fixture
def show_tabs(qtbot, themes):
    """A function that shows all tabs of a lab; they are shut down after the test."""
    from gui.workspaces.tabs import WorkspaceTabs

    made = []

    def build(lab):
        tabs = WorkspaceTabs(lab, themes)
        made.append(tabs)
        qtbot.addWidget(tabs)
        tabs.resize(900, 700)
        tabs.show()
        return tabs

    yield build
    for tabs in made:
        tabs.shut_down()


@pytest.fixture
def show_data(qtbot, themes):
    from gui.workspaces.data.workspace import DataWorkspace

    made = []

    def build(lab, complete=True):
        workspace = DataWorkspace(lab, themes)
        made.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(1300, 900)
        workspace.show()
        # Its cards are built one after the other.
        qtbot.waitUntil(lambda: hasattr(workspace, "warnings"), timeout=20_000)
        if complete:
            qtbot.waitUntil(lambda: workspace.checks is not None, timeout=20_000)
        return workspace

    yield build
    for workspace in made:
        workspace.shut_down()


@pytest.fixture
def data(show_data, lab):
    return show_data(lab)


@pytest.fixture(scope="module")
def digits():
    return few_digits()[0]


@pytest.fixture
def write(tmp_path, digits):
    """A function that writes digits as frames of 28×28 and gives the path."""

    def build(name="mine.npz", change=lambda images: images, labels=digits.labels, **more):
        frames = np.zeros((len(digits), 28, 28), np.uint8)
        frames[:, 4:24, 4:24] = np.rint(255 * digits.images)
        path = tmp_path / name
        np.savez(path, images=change(frames), labels=labels, **more)
        return path

    return build


@pytest.fixture
def mine(lab):
    """My digits, none yet; softmax answers."""
    lab.models.choose("softmax")
    return lab.my_digits


@pytest.fixture
def digits_tab(qtbot, lab, mine, themes):
    """The My digits tab."""
    from gui.workspaces.my_digits.workspace import MyDigitsWorkspace

    workspace = MyDigitsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(700, 600)
    workspace.show()
    workspace.refresh_now()
    yield workspace
    workspace.shut_down()


@pytest.fixture
def column(qtbot, lab, mine, themes):
    """The canvas and the answer as they stand in the window."""
    from gui.window.left_column import LeftColumn

    column = LeftColumn(lab, themes)
    qtbot.addWidget(column)
    column.resize(340, 620)
    column.show()
    column.activateWindow()
    column.canvas_card.canvas.setFocus()
    return column


@pytest.fixture(scope="module")
def five():
    digits, _ = few_digits()
    return digits.images[int(np.flatnonzero(digits.labels == 5)[0])]


@pytest.fixture
def few_lab(make_lab, request):
    """A lab with few digits; its trainings are fakes, which take the parameter's seconds for a batch."""
    from gui.lab.dataset_library import DatasetEntry
    from gui.lab.training_session import TrainingSession

    digits, _ = few_digits()
    lab = make_lab(session=TrainingSession(make_trainer=make_fake(batch_seconds=getattr(request, "param", 0.0))))
    lab.datasets.add(DatasetEntry("few", "few", lambda: digits))
    lab.datasets.choose("few")
    return lab


@pytest.fixture
def show(qtbot, themes, few_lab, five):
    """Opens the tab on a page, for a shipped model and a drawn five."""
    from gui.lab.drawing_document import OpenedImage
    from gui.workspaces.inspect.workspace import InspectWorkspace

    made = []

    def open_page(model, page, *, drawing=five):
        few_lab.models.choose(model)
        if drawing is not None:
            few_lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), drawing, "a digit"))
            few_lab.prediction.predict_now()
        workspace = InspectWorkspace(few_lab, themes)
        made.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 700)
        workspace.apply_values({"page": page})
        workspace.show()
        workspace.refresh_now()
        return workspace.pages[page]

    yield open_page
    for workspace in made:
        workspace.shut_down()

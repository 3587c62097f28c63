"""The Inspect tab opens what people built for themselves, and has the pages that apply, through real events."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QWidget

from engine import (
    Activation,
    BatchNormalization,
    Conv1D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePool1D,
    GlobalMaxPool2D,
    Sequential,
)
from engine.inspection.activations import layer_outputs
from engine.inspection.twin import readable_twin
from engine.storage.model import Model
from gui.workspaces.inspect.explaining import EXACT, GRADIENT
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.nearest_page import NearestPage
from gui.workspaces.inspect.pages import PAGES
from gui.workspaces.inspect.workspace import InspectWorkspace
from models import PRESETS

OWN = {
    "sequence": (
        lambda: [Conv1D(4, 3, activation="relu"), Activation("tanh"), GlobalAveragePool1D(), Dense(10)],
        (20, 20),
        {"weights": "First-layer filters"},
    ),
    "channels": (
        lambda: [DepthwiseConv2D(3, depth_multiplier=2), BatchNormalization(), GlobalMaxPool2D(), Dense(10)],
        (20, 20, 1),
        {"weights": "First-layer filters"},
    ),
    "bare": (lambda: [Flatten(), Dense(10, use_bias=False)], (20, 20), {"weights": "Templates"}),
}


@pytest.mark.parametrize("name", OWN)
def test_networks_of_ones_own_are_opened_page_by_page(show, few_lab, qtbot, name):
    layers, shape, wanted = OWN[name]
    network = Sequential(layers(), seed=1)
    network.build(shape)
    network.loss = PRESETS["softmax"].loss()
    entry = few_lab.models.add_trained(Model(network, "mine", "Mine", tuple("0123456789"), "multiclass"))
    page = show(entry.key, "weights")
    assert page.card.title == wanted["weights"]
    assert page.unit_card.isHidden() is (name != "sequence")
    workspace, twin = page.window(), readable_twin(few_lab.classifier.answering.network)
    workspace.open_page("layers")
    layers_page = workspace.pages["layers"]
    outputs = layer_outputs(twin, few_lab.prediction.newest.features)
    for number, (_, view) in enumerate(layers_page.rows[1:]):
        np.testing.assert_allclose(np.sort(view.values.ravel()), np.sort(outputs[number + 1].ravel()), rtol=1e-5)
        if isinstance(view, MapGrid) and view.isVisible():
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_center(0, 0, 0))
            place = (0,) * outputs[number + 1].ndim
            assert f"{float(outputs[number + 1][place]):.5g}".replace("-", "−") in layers_page.sum_card.sum_label.text()
            if name == "sequence" and not number:
                # A filter of three rows slides from row to row.
                assert "Σ input × weight" in layers_page.sum_card.sum_label.text()
                assert layers_page.sum_card.grids["weight"].values.shape == (1, 3, 20)
                assert "rows 1 to 3, columns 1 to 20" in layers_page.sum_card.note.text()
    workspace.open_page("pixels")
    pixels = workspace.pages["pixels"]
    methods = [pixels.method_box.itemText(place) for place in range(pixels.method_box.count())]
    assert (EXACT in methods) is (name == "bare")
    pixels.method_box.setCurrentText(EXACT if name == "bare" else GRADIENT)
    assert np.abs(pixels.explanation.maps[0]).max() > 0


def test_no_page_is_made_behind_a_stroke_or_another_tab(show, few_lab, qtbot):
    workspace = show("softmax", "weights").window()
    few_lab.drawing.begin_stroke()
    qtbot.wait(100)
    assert list(workspace.pages) == ["weights"]
    few_lab.drawing.add_point(0.5, 0.5)
    few_lab.drawing.lift_pen()
    workspace.hide()
    qtbot.wait(100)
    assert list(workspace.pages) == ["weights"]
    workspace.show()
    qtbot.waitUntil(lambda: len(workspace.pages) == len(PAGES), timeout=5_000)


def test_a_view_that_does_not_apply_does_not_exist(show, few_lab, qtbot, monkeypatch):
    page = show("softmax", "nearest")
    workspace = page
    while not isinstance(workspace, InspectWorkspace):
        workspace = workspace.parentWidget()
    qtbot.waitUntil(lambda: len(workspace.pages) == len(PAGES), timeout=5_000)
    for name in ("templateView", "featureMaps", "attributionMap", "runnerUpSelector", "nearestGrid", "stepTable"):
        assert workspace.findChild(QWidget, name) is not None
    monkeypatch.setattr(NearestPage, "applies_to", classmethod(lambda cls, model: model.task == "multiclass"))
    few_lab.models.choose("logistic")
    qtbot.waitUntil(lambda: "nearest" not in workspace.pages, timeout=5_000)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert workspace.findChild(QWidget, "nearestGrid") is None
    titles = [workspace.bar.tabText(place) for place in range(workspace.bar.count())]
    assert titles == [kind.title for kind in PAGES if kind is not NearestPage]

"""Models of other programs are imported by the menu, by a drop, and for layers that the person names."""

import numpy as np
import pytest
from window_helpers import drop

from engine.storage.exporters import EXPORTERS
from engine.storage.exporters.steps import export_plan
from models import load


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("exported") / "softmax.py"
    return EXPORTERS["pytorch"].write(export_plan(load("softmax")), path)[-1]


def done(window, qtbot):
    qtbot.waitUntil(lambda: not window.imports.is_running, timeout=30_000)


def test_what_was_exported_answers_after_a_drop(window, qtbot, exported):
    told = []
    window.lab.messages.message.connect(told.append)
    drop(window, exported)
    done(window, qtbot)
    entry = window.lab.models.current
    assert entry.unsaved
    images = np.random.default_rng(0).random((3, 20, 20)).astype(np.float32)
    np.testing.assert_allclose(entry.model.answer(images), load("softmax").answer(images), atol=1e-5)
    assert told[-1].startswith("Imported softmax.npz: 2 arrays by name, in PyTorch's layout. It is right on")
    window.lab.models.discard_unsaved()


def test_weights_alone_are_for_layers_that_are_asked_for(window, dialogs, qtbot, tmp_path):
    model = load("softmax")
    kernel, bias = model.network.get_weights()
    np.savez(tmp_path / "mine.npz", **{"fc.weight": kernel.T.copy(), "fc.bias": bias})
    dialogs.open_path = tmp_path / "mine.npz"
    window.menus.actions["importModelAction"].trigger()
    done(window, qtbot)
    name, titles = dialogs.asked[-1]
    assert name == "mine.npz"
    assert titles[0] == "Softmax regression", "what fits comes first"
    assert "Convolutional network" in titles
    before = window.lab.models.current
    assert titles[-1] == f"The layers of {before.title}"
    assert window.lab.models.current is before
    dialogs.architecture = "Softmax regression"
    window.menus.actions["importModelAction"].trigger()
    qtbot.waitUntil(lambda: window.lab.models.current is not before, timeout=30_000)
    answered = window.lab.models.current.model
    images = np.random.default_rng(0).random((3, 20, 20)).astype(np.float32)
    np.testing.assert_allclose(answered.logits(images), model.logits(images), atol=1e-5)
    window.lab.models.discard_unsaved()


def test_what_does_not_fit_is_told_and_changes_nothing(window, dialogs, qtbot, tmp_path):
    errors = []
    window.lab.messages.error.connect(lambda error: errors.append(str(error)))
    before = window.lab.models.entries
    (tmp_path / "net.pt").write_bytes(b"\x80\x02}q\x00.")
    drop(window, tmp_path / "net.pt")
    done(window, qtbot)
    assert "pickle of PyTorch" in errors[-1]
    assert window.lab.models.entries == before

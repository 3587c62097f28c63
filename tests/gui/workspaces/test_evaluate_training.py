"""The Evaluate tab beside a training: the model is judged at its last whole epoch."""

from dataclasses import replace

import numpy as np
import pytest
from fake_training import few_digits, short

from gui.lab.dataset_library import DatasetEntry
from gui.lab.model_library import TRAINING_KEY
from gui.workspaces.evaluate.workspace import EvaluateWorkspace
from models import PRESETS

SOFTMAX = PRESETS["softmax"]


@pytest.fixture
def evaluate(qtbot, lab, themes):
    """The tab on 100 digits."""
    lab.datasets.add(DatasetEntry("few", "few", lambda: few_digits()[1]))
    workspace = EvaluateWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(900, 700)
    workspace.show()
    box = workspace.choice.digits_box
    qtbot.waitUntil(lambda: box.count() == 6, timeout=5000)
    box.setCurrentIndex(5)
    yield workspace
    workspace.shut_down()


def test_a_model_in_training_is_judged_at_its_last_epoch(evaluate, qtbot, lab):
    lab.session.set_data_source(few_digits)
    assert lab.session.start(SOFTMAX, replace(short(SOFTMAX), epochs=50), hold_after="epoch")
    qtbot.waitUntil(lambda: lab.epoch.shown == 1, timeout=10_000)
    lab.models.choose(TRAINING_KEY)
    qtbot.waitUntil(lambda: evaluate.found is not None and "epoch 1" in evaluate.found.title, timeout=10_000)
    first = evaluate.found
    # A step into the second epoch is no other epoch, and nothing is judged anew.
    with qtbot.waitSignal(lab.session.weights_changed, check_params_cb=lambda _, epochs: epochs > 1, timeout=10_000):
        lab.session.step()
    evaluate.refresh_now()
    assert not evaluate.tasks.is_running("evaluate")
    assert evaluate.found is first
    weights = lab.epoch.shown_weights
    np.testing.assert_array_equal(first.model.network.store.snapshot(), weights)
    assert not np.array_equal(lab.live.model.network.store.snapshot(), weights)
    lab.session.step_epoch()
    qtbot.waitUntil(lambda: "epoch 2" in evaluate.found.title, timeout=10_000)
    assert evaluate.found.metrics["count"] == 100
    assert "epoch 2" in evaluate.choice.subtitle
    lab.session.stop()
    qtbot.waitUntil(lambda: not lab.session.active, timeout=10_000)

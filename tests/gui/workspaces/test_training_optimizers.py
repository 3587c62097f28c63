"""Presets and optimizers together in the form: rates that train, pairs that cannot, a field for AdamW's decay."""

import pytest

from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from gui.workspaces.train.panel import TrainingPanel
from models import PRESETS


@pytest.fixture
def panel(qtbot, themes):
    panel = TrainingPanel(PRESETS, {"optimizer": tuple(OPTIMIZERS), "schedule": tuple(SCHEDULES)})
    qtbot.addWidget(panel)
    panel.show()
    return panel


def choose(panel, name):
    panel.form.selector.setCurrentIndex(panel.form.selector.findData(name))


def put(panel, **texts):
    for key, text in texts.items():
        panel.form.fields[key].set_text(text)


def test_another_optimizer_brings_its_own_learning_rate(panel):
    choose(panel, "angle")
    put(panel, optimizer="momentum")
    assert panel.form.config.learning_rate == PRESETS["angle"].settings("momentum").learning_rate
    put(panel, optimizer="gradient_descent")
    assert panel.form.config.learning_rate == PRESETS["angle"].settings("gradient_descent").learning_rate
    # What the user has written stays.
    put(panel, learning_rate="0.0123")
    put(panel, optimizer="adam")
    assert panel.form.config.learning_rate == 0.0123


def test_an_optimizer_that_cannot_train_the_model_is_refused_beside_its_field(panel):
    choose(panel, "cnn-large")
    put(panel, optimizer="lbfgs")
    assert "dropout" in panel.form.fields["optimizer"].message
    assert not panel.train_button.isEnabled()
    choose(panel, "mlp")
    assert panel.form.fields["optimizer"].message == ""
    assert panel.train_button.isEnabled()


def test_adamw_has_a_field_for_its_decay(panel):
    choose(panel, "mlp")
    field = panel.form.fields["weight_decay"]
    assert not field.isEnabled()
    put(panel, optimizer="adamw", weight_decay="0.25")
    assert panel.form.config.weight_decay == 0.25
    put(panel, weight_decay="-1")
    assert "negative" in field.message


def test_refusal_is_offered_where_the_model_can_learn_it(panel):
    choose(panel, "mlp")
    field = panel.form.fields["refuse"]
    assert (field.text(), field.isEnabled(), panel.form.config.refuse) == ("yes", True, True)
    put(panel, refuse="no")
    assert not panel.form.config.refuse
    put(panel, refuse="yes")
    choose(panel, "softmax")
    assert not field.isEnabled()
    assert panel.form.config is not None
    assert not panel.form.config.refuse

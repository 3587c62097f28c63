"""However a run ends, the metric that is told is that of the weights that stay."""

import pytest

from engine.optimizers import Adam
from engine.training.run import Callback
from engine.training.trainer import Trainer
from models.recipes.earlier_training import EarlierTraining
from models.recipes.training_summary import training_summary
from tests.engine.training_cases import config, digits, network


class StopAfter(Callback):
    """Asks for the end like the button does, after some batches."""

    def __init__(self, batches):
        self.batches = batches

    def on_batch_end(self, run, event):
        if event.step == self.batches:
            run.control.stop()


# Ten batches of six digits are an epoch.
ENDINGS = {
    "after all epochs": ({}, None, "completed"),
    "with the best epoch": ({"restore_best": True, "learning_rate": 0.05, "epochs": 6}, None, "completed"),
    "in the first epoch": ({}, 4, "stopped"),
    "in a later epoch": ({}, 17, "stopped"),
    "in a later epoch, the best one wished": ({"restore_best": True}, 17, "stopped"),
    "after an epoch": ({}, 20, "stopped"),
    "diverged": ({"optimizer": "gradient_descent", "learning_rate": 1e30}, None, "diverged"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_figures_are_those_of_the_weights_that_stay(ending):
    settings, batches, reason = ENDINGS[ending]
    x, y = digits(100)
    net = network()
    settings = config(**{"epochs": 3, "batch_size": 6, "learning_rate": 0.01} | settings)
    callbacks = [] if batches is None else [StopAfter(batches)]
    finished = Trainer(net, settings, callbacks=callbacks).fit(x[:60], y[:60], (x[60:], y[60:]))
    assert finished.reason == reason
    outputs = net.logits(x[60:])
    assert finished.kept.validation_loss == pytest.approx(net.loss.value(outputs, y[60:]), rel=1e-6)
    assert finished.kept.validation_metrics == net.metric_values(outputs, y[60:])
    summary = training_summary(settings, finished, data="", images=60)
    assert summary["validation"] == finished.kept.validation_metrics
    whole = [event.epoch for event in finished.history]
    assert (finished.kept in finished.history) == (batches not in (4, 17) and reason != "diverged"), whole


def test_a_moving_average_is_measured_itself():
    x, y = digits(100)
    net = network()
    optimizer = Adam(0.02, use_ema=True, ema_momentum=0.9)
    finished = Trainer(net, config(), optimizer=optimizer).fit(x[:60], y[:60], (x[60:], y[60:]))
    loss = net.loss.value(net.logits(x[60:]), y[60:])
    assert finished.kept.validation_loss == pytest.approx(loss, rel=1e-6) != finished.history[-1].validation_loss


def test_a_continued_model_does_not_keep_the_figure_from_before():
    x, y = digits(100)
    net = network()
    first = Trainer(net, config(epochs=2)).fit(x[:60], y[:60], (x[60:], y[60:]))
    earlier = EarlierTraining(2, 20, 1.0, first.history)
    trainer = Trainer(net, config(batch_size=6), callbacks=[StopAfter(3)])
    finished = earlier.followed_by(trainer.fit(x[:60], y[:60], (x[60:], y[60:])))
    assert len(finished.history) == 2
    assert finished.kept.step == 23
    assert finished.kept.validation_metrics == net.metric_values(net.logits(x[60:]), y[60:])


def test_the_summary_of_a_stop_in_the_first_epoch_has_figures():
    x, y = digits(60)
    settings = config(batch_size=6)
    finished = Trainer(network(), settings, callbacks=[StopAfter(3)]).fit(x, y, (x, y))
    summary = training_summary(settings, finished, data="", images=60)
    assert summary["history"] == []
    assert summary["validation"]["accuracy"] == finished.kept.validation_metrics["accuracy"]
    assert summary["validation_loss"] > 0

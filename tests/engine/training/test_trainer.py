import itertools
import math

import numpy as np
import pytest

from engine.errors import ConfigurationError, DataError, EngineError, ShapeError
from engine.layers import BatchNormalization, Dense, Dropout
from engine.losses import BinaryCrossentropy, MeanSquaredError
from engine.optimizers import OPTIMIZERS
from engine.sequential import Sequential
from engine.training.messages import TrainingMonitor
from engine.training.trainer import Trainer
from tests.engine.training_cases import config, digits, network
from tests.tables import over


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_overfits_ten_digits(name):
    x, y = digits(10)
    net = network()
    rate = {"gradient_descent": 0.5, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.2}.get(name, 0.02)
    settings = config(optimizer=name, learning_rate=rate, epochs=500)
    finished = Trainer(net, settings).fit(x, y)
    assert finished.history[-1].metrics["accuracy"] == 1
    assert finished.history[-1].loss < 0.01
    np.testing.assert_array_equal(net.predict(x).argmax(axis=1), y)


def test_loss_at_the_start_is_that_of_guessing():
    x, y = digits(200)
    net = network(hidden=0)
    net.store.values[...] = 0
    finished = Trainer(net, config(learning_rate=1e-12, epochs=1)).fit(x, y)
    assert finished.history[0].loss == pytest.approx(math.log(10), abs=1e-6)


def test_one_seed_one_result():
    x, y = digits()
    nets = [network(), network(), network()]
    for net, seed in zip(nets, (3, 3, 4), strict=True):
        Trainer(net, config(seed=seed)).fit(x, y)
    np.testing.assert_array_equal(nets[0].store.values, nets[1].store.values)
    assert not np.array_equal(nets[0].store.values, nets[2].store.values)


def test_epoch_loss_weighs_a_short_last_batch_properly():
    x, y = digits(20)
    net = network()
    start = net.loss.value(net.logits(x), y)
    finished = Trainer(net, config(learning_rate=1e-12, epochs=1, batch_size=16)).fit(x, y)
    assert finished.history[0].loss == pytest.approx(start, rel=1e-5)


def test_validation_figures_and_best_weights():
    x, y = digits(60)
    shuffled = np.roll(y, 1)  # training makes these wrong labels less and less likely
    net = network()
    finished = Trainer(net, config(restore_best=True, epochs=5, learning_rate=0.01)).fit(x, y, (x, shuffled))
    assert finished.best_epoch == 1
    assert [event.best for event in finished.history] == [True] + [False] * 4
    loss = net.loss.value(net.logits(x), shuffled)
    assert loss == pytest.approx(finished.history[0].validation_loss, rel=1e-6)
    assert set(finished.history[0].validation_metrics) == {"accuracy"}


def test_figures_that_the_network_asks_for():
    x, y = digits()
    net = network()
    net.metric_names = ("top_3_accuracy", "calibration_error")
    event = Trainer(net, config(epochs=1)).fit(x, y, (x, y)).history[0]
    assert set(event.metrics) == set(event.validation_metrics) == {"accuracy", "top_3_accuracy", "calibration_error"}


def test_early_stopping():
    x, y = digits(60)
    finished = Trainer(network(), config(patience=2, epochs=50, learning_rate=0.01)).fit(x, y, (x, np.roll(y, 1)))
    assert finished.reason == "early stopping"
    assert finished.epochs == 3
    assert "validation loss has not improved for 2 epochs" in finished.message


def test_convergence_tolerance():
    x, y = digits(60)
    finished = Trainer(network(), config(tolerance=0.05, epochs=200, learning_rate=0.01)).fit(x, y)
    assert finished.reason == "converged"
    losses = [event.loss for event in finished.history]
    assert losses[-2] - losses[-1] < 0.05
    assert all(a - b >= 0.05 for a, b in itertools.pairwise(losses[:-1]))


def test_class_weights_multiply_the_loss_of_their_class():
    x, y = digits(40, classes=2)
    weighted, plain = network(2), network(2)
    Trainer(weighted, config(class_weights=(0.0, 1.0), batch_size=40, optimizer="gradient_descent")).fit(x, y)
    rows = y == 1
    # Class 0 weighs nothing: the same as class 1 alone with half the rate (the mean is over all 40).
    settings = config(batch_size=20, optimizer="gradient_descent", learning_rate=0.0005)
    Trainer(plain, settings).fit(x[rows], y[rows])
    np.testing.assert_allclose(weighted.store.values, plain.store.values, atol=1e-6)
    binary = network(1, loss=BinaryCrossentropy(from_logits=True))
    finished = Trainer(binary, config(class_weights=(1.0, 2.0), epochs=1)).fit(x, y)
    assert finished.reason == "completed"


@pytest.mark.parametrize(
    ("outputs", "loss", "weights"),
    [(3, None, (1.0, 2.0)), (1, MeanSquaredError(), (1.0,)), (3, BinaryCrossentropy(from_logits=True), (1.0,) * 3)],
)
def test_class_weights_that_do_not_fit(outputs, loss, weights):
    x, _ = digits(6)
    y = np.arange(6) % 3 if loss is None else np.zeros((6, outputs))
    monitor = TrainingMonitor()
    with pytest.raises(ConfigurationError) as caught:
        Trainer(network(outputs, loss=loss), config(class_weights=weights), monitor=monitor).fit(x, y)
    assert caught.value.field == "class_weights"
    assert monitor.take().finished.reason == "failed"


def test_penalties_are_charted_apart():
    x, y = digits()
    net = network()
    monitor = TrainingMonitor()
    finished = Trainer(net, config(l1=0.001, l2=0.01), monitor=monitor).fit(x, y)
    progress = monitor.take()
    assert (progress.batch_losses > progress.batch_data_losses).all()
    assert all(event.loss > event.data_loss for event in finished.history)
    free = network()
    Trainer(free, config()).fit(x, y)
    assert np.abs(net.get_weights()[0]).sum() < np.abs(free.get_weights()[0]).sum()


@over("name", [name for name in OPTIMIZERS if name != "lbfgs"])
def test_a_diverging_run_gives_finite_weights_back(name):
    x, y = digits()
    net = network(1, loss=MeanSquaredError())
    finished = Trainer(net, config(optimizer=name, learning_rate=1e30, epochs=20)).fit(x, y[:, np.newaxis])
    assert finished.reason == "diverged"
    assert "Lower the learning rate (now 1e+30)" in finished.message
    assert np.isfinite(net.store.values).all()
    assert np.isfinite(net.loss.value(net.logits(x), y.reshape(-1, 1).astype(np.float32)))


def test_divergence_by_a_penalty_names_the_penalty():
    x, y = digits()
    finished = Trainer(network(), config(optimizer="gradient_descent", learning_rate=1.0, l2=50.0, epochs=50)).fit(x, y)
    assert finished.reason == "diverged"
    assert "Lower L2 (now 50)" in finished.message


def test_divergence_restores_moving_averages_too():
    x, y = digits()
    net = Sequential([Dense(8), BatchNormalization(), Dense(1)])
    net.build((12,))
    net.loss = MeanSquaredError()
    Trainer(net, config(optimizer="gradient_descent", learning_rate=1e25, epochs=20)).fit(x, y[:, np.newaxis])
    assert np.isfinite(net.store.state).all()
    assert np.isfinite(net.store.values).all()


def test_augmentation_sees_batches_and_leaves_the_data_alone():
    x, y = digits(40)
    seen, before = [], x.copy()

    def augment(batch, rng):
        seen.append((len(batch), rng.random()))
        return batch + np.float32(0.1)

    settings = config(augment=True, epochs=2)
    Trainer(network(), settings, augment=augment).fit(x, y)
    again = list(seen)
    seen.clear()
    Trainer(network(), settings, augment=augment).fit(x, y)
    assert seen == again
    assert [size for size, _ in seen] == [16, 16, 8] * 2
    assert len({draw for _, draw in seen}) == 6
    np.testing.assert_array_equal(x, before)
    with pytest.raises(ConfigurationError, match="switch augmentation off"):
        Trainer(network(), config(augment=True, optimizer="lbfgs"), augment=augment)


def test_full_batch_steps_refuse_dropout():
    for rate in (0.0, 0.5):
        net = Sequential([Dense(4), Dropout(rate), Dense(2)])
        net.build((3,))
        net.loss = MeanSquaredError()
        if rate:
            with pytest.raises(ConfigurationError, match="dropout changes it"):
                Trainer(net, config(optimizer="lbfgs"))
        else:
            Trainer(net, config(optimizer="lbfgs"))


def test_an_augmentation_that_fails_ends_the_run():
    x, y = digits(40)

    def augment(batch, rng):
        if rng.random() < 2:
            raise DataError("No such picture.")
        return batch

    monitor = TrainingMonitor()
    with pytest.raises(DataError, match="No such picture"):
        Trainer(network(), config(augment=True), augment=augment, monitor=monitor).fit(x, y)
    assert monitor.take().finished.message == "No such picture."


def test_regression_reports_errors_in_its_unit():
    x, _ = digits(50)
    y = x @ np.arange(12, dtype=np.float32) + 3
    net = network(1, hidden=0, loss=MeanSquaredError(), dtype=np.float64)
    finished = Trainer(net, config(optimizer="lbfgs", epochs=500)).fit(x, y, (x, y))
    assert set(finished.history[-1].metrics) == {"rmse", "mae", "r2"}
    assert finished.history[-1].validation_metrics["rmse"] < 1e-3
    np.testing.assert_allclose(net.get_weights()[1], 3, atol=1e-3)


def test_data_that_cannot_be_meant():
    x, y = digits(20)
    trainer = Trainer(network(), config())
    for inputs, targets, error, words in (
        (x[:, :5], y, ShapeError, "expects inputs of shape"),
        (x, y[:5], DataError, "20 inputs but 5 targets"),
        (x[:0], y[:0], DataError, "no examples"),
        (np.where(x > 1, np.nan, x), y, DataError, "not finite"),
        (np.where(x > 1, np.inf, x), y, DataError, "not finite"),
        (x, y + 1, DataError, "from 0 to 9"),
    ):
        with pytest.raises(error, match=words):
            trainer.fit(inputs, targets)
    bare = network()
    bare.loss = None
    with pytest.raises(EngineError, match="no loss"):
        Trainer(bare, config())

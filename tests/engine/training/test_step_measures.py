"""Steps are measured where somebody asks, and only there; the run has the same bits either way."""

import numpy as np
import pytest

from engine.layers import Dense
from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingMonitor
from engine.training.trainer import Trainer


class Ask(Callback):
    """Asks before the first step and after each of these."""

    def __init__(self, steps):
        self.steps = steps

    def on_train_begin(self, run):
        run.monitor.request_measure()

    def on_batch_end(self, run, batch):
        if batch.step in self.steps:
            run.monitor.request_measure()


def train(callbacks=(), **settings):
    draw = np.random.default_rng(2)
    x, y = draw.normal(size=(48, 8)).astype(np.float32), draw.integers(0, 3, 48)
    network = Sequential([Dense(3)], seed=1)
    network.build((8,))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    monitor = TrainingMonitor()
    begin = network.store.snapshot()
    usual = {"epochs": 2, "batch_size": 16, "threads": 1, "optimizer": "gradient_descent"}
    config = TrainingConfig(**(usual | settings))
    Trainer(network, config, callbacks=callbacks, monitor=monitor).fit(x, y)
    return network, begin, monitor.take().measures


def test_nobody_asks_and_nothing_is_measured():
    assert train()[2] == ()


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_measured_run_has_the_bits_of_one_that_is_not(optimizer):
    plain, _, _ = train(optimizer=optimizer)
    measured, _, measures = train([Ask({1, 2, 3, 4})], optimizer=optimizer)
    np.testing.assert_array_equal(plain.store.values, measured.store.values)
    assert len(measures) == (5 if optimizer == "adam" else 2)


def test_the_numbers_are_those_of_the_formula():
    network, begin, measures = train([Ask(set())], epochs=1, batch_size=48, learning_rate=0.5, clip_norm=1e-3)
    (measure,) = measures
    moved = np.linalg.norm(network.store.snapshot() - begin)
    np.testing.assert_allclose(measure.update_ratio, moved / np.linalg.norm(begin), rtol=1e-5)
    # The step is the clipped gradient's; the norm is told as it was before.
    np.testing.assert_allclose(moved, 0.5 * 1e-3, rtol=1e-3)
    assert measure.gradient_norm > 0.01
    assert (measure.step, measure.learning_rate) == (0, 0.5)


def test_one_question_is_answered_once():
    assert [measure.step for measure in train([Ask({3})])[2]] == [0, 3]

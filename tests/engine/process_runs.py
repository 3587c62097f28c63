"""Small training runs that worker processes may take part in."""

import time

import numpy as np

from engine import Adam, Conv2D, Dense, Flatten, MaxPool2D, Sequential, SparseCategoricalCrossentropy
from engine.parallel.processes import process_pool
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer

THREADS = 3


def network(*extra, seed=1, units=128):
    made = Sequential([Dense(units, activation="relu"), *extra, Dense(10)], seed=seed)
    made.build((100,))
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    return made


def convolutional():
    layers = [Conv2D(8, 3, padding="same", activation="relu"), MaxPool2D(2), Flatten(), Dense(10)]
    made = Sequential(layers, seed=2)
    made.build((20, 20, 1))
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    return made


def digits(shape=(100,), count=600):
    rng = np.random.default_rng(3)
    return rng.random((count, *shape), np.float32), rng.integers(0, 10, count)


def wait_until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it never happened")
        time.sleep(0.005)


def train(made, optimizer=None, data=None, callbacks=(), low_priority=False, **settings):
    """The run's weights, its optimizer's memory and its losses."""
    optimizer = Adam(0.01) if optimizer is None else optimizer
    config = TrainingConfig(**({"epochs": 2, "batch_size": 100, "threads": THREADS} | settings))
    trainer = Trainer(made, config, optimizer=optimizer, callbacks=callbacks, low_priority=low_priority)
    inputs, targets = digits(made.example_shape) if data is None else data
    finished = trainer.fit(inputs, targets, (inputs[:50], targets[:50]))
    losses = [(epoch.loss, epoch.validation_loss) for epoch in finished.history]
    return made.store.values.copy(), {name: slot.copy() for name, slot in optimizer.slots.items()}, losses


def without_processes(monkeypatch, work):
    with monkeypatch.context() as patch:
        patch.setattr(process_pool, "acquire", lambda size, low_priority: None)
        return work()


def assert_equal_runs(first, second):
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1].keys() == second[1].keys()
    for name in first[1]:
        np.testing.assert_array_equal(first[1][name], second[1][name])
    assert first[2] == second[2]


class At(Callback):
    """Calls a function after some step."""

    def __init__(self, step, function):
        self.step, self.function = step, function

    def on_batch_end(self, run, batch):
        if batch.step == self.step:
            self.function(run)

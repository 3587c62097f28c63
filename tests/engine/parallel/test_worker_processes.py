"""Worker processes: the same numbers as without them, whatever happens to them, and nothing left behind."""

import errno
import logging
import os

import numpy as np
import pytest

from engine import (
    Adam,
    Dense,
    Dropout,
    GradientDescent,
    Sequential,
    SparseCategoricalCrossentropy,
)
from engine.optimizers import LBFGS, SGD, AdamW, RMSProp
from engine.parallel import work_split
from engine.parallel.processes import process_pool
from engine.parallel.processes.pool_run import PoolRun
from engine.training.callbacks import Callback
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from tests.engine.process_runs import (
    THREADS,
    At,
    assert_equal_runs,
    convolutional,
    digits,
    network,
    train,
    wait_until,
    without_processes,
)


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (network, {}),
        (convolutional, {}),
        (lambda: network(Dropout(0.3)), {}),
        (network, {"optimizer": AdamW(0.01), "class_weights": (2.0,) + (1.0,) * 9}),
        (network, {"optimizer": RMSProp(0.003), "l2": 0.01, "l1": 0.001}),
        (network, {"optimizer": SGD(0.1, momentum=0.9, nesterov=True, clip_norm=0.5)}),
        (lambda: network(units=300), {"optimizer": GradientDescent(0.1), "schedule": "cosine"}),
        (lambda: network(units=300), {"optimizer": Adam(0.01), "l2": 0.001}),
        (lambda: network(units=300), {"optimizer": Adam(0.01, clip_norm=0.1)}),
        (lambda: network(Dropout(0.3), units=300), {"batch_size": 2300, "data": digits(count=2400)}),
        # Its batch is all the data, whatever the settings say.
        (network, {"optimizer": LBFGS(), "batch_size": 100, "epochs": 1, "data": digits(count=1100)}),
    ],
)
def test_the_same_bits_with_and_without(from_the_first_step, monkeypatch, make, settings):
    def run():
        fresh = {k: type(v).from_config(v.config()) if k == "optimizer" else v for k, v in settings.items()}
        return train(make(), **fresh)

    together = run()
    assert len(from_the_first_step) == 1
    alone = without_processes(monkeypatch, run)
    assert len(from_the_first_step) == 1
    assert_equal_runs(together, alone)


class Cosine(Callback):
    """Gives the optimizer a NumPy number after every step."""

    def on_batch_end(self, run, batch):
        run.optimizer.learning_rate = 0.0015 * (1 + np.cos(batch.step))


def test_a_rate_that_is_a_numpy_number_rounds_the_same_everywhere(from_the_first_step, monkeypatch):
    def run():
        return train(network(units=300), callbacks=[Cosine()])

    assert_equal_runs(run(), without_processes(monkeypatch, run))


def test_augmented_batches_reach_the_processes(from_the_first_step, monkeypatch):
    def augment(images, rng):
        return images + rng.normal(0, 0.1, images.shape).astype(np.float32)

    def run():
        made = network()
        trainer = Trainer(made, TrainingConfig(batch_size=100, epochs=2, threads=2, augment=True), augment=augment)
        trainer.fit(*digits())
        return made.store.values

    together = run()
    assert from_the_first_step
    np.testing.assert_array_equal(together, without_processes(monkeypatch, run))


@pytest.mark.parametrize("joins_at", [1, 4, 9])
def test_when_the_processes_come_does_not_matter(every_run_is_long, monkeypatch, joins_at):
    expected = without_processes(monkeypatch, lambda: train(network()))
    ready, begin, asked, begun = PoolRun.ready, PoolRun.begin, [], []

    def later(self):
        asked.append(1)
        if len(asked) <= joins_at:
            return False
        wait_until(lambda: ready.fget(self))
        return True

    def begin_and_count(self, batch, shards):
        begun.append(1)
        return begin(self, batch, shards)

    monkeypatch.setattr(PoolRun, "ready", property(later))
    monkeypatch.setattr(PoolRun, "begin", begin_and_count)
    assert_equal_runs(train(network()), expected)
    assert len(begun) == 12 - joins_at


def test_resuming_goes_on_as_if_nothing_had_been(from_the_first_step):
    expected = train(network())
    kept = []

    class Keep(Callback):
        def on_batch_end(self, run, batch):
            if batch.step == 8:
                kept.append(Checkpoint.of(run))
                run.stop()

    train(network(), callbacks=[Keep()])
    made = network(seed=9)
    optimizer = Adam(0.01)
    config = TrainingConfig(batch_size=100, epochs=2, threads=THREADS)
    trainer = Trainer(made, config, optimizer=optimizer, callbacks=[Callback()])
    trainer.resume(kept[0])
    trainer.fit(*digits())
    np.testing.assert_array_equal(made.store.values, expected[0])
    assert len(from_the_first_step) == 3


def test_the_rest_of_a_long_run_is_resumed_as_a_part_of_it(every_run_is_long, monkeypatch):
    """What is left would not be worth processes, whose parts round otherwise."""
    monkeypatch.setattr(work_split, "PROCESS_SECONDS", 12 * 50e-6)
    kept = []
    keep = At(10, lambda run: kept.append(Checkpoint.of(run)))
    expected = train(network(), callbacks=[keep])[0]
    made = network(seed=9)
    config = TrainingConfig(batch_size=100, epochs=2, threads=THREADS)
    trainer = Trainer(made, config, optimizer=Adam(0.01), callbacks=[Callback()])
    trainer.resume(kept[0])
    trainer.fit(*digits())
    np.testing.assert_array_equal(made.store.values, expected)


def test_divergence_gives_the_last_finite_weights_back(from_the_first_step):
    made = network()
    inputs, targets = digits()
    trainer = Trainer(
        made, TrainingConfig(epochs=3, batch_size=100, threads=2), optimizer=GradientDescent(float(np.float32(3e38)))
    )
    assert trainer.fit(inputs, targets).reason == "diverged"
    assert np.isfinite(made.store.values).all()


def test_two_runs_at_once_share_nothing(from_the_first_step, monkeypatch):
    """A run within a run, as a second thread would start it: the pool serves the first one alone."""
    expected = without_processes(monkeypatch, lambda: train(network(seed=5)))
    inner = []
    train(network(), callbacks=[At(3, lambda _: inner.append(train(network(seed=5))))])
    assert_equal_runs(inner[0], expected)
    assert len(from_the_first_step) == 1


class Doubled(Dense):
    """What another process would take for a Dense layer."""

    def forward(self, inputs, training=False):
        return 2 * super().forward(inputs, training)


def test_what_others_do_not_know_is_computed_here(from_the_first_step):
    made = Sequential([Doubled(128), Dense(10)])
    made.build((100,))
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    train(made)
    assert not from_the_first_step


def test_the_number_of_threads_changes_no_bit(from_the_first_step):
    runs = {threads: train(network(Dropout(0.3)), threads=threads) for threads in (4, 1, 2, 3, 7)}
    for run in runs.values():
        assert_equal_runs(run, runs[4])
    assert len(from_the_first_step) == 4, "all but one thread alone have processes"


def refuse(*_arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("missing", ["memfd_create", "posix_fallocate"])
def test_without_room_for_shared_memory_threads_do_the_same(every_run_is_long, monkeypatch, caplog, missing):
    caplog.set_level(logging.INFO)
    expected = without_processes(monkeypatch, lambda: train(network()))
    with monkeypatch.context() as patch:
        patch.setattr(os, missing, refuse)
        assert_equal_runs(train(network()), expected)
    assert "without worker processes" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    # The pool is free for the next run.
    pool = process_pool.acquire(1, low_priority=False)
    assert pool is not None
    process_pool.release(pool)


def test_processes_of_low_priority_are_not_kept_for_a_usual_run(from_the_first_step):
    train(network(), low_priority=True)
    low_priority = process_pool.process_ids()
    train(network(), low_priority=True)
    assert process_pool.process_ids() == low_priority
    train(network())
    assert not set(low_priority) & set(process_pool.process_ids())


def test_short_runs_and_one_thread_need_no_processes(monkeypatch):
    asked = []
    monkeypatch.setattr(process_pool, "acquire", lambda size, low_priority: asked.append(size))
    train(network())
    monkeypatch.setattr(work_split, "PROCESS_SECONDS", 0.0)
    inputs, targets = digits()
    Trainer(network(), TrainingConfig(epochs=1, threads=1)).fit(inputs, targets)
    assert not asked


def test_a_last_batch_of_fewer_shards_than_processes(from_the_first_step, monkeypatch):
    """The first shard is the calling process's; those that get none wait."""
    expected = without_processes(monkeypatch, lambda: train(network(), threads=4, data=digits(count=135)))
    assert_equal_runs(train(network(), threads=4, data=digits(count=135)), expected)
    assert len(from_the_first_step) == 1

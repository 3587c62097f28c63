"""A run that is stopped and resumed equals the run that never stopped, bit for bit."""

import dataclasses

import numpy as np
import pytest

from engine.batches.seeds import epoch_order
from engine.errors import ConfigurationError, ModelFileError, ShapeError
from engine.layers import BatchNormalization, Dense, Dropout
from engine.losses import SparseCategoricalCrossentropy
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.sequential import Sequential
from engine.training.callbacks import Callback
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer

EPOCHS, STEPS_PER_EPOCH = 4, 3


class StopAfter(Callback):
    def __init__(self, step):
        self.step = step

    def on_batch_end(self, run, batch):
        if batch.step == self.step:
            run.stop()


def data():
    draw = np.random.default_rng(2)
    return draw.normal(size=(40, 8)).astype(np.float32), draw.integers(0, 3, 40)


def network(hidden=12, dropout=True):
    layers = [Dense(hidden, activation="relu"), BatchNormalization(), *([Dropout(0.3)] if dropout else []), Dense(3)]
    result = Sequential(layers, seed=1)
    result.build((8,))
    result.loss = SparseCategoricalCrossentropy(from_logits=True)
    return result


def vary(batch, rng):
    return batch + rng.normal(0, 0.1, batch.shape).astype(np.float32)


def trainer(config, stop_after=0, **options):
    full_batch = config.optimizer == "lbfgs"
    return Trainer(network(dropout=not full_batch), config, callbacks=[StopAfter(stop_after)], augment=vary, **options)


def metrics(finished):
    """The history without what a clock measures."""
    timing = {"images_per_second", "seconds"}
    return [{k: v for k, v in dataclasses.asdict(event).items() if k not in timing} for event in finished.history]


def settings(**changes):
    usual = TrainingConfig(
        epochs=EPOCHS, batch_size=16, threads=1, l2=0.001, seed=9, patience=3, restore_best=True, learning_rate=0.02
    )
    return dataclasses.replace(usual, **changes)


def check(config, stop_after, through=lambda checkpoint: checkpoint):
    x, y = data()
    straight = trainer(config)
    expected = straight.fit(x, y, (x, y))
    stopped = trainer(config, stop_after)
    stopped.fit(x, y, (x, y))
    assert stopped.run.state.step == stop_after
    resumed = trainer(config)
    resumed.resume(through(stopped.checkpoint()))
    finished = resumed.fit(x, y, (x, y))
    np.testing.assert_array_equal(resumed.run.network.store.snapshot(), straight.run.network.store.snapshot())
    assert metrics(finished) == metrics(expected)
    assert finished.reason == expected.reason
    assert finished.best_epoch == expected.best_epoch
    mine, theirs = resumed.run.optimizer.state_dict(), straight.run.optimizer.state_dict()
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        np.testing.assert_array_equal(mine[name], value)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_in_the_middle_of_an_epoch(name):
    """With dropout, batch statistics, augmentation, early stopping and best weights."""
    config = settings(optimizer=name, augment=name != "lbfgs")
    check(config, 2 if name == "lbfgs" else 5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule(schedule):
    check(settings(schedule=schedule, epochs=6), 7)


@pytest.mark.parametrize("stop_after", [1, STEPS_PER_EPOCH, STEPS_PER_EPOCH + 1, 2 * STEPS_PER_EPOCH])
def test_every_place_to_stop(stop_after):
    check(settings(augment=True), stop_after)


def test_through_a_file(tmp_path):
    def through(checkpoint):
        checkpoint.save(tmp_path / "run.checkpoint")
        return Checkpoint.load(tmp_path / "run.checkpoint")

    check(settings(augment=True, clip_norm=0.5, class_weights=(1.0, 2.0, 0.5)), 4, through)


def test_a_checkpoint_is_a_copy():
    x, y = data()
    first = trainer(settings(), 4)
    first.fit(x, y)
    checkpoint = first.checkpoint()
    weights, steps = checkpoint.weights.copy(), checkpoint.optimizer["first_moment"].copy()
    first.resume(checkpoint)
    first.run.callbacks[-1].step = 0
    first.fit(x, y)
    np.testing.assert_array_equal(checkpoint.weights, weights)
    np.testing.assert_array_equal(checkpoint.optimizer["first_moment"], steps)
    assert len(checkpoint.state.history) == 1


def test_going_back_by_one_step_in_the_same_trainer():
    x, y = data()
    kept = []

    class Keep(Callback):
        def on_batch_end(self, run, batch):
            if batch.step == 4:
                kept.append(Checkpoint.of(run))
            if batch.step == 5 and not run.resumed:
                run.stop()

    straight = Trainer(network(), settings(), callbacks=[StopAfter(0)])
    straight.fit(x, y)
    back = Trainer(network(), settings(), callbacks=[Keep()])
    back.fit(x, y)
    back.resume(kept[0])
    back.fit(x, y)
    np.testing.assert_array_equal(back.run.network.store.snapshot(), straight.run.network.store.snapshot())


def test_more_epochs_may_be_added():
    x, y = data()
    first = trainer(settings(patience=None, restore_best=False))
    first.fit(x, y)
    longer = trainer(settings(patience=None, restore_best=False, epochs=6))
    longer.resume(first.checkpoint())
    finished = longer.fit(x, y)
    straight = trainer(settings(patience=None, restore_best=False, epochs=6))
    assert metrics(finished) == metrics(straight.fit(x, y))


class Counts(Callback):
    """Has a memory."""

    def state_dict(self):
        return {"count": 1}


def test_what_does_not_fit_is_refused():
    x, y = data()
    first = trainer(settings(), 4)
    first.fit(x, y)
    checkpoint = first.checkpoint()
    with pytest.raises(ConfigurationError, match="learning_rate") as caught:
        trainer(settings(learning_rate=0.5)).resume(checkpoint)
    assert caught.value.field == "learning_rate"
    with pytest.raises(ConfigurationError, match="callbacks"):
        Trainer(network(), settings(), callbacks=[Counts(), StopAfter(0)]).resume(checkpoint)
    # A callback without a memory is none that could be missed.
    Trainer(network(), settings()).resume(checkpoint)
    with pytest.raises(ShapeError):
        Trainer(network(hidden=5), settings(), callbacks=[StopAfter(0)]).resume(checkpoint)


def test_files_that_are_no_checkpoints(tmp_path):
    whole = tmp_path / "whole"
    x, y = data()
    first = trainer(settings(), 4)
    first.fit(x, y)
    first.checkpoint().save(whole)
    contents = whole.read_bytes()
    for name, damaged in {
        "empty": b"",
        "text": b"hello",
        "cut": contents[: len(contents) // 2],
        "flipped": contents[:200] + bytes([contents[200] ^ 255]) + contents[201:],
    }.items():
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(ModelFileError, match=name):
            Checkpoint.load(tmp_path / name)
    with pytest.raises(ModelFileError, match="missing"):
        Checkpoint.load(tmp_path / "missing")
    with pytest.raises(ModelFileError, match="could not be written"):
        first.checkpoint().save(tmp_path / "no" / "folder")


def test_more_epochs_after_the_best_weights_were_given_back(tmp_path):
    """The run goes on from its last step, not from the better epoch that it gave back."""
    x, y = data()
    validation = (x, np.roll(y, 1))
    three, six = (settings(patience=None, restore_best=True, learning_rate=0.1, epochs=n) for n in (3, 6))
    first = trainer(three)
    assert first.fit(x, y, validation).best_epoch < 3
    first.checkpoint().save(tmp_path / "run.npz")
    checkpoint = Checkpoint.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(checkpoint.given_weights, first.run.network.store.snapshot())
    assert not np.array_equal(checkpoint.weights, checkpoint.given_weights)
    longer, straight = trainer(six), trainer(six)
    longer.resume(checkpoint)
    assert metrics(longer.fit(x, y, validation)) == metrics(straight.fit(x, y, validation))
    np.testing.assert_array_equal(longer.run.network.store.snapshot(), straight.run.network.store.snapshot())


def test_a_run_that_diverged_at_the_end_of_an_epoch_tells_its_accuracy_when_it_is_resumed():
    class Spoil(Callback):
        spoils = True

        def on_batch_end(self, run, batch):
            if self.spoils and batch.step == 3:
                run.network.store.values[:] = np.nan

    x, y = data()
    settings = TrainingConfig(epochs=2, batch_size=16, seed=1)
    first = Trainer(network(dropout=False), settings, callbacks=[Spoil()])
    assert first.fit(x, y).reason == "diverged"
    assert (first.run.state.epoch, first.run.state.batch) == (0, 3)
    healed = Spoil()
    healed.spoils = False
    second = Trainer(network(dropout=False), settings, callbacks=[healed])
    second.resume(first.checkpoint())
    assert second.fit(x, y).reason == "completed"
    order = epoch_order(settings.seed, 0, len(x), shuffle=True)
    right = (first.run.metrics.outputs.argmax(axis=1) == y[order]).mean()
    assert second.run.state.history[0].metrics["accuracy"] == right


def test_a_run_does_not_go_on_with_fewer_examples_than_it_has_seen():
    x, y = data()
    stopped = trainer(settings(), stop_after=2)
    stopped.fit(x, y)
    resumed = trainer(settings())
    resumed.resume(stopped.checkpoint())
    with pytest.raises(ConfigurationError, match=r"had seen 32 examples .* cannot go on exactly with 20"):
        resumed.fit(x[:20], y[:20])

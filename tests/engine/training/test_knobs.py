"""Knobs turned while a run goes on act from the next batch on; repeated or resumed, the run has the same bits."""

import dataclasses

import numpy as np
import pytest

from engine.errors import ConfigurationError
from engine.layers import Dense, Dropout
from engine.losses import SparseCategoricalCrossentropy
from engine.optimizers.schedules import SCHEDULES
from engine.sequential import Sequential
from engine.training.callbacks import Callback
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.knob_turning import first_values
from engine.training.knobs import KNOBS, KnobChange
from engine.training.messages import TrainingMonitor
from engine.training.trainer import Trainer
from tests.tables import over

SETTINGS = TrainingConfig(epochs=5, batch_size=16, threads=1, seed=9, learning_rate=0.02, l2=1e-4, augment=True)
# After the seventh batch the third of three epochs' batches is to come.
TURNS = {
    2: [("learning_rate", 0.005), ("l2", 0.01)],
    4: [("dropout", 0.5), ("augmentation", 2.0)],
    7: [("batch_size", 8)],
    10: [("augmentation", 0.0), ("learning_rate", 0.05)],
    12: [("augmentation", 1.0)],
}


@dataclasses.dataclass
class Noise:
    """An augmentation that can be turned."""

    strength: float = 1.0

    def __call__(self, batch, rng):
        return batch + rng.normal(0, 0.1 * self.strength, batch.shape).astype(np.float32)

    def at_strength(self, strength):
        return Noise(strength)


class Hand(Callback):
    """Turns knobs, or stops the run, after some batches."""

    def __init__(self, turns=None, stop_after=0):
        self.turns, self.stop_after = turns or {}, stop_after

    def on_train_begin(self, run):
        self._turn(run, run.state.step)

    def on_batch_end(self, run, batch):
        self._turn(run, batch.step)
        if batch.step == self.stop_after:
            run.stop()

    def _turn(self, run, step):
        for knob, value in self.turns.get(step, ()):
            run.control.turn(knob, value)


def data():
    draw = np.random.default_rng(2)
    return draw.normal(size=(40, 8)).astype(np.float32), draw.integers(0, 3, 40)


def network():
    result = Sequential([Dense(12, activation="relu"), Dropout(0.3), Dense(3)], seed=1)
    result.build((8,))
    result.loss = SparseCategoricalCrossentropy(from_logits=True)
    return result


def trained(config=SETTINGS, turns=None, stop_after=0, checkpoint=None, **options):
    trainer = Trainer(network(), config, callbacks=[Hand(turns, stop_after)], augment=Noise(), **options)
    if checkpoint is not None:
        trainer.resume(checkpoint)
    trainer.fit(*data(), data())
    return trainer


def outcome(trainer):
    """Weights, metrics and turns, without what a clock measures."""
    timing = {"images_per_second", "seconds"}
    history = [dataclasses.asdict(event) for event in trainer.run.state.history]
    metrics = [{name: value for name, value in event.items() if name not in timing} for event in history]
    return trainer.run.network.store.snapshot().tobytes(), metrics, trainer.run.state.changes


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_run_is_repeated_with_its_turns_bit_for_bit(schedule):
    config = dataclasses.replace(SETTINGS, schedule=schedule)
    turned = trained(config, TURNS)
    changes = turned.run.state.changes
    assert [(one.step, one.knob, one.value) for one in changes] == [
        (step, *turn) for step, turns in TURNS.items() for turn in turns
    ]
    assert outcome(trained(config, changes=changes)) == outcome(turned)
    assert outcome(trained(config))[0] != outcome(turned)[0]


@pytest.mark.parametrize("stop_after", [1, 2, 3, 5, 7, 8, 9, 11, 14, 18])
def test_a_run_goes_on_with_its_turns_bit_for_bit(stop_after, tmp_path):
    straight = trained(turns=TURNS)
    stopped = trained(turns=TURNS, stop_after=stop_after)
    assert stopped.run.state.step == stop_after
    stopped.checkpoint().save(tmp_path / "run")
    later = {step: turns for step, turns in TURNS.items() if step > stop_after}
    if stop_after in TURNS:
        # What was asked for in the batch that was the last comes before the next one.
        later[stop_after] = TURNS[stop_after]
    resumed = trained(turns=later, checkpoint=Checkpoint.load(tmp_path / "run"))
    assert outcome(resumed) == outcome(straight)


def test_each_knob_changes_the_run_alone():
    usual = outcome(trained())[0]
    values = {"learning_rate": 0.01, "l2": 0.1, "dropout": 0.6, "augmentation": 0.5, "batch_size": 8}
    found = {outcome(trained(turns={1: [turn]}))[0] for turn in values.items()}
    assert len(found | {usual}) == 6
    assert set(KNOBS) == set(first_values(SETTINGS, network(), full_batch=False, augment=Noise()))


def test_a_batch_size_comes_with_the_next_epoch_and_the_schedule_keeps_its_place():
    monitor = TrainingMonitor()
    monitor.follow_epochs()
    config = dataclasses.replace(SETTINGS, schedule="cosine")
    trainer = trained(config, {1: [("batch_size", 8)]}, monitor=monitor)
    plain = trained(config)
    assert [event.step for event in trainer.run.state.history] == [3, 8, 13, 18, 23]
    rates = [event.learning_rate for event in trainer.run.state.history]
    # The last batch of an epoch: the finer its batches, the closer to the epoch's end.
    assert rates[0] == plain.run.state.history[0].learning_rate
    np.testing.assert_allclose(rates[3], 0.02 * 0.5 * (1 + np.cos(np.pi * 19 / 25)))
    news = monitor.take()
    assert news.sizes == ((0, 0, 3), (3, 1, 5))
    assert [change.knob for change in news.changes] == ["batch_size"]
    np.testing.assert_allclose(news.epochs_after([0, 1, 3, 4, 8, 23]), [0, 1 / 3, 1, 1.2, 2, 5])
    assert (news.step, news.total_steps, news.epoch) == (23, 23, 5)
    assert [float(news.epochs_after(step)) for step, _ in news.epoch_weights] == [1, 2, 3, 4, 5]


def test_afterwards_optimizer_and_layers_are_what_they_were():
    trainer = trained(turns=TURNS)
    assert trainer.run.optimizer.learning_rate == 0.02
    assert trainer.run.network.layers[1].rate == 0.3
    assert trainer.run.network.config() == network().config()


def test_a_knob_that_the_run_does_not_have_is_ignored():
    config = dataclasses.replace(SETTINGS, augment=False)
    trainer = Trainer(network(), config, callbacks=[Hand({1: [("augmentation", 1.0)]})])
    trainer.fit(*data())
    assert trainer.run.state.changes == []
    assert first_values(SETTINGS, network(), full_batch=True, augment=None) == {}


_TOO_FAR = [("speed", 1), ("learning_rate", 0.0), ("dropout", 1.0), ("l2", float("nan")), ("batch_size", 1.5),
            ("batch_size", 0), ("augmentation", -1)]  # fmt: skip


@over(("knob", "value"), _TOO_FAR)
def test_a_turn_too_far_is_refused_at_once(knob, value):
    with pytest.raises(ConfigurationError, match=r"\.$"):
        KnobChange(0, knob, value)


def test_worker_processes_follow_a_turn():
    """The same turns, computed by worker processes or by one thread, give the same bits."""
    outcomes = []
    for threads in (1, 2):
        layers = [Dense(256, activation="relu"), Dropout(0.3), Dense(256, activation="relu"), Dense(10)]
        large = Sequential(layers, seed=1)
        large.build((400,))
        large.loss = SparseCategoricalCrossentropy(from_logits=True)
        draw = np.random.default_rng(0)
        x, y = draw.normal(size=(512, 400)).astype(np.float32), draw.integers(0, 10, 512)
        config = dataclasses.replace(SETTINGS, batch_size=256, epochs=3, threads=threads, augment=False)
        turns = {1: [("dropout", 0.6), ("l2", 0.0)], 2: [("batch_size", 128)]}
        Trainer(large, config, callbacks=[Hand(turns)]).fit(x, y)
        outcomes.append(large.store.snapshot().tobytes())
    assert outcomes[0] == outcomes[1]

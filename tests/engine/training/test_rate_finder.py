"""The finder of learning rates: everything is put back to the bit, and what it suggests trains."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import bundled_split
from engine.errors import ConfigurationError, DataError
from engine.layers import BatchNormalization, Dense, Dropout, Flatten
from engine.losses import SparseCategoricalCrossentropy
from engine.optimizers import OPTIMIZERS, Adam
from engine.optimizers.schedules import SCHEDULES
from engine.sequential import Sequential
from engine.training.config import TrainingConfig
from engine.training.rate_finder import (
    RANGES,
    RateCurve,
    measure_rates,
    rate_range,
    smooth,
    suggest,
    valley,
    without_rate,
)
from engine.training.trainer import Trainer, make_optimizer
from models import PRESETS
from tests.tables import over

WITH_RATE = [kind for kind in OPTIMIZERS if kind != "lbfgs"]


@pytest.fixture(scope="module")
def digits():
    training, _ = bundled_split()
    few = training.subset(np.arange(300))
    return few.images, few.labels


def network_with_everything():
    network = Sequential([Flatten(), Dense(12, "relu"), BatchNormalization(), Dropout(0.3), Dense(10)], seed=0)
    network.build((20, 20))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network


def state_of(network, optimizer):
    memory = {name: np.array(value).tobytes() for name, value in optimizer.state_dict().items()}
    store = network.store
    arrays = (store.values, store.state, store.gradients)
    return [array.tobytes() for array in arrays], memory, network.clock.step


class Stopped(Exception):
    pass


def stop_at(share):
    def report(done):
        if done >= share:
            raise Stopped

    return report


@pytest.fixture
def used(digits):
    """A network and its optimizer in the middle of a training."""
    network, optimizer = network_with_everything(), Adam(0.01)
    config = TrainingConfig(epochs=1, batch_size=100, threads=1)
    Trainer(network, config, optimizer=optimizer).fit(*digits)
    return network, optimizer


def test_weights_and_optimizer_are_restored_to_the_bit(used, digits):
    before = state_of(*used)
    curve = measure_rates(*used, *digits, steps=30, batch_size=64)
    assert len(curve.rates) > 15
    assert state_of(*used) == before


def test_also_after_a_stop(used, digits):
    before = state_of(*used)
    with pytest.raises(Stopped):
        measure_rates(*used, *digits, steps=30, batch_size=64, report=stop_at(0.5))
    assert state_of(*used) == before


def test_also_after_an_error_in_a_step(used, digits, monkeypatch):
    before = state_of(*used)
    calls = []

    def fail(self, *arguments):
        calls.append(1)
        if len(calls) > 5:
            raise MemoryError
        return update(self, *arguments)

    update = Adam.update
    monkeypatch.setattr(Adam, "update", fail)
    with pytest.raises(MemoryError):
        measure_rates(*used, *digits, steps=30, batch_size=64)
    assert state_of(*used) == before


def test_a_training_goes_on_as_if_nobody_had_looked(digits):
    def weights(look):
        network, optimizer = network_with_everything(), Adam(0.01)
        config = TrainingConfig(epochs=2, batch_size=100, threads=1)
        Trainer(network, config, optimizer=optimizer).fit(*digits)
        if look:
            measure_rates(network, optimizer, *digits, steps=20)
        Trainer(network, config, optimizer=optimizer).fit(*digits)
        return network.store.values.tobytes()

    assert weights(True) == weights(False)


def test_the_valley_is_in_the_middle_of_the_second_third_of_the_fall():
    flat, fall, rise = np.full(30, 2.0), np.linspace(2.0, 0.5, 30), np.linspace(0.6, 5.0, 20)
    place = valley(np.concatenate([flat, fall, rise]))
    assert place == pytest.approx(30 + 15, abs=2)
    assert valley(np.full(40, 1.0)) is None
    assert valley(np.linspace(1, 0, 5)) is None


def test_a_band_goes_from_the_valley_to_a_tenth_of_the_least_loss():
    rates = np.geomspace(1e-5, 1.0, 100)
    position = np.log10(rates)
    losses = np.where(position < -2, 2.0 - 1.8 / (1 + np.exp(-6 * (position + 3))), 0.2 + 4 * (position + 2) ** 2)
    band = suggest([RateCurve(rates, losses)])
    assert band.low <= band.valley <= band.high
    assert 1e-4 < band.low < 1e-3
    assert 5e-4 < band.high < 3e-3
    # Where the two are close together it is a band all the same.
    steep = RateCurve(rates, np.where(position < -1, 2.0 - 1.8 / (1 + np.exp(-40 * (position + 3))), 9.0))
    narrow = suggest([steep])
    assert narrow.high / narrow.low == pytest.approx(2.0)
    noisy = RateCurve(rates, losses + np.random.default_rng(0).normal(0, 0.05, 100))
    assert noisy.noise == pytest.approx(0.05, rel=0.3)
    assert suggest([noisy, noisy]).valley == pytest.approx(band.valley, rel=1.5)


def test_where_nothing_falls_nothing_is_suggested():
    rates = np.geomspace(1e-5, 1.0, 60)
    noise = np.random.default_rng(1).normal(2.0, 0.1, 60)
    for losses in (noise, np.linspace(1, 9, 60), np.full(60, 1.0)):
        with pytest.raises(DataError, match="nothing to suggest"):
            suggest([RateCurve(rates, losses)])
    with pytest.raises(DataError):
        suggest([RateCurve(rates[:3], losses[:3])])


def test_smoothing_keeps_the_mean_of_a_flat_curve():
    assert smooth(np.full(50, 3.0)) == pytest.approx(3.0)
    assert smooth([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_l_bfgs_has_no_rate_and_says_why(digits):
    reason = without_rate(OPTIMIZERS["lbfgs"]())
    assert "line search" in reason
    with pytest.raises(ConfigurationError, match="line search"):
        measure_rates(network_with_everything(), OPTIMIZERS["lbfgs"](), *digits)
    with pytest.raises(ConfigurationError, match="small one to a larger one"):
        measure_rates(network_with_everything(), Adam(), *digits, rates=(1.0, 0.1))


@over("kind", WITH_RATE)
def test_every_optimizer_has_a_range(kind):
    assert set(RANGES) == set(WITH_RATE)
    low, high = rate_range(OPTIMIZERS[kind](), kind)
    assert low < PRESETS["mlp"].settings(kind).learning_rate < high
    assert not without_rate(OPTIMIZERS[kind]())


@pytest.mark.parametrize(
    ("name", "kind"),
    [*(("softmax", kind) for kind in WITH_RATE), *(("mlp", kind) for kind in WITH_RATE), ("logistic", "adam"),
     ("cnn", "adam")],
)  # fmt: skip
def test_what_it_suggests_trains(name, kind, digits):
    preset = PRESETS[name]
    training, _ = bundled_split()
    inputs, targets = preset.prepare(training.subset(np.arange(160 if "m" in name[1:] or name == "cnn" else 320)),
                                     np.random.default_rng(0))  # fmt: skip
    config = replace(preset.settings(kind), augment=False, refuse=False, schedule="constant", epochs=6, batch_size=32)
    assert config.schedule in SCHEDULES
    network = preset.build(0)
    curve = measure_rates(network, make_optimizer(config), inputs, targets, rates=RANGES[kind], steps=60, batch_size=32)
    band = suggest([curve])
    before = network.require_loss().value(network.logits(inputs), targets)
    trained = Trainer(network, replace(config, learning_rate=band.suggested, threads=1)).fit(inputs, targets)
    assert trained.reason == "completed"
    assert network.loss.value(network.logits(inputs), targets) < 0.9 * before

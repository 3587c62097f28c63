import itertools
import math
import tracemalloc

import numpy as np
import pytest
from bowl import Bowl

from engine.errors import ConfigurationError, ShapeError
from engine.optimizers import OPTIMIZERS, SGD, Adam, AdamW, GradientDescent, optimizer_named
from engine.optimizers.base import clip_by_norm
from engine.training.config import TrainingConfig
from engine.training.trainer import make_optimizer
from tests.tables import over

EVERY = over("name", OPTIMIZERS)
FIRST_ORDER = over("name", [name for name in OPTIMIZERS if name != "lbfgs"])


@pytest.fixture
def make():
    return optimizer_named


@EVERY
@over("dtype", [np.float32, np.float64])
def test_finds_the_bottom_of_a_bowl(make, name, dtype):
    bowl = Bowl(dtype)
    # Adagrad's steps shrink for good: it needs a larger one to begin with.
    optimizer = make(name, learning_rate=2.0 if name == "adagrad" else 0.02)
    first = bowl.evaluate()
    for _ in range(300):
        optimizer.step(bowl.store, bowl.evaluate)
        if optimizer.finished:
            break
    assert bowl.evaluate() < first * 1e-3
    assert bowl.store.values.dtype == dtype


@EVERY
def test_resumes_exactly(make, name):
    straight, stopped = Bowl(), Bowl()
    optimizer, earlier, later = make(name), make(name), make(name, learning_rate=0.5)
    for _ in range(6):
        optimizer.step(straight.store, straight.evaluate)
    for _ in range(3):
        earlier.step(stopped.store, stopped.evaluate)
    state = earlier.state_dict()
    earlier.step(stopped.store, stopped.evaluate)  # must not reach into the copied state
    fresh = Bowl()
    snapshot = Bowl()
    replay = make(name)
    for _ in range(3):
        replay.step(snapshot.store, snapshot.evaluate)
    fresh.store.values[...] = snapshot.store.values
    later.load_state_dict(state)
    for _ in range(3):
        later.step(fresh.store, fresh.evaluate)
    np.testing.assert_array_equal(fresh.store.values, straight.store.values)
    assert later.steps == optimizer.steps


@FIRST_ORDER
def test_every_parameter_is_updated_for_itself(make, name, rng):
    """A long vector, which the rule goes through in slices, and the same one as three vectors."""
    size, bounds = 140_000, [0, 777, 90_001, 140_000]
    whole = rng.normal(size=size)
    parts = [whole[start:stop].copy() for start, stop in itertools.pairwise(bounds)]
    one, others = make(name), [make(name) for _ in parts]
    for _ in range(3):
        gradients = rng.normal(size=size)
        one.apply(whole, gradients.copy())
        for other, part, (start, stop) in zip(others, parts, itertools.pairwise(bounds), strict=True):
            other.apply(part, gradients[start:stop].copy())
    np.testing.assert_array_equal(whole, np.concatenate(parts))


@FIRST_ORDER
def test_a_step_allocates_nothing_large(make, name, rng):
    values, gradients = rng.normal(size=100_000).astype(np.float32), rng.normal(size=100_000).astype(np.float32)
    optimizer = make(name, clip_norm=1.0)
    optimizer.apply(values, gradients)
    tracemalloc.start()
    optimizer.apply(values, gradients)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000


@EVERY
def test_a_loss_that_is_not_finite_moves_nothing(make, name):
    bowl = Bowl()
    before = bowl.store.values.copy()

    def evaluate():
        bowl.store.gradients[...] = np.nan
        return math.inf

    assert not math.isfinite(make(name).step(bowl.store, evaluate))
    np.testing.assert_array_equal(bowl.store.values, before)


@EVERY
def test_config_round_trip(make, name):
    optimizer = make(name, learning_rate=0.3, clip_norm=2.0)
    copy = type(optimizer).from_config(optimizer.config())
    assert copy.config() == optimizer.config()
    assert copy.config()["learning_rate"] == 0.3


@FIRST_ORDER
def test_state_of_another_network_is_refused(make, name):
    optimizer = make(name)
    optimizer.apply(np.ones(5), np.ones(5))
    if optimizer.slot_names:
        with pytest.raises(ShapeError, match="5 parameters, the network has 6"):
            optimizer.apply(np.ones(6), np.ones(6))
    optimizer.reset()
    optimizer.apply(np.ones(6), np.ones(6))


@EVERY
def test_settings_out_of_range_are_refused(name):
    for settings, field in (({"learning_rate": 0.0}, "learning_rate"), ({"clip_norm": -1.0}, "clip_norm")):
        with pytest.raises(ConfigurationError) as caught:
            OPTIMIZERS[name](**settings)
        assert caught.value.field == field


@EVERY
def test_made_from_a_training_configuration(name):
    optimizer = make_optimizer(TrainingConfig(optimizer=name, learning_rate=0.25, momentum=0.5, clip_norm=3.0))
    assert (optimizer.learning_rate, optimizer.clip_norm) == (0.25, 3.0)
    if isinstance(optimizer, SGD):
        assert optimizer.momentum == 0.5
        assert optimizer.nesterov == (name == "nesterov")


def test_unknown_names():
    with pytest.raises(ConfigurationError, match="no optimizer 'magic'"):
        optimizer_named("magic")
    assert isinstance(optimizer_named("SGD"), GradientDescent)


def test_adams_first_three_steps_by_hand():
    """w starts at 1, the slopes are 0.5, −0.2 and 0.1; α = 0.001, β₁ = 0.9, β₂ = 0.999, ε = 1e-7."""
    values = np.array([1.0])
    optimizer = Adam(epsilon_after_correction=True)
    # Step 1: m = 0.05, v = 0.00025, m̂ = 0.5, v̂ = 0.25, so the step is α·0.5/(0.5 + ε): the size of α.
    optimizer.apply(values, np.array([0.5]))
    first = 1 - 0.001 * 0.5 / (0.5 + 1e-7)
    assert values[0] == pytest.approx(first, abs=1e-15)
    # Step 2: m = 0.9·0.05 − 0.1·0.2 = 0.025, v = 0.999·0.00025 + 0.001·0.04 = 0.00028975.
    optimizer.apply(values, np.array([-0.2]))
    second = first - 0.001 * (0.025 / 0.19) / (math.sqrt(0.00028975 / (1 - 0.998001)) + 1e-7)
    assert values[0] == pytest.approx(second, abs=1e-15)
    # Step 3: m = 0.9·0.025 + 0.1·0.1 = 0.0325, v = 0.999·0.00028975 + 0.001·0.01 = 0.00029946025.
    optimizer.apply(values, np.array([0.1]))
    third = second - 0.001 * (0.0325 / 0.271) / (math.sqrt(0.00029946025 / (1 - 0.999**3)) + 1e-7)
    assert values[0] == pytest.approx(third, abs=1e-15)


def test_weight_decay_acts_beside_the_gradient():
    decayed, plain = np.array([2.0, -4.0]), np.array([2.0, -4.0])
    AdamW(0.1, weight_decay=0.5).apply(decayed, np.zeros(2))
    np.testing.assert_allclose(decayed, [1.9, -3.8])
    AdamW(0.1, weight_decay=0.0).apply(plain, np.ones(2))
    np.testing.assert_allclose(plain, [1.9, -4.1], rtol=1e-6)


def test_clipping_keeps_the_direction():
    gradient = np.array([3.0, 4.0])
    assert clip_by_norm(gradient, 1.0) == 5
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    assert clip_by_norm(gradient, 2.0) == pytest.approx(1)
    np.testing.assert_allclose(gradient, [0.6, 0.8])
    steep = np.array([3e25, 4e25], np.float32)  # the square of which float32 cannot hold
    with np.errstate(over="ignore"):
        clip_by_norm(steep, 1.0)
    np.testing.assert_allclose(steep, [0.6, 0.8], rtol=1e-6)

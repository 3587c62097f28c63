"""The layers that behave otherwise in training than in prediction: dropout and batch normalization."""

import numpy as np
import pytest

from engine import BatchNormalization, Dropout, Sequential


def test_dropout_masks_follow_seed_step_and_shard():
    def masks(seed=0, step=0, shard=0):
        network = Sequential([Dropout(0.5)], seed=seed)
        network.build((64,))
        network.clock.step = step
        network.draw_for_shard(shard)
        return [network.forward(np.ones((2, 64)), training=True).copy() for _ in range(2)]

    first, second = masks()
    assert not np.array_equal(first, second)
    for repeated, expected in zip(masks(), (first, second), strict=True):
        np.testing.assert_array_equal(repeated, expected)
    for other in (masks(seed=1), masks(step=1), masks(shard=1)):
        assert not np.array_equal(other[0], first)
    assert set(np.unique(first)) == {0.0, 2.0}


def test_a_repeated_step_draws_the_same_masks():
    network = Sequential([Dropout(0.5)])
    network.build((64,))
    masks = []
    for step in (3, 3, 4):
        network.clock.step = step
        masks.append(network.forward(np.ones((2, 64)), training=True).copy())
    np.testing.assert_array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[0], masks[2])


def test_dropout_keeps_the_mean_and_rests_at_prediction(rng):
    network = Sequential([Dropout(0.3)], dtype=np.float64)
    network.build((1000,))
    x = rng.uniform(1, 2, (50, 1000))
    np.testing.assert_array_equal(network.forward(x), x)
    dropped = network.forward(x, training=True)
    assert dropped.mean() == pytest.approx(x.mean(), rel=0.01)
    assert (dropped == 0).mean() == pytest.approx(0.3, abs=0.01)


def test_batch_normalization_moves_its_averages(rng):
    network = Sequential([BatchNormalization(momentum=0.9)], dtype=np.float64)
    network.build((3,))
    x = rng.normal(2.0, 3.0, (40, 3))
    outputs = network.forward(x, training=True)
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(outputs.var(axis=0), x.var(axis=0) / (x.var(axis=0) + 1e-3))
    _, _, mean, variance = network.get_weights()
    np.testing.assert_allclose(mean, 0.1 * x.mean(axis=0))
    np.testing.assert_allclose(variance, 0.9 + 0.1 * x.var(axis=0))
    np.testing.assert_allclose(network.forward(x), (x - mean) / np.sqrt(variance + 1e-3))
    assert network.store.state.size == 6
    assert network.layers[0].couples_examples

"""Beside SciPy: the special functions, its gradient check, its minimizer."""

import numpy as np
import pytest

from engine.core.activations import sigmoid, softmax
from engine.layers import Dense
from engine.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from engine.optimizers import LBFGS
from engine.sequential import Sequential
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer

optimize = pytest.importorskip("scipy.optimize")
special = pytest.importorskip("scipy.special")


@pytest.mark.parametrize("scale", [1.0, 30.0, 800.0, 1e30])
def test_stable_functions(rng, scale):
    z = rng.normal(0, scale, (50, 7))
    np.testing.assert_allclose(sigmoid(z), special.expit(z), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(softmax(z), special.softmax(z, axis=1), rtol=1e-11, atol=1e-300)
    numbers = rng.integers(0, 7, 50)
    expected = (special.logsumexp(z, axis=1) - z[np.arange(50), numbers]).mean()
    assert SparseCategoricalCrossentropy(from_logits=True).value(z, numbers) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_whole_network_passes_check_grad(rng, l2):
    net = Sequential([Dense(5, activation="tanh"), Dense(3)], dtype=np.float64)
    net.build((4,))
    net.loss = SparseCategoricalCrossentropy(from_logits=True)
    x, y = rng.normal(size=(8, 4)), rng.integers(0, 3, 8)

    def value(weights):
        net.store.values[...] = weights
        return net.loss_and_gradients(x, y)[0]

    def gradient(weights):
        net.store.values[...] = weights
        net.loss_and_gradients(x, y)
        return net.store.gradients.copy()

    start = net.store.values.copy()
    assert optimize.check_grad(value, gradient, start) < 1e-6


def test_lbfgs_makes_scipys_very_steps(rng):
    x, y = rng.normal(size=(60, 5)), (rng.random(60) > 0.5).astype(float)[:, np.newaxis]
    net = Sequential([Dense(1, kernel_initializer="zeros")], dtype=np.float64)
    net.build((5,))
    net.loss = BinaryCrossentropy(from_logits=True)
    path = []

    def value_and_gradient(weights):
        z = x @ weights[:5, np.newaxis] + weights[5]
        value, slope = net.loss.value_and_gradient(z, y)
        return value, np.append(x.T @ slope, slope.sum())

    result = optimize.minimize(
        value_and_gradient,
        np.zeros(6),
        jac=True,
        method="L-BFGS-B",
        callback=lambda point: path.append(point.copy()),
        options={"gtol": 1e-6, "ftol": 1e-12},
    )
    ours = []

    class Follow(Callback):
        def on_batch_end(self, run, batch):
            ours.append(run.network.store.values.copy())

    optimizer = LBFGS()
    config = TrainingConfig(optimizer="lbfgs", epochs=100, threads=1)
    finished = Trainer(net, config, callbacks=[Follow()], optimizer=optimizer).fit(x, y)
    assert finished.reason == "converged"
    assert optimizer.steps == len(path) == result.nit
    for one, other in zip(ours, path, strict=False):
        assert np.linalg.norm(one - other) <= 1e-9 * np.linalg.norm(other)
    np.testing.assert_array_equal(ours[-1], net.store.values)
    np.testing.assert_allclose(net.store.values, result.x, rtol=1e-6)

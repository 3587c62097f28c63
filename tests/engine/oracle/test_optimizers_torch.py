"""Fifty steps of every optimizer beside PyTorch's, on a small non-linear problem with real gradients."""

import numpy as np
import pytest

from engine.core.parameters import ParameterSpec, ParameterStore
from engine.optimizers import LBFGS, OPTIMIZERS, SGD, Adam, AdamW, GradientDescent, RMSProp

torch = pytest.importorskip("torch")

STEPS = 50
# Ours and theirs. PyTorch's SGD multiplies by the rate after the momentum: the same while the rate is constant.
PAIRS = {
    "gradient_descent": (lambda: GradientDescent(0.05), lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (lambda: SGD(0.02, 0.9), lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9)),
    "nesterov": (
        lambda: SGD(0.02, 0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True),
    ),
    "rmsprop": (
        lambda: RMSProp(0.003, epsilon_inside_root=False),
        lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-7),
    ),
    "adam": (lambda: Adam(0.01, epsilon_after_correction=True), lambda p: torch.optim.Adam(p, lr=0.01, eps=1e-7)),
    "adamw": (
        lambda: AdamW(0.01, weight_decay=0.1, epsilon_after_correction=True),
        lambda p: torch.optim.AdamW(p, lr=0.01, eps=1e-7, weight_decay=0.1),
    ),
}


def test_every_optimizer_has_a_peer():
    # PyTorch has other forms of the last three: Keras is their measure, in test_keras_training.py.
    assert set(PAIRS) == set(OPTIMIZERS) - {LBFGS.kind, "adagrad", "adamax", "nadam"}


def problem(dtype):
    draw = np.random.default_rng(7)
    x = draw.normal(size=(40, 6)).astype(dtype)
    y = np.tanh(x @ draw.normal(size=6)).astype(dtype)
    return x, y, draw.normal(0, 0.5, 6).astype(dtype)


def loss_and_gradient(x, y, w):
    """Mean squared error of tanh(x·w), with the gradient from the chain rule."""
    z = np.tanh(x @ w)
    return float(((z - y) ** 2).mean()), (2 / len(y)) * (x.T @ ((z - y) * (1 - z**2)))


@pytest.mark.parametrize("clip_norm", [None, 0.05])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 2e-5)])
@pytest.mark.parametrize("name", PAIRS)
def test_trajectory(name, dtype, tolerance, clip_norm):
    x, y, start = problem(dtype)
    store = ParameterStore([ParameterSpec("w", start.shape, start)], dtype)
    ours, theirs = PAIRS[name]
    optimizer = ours()
    optimizer.clip_norm = clip_norm

    weights = torch.tensor(start, requires_grad=True)
    peer = theirs([weights])
    tx, ty = torch.tensor(x), torch.tensor(y)

    def evaluate():
        loss, gradient = loss_and_gradient(x, y, store.values)
        store.gradients[...] = gradient
        return loss

    for _ in range(STEPS):
        loss = optimizer.step(store, evaluate)
        peer.zero_grad()
        expected = ((torch.tanh(tx @ weights) - ty) ** 2).mean()
        expected.backward()
        if clip_norm is not None:
            # PyTorch's own clipping adds 1e-6 to the norm.
            norm = weights.grad.norm()
            if norm > clip_norm:
                weights.grad *= clip_norm / norm
        peer.step()
        assert loss == pytest.approx(expected.item(), rel=20 * tolerance)
        error = np.linalg.norm(store.values - weights.detach().numpy()) / np.linalg.norm(store.values)
        assert error <= tolerance

"""The presets with convolutions compute in float32 what the readable layers compute."""

import numpy as np
import pytest

from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from models import PRESETS


@pytest.mark.parametrize("name", ["cnn", "cnn-large"])
def test_presets_in_float32_stay_close_to_the_plain_layers(name):
    rng = np.random.default_rng(2)
    x, y = rng.random((48, 20, 20, 1), dtype=np.float32), rng.integers(0, 10, 48)
    x[:, :6] = 0
    results = []
    for fused in (True, False):
        made = Sequential(PRESETS[name].layers(), fused=fused, seed=4)
        made.build((20, 20, 1))
        made.loss = SparseCategoricalCrossentropy(from_logits=True)
        made.store.values[...] += 0.01 * np.random.default_rng(3).normal(size=made.store.values.shape)
        loss, gradients = made.loss_and_gradients(x, y)
        results.append((loss, *gradients, made.logits(x)))
    for actual, expected in zip(*results, strict=True):
        assert np.abs(actual - expected).max() <= 1e-4 * np.abs(expected).max()

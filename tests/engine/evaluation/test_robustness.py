"""Digits made harder: every change keeps shape and range, grows with its severity, and repeats with its seed."""

import numpy as np
import pytest

from engine.data import load_bundled
from engine.errors import ConfigurationError
from engine.evaluation.robustness import CHANGES, SEVERITIES, change_digits
from tests.tables import over

each_change = over("change", CHANGES)


@pytest.fixture(scope="module")
def digits():
    return load_bundled().images[:60]


@each_change
def test_a_change_grows_with_its_severity(digits, change):
    kept = digits.copy()
    distances = []
    for severity in range(SEVERITIES + 1):
        changed = change_digits(digits, change, severity, seed=3)
        assert changed.shape == digits.shape
        assert changed.dtype == np.float32
        assert 0.0 <= changed.min() <= changed.max() <= 1.0
        distances.append(float(np.abs(changed - digits).mean()))
    assert distances[0] == 0.0
    assert distances == sorted(distances)
    assert distances[1] > 0.0
    assert np.array_equal(digits, kept)


@each_change
def test_equal_seeds_give_equal_digits(digits, change):
    assert np.array_equal(change_digits(digits, change, 3, seed=5), change_digits(digits, change, 3, seed=5))


def test_other_seeds_give_other_noise(digits):
    assert not np.array_equal(change_digits(digits, "noise", 3, seed=5), change_digits(digits, "noise", 3, seed=6))


def test_what_does_not_exist_is_refused(digits):
    with pytest.raises(ConfigurationError, match="'fog'"):
        change_digits(digits, "fog", 1)
    with pytest.raises(ConfigurationError, match="6"):
        change_digits(digits, "noise", 6)

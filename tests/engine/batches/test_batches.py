"""Batches that are made ahead are those that would have been made in time."""

import numpy as np
import pytest

from engine.batches.batch_source import BatchSource
from engine.batches.examples import TrainingData


@pytest.fixture
def data(rng):
    return TrainingData(
        rng.random((5003, 3), dtype=np.float32), rng.integers(0, 10, 5003), rng.random(5003).astype(np.float64)
    )


def content(batch):
    rows = slice(None) if batch.indices is None else batch.indices
    return batch.examples, batch.inputs[rows], batch.targets[rows], batch.weights[rows]


@pytest.mark.parametrize("steps", [range(120), [7, 8, 9, 60, 61, 3, 4, 4, 39, 40, 41]])
def test_gathering_ahead_changes_nothing(data, steps):
    plain = BatchSource(data, 128, 3, seed=4, shuffle=True)
    ahead = BatchSource(data, 128, 3, seed=4, shuffle=True, gather_ahead=True)
    try:
        assert plain.steps_per_epoch == 40
        for step in steps:
            expected, batch = plain.batch(step), ahead.batch(step)
            for array, other in zip(content(batch), content(expected), strict=True):
                np.testing.assert_array_equal(array, other)
    finally:
        ahead.close()


def test_a_batch_larger_than_a_stretch(data):
    plain = BatchSource(data, 3000, 2, seed=0, shuffle=True)
    ahead = BatchSource(data, 3000, 2, seed=0, shuffle=True, gather_ahead=True)
    try:
        for step in range(4):
            for array, other in zip(content(ahead.batch(step)), content(plain.batch(step)), strict=True):
                np.testing.assert_array_equal(array, other)
    finally:
        ahead.close()


def test_parts_of_a_batch(data):
    source = BatchSource(data, 100, 1, seed=0, shuffle=True)
    batch = source.batch(0)
    gathered = BatchSource(data, 100, 1, seed=0, shuffle=True, gather_ahead=True)
    try:
        for part in (slice(0, 40), slice(40, 100)):
            for array, other in zip(content(gathered.batch(0).part(part)), content(batch.part(part)), strict=True):
                np.testing.assert_array_equal(array, other)
    finally:
        gathered.close()


def test_all_data_in_its_own_order_is_not_copied(data):
    batch = BatchSource(data, len(data.inputs), 1, seed=0, shuffle=False).batch(0)
    assert batch.indices is None
    assert batch.inputs is data.inputs

"""Batches that are prefetched are those that would have been made in time."""

import threading

import numpy as np
import pytest

from engine.batches.batch_source import BatchSource
from engine.batches.examples import TrainingData
from engine.batches.seeds import augmentation_generator, epoch_order


@pytest.fixture
def data(rng):
    return TrainingData(
        rng.random((5003, 3), dtype=np.float32), rng.integers(0, 10, 5003), rng.random(5003).astype(np.float64)
    )


@pytest.mark.parametrize("steps", [range(120), [7, 8, 9, 60, 61, 3, 4, 4, 39, 40, 41]])
def test_prefetched_batches_are_those_made_in_time(data, steps):
    def augment(inputs, rng):
        return inputs + rng.random(inputs.shape, dtype=np.float32)

    source = BatchSource(data, 128, 3, seed=4, shuffle=True, augment=augment)
    try:
        assert source.steps_per_epoch == 40
        for step in steps:
            batch = source.batch(step)
            rows = epoch_order(4, step // 40, 5003)[step % 40 * 128 : (step % 40 + 1) * 128]
            np.testing.assert_array_equal(batch.examples, rows)
            expected = augment(data.inputs[rows], augmentation_generator(4, step))
            np.testing.assert_array_equal(batch.inputs, expected)
            np.testing.assert_array_equal(batch.targets, data.targets[rows])
            np.testing.assert_array_equal(batch.weights, data.weights[rows])
            assert batch.indices is None
    finally:
        source.close()


def test_the_next_batch_is_made_while_this_one_is_used(data):
    made = threading.Semaphore(0)

    def augment(inputs, rng):
        made.release()
        return inputs

    source = BatchSource(data, 128, 1, seed=4, shuffle=True, augment=augment)
    try:
        source.batch(0)
        # The first batch and the second one, though nobody has asked for that.
        assert made.acquire(timeout=10)
        assert made.acquire(timeout=10)
    finally:
        source.close()


def test_a_failing_augmentation_reaches_the_caller(data):
    def augment(inputs, rng):
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("no more")
        return inputs

    source = BatchSource(data, 128, 1, seed=4, shuffle=True, augment=augment)
    try:
        source.batch(0)
        with pytest.raises(ValueError, match="no more"):
            source.batch(1)
    finally:
        source.close()


def test_a_part_of_a_batch(data):
    source = BatchSource(data, 100, 1, seed=0, shuffle=True)
    batch = source.batch(0)
    part = batch.part(slice(40, 100))
    np.testing.assert_array_equal(part.examples, batch.examples[40:])
    np.testing.assert_array_equal(part.inputs[part.indices], data.inputs[batch.examples[40:]])


def test_all_data_in_its_own_order_is_not_copied(data):
    batch = BatchSource(data, len(data.inputs), 1, seed=0, shuffle=False).batch(0)
    assert batch.indices is None
    assert batch.inputs is data.inputs


def test_the_upcoming_batch_is_the_one_that_comes_unless_it_is_to_be_varied(data):
    source = BatchSource(data, 128, 2, seed=4, shuffle=True)
    upcoming = source.upcoming(40)
    assert source.batch(40) is upcoming
    np.testing.assert_array_equal(source.batch(39).examples, epoch_order(4, 0, 5003)[39 * 128 :])
    assert source.upcoming(80) is None
    assert source.upcoming(41) is not None
    source.set_augment(lambda inputs, rng: inputs + 1)
    try:
        varied = source.batch(41)
        np.testing.assert_array_equal(varied.inputs, data.inputs[varied.examples] + 1)
        assert source.upcoming(42) is None
    finally:
        source.close()

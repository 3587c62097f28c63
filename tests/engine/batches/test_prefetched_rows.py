"""Batches whose rows were gathered ahead are those that would have been gathered in time, and nobody waits for them."""

import threading

import numpy as np
import pytest

from engine.batches.batch_source import BatchSource
from engine.batches.examples import TrainingData
from engine.batches.prefetched_rows import STEPS, PrefetchedRows
from engine.batches.seeds import epoch_order
from tests.engine.process_runs import wait_until

COUNT, SIZE, EPOCHS = 1003, 32, 2
STEPS_PER_EPOCH = 32


@pytest.fixture
def data(rng):
    return TrainingData(
        rng.random((COUNT, 3), dtype=np.float32), rng.integers(0, 10, COUNT), rng.random(COUNT).astype(np.float64)
    )


def assert_is_batch(batch, data, step):
    epoch, number = divmod(step, STEPS_PER_EPOCH)
    rows = epoch_order(4, epoch, COUNT)[number * SIZE : (number + 1) * SIZE]
    np.testing.assert_array_equal(batch.examples, rows)
    picked = slice(None) if batch.indices is None else batch.indices
    np.testing.assert_array_equal(batch.inputs[picked], data.inputs[rows])
    np.testing.assert_array_equal(batch.targets[picked], data.targets[rows])
    np.testing.assert_array_equal(batch.weights[picked], data.weights[rows])


def test_rows_lie_ready_and_last_as_long_as_they_are_used(data):
    prefetched = PrefetchedRows(
        data, SIZE, EPOCHS * STEPS_PER_EPOCH, STEPS_PER_EPOCH, lambda epoch: epoch_order(4, epoch, COUNT), False
    )
    try:
        assert prefetched.batch(0) is None
        before = None
        for step in range(1, EPOCHS * STEPS_PER_EPOCH):
            wait_until(lambda step=step: prefetched.batch(step) is not None)
            batch = prefetched.batch(step)
            assert_is_batch(batch, data, step)
            if before is not None and step % STEPS > 2:
                assert_is_batch(before, data, step - 1)
            before = batch
        assert prefetched.batch(EPOCHS * STEPS_PER_EPOCH) is None
    finally:
        prefetched.close()


@pytest.mark.parametrize("steps", [range(64), [7, 8, 9, 10, 31, 32, 33, 3, 4, 4, 5, 6, 63]])
def test_the_source_gives_the_same_batches(data, steps):
    source = BatchSource(data, SIZE, EPOCHS, seed=4, shuffle=True, prefetch_rows=True)
    try:
        for step in steps:
            assert_is_batch(source.batch(step), data, step)
    finally:
        source.close()


class Held(np.ndarray):
    """Rows that a thread cannot take before it may."""

    may_be_taken = threading.Event()

    def take(self, *arguments, **settings):
        self.may_be_taken.wait(10)
        return np.asarray(self).take(*arguments, **settings)


def test_nobody_waits_for_a_thread_that_gets_no_core(data):
    held = TrainingData(data.inputs.view(Held), data.targets, data.weights)
    source = BatchSource(held, SIZE, EPOCHS, seed=4, shuffle=True, prefetch_rows=True)
    try:
        for step in range(40):
            batch = source.batch(step)
            assert batch.indices is not None
            assert_is_batch(batch, data, step)
        Held.may_be_taken.set()
        wait_until(lambda: any(source.batch(step).indices is None for step in range(40, 64)))
    finally:
        Held.may_be_taken.set()
        source.close()

"""Batches in shards, on threads: the same numbers, the same order, nothing left behind."""

import threading

import numpy as np
import pytest

from engine.batches.batch import Batch
from engine.errors import ShapeError
from engine.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from engine.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from engine.optimizers import Adam
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.sequential import Sequential
from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import WorkerPool, available_cores


def evaluated(evaluator, inputs, targets, indices=None, weights=None):
    rows = np.arange(len(inputs)) if indices is None else indices
    return evaluator.evaluate(Batch(rows, inputs, targets, weights, indices))


def convolutional(dtype=np.float64, extra=()):
    # Large enough to be worth several threads.
    made = Sequential(
        [
            Conv2D(8, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(16, 3, padding="same", activation="relu"),
            *extra,
            Flatten(),
            Dense(64, activation="relu"),
            Dense(4),
        ],
        dtype=dtype,
        seed=1,
    )
    made.build((12, 12, 1))
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    return made


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.random((300, 12, 12, 1)), rng.integers(0, 4, 300)


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
@pytest.mark.parametrize("chunk_size", [0, 7])
def test_shards_add_up_to_the_batch(data, threads, chunk_size):
    inputs, targets = data
    made = convolutional()
    indices = np.random.default_rng(1).permutation(300)[:130]
    expected_loss, expected = made.loss_and_gradients(inputs[indices], targets[indices])
    expected_outputs = made.logits(inputs[indices])
    with BatchEvaluator(made, threads, chunk_size) as evaluator:
        for _ in range(2):
            loss, outputs = evaluated(evaluator, inputs, targets, indices)
            assert loss == pytest.approx(expected_loss, rel=1e-12)
            np.testing.assert_allclose(outputs, expected_outputs, rtol=1e-9, atol=1e-12)
            flat = np.concatenate([gradient.ravel() for gradient in expected])
            np.testing.assert_allclose(made.store.gradients, flat, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("threads", [1, 3])
def test_sample_weights_belong_to_the_examples(data, threads):
    inputs, targets = data
    made = convolutional()
    weights = np.random.default_rng(2).random(300)
    indices = np.arange(250)[::-1].copy()
    outputs = made.forward(inputs[indices], training=True)
    expected, gradient = made.loss.value_and_gradient(outputs, targets[indices], sample_weights=weights[indices])
    made.backward(gradient)
    flat = made.store.gradients.copy()
    with BatchEvaluator(made, threads) as evaluator:
        loss, _ = evaluated(evaluator, inputs, targets, indices, weights)
    assert loss == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(made.store.gradients, flat, rtol=1e-9, atol=1e-13)


def test_without_indices_all_examples_in_order(data):
    inputs, targets = data
    made = convolutional()
    with BatchEvaluator(made, 2) as evaluator:
        loss, outputs = evaluated(evaluator, inputs, targets)
        kept = made.store.gradients.copy(), outputs.copy()
        again, outputs = evaluated(evaluator, inputs, targets, np.arange(300))
    assert loss == again
    np.testing.assert_array_equal(kept[0], made.store.gradients)
    np.testing.assert_array_equal(kept[1], outputs)


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
def test_runs_repeat_bit_for_bit_on_any_number_of_threads(data, threads):
    inputs, targets = (data[0].astype(np.float32), data[1])
    results = []
    for count in (threads, 2):
        made = convolutional(np.float32)
        optimizer = Adam()
        with BatchEvaluator(made, count) as evaluator:
            for start in range(0, 300, 100):
                indices = np.arange(start, start + 100)

                def evaluate(indices=indices, evaluator=evaluator):
                    return evaluated(evaluator, inputs, targets, indices)[0]

                optimizer.step(made.store, evaluate)
        results.append(made.store.values.copy())
    np.testing.assert_array_equal(*results)


def test_large_work_is_dealt_out_and_small_work_is_not(data):
    seen = set()
    made = convolutional()
    loss = made.loss.value_and_gradient

    def watch(*arguments, **settings):
        seen.add(threading.current_thread().name)
        return loss(*arguments, **settings)

    made.loss.value_and_gradient = watch
    with BatchEvaluator(made, 3) as evaluator:
        evaluated(evaluator, *data)
        assert len(seen) == 3
    small = Sequential([Dense(1)])
    small.build((5,))
    small.loss = BinaryCrossentropy(from_logits=True)
    with BatchEvaluator(small, 3) as evaluator:
        before = threading.active_count()
        evaluated(evaluator, np.ones((20, 5), np.float32), np.ones((20, 1), np.float32))
        assert threading.active_count() == before


def test_coupled_examples_stay_together(data):
    inputs, targets = data
    made = convolutional(extra=[BatchNormalization()])
    expected_loss, expected = made.loss_and_gradients(inputs, targets)
    made = convolutional(extra=[BatchNormalization()])
    with BatchEvaluator(made, 4, chunk_size=10) as evaluator:
        loss, _ = evaluated(evaluator, inputs, targets)
        assert loss == pytest.approx(expected_loss, rel=1e-12)
        flat = np.concatenate([gradient.ravel() for gradient in expected])
        np.testing.assert_allclose(made.store.gradients, flat, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_every_shard_drops_units_of_its_own_whoever_computes_it(data, threads):
    inputs, targets = np.ones_like(data[0]), data[1]
    made = convolutional(extra=[Dropout(0.5)])
    with BatchEvaluator(made, threads) as evaluator:
        _, outputs = evaluated(evaluator, inputs, targets)
        outputs = outputs.copy()
        _, again = evaluated(evaluator, inputs, targets)
        np.testing.assert_array_equal(outputs, again)
    # 300 examples are five shards of 60, whose first examples are the same.
    assert len(np.unique(outputs[::60].round(9), axis=0)) == 5
    with BatchEvaluator(convolutional(extra=[Dropout(0.5)]), 1) as evaluator:
        np.testing.assert_array_equal(outputs, evaluated(evaluator, inputs, targets)[1])


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_prediction_of_many(data, threads):
    inputs, _ = data
    made = convolutional()
    expected = made.logits(inputs)
    with BatchEvaluator(made, threads, chunk_size=16) as evaluator:
        np.testing.assert_allclose(evaluator.predict(inputs), expected, rtol=1e-10, atol=1e-13)
        assert evaluator.predict(inputs[:0]).shape == (0, 4)


def test_failure_in_a_thread_reaches_the_caller(data, monkeypatch):
    inputs, targets = data
    made = convolutional()
    propagate = Sequential.propagate

    def fail_in_a_thread(self, inputs, training):
        if threading.current_thread() is not threading.main_thread():
            raise ShapeError("not this one")
        return propagate(self, inputs, training)

    with BatchEvaluator(made, 3) as evaluator:
        expected, _ = evaluated(evaluator, inputs, targets)
        with monkeypatch.context() as patch:
            patch.setattr(Sequential, "propagate", fail_in_a_thread)
            with pytest.raises(ShapeError, match="not this one"):
                evaluated(evaluator, inputs, targets)
        # The pool works on afterwards.
        assert evaluated(evaluator, inputs, targets)[0] == expected


def test_pool_raises_the_first_failure_and_goes_on():
    def fail(number):
        raise KeyError(number)

    with WorkerPool(3) as pool:
        with pytest.raises(KeyError, match="0"):
            pool.run(fail)
        done = []
        pool.run(done.append)
        assert sorted(done) == [0, 1, 2]
        pool.run(done.append, 2)
        assert sorted(done) == [0, 0, 1, 1, 2]


def test_overflow_in_a_thread_does_not_warn():
    big = np.full(10, 3e38, np.float32)
    with WorkerPool(2) as pool:
        pool.run(lambda number: big * big)


def blas_threads():
    from threadpoolctl import threadpool_info

    return [info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"]


def test_close_joins_and_releases_blas(data):
    before, alive = blas_threads(), set(threading.enumerate())
    first, second = BatchEvaluator(convolutional(), 3), BatchEvaluator(convolutional(), 2)
    for evaluator in (first, second):
        evaluated(evaluator, *data)
    assert all(count == 1 for count in blas_threads())
    # In the order of opening: the limit must not outlive the last one.
    first.close()
    assert all(count == 1 for count in blas_threads())
    second.close()
    second.close()
    assert blas_threads() == before
    assert set(threading.enumerate()) == alive


def test_the_lowest_limit_on_blas_holds():
    from threadpoolctl import threadpool_limits

    with threadpool_limits(4, user_api="blas"):
        before = blas_threads()
        high, low = BlasLimit(3), BlasLimit(2)
        assert blas_threads() == [min(2, count) for count in before]
        low.set(64)
        assert blas_threads() == [min(3, count) for count in before]
        high.release()
        # Never more than before the first limit.
        assert blas_threads() == before
        low.release()
        low.release()
        assert blas_threads() == before


def test_default_uses_the_cores_of_the_process():
    with BatchEvaluator(convolutional()) as evaluator:
        assert evaluator.threads == available_cores() >= 1

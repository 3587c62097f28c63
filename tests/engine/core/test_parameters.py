"""The parameter store: views stay views, replicas share, snapshots are frozen."""

import gc
import weakref

import numpy as np
import pytest

from engine import ParameterStore, ShapeError
from engine.core.parameters import ParameterSpec


@pytest.fixture
def store():
    return ParameterStore(
        [
            ParameterSpec("kernel", (2, 3), np.arange(6.0).reshape(2, 3), regularized=True),
            ParameterSpec("moving_mean", (2,), np.array([7.0, 8.0]), trainable=False),
            ParameterSpec("bias", (3,), np.ones(3)),
        ]
    )


def test_layout(store):
    np.testing.assert_array_equal(store.values, [0, 1, 2, 3, 4, 5, 1, 1, 1])
    np.testing.assert_array_equal(store.state, [7, 8])
    assert [parameter.regularized for parameter in store.parameters] == [True, False, False]
    assert store.dtype == store.gradients.dtype == np.float32
    assert [parameter.name for parameter in store.parameters] == ["kernel", "moving_mean", "bias"]
    assert store.parameters[1].gradient.size == 0


def test_parameters_are_views_both_ways(store):
    kernel, mean, bias = store.parameters
    store.values[...] = 5
    assert (kernel.value == 5).all()
    bias.gradient[...] = 2
    np.testing.assert_array_equal(store.gradients[6:], [2, 2, 2])
    mean.value[...] = 0
    assert not store.state.any()


def test_share(store):
    twin = store.share()
    twin.values[0] = 42
    twin.state[0] = 43
    twin.gradients[...] = 1
    assert store.parameters[0].value[0, 0] == 42
    assert store.parameters[1].value[0] == 43
    assert not store.gradients.any()
    assert np.shares_memory(twin.parameters[0].value, store.values)


def test_snapshot_and_restore(store):
    snapshot = store.snapshot()
    with pytest.raises(ValueError, match="read-only"):
        snapshot[0] = 1
    kernel = store.parameters[0].value
    store.values[...] = store.state[...] = -1
    store.restore(snapshot)
    np.testing.assert_array_equal(kernel.ravel(), range(6))
    np.testing.assert_array_equal(store.state, [7, 8])
    with pytest.raises(ShapeError, match=r"\(11,\), not \(10,\)"):
        store.restore(snapshot[:-1])


def test_the_store_does_not_keep_the_initial_values():
    initial = np.ones((100, 100))
    kept = weakref.ref(initial)
    store = ParameterStore([ParameterSpec("kernel", initial.shape, initial)], np.float64)
    del initial
    gc.collect()
    assert kept() is None
    np.testing.assert_array_equal(store.values, 1)


def test_an_empty_store():
    store = ParameterStore([])
    assert store.values.size == store.snapshot().size == 0

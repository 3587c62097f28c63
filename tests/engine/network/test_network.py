"""`Sequential` as a function: building, weights, gradients, replicas, refusals."""

import gc
import json
import tracemalloc
import weakref

import numpy as np
import pytest
from layer_cases import central_differences, relative_error

from engine import (
    AveragePool2D,
    BatchNormalization,
    BinaryCrossentropy,
    ConfigurationError,
    Conv2D,
    Dense,
    Dropout,
    EngineError,
    Flatten,
    MaxPool2D,
    MeanSquaredError,
    ReLU,
    Sequential,
    ShapeError,
    SparseCategoricalCrossentropy,
)


def small_cnn(dtype=np.float64, fused=True, seed=0):
    network = Sequential(
        [
            Conv2D(4, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(5, 3, padding="same"),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Dense(8, activation="relu"),
            Dense(3),
        ],
        dtype=dtype,
        fused=fused,
        seed=seed,
    )
    network.build((8, 8, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network


def mixed_network(dtype=np.float64):
    network = Sequential(
        [
            Conv2D(3, 2, strides=2, padding="same", activation="tanh"),
            BatchNormalization(),
            AveragePool2D(2, 1),
            Flatten(),
            Dense(4, activation="gelu"),
            Dense(2),
        ],
        dtype=dtype,
    )
    network.build((6, 6, 2))
    network.loss = MeanSquaredError()
    return network


def examples(rng, network, count=6):
    x = rng.normal(size=(count, *network.example_shape)).astype(network.dtype)
    return x, rng.integers(0, 3, count)


@pytest.mark.parametrize("fused", [True, False])
def test_gradients_of_a_whole_network(rng, fused):
    network = small_cnn(fused=fused)
    x, y = examples(rng, network)
    _, gradients = network.loss_and_gradients(x, y)
    flat = np.concatenate([gradient.ravel() for gradient in gradients])
    numeric = central_differences(lambda: network.loss_and_gradients(x, y)[0], network.store.values)
    assert relative_error(flat, numeric) < 1e-7


def test_gradients_with_batch_normalization(rng):
    network = mixed_network()
    x, y = rng.normal(size=(5, 6, 6, 2)), rng.normal(size=(5, 2))
    _, gradients = network.loss_and_gradients(x, y)
    flat = np.concatenate([gradient.ravel() for gradient in gradients])
    numeric = central_differences(lambda: network.loss_and_gradients(x, y)[0], network.store.values)
    assert relative_error(flat, numeric) < 1e-7
    # Four arrays for the batch normalization's weights, two of them trained.
    assert len(network.get_weights()) == 10
    assert len(gradients) == 8


def test_weights_are_in_keras_order_and_shape():
    network = small_cnn()
    shapes = [weight.shape for weight in network.get_weights()]
    assert shapes == [(3, 3, 1, 4), (4,), (3, 3, 4, 5), (5,), (20, 8), (8,), (8, 3), (3,)]
    names = [parameter.name for parameter in mixed_network().layers[1].parameters]
    assert names == ["gamma", "beta", "moving_mean", "moving_variance"]


def test_set_weights_and_refusals(rng):
    network, other = small_cnn(seed=1), small_cnn(seed=2)
    x, _ = examples(rng, network)
    weights = network.get_weights()
    weights[0][...] = 99  # a copy: the network must not notice
    other.set_weights(network.get_weights())
    np.testing.assert_array_equal(other.logits(x), network.logits(x))
    before = other.get_weights()
    with pytest.raises(ShapeError, match="8 arrays of weights, not 7"):
        other.set_weights(before[:-1])
    with pytest.raises(ShapeError, match=r"'dense_1' expects its bias in the shape \(3,\), not \(1, 3\)"):
        other.set_weights([*(w * 0 for w in before[:-1]), before[-1][np.newaxis]])
    for kept, expected in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(kept, expected)


def test_layers_by_name_and_their_weights():
    network = Sequential([Dense(3, activation="sigmoid", name="layer1"), Dense(1, name="layer2")])
    network.build((2,))
    kernel, bias = np.arange(6).reshape(2, 3), np.array([1, 2, 3])
    network.get_layer("layer1").set_weights([kernel, bias])
    np.testing.assert_array_equal(network.get_weights()[0], kernel)
    np.testing.assert_array_equal(network.get_layer(index=0).get_weights()[1], bias)
    with pytest.raises(ShapeError, match="'layer2' has 2 arrays of weights, not 1"):
        network.get_layer("layer2").set_weights([kernel])
    with pytest.raises(ConfigurationError, match="its layers are layer1, layer2"):
        network.get_layer("layer3")
    with pytest.raises(ConfigurationError, match="none at 2"):
        network.get_layer(index=2)


def test_same_seed_same_weights_in_both_types():
    single, double, other = small_cnn(np.float32), small_cnn(np.float64), small_cnn(seed=1)
    np.testing.assert_array_equal(single.store.values, double.store.values.astype(np.float32))
    assert not np.array_equal(double.store.values, other.store.values)


def test_the_first_layer_that_learns_computes_no_input_gradient():
    network = Sequential([Flatten(), Dense(3), ReLU(), Dense(2)], fused=False)
    network.build((2, 2))
    assert [layer.needs_input_gradient for layer in network.layers] == [False, False, True, True]
    network.forward(np.ones((1, 2, 2)), training=True)
    assert network.backward(np.ones((1, 2), np.float32)).size == 0


def test_a_network_without_parameters_gives_the_input_gradient():
    network = Sequential([ReLU(), Flatten()])
    network.build((2, 1))
    network.forward(np.array([[[1.0], [-1.0]]]), training=True)
    np.testing.assert_array_equal(network.backward(np.ones((1, 2), np.float32)).ravel(), [1, 0])


def test_configuration_round_trip(rng):
    network = mixed_network()
    configs = json.loads(json.dumps(network.config()))
    twin = Sequential.from_config(configs, input_shape=network.example_shape, dtype=np.float64)
    twin.set_weights(network.get_weights())
    assert twin.config() == network.config()
    x = rng.normal(size=(3, 6, 6, 2))
    np.testing.assert_array_equal(twin.logits(x), network.logits(x))


def test_replica_shares_values_and_owns_gradients(rng):
    network = small_cnn()
    x, y = examples(rng, network)
    twin = network.replica()
    assert twin.loss is network.loss
    assert np.shares_memory(twin.store.values, network.store.values)
    loss, gradients = network.loss_and_gradients(x, y)
    assert not twin.store.gradients.any()
    twin_loss, twin_gradients = twin.loss_and_gradients(x, y)
    assert twin_loss == loss
    for one, other in zip(gradients, twin_gradients, strict=True):
        np.testing.assert_array_equal(one, other)
    network.store.values[...] = 0
    np.testing.assert_array_equal(twin.logits(x), 0)


def bytes_kept_after(action):
    """Memory that a call keeps besides its result, once a call before it has loaded all that it needs."""
    action()
    gc.collect()
    tracemalloc.start()
    try:
        action()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [small_cnn, mixed_network])
def test_predict_leaves_no_cache(rng, make):
    network = make(np.float32)
    network.predict(np.zeros((1, *network.example_shape)))
    x = rng.normal(size=(70, *network.example_shape)).astype(np.float32)
    network.predict(x)
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None
    assert bytes_kept_after(lambda: network.predict(np.ones((70, *network.example_shape)))) < 10_000
    with pytest.raises(EngineError):
        network.backward(np.ones((70, *network.answer_shape), np.float32))


def test_predict_in_parts_and_as_probabilities(rng):
    network = small_cnn()
    x, _ = examples(rng, network, 150)
    whole, parts = network.logits(x, batch_size=150), network.logits(x, batch_size=7)
    np.testing.assert_allclose(parts, whole, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(network.predict(x), network.logits(x))
    probabilities = network.probabilities(x)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), whole.argmax(axis=1))


def test_many_examples_on_several_threads(rng):
    network = small_cnn()
    x, _ = examples(rng, network, 1500)
    few = np.concatenate([network.logits(x[start : start + 100]) for start in range(0, 1500, 100)])
    np.testing.assert_allclose(network.logits(x), few, rtol=1e-12, atol=1e-14)
    assert bytes_kept_after(lambda: network.logits(x)) < 20_000


def test_binary_prediction_is_one_probability():
    network = Sequential([Dense(1, kernel_initializer="zeros")])
    network.build((4,))
    network.loss = BinaryCrossentropy(from_logits=True)
    np.testing.assert_array_equal(network.probabilities(np.ones((3, 4))), np.full((3, 1), 0.5))
    np.testing.assert_array_equal(network.predict(np.ones((3, 4))), np.zeros((3, 1)))


@pytest.mark.parametrize("build", [small_cnn, lambda fused: unusual_network(fused)])
def test_fused_stages_give_the_layers_result(rng, build):
    fused, plain = build(fused=True), build(fused=False)
    x, y = examples(rng, fused, 9)
    np.testing.assert_allclose(fused.logits(x), plain.logits(x), rtol=1e-10, atol=1e-12)
    (loss, gradients), (expected_loss, expected) = (network.loss_and_gradients(x, y) for network in (fused, plain))
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for one, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def unusual_network(fused):
    network = Sequential(
        [
            Conv2D(3, (2, 3), padding="valid", use_bias=False),
            MaxPool2D((1, 2)),
            ReLU(),
            Conv2D(2, 5, strides=2, padding="same", activation="relu"),
            MaxPool2D(2, 1, "same"),
            Dropout(0.0),
            Flatten(),
            Dense(6, use_bias=False),
            ReLU(),
            Dense(3),
        ],
        dtype=np.float64,
        fused=fused,
        seed=0,
    )
    network.build((7, 9, 2))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network

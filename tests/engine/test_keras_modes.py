"""How a layer works where a call said so for good, and what else of a network taken into another one stays visible."""

import numpy as np
import pytest

from engine import keras, tf

layers = keras.layers


@pytest.mark.parametrize("kind", ["uint8", "int8", "int32", "bool", "float32"])
def test_class_numbers_may_have_any_type(kind):
    logits = np.random.default_rng(0).normal(size=(60, 10)).astype("float32")
    y = (np.arange(60) % (2 if kind == "bool" else 10)).astype(kind)
    places = np.arange(60), y.astype(int)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    weights = tf.Variable(logits)
    with tf.GradientTape() as tape:
        value = loss(y, weights)
    np.testing.assert_allclose(value, -np.log(shares[places]).mean(), rtol=1e-5)
    shares[places] -= 1
    np.testing.assert_allclose(tape.gradient(value, weights), shares / 60, atol=1e-6)


def test_dropout_may_stay_on_after_training():
    start = keras.Input((40,))
    model = keras.Model(start, layers.Dropout(0.5)(start, training=True))
    first, second = (model.predict(np.ones((2, 40)), verbose=0) for _ in range(2))
    assert set(np.unique(first)) == {0, 2}
    assert (first != second).any()
    assert (keras.models.clone_model(model).predict(np.ones((2, 40)), verbose=0) == 0).any()


def trained_around_batch_normalization(training):
    base = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dropout(0.9)], name="base")
    start = keras.Input((3,))
    model = keras.Model(start, layers.Dense(1, kernel_initializer="ones")(base(start, training=training)))
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(5, 1, (16, 3)).astype("float32")
    with_loss = model.fit(x, np.zeros(16), verbose=0).history["loss"][0]
    return model, base, x, with_loss


def test_a_network_taken_in_may_stay_out_of_training():
    _, base, x, loss = trained_around_batch_normalization(False)
    np.testing.assert_array_equal(base.layers[0].moving_mean, 0)
    np.testing.assert_allclose(loss, np.mean((x / np.sqrt(1.001)).sum(axis=1) ** 2), rtol=1e-4)
    # The network itself trains as before.
    base.compile("sgd", "mse")
    base.fit(x, x, verbose=0)
    assert (np.asarray(base.layers[0].moving_mean) > 0).all()
    followed = trained_around_batch_normalization(None)[1]
    assert (np.asarray(followed.layers[0].moving_mean) > 0).all()


def test_a_gradient_flows_through_batch_normalization_that_does_not_train():
    start = keras.Input((2,))
    hidden = layers.Dense(2)(start)
    model = keras.Model(start, layers.BatchNormalization(name="norm")(hidden, training=False))
    x = np.array([[1, 2], [3, 5]], "float32")
    model.compile(keras.optimizers.SGD(0.1), "mse")
    kernel = model.layers[1].get_weights()[0]
    outputs = x @ kernel / np.sqrt(1.001)
    model.fit(x, np.zeros((2, 2)), verbose=0)
    expected = kernel - 0.1 * x.T @ (outputs / 2) / np.sqrt(1.001)
    np.testing.assert_allclose(model.layers[1].get_weights()[0], expected, rtol=1e-4, atol=1e-6)


def test_a_network_taken_in_is_found_by_its_name():
    model, base, _, _ = trained_around_batch_normalization(None)
    assert model.get_layer("base") is base
    assert keras.Sequential([base, layers.Dense(1)]).get_layer("base") is base


def test_tensorflow_s_activations_are_the_usual_ones():
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, tf.nn.relu), layers.Dense(2, activation=tf.nn.softmax)]
    )
    assert [layer.activation for layer in model.layers] == [keras.activations.relu, keras.activations.softmax]
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin(np.ones((2, 3))), model(np.ones((2, 3))))
    assert len(keras.Sequential.from_config(model.get_config()).layers) == 2
    np.testing.assert_allclose(tf.nn.gelu(1.0), 0.8413447, rtol=1e-6)
    assert keras.backend.count_params(model.layers[0].kernel) == 12


def test_noise_may_stay_on_after_training():
    start = keras.Input((4,))
    model = keras.Model(start, layers.GaussianNoise(1.0)(start, training=True))
    assert (model.predict(np.zeros((2, 4)), verbose=0) != 0).all()

"""Where Keras' lines once ran and meant something else: each right value, by hand or as Keras gives it."""

import numpy as np
import pytest

from engine import ConfigurationError, ModelFileError, keras
from engine.evaluation.metrics import accuracy, confusion_matrix, macro_f1, top_k_accuracy
from tests.tables import over

layers = keras.layers


def clouds(count=200):
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, count)
    return rng.normal(0, 0.4, (count, 2)) + (2 * y - 1)[:, np.newaxis], y


def compiled(end="sigmoid", loss="binary_crossentropy", units=1, **settings):
    model = keras.Sequential([layers.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(units, end)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=loss, **settings)
    return model


def test_a_sigmoid_end_with_the_bare_loss_learns():
    x, y = clouds()
    model = compiled(metrics=["accuracy"])
    model.fit(x, y, epochs=30, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.98
    outputs = model.predict(x)
    np.testing.assert_array_equal(outputs, model(x))
    np.testing.assert_array_equal(outputs, model.probabilities(x))
    assert 0 <= outputs.min() <= outputs.max() <= 1


def test_logits_come_out_as_they_are():
    x, y = clouds()
    model = compiled(None, keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(x, y, epochs=10, verbose=0)
    np.testing.assert_allclose(model.probabilities(x), keras.activations.sigmoid(model.predict(x)))


@pytest.mark.parametrize(
    ("end", "units", "loss", "told"),
    [
        ("sigmoid", 1, keras.losses.BinaryCrossentropy(from_logits=True), "ends with a sigmoid"),
        ("softmax", 3, keras.losses.SparseCategoricalCrossentropy(from_logits=True), "ends with a softmax"),
        (None, 1, "binary_crossentropy", "end with a sigmoid"),
        (None, 3, keras.losses.CategoricalCrossentropy(), "end with a softmax"),
        ("softmax", 1, "binary_crossentropy", "always 1"),
    ],
)
def test_an_end_that_does_not_fit_the_loss_is_told(end, units, loss, told):
    with pytest.warns(UserWarning, match=told):
        compiled(end, loss, units)


def test_rows_are_divided_by_their_sums():
    outputs = np.array([[0.9, 0.05, 0.05], [0.5, 0.89, 0.6], [0.05, 0.01, 0.94]])
    assert float(keras.losses.CategoricalCrossentropy()(np.eye(3), outputs)) == pytest.approx(0.3239, abs=1e-4)
    assert float(keras.losses.SparseCategoricalCrossentropy()([0, 1, 2], outputs)) == pytest.approx(0.3239, abs=1e-4)


def test_a_column_of_class_numbers():
    column, outputs = np.array([[2], [1]]), np.array([[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
    assert accuracy(column, outputs) == 0.5
    assert accuracy([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]) == 0.5
    assert top_k_accuracy(column, outputs, k=2) == 1.0
    np.testing.assert_array_equal(confusion_matrix(column, outputs), [[0, 0, 0], [0, 1, 0], [0, 1, 0]])
    assert macro_f1(column, outputs) == pytest.approx((2 / 3 + 0) / 2)


def test_a_layer_of_another_network_is_shared():
    x, y = clouds()
    model = compiled()
    model.fit(x, y, epochs=5, verbose=0)
    before = model.predict(x)
    front = keras.Sequential([layers.Input((2,)), model.layers[0]])
    np.testing.assert_allclose(
        front.predict(x), np.tanh(x @ model.get_weights()[0] + model.get_weights()[1]), rtol=1e-4
    )
    np.testing.assert_array_equal(model.predict(x), before)
    longer = keras.Sequential([layers.Input((2,)), model.layers[0], layers.Dense(1)])
    longer.compile("sgd", "mse")
    longer.fit(x, y, epochs=2, verbose=0)
    np.testing.assert_array_equal(longer.get_weights()[0], model.get_weights()[0])
    assert not np.array_equal(model.predict(x), before)
    middle = keras.Model(inputs=model.inputs, outputs=model.layers[0].output)
    np.testing.assert_allclose(middle.predict(x), front.predict(x), rtol=1e-6)


def test_a_network_builds_as_it_grows():
    model = keras.Sequential()
    model.add(layers.Input((3,)))
    model.add(layers.Dense(4))
    kernel, _ = model.layers[0].get_weights()
    assert kernel.shape == (3, 4)
    model.add(layers.Dense(2))
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kernel)
    assert model.output_shape == (None, 2)
    model.pop()
    assert model.output_shape == (None, 4)
    assert keras.Sequential([layers.Dense(2)]).predict(np.ones((5, 3))).shape == (5, 2)


def test_frozen_layers_stay():
    x, y = clouds()
    model = compiled()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.compile("sgd", "binary_crossentropy")
    model.fit(x, y, epochs=3, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert not np.array_equal(model.get_weights()[2], before[2])
    assert len(model.trainable_weights) == 2


def test_metrics_that_do_not_fit_are_refused_before_the_first_step():
    x, y = clouds()
    model = compiled(metrics=["top_3_accuracy"])
    before = model.get_weights()
    with pytest.raises(ConfigurationError, match="top_3_accuracy"):
        model.fit(x, y, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_evaluate_without_metrics_is_a_number():
    x, y = clouds()
    assert isinstance(compiled().evaluate(x, y, verbose=0), float)


def test_the_best_weights_come_back_whoever_stopped():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 3

    x, y = clouds()
    model = compiled()
    best = keras.callbacks.EarlyStopping("val_loss", mode="max", patience=99, restore_best_weights=True)
    history = model.fit(x, y, epochs=9, validation_data=(x, y), verbose=0, callbacks=[best, Stop()]).history
    assert len(history["loss"]) == 4
    assert model.evaluate(x, y, verbose=0) == pytest.approx(max(history["val_loss"]), rel=1e-5)


@over(
    "made",
    [
        lambda: keras.callbacks.EarlyStopping(patience=-1),
        lambda: keras.callbacks.EarlyStopping("val_loss", mode="luck"),
        lambda: keras.optimizers.AdamW(weight_decay=None),
        lambda: layers.LeakyReLU(None),
        lambda: compiled().fit(*clouds(), class_weight="balanced", verbose=0),
        lambda: compiled(metrics=["luck"]),
        lambda: keras.Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")]),
        lambda: keras.Sequential([layers.Dense]),
        lambda: layers.Dense(1, activation=3),
        lambda: layers.Dense(1, kernel_regularizer=3),
    ],
)
def test_settings_are_checked(made):
    with pytest.raises(ConfigurationError):
        made()


def test_functions_of_one_s_own_do_what_the_named_ones_do():
    x, y = clouds()
    found = []
    for activation, price in (("tanh", keras.regularizers.L1(0.01)), (np.tanh, lambda w: 0.01 * np.sum(np.abs(w)))):
        keras.utils.set_random_seed(4)
        model = keras.Sequential([layers.Dense(3, activation, kernel_regularizer=price), layers.Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        found.append(model.fit(x, y, epochs=2, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)


def test_settings_that_keras_takes():
    x, y = clouds()
    model = compiled(metrics=[["accuracy"]])
    history = model.fit(x, y, callbacks=None, verbose=0)
    assert set(history.history) == {"loss", "accuracy"}
    assert history.params["steps"] == 7
    with pytest.warns(UserWarning, match="shuffle the data"):
        model.fit(x[np.argsort(y, kind="stable")], np.sort(y), validation_split=0.25, verbose=0)


def test_by_name_leaky_relu_has_its_own_slope():
    assert float(layers.Dense(1, "leaky_relu").end.alpha) == 0.2
    assert layers.LeakyReLU().alpha == 0.3
    assert layers.Dense(1, activation=keras.activations.relu).activation is keras.activations.relu


def test_saved_networks_come_back(tmp_path):
    x, y = clouds()
    model = compiled()
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "a.safetensors").predict(x), model.predict(x))
    model.save_weights(tmp_path / "w.safetensors")
    other = keras.models.clone_model(model)
    other.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(other.predict(x), model.predict(x))
    for name in ("a.keras", "a.h5", "a.weights.h5"):
        with pytest.raises(ModelFileError, match=r"a\.safetensors"):
            model.save(tmp_path / name)
    with pytest.raises(ModelFileError, match="weights alone"):
        keras.models.load_model(tmp_path / "w.safetensors")


def test_weights_are_assignable():
    model = compiled()
    model.layers[0].kernel.assign(np.full((2, 4), 0.5))
    np.testing.assert_array_equal(model.get_weights()[0], np.full((2, 4), np.float32(0.5)))
    assert [weight.path for weight in model.weights][:2] == ["dense/kernel", "dense/bias"]


def test_metrics_by_name():
    targets, outputs = np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]])
    assert float(np.squeeze(keras.metrics.get("mae")(targets, outputs))) == pytest.approx(0.5)
    assert isinstance(keras.metrics.get("AUC"), keras.metrics.AUC)
    assert keras.metrics.get(keras.metrics.binary_accuracy) is keras.metrics.binary_accuracy
    with pytest.raises(ConfigurationError, match="no metric 'nothing'"):
        keras.metrics.get("nothing")

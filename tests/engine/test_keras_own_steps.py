"""`train_step`, `test_step` and `add_loss` of classes of one's own, as Keras' guides write them."""

import numpy as np
import pytest

from engine import keras, tf
from engine.errors import ConfigurationError, ModelFileError
from engine.keras import layers

X = np.random.default_rng(3).normal(size=(40, 4))
Y = X[:, :1] * 0.5


class OwnStep(keras.Model):
    """The step that `fit` takes by itself, written out."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            outputs = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=outputs)
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables, strict=True))
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, outputs)
        return {metric.name: metric.result() for metric in self.metrics}


def made(kind):
    keras.utils.set_random_seed(2)
    start = keras.Input((4,))
    hidden = layers.Dense(3, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")(start)
    model = kind(start, layers.Dense(1)(hidden))
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def test_a_step_of_one_s_own_is_the_usual_one_written_out():
    histories = [
        made(kind).fit(X, Y, epochs=3, batch_size=10, shuffle=False, verbose=0, validation_data=(X, Y)).history
        for kind in (OwnStep, keras.Model)
    ]
    assert set(histories[0]) == set(histories[1]) == {"loss", "mae", "val_loss", "val_mae"}
    for key, values in histories[1].items():
        np.testing.assert_allclose(histories[0][key], values, rtol=1e-5, err_msg=key)


def test_a_test_step_answers_evaluate():
    class Counted(keras.Model):
        def test_step(self, data):
            _, y = data
            return {"examples": float(len(y))}

    model = made(Counted)
    assert model.evaluate(X, Y, batch_size=16, return_dict=True, verbose=0) == {"examples": 8.0}
    history = model.fit(X, Y, epochs=1, verbose=0).history
    assert set(history) == {"loss", "mae"}


def test_networks_within_one_that_has_no_call(capsys):
    class Pair(keras.Model):
        def __init__(self, first, second):
            super().__init__()
            self.first, self.second = first, second
            self.tracker = keras.metrics.Mean(name="distance")

        @property
        def metrics(self):
            return [self.tracker]

        def train_step(self, data):
            with tf.GradientTape() as tape:
                distance = tf.reduce_mean(tf.square(self.second(self.first(data)) - data))
            slopes = tape.gradient(distance, self.trainable_weights)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_weights, strict=True))
            self.tracker.update_state(distance)
            return {"distance": self.tracker.result()}

    parts = [keras.Sequential([keras.Input((n,)), layers.Dense(m)]) for n, m in ((4, 2), (2, 4))]
    model = Pair(*parts)
    model.compile(optimizer=keras.optimizers.Adam(0.05))
    assert len(model.trainable_weights) == 4
    found = model.fit(X, epochs=5, batch_size=10).history
    assert found["distance"][-1] < found["distance"][0]
    assert "distance" in capsys.readouterr().out


class Charging(layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * keras.ops.mean(keras.ops.square(inputs)))
        return inputs


@keras.utils.register_keras_serializable()
class Scaled(layers.Layer):
    def __init__(self, units=3, **options):
        super().__init__(**options)
        self.units = units

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")

    def call(self, inputs):
        return keras.ops.matmul(inputs, self.factor)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Small(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.units, self.first, self.second = units, Scaled(units), layers.Dense(1)

    def call(self, inputs):
        return self.second(self.first(inputs))

    def get_config(self):
        return {"units": self.units}


def branching():
    start = keras.Input((4,))
    return keras.Model(start, layers.Add()([Scaled(3)(start), layers.Dense(3)(start)]))


OWN = {
    "a layer": lambda: keras.Sequential([keras.Input((4,)), Scaled(2), layers.Dense(1)]),
    "a layer in a branch": branching,
    "a network": lambda: Small(2),
}


@pytest.mark.parametrize("kind", OWN)
def test_files_name_classes_of_one_s_own(kind, tmp_path):
    model = OWN[kind]()
    expected = np.asarray(model(X.astype("float32")))
    path = tmp_path / "own.safetensors"
    model.save(path)
    if kind == "a network":
        with pytest.raises(ModelFileError, match=r"custom_objects=.*Small"):
            keras.models.load_model(path)
    again = keras.models.load_model(path, custom_objects={"Small": Small})
    np.testing.assert_allclose(again.predict(X, verbose=0), expected, rtol=1e-6)
    assert type(again) is type(model)


def test_code_that_no_settings_make_again_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda z: z + 1)])
    with pytest.raises(ConfigurationError, match="get_config"):
        model.save(tmp_path / "own.safetensors")


def test_losses_are_those_of_the_last_call():
    charging = Charging(0.5)
    for _ in range(2):
        charging(np.full((3, 2), 2.0))
        np.testing.assert_allclose([float(loss) for loss in charging.losses], [2.0])
    dense = layers.Dense(2, kernel_regularizer="l2", activity_regularizer="l1")
    dense(np.ones((3, 2)))
    assert len(dense.losses) == 2


def test_what_a_layer_adds_is_all_that_is_minimized_without_a_loss():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), Charging(1.0)])
    model.compile("adam")
    before = np.square(model.predict(X, verbose=0)).mean()
    history = model.fit(X, Y, epochs=1, batch_size=40, verbose=0).history
    assert history["loss"][0] == pytest.approx(before, rel=1e-5)
    assert np.square(model.predict(X, verbose=0)).mean() < before

"""What TensorFlow's own guides and courses' notebooks do beside training, on networks of a few numbers."""

import numpy as np
import pytest

from engine import keras, tf
from engine.errors import EngineError

layers = keras.layers
X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


class Head(keras.Model):
    """A network of one's own that others call."""

    def __init__(self, units=2):
        super().__init__()
        self.inner = layers.Dense(units)

    def call(self, inputs):
        return self.inner(inputs)


def chain():
    start = keras.Input((3,))
    model = keras.Model(start, layers.Dense(1)(layers.Dense(4, activation="tanh")(start)))
    model.compile("sgd", "mse")
    return model


def test_a_chain_by_its_inputs_comes_back_from_files_and_descriptions(tmp_path):
    model = chain()
    model.save(tmp_path / "m.safetensors")
    again = keras.models.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    for other in (
        keras.models.clone_model(model),
        keras.models.model_from_json(model.to_json()),
        keras.Model.from_config(model.get_config()),
    ):
        assert other.count_params() == model.count_params()
        assert not np.allclose(other.get_weights()[0], model.get_weights()[0])


def test_networks_made_one_after_another_differ_and_the_seed_repeats_them():
    def two():
        keras.utils.set_random_seed(3)
        return [keras.Sequential([keras.Input((3,)), layers.Dense(2)]).get_weights()[0] for _ in range(2)]

    first, again = two(), two()
    assert not np.allclose(first[0], first[1])
    np.testing.assert_array_equal(first, again)


def test_a_network_of_ones_own_is_called_within_another():
    head, start = Head(), keras.Input((3,))
    model = keras.Model(start, head(layers.Dense(4, activation="tanh")(start)))
    model.compile("sgd", "mse")
    before = head.inner.get_weights()[0].copy()
    model.fit(X, np.zeros((12, 2)), verbose=0)
    assert np.abs(head.inner.get_weights()[0] - before).max() > 0
    np.testing.assert_allclose(model.predict(X), head(model.layers[1](X)), rtol=1e-6)


def test_a_network_of_ones_own_makes_layers_in_build_and_adds_losses_without_targets():
    class Reconstructing(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(5)

        def build(self, input_shape):
            self.back = layers.Dense(input_shape[-1])
            super().build(input_shape)

        def call(self, inputs):
            hidden = self.inner(inputs)
            self.add_loss(tf.reduce_mean(tf.square(self.back(hidden) - inputs)))
            return hidden

    model = Reconstructing()
    model.compile("sgd")
    history = model.fit(X, epochs=3, verbose=0).history["loss"]
    assert len(model.weights) == 4
    assert history[-1] < history[0]


def test_what_follows_another_layer_is_frozen_and_freed_with_it():
    base = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(4)])
    base.trainable = False
    start = keras.Input((3,))
    model = keras.Model(start, layers.Dense(1)(base(start)))
    assert len(model.trainable_weights) == 2
    base.trainable = True
    model.compile("sgd", "mse")
    before = base.get_weights()[0].copy()
    model.fit(X, Y, verbose=0)
    assert len(model.trainable_weights) == 6
    assert np.abs(base.get_weights()[0] - before).max() > 0


def test_a_part_of_several_outputs_is_called_with_placeholders():
    start = keras.Input((3,))
    mean, width = layers.Dense(2)(start), layers.Dense(2)(start)
    drawn = layers.Lambda(lambda pair: pair[0] + tf.exp(pair[1]) * tf.zeros(tf.shape(pair[0])))([mean, width])
    encoder = keras.Model(start, [mean, width, drawn])
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    whole = keras.Model(start, decoder(encoder(start)[2]))
    np.testing.assert_allclose(whole.predict(X), decoder.predict(encoder.predict(X)[0]), rtol=1e-5, atol=1e-6)


OBJECTS = {
    "layer": (keras.layers, layers.Dense(3, activation="relu")),
    "loss": (keras.losses, keras.losses.Huber(delta=2.0)),
    "optimizer": (keras.optimizers, keras.optimizers.Adam(0.5)),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_become_plain_values_and_come_back(kind):
    module, made = OBJECTS[kind]
    document = module.serialize(made)
    assert document["class_name"] == type(made).__name__
    again = module.deserialize(document)
    assert type(again) is type(made)
    assert module.serialize(again) == document


def test_settings_are_told_by_keras_names():
    config = layers.Dense(3).get_config()
    assert {"units", "activation", "use_bias", "kernel_initializer", "kernel_regularizer", "trainable"} <= set(config)
    assert keras.regularizers.l2(0.1).get_config() == {"l2": 0.1}
    assert keras.regularizers.L1L2(0.1, 0.2).get_config() == {"l1": 0.1, "l2": 0.2}
    model = chain()
    model.fit(X, Y, verbose=0)
    assert [variable.shape for variable in model.optimizer.variables] == [(), ()]
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    assert [variable.shape for variable in model.optimizer.variables[2:6]] == [(3, 4), (4,), (4, 1), (1,)]


def test_callbacks_of_a_loop_of_ones_own():
    heard = []
    own = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: heard.append((epoch, logs["loss"])))
    several = keras.callbacks.CallbackList([own], add_history=True, epochs=1)
    several.on_train_begin()
    several.on_epoch_end(0, {"loss": 2.0})
    assert heard == [(0, 2.0)]
    assert several.callbacks[1].history == {"loss": [2.0]}


def test_axes_in_lists_and_numbers_at_places():
    np.testing.assert_allclose(tf.reduce_mean(tf.ones((2, 3, 4)), axis=[1, 2]), [1, 1])
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    variable.scatter_nd_update(indices=[[0, 0], [1, 1]], updates=[10.0, 40.0])
    np.testing.assert_array_equal(variable, [[10, 2], [3, 40]])


def test_shapes_of_networks_are_told_with_the_batch_axis():
    assert (chain().input_shape, chain().output_shape) == ((None, 3), (None, 1))
    one, other = keras.Input((3,)), keras.Input((2,))
    model = keras.Model([one, other], {"joined": layers.Concatenate()([one, other]), "single": layers.Dense(1)(one)})
    assert model.input_shape == [(None, 3), (None, 2)]
    assert model.output_shape == {"joined": (None, 5), "single": (None, 1)}


def test_inputs_of_any_length_are_taken_one_length_after_the_other():
    title, body = keras.Input((None,)), keras.Input((None, 2))
    joined = layers.concatenate([layers.LSTM(4)(layers.Embedding(9, 3)(title)), layers.GlobalMaxPooling1D()(body)])
    model = keras.Model([title, body], layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    short = [rng.integers(0, 9, (4, 3)), rng.normal(size=(4, 5, 2))]
    before = model.predict(short)
    model.predict([rng.integers(0, 9, (4, 6)), rng.normal(size=(4, 2, 2))])
    np.testing.assert_array_equal(model.predict(short), before)
    model.fit([rng.integers(0, 9, (4, 8)), rng.normal(size=(4, 4, 2))], np.ones(4), verbose=0)
    assert np.abs(model.predict(short) - before).max() > 0
    assert model.input_shape == [(None, None), (None, None, 2)]


def test_pictures_of_any_size():
    model = keras.Sequential(
        [layers.Conv2D(2, 3, input_shape=(None, None, 1)), layers.GlobalAveragePooling2D(), layers.Dense(1)]
    )
    kernel, bias, weights, shift = model.get_weights()
    for size in ((5, 7), (12, 4)):
        picture = np.random.default_rng(1).normal(size=(2, *size, 1)).astype("float32")
        windows = np.lib.stride_tricks.sliding_window_view(picture[..., 0], (3, 3), axis=(1, 2))
        means = np.einsum("nhwij,ijf->nhwf", windows, kernel[:, :, 0]).mean(axis=(1, 2)) + bias
        np.testing.assert_allclose(model.predict(picture), means @ weights + shift, rtol=1e-4, atol=1e-5)
    assert model.input_shape == (None, None, None, 1)
    alone = layers.Conv2D(2, 3)
    assert [alone(np.ones((1, side, side, 1))).shape for side in (8, 5)] == [(1, 6, 6, 2), (1, 3, 3, 2)]
    with pytest.raises(ValueError, match="is built for inputs of shape"):
        alone(np.ones((1, 5, 5, 2)))


def test_causal_windows_look_back_alone():
    layer = layers.Conv1D(1, 2, padding="causal", dilation_rate=2, use_bias=False)
    series = np.arange(1.0, 7.0, dtype="float32").reshape(1, 6, 1)
    layer(series)
    layer.set_weights([np.array([[[10.0]], [[1.0]]])])
    np.testing.assert_allclose(layer(series)[0, :, 0], [1, 2, 13, 24, 35, 46])


def test_data_sets_in_windows():
    numbers = tf.data.Dataset.range(5)
    assert int(numbers.reduce(np.int64(0), lambda state, value: state + value)) == 10
    windows = numbers.window(3, shift=1, drop_remainder=True).flat_map(lambda window: window.batch(3))
    assert [list(window) for window in windows.as_numpy_iterator()] == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]


def slopes(function, x):
    """The gradient of a function's sum, and the gradient of that one's sum of squares."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = tf.reduce_sum(function(x))
        first = inner.gradient(value, x)
        squares = tf.reduce_sum(first * first)
    return np.asarray(first), outer.gradient(squares, x)


@pytest.mark.parametrize(
    "function",
    [
        lambda a: (a @ a) ** 2,
        lambda a: tf.reduce_mean(tf.square(a)) * tf.reduce_max(a),
        lambda a: a[0] * a[1] * a[:, 1],
        lambda a: a / (1 + a * a) + tf.sqrt(a * a + 1) - tf.cos(a),
        lambda a: tf.tensordot(a, a, 1) ** 2,
        lambda a: tf.einsum("ij,jk->ik", a, a) ** 2,
        lambda a: tf.linalg.det(a) + tf.linalg.inv(a) * tf.norm(a),
        lambda a: tf.concat([a, tf.where(a > 0, a**3, a**2)], 0) * tf.math.reduce_std(a),
        lambda a: tf.nn.softmax(a) * tf.sigmoid(a) * tf.tanh(a) * tf.nn.softplus(a),
        lambda a: layers.Dense(2, "tanh", kernel_initializer="ones", dtype="float64")(a) ** 2,
    ],
)
def test_gradients_of_gradients(function):
    start = np.random.default_rng(3).normal(size=(3, 3))
    second = np.asarray(slopes(function, tf.Variable(start, dtype="float64"))[1])
    for place in ((0, 0), (1, 2), (2, 1)):
        step = np.zeros((3, 3))
        step[place] = 1e-6
        ends = [np.sum(slopes(function, tf.Variable(start + sign * step, dtype="float64"))[0] ** 2) for sign in (1, -1)]
        assert second[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-7)


def test_a_gradient_of_a_gradient_through_a_layer_without_a_formula_is_refused():
    convolution = layers.Conv1D(1, 2)
    with pytest.raises(EngineError, match="A gradient of a gradient through a layer is not there"):
        slopes(lambda x: convolution(x) ** 2, tf.Variable(np.ones((1, 4, 1))))


def test_shared_layers_learn_from_batches_too():
    def nested(stepwise):
        keras.utils.set_random_seed(1)
        inner = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh")])
        model = keras.Sequential([inner, layers.Dense(1)])
        model.compile("sgd", "mse")
        data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4) if stepwise else X
        return model.fit(data, None if stepwise else Y, batch_size=None if stepwise else 4, epochs=3, shuffle=False)

    losses = [nested(stepwise).history["loss"] for stepwise in (False, True)]
    assert losses[0][-1] < losses[0][0]
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5)


def test_steps_are_told_with_all_metrics_so_far():
    heard = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: heard.append(logs))
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e-9), "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=4, verbose=0, callbacks=[watch]).history
    assert [sorted(logs) for logs in heard] == [["loss", "mae"]] * 3
    assert heard[-1]["mae"] == pytest.approx(history["mae"][0])

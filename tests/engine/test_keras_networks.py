"""Networks of networks, networks as texts, and the small functions beside the layers."""

import numpy as np
import pytest

from engine import ConfigurationError, EngineError, keras
from tests.tables import over

layers = keras.layers
X = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)


def chain():
    return keras.Sequential([layers.Input((6,)), layers.Dense(4, activation="relu", name="hidden"), layers.Dense(2)])


def branched():
    start = layers.Input((6,))
    hidden = layers.Dense(4, activation="tanh", name="hidden")(start)
    return keras.Model(start, layers.Dense(2)(layers.concatenate([hidden, start])))


def test_a_network_in_a_network_shares_its_layers():
    inner = chain()
    outer = keras.Sequential([inner, layers.Dense(1, kernel_initializer="ones")])
    np.testing.assert_allclose(outer.predict(X)[:, 0], inner.predict(X).sum(axis=1), rtol=1e-5)
    start = layers.Input((6,))
    model = keras.Model(start, layers.Dense(1, kernel_initializer="ones")(inner(start)))
    np.testing.assert_allclose(model.predict(X)[:, 0], inner.predict(X).sum(axis=1), rtol=1e-5)
    model.compile(optimizer="sgd", loss="mse")
    before = inner.get_weights()[0]
    model.fit(X, X[:, :1], verbose=0)
    assert not np.array_equal(before, inner.get_weights()[0])


@pytest.mark.parametrize("made", [chain, branched])
def test_outputs_of_a_layer_inside(made):
    whole = made()
    part = keras.Model(inputs=whole.input, outputs=whole.get_layer("hidden").output)
    kernel, bias = whole.get_layer("hidden").get_weights()
    end = (lambda z: np.maximum(z, 0)) if made is chain else np.tanh
    np.testing.assert_allclose(part.predict(X), end(X @ kernel + bias), rtol=1e-4, atol=1e-6)
    assert tuple(whole.output.shape) == (None, 2)


def test_a_network_that_is_not_built_has_no_input():
    for name in ("input", "output"):
        with pytest.raises(EngineError, match="Input"):
            getattr(keras.Sequential([layers.Dense(2)]), name)


def test_a_network_as_a_text_and_as_settings():
    model = chain()
    for twin in (
        keras.models.model_from_json(model.to_json()),
        keras.Sequential.from_config(model.get_config()),
        keras.Sequential.from_config(model.config(), input_shape=(6,)),
    ):
        twin.set_weights(model.get_weights())
        np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    for text in ("no text", "[]", "{}"):
        with pytest.raises(ConfigurationError, match="to_json"):
            keras.models.model_from_json(text)


def test_a_network_with_branches_is_saved_whole(tmp_path):
    model = branched()
    model.save(tmp_path / "model.safetensors")
    again = keras.models.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    twin = keras.models.model_from_json(model.to_json())
    model.save_weights(tmp_path / "weights.safetensors")
    twin.load_weights(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    with pytest.raises(ConfigurationError, match="no chain"):
        keras.Sequential([model])


def test_code_of_one_s_own_is_not_saved(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2), keras.layers.Dense(2)])
    with pytest.raises(ConfigurationError, match="save_weights"):
        model.save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


@over(
    ("name", "made"),
    [
        ("add", "Add"), ("average", "Average"), ("concatenate", "Concatenate"), ("maximum", "Maximum"),
        ("minimum", "Minimum"), ("multiply", "Multiply"), ("subtract", "Subtract"),
    ],
)  # fmt: skip
def test_functions_that_bring_branches_together(name, made):
    pair = [X, 2 * X + 1]
    np.testing.assert_array_equal(getattr(layers, name)(pair), getattr(layers, made)()(pair))


@pytest.mark.parametrize("name", ["kernel_constraint", "bias_constraint"])
def test_constraints_hold_after_each_step(name):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1, **{name: "non_neg"})])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    model.set_weights([np.full((3, 1), 0.1), np.zeros(1)])
    model.fit(np.ones((8, 3)), -np.ones((8, 1)), epochs=2, verbose=0)
    kernel, bias = model.get_weights()
    held, free = (kernel, bias) if name.startswith("kernel") else (bias, kernel)
    assert held.min() >= 0 > free.min()
    with pytest.raises(ConfigurationError, match="non_neg"):
        layers.Dense(3, **{name: "luck"})


def test_files_by_keras_other_name(tmp_path):
    model = chain()
    model.save(tmp_path / "model.safetensors")
    read = keras.saving.load_model(tmp_path / "model.safetensors", compile=False)
    np.testing.assert_array_equal(read.predict(X), model.predict(X))


def test_shapes_of_placeholders_answer_as_tensorflows_do():
    network = keras.Sequential([keras.layers.Dense(3)])
    network.build((None, 2))
    assert network.input.shape.as_list() == [None, 2]
    assert network.layers[0].output.shape.as_list() == [None, 3]
    assert network.input.shape.rank == 2
    assert not network.input.shape.is_fully_defined()
    assert network.input.shape.num_elements() is None


def test_arithmetic_between_placeholders_goes_into_files(tmp_path):
    start = keras.Input((4,))
    hidden = keras.layers.Dense(4, activation="relu")(start)
    end = keras.layers.Dense(1)(hidden * start + np.maximum(hidden, start) - (start + start))
    network = keras.Model(start, end)
    inputs = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    kernel, bias, last, shift = network.get_weights()
    first = np.maximum(inputs @ kernel + bias, 0)
    wanted = (first * inputs + np.maximum(first, inputs) - 2 * inputs) @ last + shift
    np.testing.assert_allclose(network.predict(inputs), wanted, rtol=1e-5, atol=1e-6)
    network.save(tmp_path / "sums.safetensors")
    again = keras.models.load_model(tmp_path / "sums.safetensors")
    np.testing.assert_array_equal(again.predict(inputs), network.predict(inputs))


@pytest.mark.parametrize("optimizer", [keras.optimizers.SGD, keras.optimizers.Adam])
def test_a_schedule_comes_back_from_a_file(optimizer, tmp_path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.compile(optimizer(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)), "mse")
    network.save(tmp_path / "decay.safetensors")
    again = keras.models.load_model(tmp_path / "decay.safetensors")
    assert again.optimizer.config() == network.optimizer.config()
    assert again.optimizer.rate_schedule(10).numpy() == pytest.approx(0.05)

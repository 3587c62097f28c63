"""`Sequential`: what can be built, what can be put in, and how the rest is refused."""

import numpy as np
import pytest

from engine import (
    ConfigurationError,
    Conv2D,
    Dense,
    EngineError,
    Flatten,
    Input,
    MaxPool2D,
    MeanSquaredError,
    ReLU,
    Sequential,
    ShapeError,
    Tanh,
)
from tests.tables import over


def small_cnn():
    network = Sequential([Conv2D(4, 3, padding="same", activation="relu"), MaxPool2D(2), Flatten(), Dense(3)])
    network.build((8, 8, 1))
    return network


@over("given", [np.uint8, np.int64, np.float16, np.float64, "list", "fortran"])
def test_usual_inputs_are_taken(rng, given):
    network = small_cnn()
    x = rng.integers(0, 2, (4, 8, 8, 1))
    expected = network.logits(x.astype(np.float32))
    if given == "list":
        taken = x.tolist()
    else:
        taken = np.asfortranarray(x, np.float32) if given == "fortran" else x.astype(given)
    np.testing.assert_array_equal(network.logits(taken), expected)
    np.testing.assert_array_equal(network.logits(x[..., 0]), expected)
    np.testing.assert_array_equal(network.logits(x[..., np.newaxis]), expected)


@over("shape", [(5, 64), (8, 8), (5, 8, 8, 2), (5, 9, 8, 1), (), (5, 8, 8, 1, 2)])
def test_wrong_shapes_are_refused_in_a_sentence(shape):
    network = small_cnn()
    with pytest.raises(ShapeError) as caught:
        network.predict(np.zeros(shape))
    assert str(caught.value) == (f"Layer 'conv2d' expects inputs of shape (batch, 8, 8, 1), not {shape}.")


def test_ragged_inputs_are_refused():
    with pytest.raises(ShapeError, match="no array of numbers"):
        small_cnn().predict([[1.0], [1.0, 2.0]])


def test_no_examples_give_no_answers():
    assert small_cnn().predict(np.zeros((0, 8, 8, 1))).shape == (0, 3)


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"'Second' expects .*height, width, channels.* not \(batch, 4\)"):
        Sequential([Dense(4), Conv2D(2, 3, name="Second")]).build((5,))


@pytest.mark.parametrize("shape", [(), (None,), (0,), (3, None), (-1, 2)])
def test_odd_input_shapes_are_refused(shape):
    with pytest.raises(ShapeError):
        Sequential([Dense(2)]).build(shape)


def test_building_twice():
    network = Sequential([Dense(2)])
    with pytest.raises(EngineError, match="build"):
        network.forward(np.ones((1, 3)))
    network.build((None, 3))
    values = network.store.values
    network.build(3)
    assert network.store.values is values
    with pytest.raises(ShapeError, match=r"\(3,\), not \(4,\)"):
        network.build((4,))


def test_input_declares_the_shape():
    network = Sequential([Input((4,)), Dense(3), Dense(2)])
    assert network.built
    assert network.count_params() == 23
    with pytest.raises(ConfigurationError, match="comes first"):
        Sequential([Dense(3), Input((4,))])


def test_what_is_no_network_is_refused():
    dense = Dense(2)
    for layers in ([dense, dense], ["dense"]):
        with pytest.raises(ConfigurationError):
            Sequential(layers)
    with pytest.raises(ConfigurationError, match="float32 or float64"):
        Sequential(dtype=np.float16)
    with pytest.raises(ConfigurationError, match="seed"):
        Sequential(seed=-1)


def test_names_are_made_unique():
    network = Sequential([Dense(1), Dense(1, name="head"), Dense(1), ReLU(), Dense(1)])
    assert [layer.name for layer in network.layers] == ["dense", "head", "dense_1", "relu", "dense_2"]
    with pytest.raises(ConfigurationError, match="Two layers are called 'head'"):
        network.add(Dense(1, name="head"))


def test_layers_may_be_given_the_same_activation(rng):
    """Each takes a copy: they would overwrite what the other remembered for its backward pass."""
    tanh = Tanh()
    shared = Sequential([Dense(5, tanh), Dense(5, tanh), Dense(1)], seed=0)
    named = Sequential([Dense(5, "tanh"), Dense(5, "tanh"), Dense(1)], seed=0)
    x, y = rng.normal(size=(8, 6)), rng.normal(size=(8, 1))
    for network in (shared, named):
        network.build((6,))
        network.loss = MeanSquaredError()
    for one, other in zip(shared.loss_and_gradients(x, y)[1], named.loss_and_gradients(x, y)[1], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("activation", [3, ["relu"]])
def test_what_is_no_activation_is_said(activation):
    with pytest.raises(ConfigurationError, match="name such as"):
        Dense(3, activation)

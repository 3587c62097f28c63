"""Activation functions: values by hand, derivatives by central differences, extreme inputs."""

import numpy as np
from layer_cases import central_differences

import engine
from engine.core.activations import ACTIVATIONS, softmax, softmax_derivative
from engine.layers.activation_choice import ACTIVATION_LAYERS, make_activation
from tests.tables import over

every_activation = over("name", list(ACTIVATIONS))
POINTS = np.array([-6.0, -2.5, -1.0, -0.3, 0.2, 0.9, 2.0, 5.0])


def test_every_function_has_a_layer():
    assert set(ACTIVATION_LAYERS) == {*ACTIVATIONS, "softmax"}


@every_activation
def test_derivative_is_the_slope(name):
    function, derivative = ACTIVATIONS[name]
    z = POINTS.copy()
    slopes = [central_differences(lambda i=i: float(function(z)[i]), z)[i] for i in range(len(z))]
    np.testing.assert_allclose(derivative(POINTS), slopes, rtol=1e-7, atol=1e-9)


@every_activation
def test_public_by_name(name):
    assert getattr(engine, name) is ACTIVATIONS[name][0]
    assert getattr(engine, f"{name}_derivative") is ACTIVATIONS[name][1]


@every_activation
@over("dtype", [np.float32, np.float64])
def test_extreme_inputs_stay_numbers(name, dtype):
    function, derivative = ACTIVATIONS[name]
    z = np.array([-1e30, -1000, -100, 0, 100, 1000, 1e30], dtype)
    if name == "exponential":
        z = np.minimum(z, 80)  # beyond it the right value is no number of this type
    for values in (function(z), derivative(z)):
        assert values.dtype == dtype
        assert np.isfinite(values).all()


@every_activation
def test_in_place_and_into_another_array(name):
    function = ACTIVATIONS[name][0]
    expected = function(POINTS)
    target, own = np.empty_like(POINTS), POINTS.copy()
    assert function(POINTS, out=target) is target
    assert function(own, out=own) is own
    np.testing.assert_array_equal(target, expected)
    np.testing.assert_array_equal(own, expected)


@every_activation
def test_layer_agrees_with_function(name):
    # As a layer of its own Keras' leaky ReLU has another slope.
    layer = make_activation(name) or ACTIVATION_LAYERS[name]()
    layer.build_alone(POINTS.shape, dtype=np.float64)
    function, derivative = ACTIVATIONS[name]
    np.testing.assert_allclose(layer.forward(POINTS[np.newaxis], training=True)[0], function(POINTS), rtol=1e-14)
    slopes = layer.backward(np.ones((1, len(POINTS))))[0]
    np.testing.assert_allclose(slopes, derivative(POINTS), rtol=1e-9, atol=1e-12)


def test_integers_and_lists_are_taken():
    np.testing.assert_array_equal(engine.relu([-1, 0, 2]), [0.0, 0.0, 2.0])
    assert engine.sigmoid(0) == 0.5


@over(
    ("name", "z", "expected"),
    [
        ("linear", -3.0, -3.0),
        ("relu", -3.0, 0.0),
        ("leaky_relu", -3.0, -0.6),
        ("sigmoid", np.log(3.0), 0.75),
        ("tanh", np.log(2.0), 0.6),
        ("softplus", 0.0, np.log(2.0)),
        ("elu", -np.log(2.0), -0.5),
        ("gelu", 1.0, 0.8413447460685429),
    ],
)
def test_values_by_hand(name, z, expected):
    np.testing.assert_allclose(ACTIVATIONS[name][0](z), expected, rtol=1e-14)


def test_sigmoid_keeps_its_precision_far_from_zero():
    np.testing.assert_allclose(engine.sigmoid(np.array([-40.0, -700.0])), np.exp([-40.0, -700.0]), rtol=1e-13)


def test_against_scipy(rng):
    from scipy import special

    z = rng.normal(size=(40, 10)) * 30
    np.testing.assert_allclose(engine.sigmoid(z), special.expit(z), rtol=1e-12)
    np.testing.assert_allclose(softmax(z), special.softmax(z, axis=1), rtol=1e-12)
    np.testing.assert_allclose(engine.softplus(z), special.log1p(np.exp(z)), rtol=1e-12)
    np.testing.assert_allclose(engine.gelu(z), z * special.ndtr(z), rtol=1e-12)


def test_softmax_sums_to_one_and_ignores_a_shift(rng):
    z = rng.normal(size=(50, 10)) * 20
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(z + 123.0), softmax(z), rtol=1e-11)


def test_softmax_of_huge_values_is_finite():
    np.testing.assert_array_equal(softmax([[1e30, 0.0, -1e30], [-1000, -1000, -1e30]]), [[1, 0, 0], [0.5, 0.5, 0]])


def test_sigmoid_is_the_softmax_of_two_classes(rng):
    z = rng.normal(size=200) * 10
    pairs = np.stack([z, np.zeros_like(z)], axis=1)
    np.testing.assert_allclose(softmax(pairs)[:, 0], engine.sigmoid(z), rtol=0, atol=1e-12)


def test_softmax_derivative_is_the_jacobian():
    z = np.array([0.3, -1.0, 2.0])
    rows = [central_differences(lambda i=i: float(softmax(z)[i]), z) for i in range(3)]
    np.testing.assert_allclose(softmax_derivative(z), rows, rtol=1e-8, atol=1e-10)
    assert softmax_derivative(np.zeros((4, 5, 3))).shape == (4, 5, 3, 3)

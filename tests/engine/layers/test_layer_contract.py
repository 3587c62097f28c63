"""What every layer promises, for every entry of the registry: a new layer cannot be added unproven."""

import json

import numpy as np
import pytest
from layer_cases import CASE_IDS, CASES, EXAMPLES, LayerUnderTest, central_differences, relative_error

from engine import ConfigurationError, EngineError, ShapeError
from engine.layers import LAYERS, layer_from_config
from engine.layers.activation import ActivationLayer as Activation
from tests.tables import over

every_layer = over("kind, settings, shape", CASES, CASE_IDS)


def test_every_kind_has_an_example():
    assert set(EXAMPLES) == set(LAYERS)
    assert all(LAYERS[kind].kind == kind for kind in LAYERS)


@pytest.mark.parametrize(("kind", "settings", "shape"), CASES, ids=CASE_IDS)
def test_gradients_agree_with_central_differences(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    inputs, output_gradient = case.inputs(), case.output_gradient()
    input_gradient, gradients = case.gradients(inputs, output_gradient)

    def projected():
        return case.projected(inputs, output_gradient)

    assert relative_error(input_gradient, central_differences(projected, inputs)) < 1e-7
    assert relative_error(gradients, central_differences(projected, case.store.values)) < 1e-7


@every_layer
@over("dtype", [np.float32, np.float64])
@over("batch", [1, 4])
def test_shapes_and_types(kind, settings, shape, dtype, batch):
    case = LayerUnderTest(kind, settings, shape, dtype)
    inputs = case.inputs(batch)
    for training in (False, True):
        outputs = case.layer.forward(inputs, training)
        assert outputs.shape == (batch, *case.layer.output_shape)
        assert outputs.dtype == dtype
    gradient = case.layer.backward(case.output_gradient(batch))
    assert gradient.shape == inputs.shape
    assert gradient.dtype == dtype
    assert case.store.gradients.dtype == dtype


@every_layer
def test_float32_agrees_with_float64(kind, settings, shape):
    single, double = (LayerUnderTest(kind, settings, shape, dtype) for dtype in (np.float32, np.float64))
    np.testing.assert_allclose(single.store.values, double.store.values, rtol=1e-6)
    output_gradient = double.output_gradient()
    singles = single.gradients(single.inputs(), output_gradient.astype(np.float32))
    doubles = double.gradients(double.inputs(), output_gradient)
    assert relative_error(single.forward(single.inputs()), double.forward(double.inputs())) < 2e-5
    for actual, expected in zip(singles, doubles, strict=True):
        assert relative_error(actual, expected) < 5e-5


@every_layer
def test_configuration_round_trip(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    config = json.loads(json.dumps({"kind": kind, **case.layer.config()}))
    twin = layer_from_config(config)
    assert type(twin) is type(case.layer)
    assert twin.config() == case.layer.config()
    store = twin.build_alone(shape, dtype=np.float64)
    store.values[...], store.state[...] = case.store.values, case.store.state
    inputs = case.inputs()
    np.testing.assert_array_equal(twin.forward(inputs), case.forward(inputs, training=False))
    with pytest.raises(ConfigurationError):
        layer_from_config({**config, "surprise": 1})


@every_layer
def test_replica_shares_values_and_owns_gradients(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    inputs, output_gradient = case.inputs(), case.output_gradient()
    twin = case.layer.replica()
    shared = case.store.share()
    twin.bind(shared.parameters)
    case.gradients(inputs, output_gradient)
    kept = case.store.gradients.copy()
    expected = case.forward(inputs, training=False)
    np.testing.assert_array_equal(twin.forward(inputs), expected)
    twin.forward(inputs, training=True)
    twin.backward(2 * output_gradient)
    np.testing.assert_array_equal(case.store.gradients, kept)
    case.store.values[...] *= 0.5
    np.testing.assert_array_equal(twin.forward(inputs), case.forward(inputs, training=False))


@every_layer
def test_buffers_of_a_large_batch_serve_a_small_one(kind, settings, shape):
    used, fresh = (LayerUnderTest(kind, settings, shape) for _ in range(2))
    used.gradients(used.inputs(5, seed=1), used.output_gradient(5, seed=1))
    for batch in (2, 5):
        inputs, output_gradient = used.inputs(batch), used.output_gradient(batch)
        # Not bit for bit: a matrix product's rounding depends on its size.
        for actual, expected in zip(
            used.gradients(inputs, output_gradient), fresh.gradients(inputs, output_gradient), strict=True
        ):
            np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-14)


@every_layer
def test_backward_writes_and_leaves_the_inputs_alone(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    inputs, output_gradient = case.inputs(), case.output_gradient()
    inputs.flags.writeable = False
    first = case.gradients(inputs, output_gradient)
    second = case.gradients(inputs, output_gradient)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@every_layer
def test_input_gradient_is_left_out_where_nobody_needs_it(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    inputs, output_gradient = case.inputs(), case.output_gradient()
    _, expected = case.gradients(inputs, output_gradient)
    case.layer.needs_input_gradient = False
    _, gradients = case.gradients(inputs, output_gradient)
    np.testing.assert_array_equal(gradients, expected)
    if case.layer.parameters:
        assert case.layer.backward(output_gradient.copy()).size == 0


@every_layer
def test_prediction_remembers_nothing(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    case.gradients(case.inputs(seed=1), case.output_gradient())
    inputs = case.inputs()
    case.forward(inputs, training=False)
    assert not any(np.shares_memory(inputs, array) for array in arrays_held_by(case.layer))
    case.layer.release_buffers()
    held = arrays_held_by(case.layer)
    assert all(array.size <= 64 for array in held if not is_parameter(array, case.store))


@every_layer
def test_prediction_ends_what_backward_could_use(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    case.gradients(case.inputs(), case.output_gradient())
    case.forward(case.inputs(), training=False)
    # Nothing is remembered where the derivative is the same for all inputs.
    if case.store.values.size or kind in ("dropout", "relu", "max_pool2d"):
        with pytest.raises(EngineError, match="training=True"):
            case.layer.backward(case.output_gradient())


@every_layer
def test_examples_do_not_see_each_other(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    inputs = case.inputs(4)
    alone = np.concatenate([case.forward(inputs[i : i + 1], training=False) for i in range(4)])
    np.testing.assert_allclose(case.forward(inputs, training=False), alone, rtol=1e-12, atol=1e-14)
    if not case.layer.couples_examples and kind not in ("dropout", "gaussian_noise"):
        np.testing.assert_allclose(case.forward(inputs, training=True), alone, rtol=1e-12, atol=1e-14)


@over("kind", ["conv2d", "max_pool2d", "average_pool2d", "global_average_pool2d"])
def test_image_layers_refuse_what_is_no_image(kind):
    settings = EXAMPLES[kind][0][0]
    with pytest.raises(ShapeError, match=r"'Ink'.*\(batch, height, width, channels\).*not \(batch, 20, 20\)"):
        LAYERS[kind](**settings, name="Ink").build_alone((20, 20))


@over("kind", ["conv2d", "max_pool2d", "average_pool2d"])
def test_a_window_larger_than_the_map_is_refused(kind):
    settings = {"filters": 2, "kernel_size": 3} if kind == "conv2d" else {"pool_size": 3}
    with pytest.raises(ShapeError, match="at least 3"):
        LAYERS[kind](**settings).build_alone((2, 5, 1))


@over(
    "kind, settings",
    [
        ("dense", {"units": 0}),
        ("dense", {"units": 2.5}),
        ("dense", {"units": 2, "activation": "rellu"}),
        ("dense", {"units": 2, "activation": {"kind": "relu", "alpha": 1}}),
        ("dense", {"units": 2, "kernel_initializer": "luck"}),
        ("conv2d", {"filters": 0, "kernel_size": 3}),
        ("conv2d", {"filters": 2, "kernel_size": 0}),
        ("conv2d", {"filters": 2, "kernel_size": [3, 3, 3]}),
        ("conv2d", {"filters": 2, "kernel_size": 3, "padding": "full"}),
        ("conv2d", {"filters": 2, "kernel_size": 3, "strides": -1}),
        ("max_pool2d", {"pool_size": "2"}),
        ("reshape", {"target_shape": [-1, -1]}),
        ("dropout", {"rate": 1.0}),
        ("batch_normalization", {"epsilon": 0.0}),
        ("batch_normalization", {"momentum": 1.0}),
        ("leaky_relu", {"alpha": -0.1}),
        ("elu", {"alpha": 0}),
        ("reshape", {"target_shape": "ab"}),
        ("dropout", {"rate": "much"}),
        ("relu", {"name": 5}),
        ("lambda", {}),
        (None, {}),
        ([], {}),
    ],
)
def test_odd_settings_are_refused(kind, settings):
    with pytest.raises(ConfigurationError):
        layer_from_config({"kind": kind, **settings})


def test_reshape_refuses_sizes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"fill \(3, 2\).*not \(batch, 7\)"):
        LAYERS["reshape"]([3, 2]).build_alone((7,))


def arrays_held_by(layer):
    """Every array in the layer's attributes, its buffers and its activation."""
    found = []
    for value in vars(layer).values():
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, dict):
            found += [item for item in value.values() if isinstance(item, np.ndarray)]
        elif isinstance(value, Activation):
            found += arrays_held_by(value)
    return found


def is_parameter(array, store):
    return any(np.shares_memory(array, flat) for flat in (store.values, store.state, store.gradients))

"""Every layer beside Keras 3's: outputs, gradients and the order of the weights, from one list of cases."""

import numpy as np
import pytest
from layer_cases import CASE_IDS, CASES, LayerUnderTest

from engine import keras as keras_face
from engine.layers import ACTIVATION_LAYERS, FURTHER_LAYERS, LAYERS

keras_oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")


def keras_name(made):
    """Keras knows some by their longer names alone."""
    name = made.__name__
    return name if hasattr(keras_oracle.keras.layers, name) else name.replace("Pool", "Pooling")


# What Keras has not, or draws at random.
NOT_IN_KERAS = {
    "linear", "dropout", "gaussian_noise", "spatial_dropout1d", "spatial_dropout2d", "gaussian_dropout",
    "alpha_dropout", "random_flip", "random_rotation", "random_zoom", "random_translation", "random_shear",
    "random_brightness", "random_contrast", "random_crop",
}  # fmt: skip
# Every kind joins by itself: activations by their name, other layers by that of their class.
BY_ACTIVATION = {kind for kind in ACTIVATION_LAYERS if not hasattr(keras_oracle.keras.layers, LAYERS[kind].__name__)}
BY_ACTIVATION -= NOT_IN_KERAS
CLASSES = {kind: keras_name(made) for kind, made in LAYERS.items() if kind not in BY_ACTIVATION | NOT_IN_KERAS}


def comparable(kind, settings):
    # Keras on PyTorch counts the padding in the mean; on TensorFlow it does not, as here and in PyTorch's own test.
    return kind not in NOT_IN_KERAS and not ("average" in kind and settings.get("padding") == "same")


COMPARED = [case for case in zip(CASES, CASE_IDS, strict=True) if comparable(*case[0][:2])]


def settings_for_keras(settings):
    settings = dict(settings)
    activation = settings.get("activation")
    if isinstance(activation, dict):
        kind, slope = activation["kind"], activation["alpha"]
        assert kind == "leaky_relu"
        settings["activation"] = keras_oracle.keras.layers.LeakyReLU(negative_slope=slope)
    if "alpha" in settings:
        settings["negative_slope"] = settings.pop("alpha")
    return settings


def keras_layer(kind, settings):
    layers = keras_oracle.keras.layers
    if kind in BY_ACTIVATION:
        return layers.Activation(kind, dtype="float64")
    if kind == "elu":
        return layers.ELU(**settings, dtype="float64")
    if kind.startswith("average"):
        settings = {"pool_size": 2, **settings}
    return getattr(layers, CLASSES[kind])(**settings_for_keras(settings), dtype="float64")


def test_every_kind_is_compared():
    assert {*NOT_IN_KERAS, *BY_ACTIVATION, *CLASSES} == set(LAYERS)
    assert all(hasattr(keras_oracle.keras.layers, name) for name in CLASSES.values())


@pytest.mark.parametrize(
    ("kind", "settings", "shape"), [case for case, _ in COMPARED], ids=[name for _, name in COMPARED]
)
def test_outputs_and_gradients(kind, settings, shape):
    case = LayerUnderTest(kind, settings, shape)
    theirs = keras_layer(kind, settings)
    theirs.build((None, *shape))
    if theirs.weights and kind != "normalization":
        theirs.set_weights(case.layer.get_weights())
        assert [weight.shape for weight in theirs.weights] == [weight.shape for weight in case.layer.weights]
        assert [weight.name for weight in theirs.weights] == [weight.name for weight in case.layer.weights]
    if kind == "normalization":
        case = (
            LayerUnderTest(kind, {**settings, "mean": [0.5] * shape[0], "variance": [2.0] * shape[0]}, shape)
            if (settings.get("axis", -1) is not None)
            else LayerUnderTest(kind, {**settings, "mean": 0.5, "variance": 2.0}, shape)
        )
        case.layer.adapt(np.zeros((1, *shape)))
        case.layer.parameters[0].value[...], case.layer.parameters[1].value[...] = 0.5, 2.0
        theirs = keras_layer(kind, {**settings, "mean": 0.5, "variance": 2.0})
        theirs.build((None, *shape))
    inputs, output_gradient = case.inputs(), case.output_gradient()
    expected, input_gradient, gradients = keras_oracle.outputs_and_gradients(theirs, inputs, output_gradient)
    np.testing.assert_allclose(case.forward(inputs, training=True), expected, rtol=1e-7, atol=1e-7)
    ours = case.gradients(inputs, output_gradient)
    # Its sixth is a float32 in Keras.
    near = 1e-6 if kind == "hard_sigmoid" else 1e-9
    np.testing.assert_allclose(ours[0], input_gradient, rtol=near, atol=near)
    trained = [p.gradient for p in case.layer.parameters if p.trainable]
    for own, other in zip(trained, gradients, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-9)


FURTHER = {
    "embedding": ({"input_dim": 5, "output_dim": 3}, (4,)),
    "separable_conv2d": ({"filters": 3, "kernel_size": 2, "padding": "same", "activation": "tanh"}, (4, 3, 2)),
    "conv2d_transpose": ({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, (3, 4, 2)),
}


@pytest.mark.parametrize("kind", FURTHER)
def test_layers_that_models_alone_know(kind):
    settings, shape = FURTHER[kind]
    name = FURTHER_LAYERS[kind].__name__
    ours, theirs = getattr(keras_face.layers, name)(**settings), getattr(keras_oracle.keras.layers, name)(**settings)
    inputs = np.random.default_rng(1).integers(0, 5, (4, *shape)).astype(float)
    own = np.asarray(keras_face.Sequential([ours, keras_face.layers.Flatten()], dtype="float64")(inputs))
    theirs.build((None, *shape))
    theirs.set_weights(ours.get_weights())
    expected = theirs(inputs).detach().numpy().reshape(4, -1)
    np.testing.assert_allclose(own, expected, rtol=0, atol=1e-9)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"num_heads": 2, "key_dim": 3}, {}),
        ({"num_heads": 2, "key_dim": 3, "value_dim": 4, "output_shape": 7, "use_bias": False}, {}),
        ({"num_heads": 1, "key_dim": 2}, {"attention_mask": np.tri(3, 4, dtype=bool)[np.newaxis].repeat(2, 0)}),
        ({"num_heads": 2, "key_dim": 2}, {"use_causal_mask": True}),
    ],
)
def test_attention_of_several_heads(settings, asked):
    rng = np.random.default_rng(0)
    query, value = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 4, 6))
    layers = [k.layers.MultiHeadAttention(**settings, dtype="float64") for k in (keras_face, keras_oracle.keras)]
    outputs = [layer(query, value, **asked) for layer in layers]
    weights = [rng.normal(size=weight.shape) for weight in layers[1].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    outputs = [layer(query, value, **asked) for layer in layers]
    np.testing.assert_allclose(outputs[0], outputs[1].detach(), atol=1e-9)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize("scaled", [False, True])
def test_attention(name, scaled):
    rng = np.random.default_rng(0)
    given = [rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 4, 5)), rng.normal(size=(2, 4, 5))]
    layers = [getattr(k.layers, name)(use_scale=scaled, dtype="float64") for k in (keras_face, keras_oracle.keras)]
    outputs = [layer(given) for layer in layers]
    layers[0].set_weights(layers[1].get_weights())
    outputs = [layer(given) for layer in layers]
    np.testing.assert_allclose(outputs[0], outputs[1].detach(), atol=1e-9)

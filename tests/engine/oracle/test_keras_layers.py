"""Every layer beside Keras 3's: outputs, gradients and the order of the weights, from one list of cases."""

import numpy as np
import pytest
from layer_cases import CASE_IDS, CASES, LayerUnderTest

keras_oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")

# What Keras has not, or under another name and with other settings.
NOT_IN_KERAS = {"linear", "dropout", "gaussian_noise"}
BY_ACTIVATION = {
    "sigmoid", "tanh", "softplus", "gelu", "relu6", "selu", "celu", "silu", "hard_silu", "hard_sigmoid", "log_sigmoid",
    "softsign", "mish", "exponential",
}  # fmt: skip
CLASSES = {
    "dense": "Dense", "conv2d": "Conv2D", "max_pool2d": "MaxPool2D", "average_pool2d": "AveragePooling2D",
    "global_average_pool2d": "GlobalAveragePooling2D", "global_max_pool2d": "GlobalMaxPooling2D", "flatten": "Flatten",
    "reshape": "Reshape", "permute": "Permute", "repeat_vector": "RepeatVector",
    "batch_normalization": "BatchNormalization", "layer_normalization": "LayerNormalization",
    "normalization": "Normalization", "rescaling": "Rescaling", "depthwise_conv2d": "DepthwiseConv2D",
    "zero_padding2d": "ZeroPadding2D", "up_sampling2d": "UpSampling2D", "conv1d": "Conv1D", "max_pool1d": "MaxPool1D",
    "average_pool1d": "AveragePooling1D", "global_average_pool1d": "GlobalAveragePooling1D", "activation": "Activation",
    "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "softmax": "Softmax",
}  # fmt: skip


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
    from engine.layers import LAYERS

    assert {*NOT_IN_KERAS, *BY_ACTIVATION, *CLASSES} == set(LAYERS)


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
    np.testing.assert_allclose(case.forward(inputs, training=True), expected, rtol=1e-6, atol=1e-6)
    ours = case.gradients(inputs, output_gradient)
    np.testing.assert_allclose(ours[0], input_gradient, rtol=1e-6, atol=1e-6)
    trained = [p.gradient for p in case.layer.parameters if p.trainable]
    for own, other in zip(trained, gradients, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-6, atol=1e-6)

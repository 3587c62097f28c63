"""Outputs, input gradients and parameter gradients of every layer against PyTorch."""

import itertools
from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torch_layers as oracle  # noqa: E402

from engine import LAYERS, Dropout, Sequential, SparseCategoricalCrossentropy  # noqa: E402
from engine.layers import (  # noqa: E402
    ACTIVATION_LAYERS,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
    Reshape,
)

LIMITS = {np.float64: 1e-9, np.float32: 2e-5}
both_types = pytest.mark.parametrize("dtype", list(LIMITS), ids=["float64", "float32"])

WINDOWS = [1, 2, 3, 4, 5, (2, 3), (5, 1)]
STRIDES = [1, 2, 3, (1, 2)]
PADDINGS = ["valid", "same"]
# (batch, height, width, channels): one image, maps of one pixel, odd and even sizes, few and many channels.
IMAGES = [(1, 1, 1, 1), (2, 1, 1, 5), (3, 7, 5, 1), (1, 8, 9, 3), (4, 6, 6, 17), (2, 13, 20, 2)]
# One test a window goes over all images and both types: thousands of tests of a millisecond would cost a minute.
grid = pytest.mark.parametrize(
    ("window", "strides", "padding"), list(itertools.product(WINDOWS, STRIDES, PADDINGS)), ids=str
)


def images_for(window, padding):
    """Each image of the grid that the window fits, in both types."""
    for shape, dtype in itertools.product(IMAGES, LIMITS):
        if padding == "same" or all(n >= k for n, k in zip(shape[1:3], pair(window), strict=True)):
            yield draw(shape, dtype)


def pair(value):
    return (value, value) if isinstance(value, int) else value


def draw(shape, dtype, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def check(layer, inputs, function):
    """Compare a layer with `function(inputs, *trainable parameters)`."""
    limit = LIMITS[inputs.dtype.type]
    store = layer.build_alone(inputs.shape[1:], seed=1, dtype=inputs.dtype)
    store.values[...] += draw(store.values.shape, inputs.dtype, 2) * inputs.dtype.type(0.1)
    trained = [parameter for parameter in layer.parameters if parameter.trainable]
    outputs = layer.forward(inputs, training=True).copy()
    output_gradient = draw(outputs.shape, inputs.dtype, 3)
    input_gradient = layer.backward(output_gradient.copy())
    expected = oracle.run(function, output_gradient, inputs, *(parameter.value.copy() for parameter in trained))
    actual = [outputs, input_gradient, *(parameter.gradient for parameter in trained)]
    for one, other in zip(actual, expected, strict=True):
        oracle.assert_close(one, other, limit)
    if not layer.couples_examples:
        oracle.assert_close(layer.forward(inputs, training=False), expected[0], limit)


def test_every_kind_of_layer_has_an_oracle():
    # All other kinds are held against Keras, in test_keras_layers.py.
    tested = {
        layer.kind
        for layer in (
            Dense,
            Conv2D,
            MaxPool2D,
            AveragePool2D,
            GlobalAveragePool2D,
            BatchNormalization,
            Dropout,
            Flatten,
            Reshape,
        )
    }
    assert tested < set(LAYERS)
    assert set(ACTIVATION_LAYERS) == set(oracle.ACTIVATIONS)


@grid
def test_convolution(window, strides, padding):
    function = oracle.convolution(pair(strides), padding)
    for images in images_for(window, padding):
        check(Conv2D(1 + 3 * len(images), window, strides, padding), images, function)


@grid
def test_max_pooling(window, strides, padding):
    function = oracle.max_pooling(pair(window), pair(strides), padding)
    for images in images_for(window, padding):
        check(MaxPool2D(window, strides, padding), images, function)


@grid
def test_average_pooling(window, strides, padding):
    function = oracle.average_pooling(pair(window), pair(strides), padding)
    for images in images_for(window, padding):
        check(AveragePool2D(window, strides, padding), images, function)


@both_types
@pytest.mark.parametrize("shape", IMAGES)
def test_layers_without_a_grid(shape, dtype):
    images = draw(shape, dtype)
    check(GlobalAveragePool2D(), images, lambda x: x.mean(dim=(1, 2)))
    check(Flatten(), images, lambda x: x.flatten(1))
    check(Reshape((shape[3], -1)), images, lambda x: x.reshape(len(x), shape[3], -1))


@both_types
@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (7, 5), (64, 33), (3, 2, 6)])
@pytest.mark.parametrize("units", [1, 10, 33])
def test_dense(shape, units, dtype):
    check(Dense(units), draw(shape, dtype), lambda x, kernel, bias: x @ kernel + bias)
    check(Dense(units, use_bias=False), draw(shape, dtype), lambda x, kernel: x @ kernel)


@both_types
@pytest.mark.parametrize("kind", list(ACTIVATION_LAYERS))
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (2, 3, 4, 5)])
def test_activations(kind, shape, dtype):
    check(ACTIVATION_LAYERS[kind](), 3 * draw(shape, dtype), oracle.ACTIVATIONS[kind])


@both_types
@pytest.mark.parametrize("kind", list(ACTIVATION_LAYERS))
def test_activations_that_a_layer_ends_with(kind, dtype):
    activation = oracle.ACTIVATIONS[kind]
    if kind == "leaky_relu":
        # By its name alone it has another slope than as a layer.
        activation = partial(torch.nn.functional.leaky_relu, negative_slope=0.2)
    check(Dense(6, activation=kind), draw((4, 5), dtype), lambda x, kernel, bias: activation(x @ kernel + bias))
    convolve = oracle.convolution((1, 1), "same")
    layer = Conv2D(4, 3, padding="same", activation=kind)
    check(layer, draw((2, 5, 6, 3), dtype), lambda *arrays: activation(convolve(*arrays)))


@both_types
@pytest.mark.parametrize("shape", [(2, 3), (64, 10), (1, 5, 5, 4), (8, 7, 3, 2)])
def test_batch_normalization(shape, dtype):
    kind = torch.float64 if dtype is np.float64 else torch.float32
    mean, variance = torch.zeros(shape[-1], dtype=kind), torch.ones(shape[-1], dtype=kind)
    layer = BatchNormalization(momentum=0.9, epsilon=1e-3)
    inputs = draw(shape, dtype) * dtype(2) + dtype(1)
    check(layer, inputs, oracle.batch_normalization(0.9, 1e-3, mean, variance))
    count = inputs.size // shape[-1]
    oracle.assert_close(layer.parameters[2].value, mean.numpy(), LIMITS[dtype])
    # PyTorch moves the unbiased variance, Keras and the paper's training step the biased one.
    unbiased = (variance.numpy() - dtype(0.9)) * dtype((count - 1) / count) + dtype(0.9)
    oracle.assert_close(layer.parameters[3].value, unbiased, LIMITS[dtype])
    gamma, beta, moving_mean, moving_variance = (torch.tensor(parameter.value) for parameter in layer.parameters)
    expected = torch.nn.functional.batch_norm(
        torch.tensor(inputs).movedim(-1, 1), moving_mean, moving_variance, gamma, beta, eps=1e-3
    )
    oracle.assert_close(layer.forward(inputs), expected.movedim(1, -1).numpy(), LIMITS[dtype])


@both_types
def test_dropout_given_the_same_mask(dtype):
    layer = Dropout(0.4)
    layer.build_alone((50,), dtype=dtype)
    mask = layer.forward(np.ones((6, 50), dtype), training=True).copy()
    # The next call draws another mask, so the gradient is compared with that of the mask just seen.
    output_gradient = draw((6, 50), dtype)
    expected = oracle.run(lambda x: x * torch.tensor(mask), output_gradient, np.ones((6, 50), dtype))
    oracle.assert_close(layer.backward(output_gradient.copy()), expected[1], LIMITS[dtype])
    assert set(np.unique(mask)) == {dtype(0), dtype(1 / 0.6)}


@both_types
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("batch", [1, 37])
def test_a_whole_network(dtype, fused, batch):
    """DESIGN's convolutional network: loss and all gradients."""
    network = Sequential(
        [
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(32, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Flatten(),
            Dense(128, activation="relu"),
            Dense(10),
        ],
        dtype=dtype,
        fused=fused,
    )
    network.build((20, 20, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    x, y = draw((batch, 20, 20, 1), dtype), np.arange(batch) % 10
    loss, gradients = network.loss_and_gradients(x, y)
    same, pool = oracle.convolution((1, 1), "same"), oracle.max_pooling((2, 2), (2, 2), "valid")

    def function(images, *weights):
        hidden = pool(torch.relu(same(images, *weights[0:2])))
        hidden = pool(torch.relu(same(hidden, *weights[2:4]))).flatten(1)
        logits = torch.relu(hidden @ weights[4] + weights[5]) @ weights[6] + weights[7]
        return torch.nn.functional.cross_entropy(logits, torch.tensor(y))

    expected_loss, _, *expected = oracle.run(function, np.array(1, dtype), x, *network.get_weights())
    assert loss == pytest.approx(float(expected_loss), rel=LIMITS[dtype])
    for one, other in zip(gradients, expected, strict=True):
        oracle.assert_close(one, other, LIMITS[dtype])

"""The fused stages compute what the plain layers compute."""

import numpy as np
import pytest

from engine.errors import EngineError
from engine.fused.by_batch_size import MANY_IMAGES, ByBatchSize
from engine.fused.dense_relu import DenseBlock
from engine.fused.grouped_matmul import TallGradient, TallProduct, rows_in_group
from engine.fused.im2col_convolution import ConvolutionBlock
from engine.fused.patch_convolution_images_last import PatchConvolution
from engine.fused.plan import plan
from engine.fused.winograd_convolution import WinogradConvolution
from engine.layers import AveragePool2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from tests.tables import over


def network(make_layers, input_shape, fused, dtype=np.float64):
    made = Sequential(make_layers(), fused=fused, dtype=dtype, seed=3)
    made.build(input_shape)
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    # Biases that are not zero, so that they cannot be forgotten.
    rng = np.random.default_rng(5)
    made.set_weights([weight + 0.1 * rng.normal(size=weight.shape) for weight in made.get_weights()])
    return made


def kinds(made):
    """The stages' types; a pair where few and many examples have a form each."""
    return [
        (type(stage.few), type(stage.many)) if isinstance(stage, ByBatchSize) else type(stage) for stage in made.stages
    ]


WINOGRAD = (ConvolutionBlock, WinogradConvolution)


# name: (layers, input shape, stages that are expected)
CASES = {
    "the preset": (
        lambda: [
            Conv2D(4, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(6, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Flatten(),
            Dense(9, activation="relu"),
            Dense(3),
        ],
        (12, 12, 1),
        [PatchConvolution, WINOGRAD, Flatten, DenseBlock, DenseBlock],
    ),
    "odd maps, valid, separate activations": (
        lambda: [Conv2D(4, 3), ReLU(), MaxPool2D(2), Conv2D(5, 2), MaxPool2D(2), ReLU(), Flatten(), Dense(3)],
        (13, 11, 2),
        [PatchConvolution, ConvolutionBlock, Flatten, DenseBlock],
    ),
    "convolutions in a row, linear, a kernel of 5x3": (
        lambda: [
            Conv2D(4, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Conv2D(6, 3, padding="same", activation="relu"),
            Conv2D(5, (5, 3), padding="same", use_bias=False),
            Conv2D(6, 3, padding="same"),
            MaxPool2D(2),
            Flatten(),
            Dense(3),
        ],
        (12, 8, 2),
        [PatchConvolution, WINOGRAD, WINOGRAD, WINOGRAD, Flatten, DenseBlock],
    ),
    "no pooling": (
        lambda: [Conv2D(4, 3, padding="same"), Conv2D(5, 3, activation="relu"), Flatten(), Dense(3)],
        (6, 5, 1),
        [ConvolutionBlock, ConvolutionBlock, Flatten, DenseBlock],
    ),
    "pooling 3x2, kernel 5x3, many channels": (
        lambda: [Conv2D(4, (5, 3), padding="same", activation="relu"), MaxPool2D((3, 2)), Flatten(), Dense(3)],
        (9, 8, 7),
        [ConvolutionBlock, Flatten, DenseBlock],
    ),
    "even kernels and no bias": (
        lambda: [
            Conv2D(4, 4, padding="same", use_bias=False, activation="relu"),
            MaxPool2D(2),
            Conv2D(4, 2, padding="same", use_bias=False),
            MaxPool2D(2),
            Flatten(),
            Dense(8, activation="relu", use_bias=False),
            Dense(3, use_bias=False),
        ],
        (8, 10, 1),
        [PatchConvolution, ConvolutionBlock, Flatten, DenseBlock, DenseBlock],
    ),
    "a kernel of one pixel on maps of one pixel": (
        lambda: [Conv2D(3, 1, activation="relu"), Conv2D(4, 1), MaxPool2D(1), Flatten(), Dense(3)],
        (1, 1, 2),
        [ConvolutionBlock, ConvolutionBlock, Flatten, DenseBlock],
    ),
    "what cannot be fused stays": (
        lambda: [
            Conv2D(3, 3, strides=2, padding="same", activation="relu"),
            Conv2D(4, 3, padding="same", activation="tanh"),
            MaxPool2D(2, strides=1),
            Conv2D(4, 3, padding="same", activation="relu"),
            MaxPool2D(2, padding="same"),
            AveragePool2D(2),
            Flatten(),
            Dense(6, activation="tanh"),
            Dense(3),
        ],
        (12, 12, 1),
        [Conv2D, Conv2D, MaxPool2D, ConvolutionBlock, MaxPool2D, AveragePool2D, Flatten, Dense, DenseBlock],
    ),
    "normalization between": (
        lambda: [Conv2D(3, 3), BatchNormalization(), ReLU(), MaxPool2D(2), Flatten(), Dense(3)],
        (8, 8, 1),
        [ConvolutionBlock, BatchNormalization, ReLU, MaxPool2D, Flatten, DenseBlock],
    ),
}


@over("case", CASES.values(), ids=CASES.keys())
@over("batch", [1, 5, MANY_IMAGES, 33])
def test_fused_equals_plain(case, batch):
    make_layers, input_shape, stages = case
    fused, plain = (network(make_layers, input_shape, fused) for fused in (True, False))
    assert kinds(fused) == stages
    rng = np.random.default_rng(batch)
    # Rounded values and an empty part: ties in the pooling, as real images have them.
    x = np.round(rng.random((batch, *input_shape)), 1)
    x[:, : input_shape[0] // 2] = 0
    y = rng.integers(0, 3, batch)
    loss, gradients = fused.loss_and_gradients(x, y)
    expected_loss, expected = plain.loss_and_gradients(x, y)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for gradient, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(fused.logits(x), plain.logits(x), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", ["the preset", "odd maps, valid, separate activations", "even kernels and no bias"])
def test_input_gradient_equals_plain(name):
    make_layers, input_shape, _ = CASES[name]
    gradients = []
    for fused in (True, False):
        # A layer with parameters in front makes the convolutions compute their inputs' gradient.
        made = network(lambda: [Conv2D(2, 1), *make_layers()], input_shape, fused)
        x = np.random.default_rng(0).random((7, *input_shape))
        made.backward(np.ones_like(made.forward(x, training=True)))
        gradients.append(made.layers[0].parameters[0].gradient.copy())
    np.testing.assert_allclose(*gradients, rtol=1e-9, atol=1e-13)


def test_fused_layers_keep_their_parameters():
    make_layers, input_shape, _ = CASES["the preset"]
    made = network(make_layers, input_shape, True)
    x = np.random.default_rng(0).random((3, *input_shape))
    before = made.logits(x)
    made.set_weights([weight * 2 for weight in made.get_weights()])
    assert not np.allclose(before, made.logits(x))
    twin = made.replica()
    np.testing.assert_array_equal(twin.logits(x), made.logits(x))


def test_batches_of_changing_size_and_mode():
    make_layers, input_shape, _ = CASES["the preset"]
    fused, plain = (network(make_layers, input_shape, fused) for fused in (True, False))
    rng = np.random.default_rng(1)
    for batch in (9, 3, 9, MANY_IMAGES, 14, 1, 64, 2, 9):
        x, y = rng.random((batch, *input_shape)), rng.integers(0, 3, batch)
        np.testing.assert_allclose(fused.forward(x), plain.forward(x), rtol=1e-10, atol=1e-13)
        for gradient, other in zip(fused.loss_and_gradients(x, y)[1], plain.loss_and_gradients(x, y)[1], strict=True):
            np.testing.assert_allclose(gradient, other, rtol=1e-8, atol=1e-13)


def test_backward_needs_a_training_forward():
    make_layers, input_shape, _ = CASES["the preset"]
    made = network(make_layers, input_shape, True)
    x = np.zeros((2, *input_shape))
    made.forward(x, training=True)
    made.forward(x)
    for stage in made.stages:
        if not isinstance(stage, Flatten):
            with pytest.raises(EngineError, match="training=True"):
                stage.backward(np.zeros((2, *stage.output_shape)))
    made.forward(x, training=True)
    made.release_buffers()
    with pytest.raises(EngineError):
        made.backward(np.zeros((2, 3)))


def test_subclasses_are_left_alone():
    class Doubled(Dense):
        kind = "doubled"

        def forward(self, inputs, training=False):
            return 2 * super().forward(inputs, training)

    layer = Doubled(3)
    layer.build_alone((4,))
    assert plan([layer]) == [layer]
    assert plan([]) == []


def test_dropout_between_dense_layers_is_kept():
    made = network(lambda: [Dense(5, activation="relu"), Dropout(0.5), Dense(3)], (4,), True)
    assert kinds(made) == [DenseBlock, Dropout, DenseBlock]


def test_an_epoch_in_float32_stays_close_to_the_plain_layers():
    make_layers, input_shape, _ = CASES["the preset"]
    rng = np.random.default_rng(0)
    x = rng.random((600, *input_shape), dtype=np.float32)
    y = rng.integers(0, 3, 600)
    weights = []
    for fused in (True, False):
        made = network(make_layers, input_shape, fused, np.float32)
        Trainer(made, TrainingConfig(epochs=1, batch_size=50, threads=1)).fit(x, y)
        weights.append(made.store.values.copy())
    difference = np.abs(weights[0] - weights[1]).max() / np.abs(weights[1]).max()
    assert difference < 1e-4


def test_groups_of_rows():
    assert rows_in_group(6400, 144, 32) == 200
    assert rows_in_group(100, 144, 32) == 100
    # A prime number of rows cannot be cut.
    assert rows_in_group(10_007, 144, 32) == 10_007
    assert rows_in_group(50, 4000, 1000) == 50


@pytest.mark.parametrize("rows", [1, 200, 400, 1009])
def test_tall_products(rows):
    rng = np.random.default_rng(0)
    tall, small = rng.normal(size=(rows, 144)), rng.normal(size=(144, 32))
    out = np.empty((rows, 32))
    TallProduct(tall, out).run(small)
    np.testing.assert_allclose(out, tall @ small, rtol=1e-10, atol=1e-12)
    gradient = TallGradient(tall, out)
    partial = np.empty((gradient.groups, 144, 32))
    gradient.run(partial)
    np.testing.assert_allclose(partial.sum(axis=0), tall.T @ out, rtol=1e-9, atol=1e-9)

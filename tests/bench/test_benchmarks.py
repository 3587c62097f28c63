"""Speed of the parts, for pytest-benchmark: `pytest tests/bench/test_benchmarks.py --benchmark-enable`.

Without that switch every case runs once and only proves that it runs. No case says how fast is fast enough.
"""

import numpy as np
import pytest

from engine.batches.batch import Batch
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.layers import Conv2D, Dense, Flatten, MaxPool2D
from engine.network.layer_stack import LayerStack
from engine.optimizers import OPTIMIZERS
from engine.parallel.batch_evaluator import BatchEvaluator
from models import PRESETS

_BATCH = 64


def stack(layers, input_shape, fused):
    made = LayerStack(layers, fused=fused)
    made.build(input_shape)
    inputs = np.random.default_rng(0).random((_BATCH, *input_shape), np.float32)
    gradient = np.ones((_BATCH, *made.answer_shape), np.float32)

    def both_ways():
        made.propagate(inputs, training=True)
        made.backward(gradient)

    return both_ways


def inner_convolution():
    # Something that learns comes first, so that the convolution has to give its inputs' gradient.
    return [Conv2D(16, 1), Conv2D(32, 3, padding="same", activation="relu"), MaxPool2D(2)]


CASES = {
    "first convolution": (lambda: [Conv2D(16, 3, padding="same", activation="relu"), MaxPool2D(2)], (20, 20, 1)),
    "inner convolution": (inner_convolution, (10, 10, 16)),
    "pooling": (lambda: [Conv2D(16, 1), MaxPool2D(2), MaxPool2D(2)], (20, 20, 16)),
    "dense": (lambda: [Flatten(), Dense(128, activation="relu"), Dense(10)], (20, 20)),
}


@pytest.mark.parametrize("fused", [True, False], ids=["fused", "plain"])
@pytest.mark.parametrize("name", CASES)
def test_layers_both_ways(benchmark, name, fused):
    make_layers, input_shape = CASES[name]
    benchmark(stack(make_layers(), input_shape, fused))


@pytest.mark.parametrize("kind", [kind for kind, make in OPTIMIZERS.items() if not make().full_batch])
def test_optimizer_step(benchmark, kind):
    store = PRESETS["cnn"].build(0).store
    store.gradients[...] = np.random.default_rng(0).normal(size=store.gradients.size)
    optimizer = OPTIMIZERS[kind]()
    benchmark(optimizer.apply, store.values, store.gradients)


@pytest.mark.parametrize("name", ["softmax", "mlp", "cnn"])
def test_loss_and_gradients_of_a_batch(benchmark, name):
    network = PRESETS[name].build(0)
    rng = np.random.default_rng(0)
    inputs, targets = rng.random((1024, *network.example_shape), np.float32), rng.integers(0, 10, 1024)
    indices = rng.permutation(1024)[:128]
    with BatchEvaluator(network) as evaluator:
        benchmark(evaluator.evaluate, Batch(indices, inputs, targets, None, indices))


@pytest.mark.parametrize("count", [1, 1000])
@pytest.mark.parametrize("name", ["logistic", "softmax", "mlp", "cnn"])
def test_prediction(benchmark, name, count):
    network = PRESETS[name].build(0)
    benchmark(network.predict, np.random.default_rng(0).random((count, *network.example_shape), np.float32))


def test_preprocessing_of_a_drawing(benchmark):
    turn = np.linspace(0, 2 * np.pi, 120)
    x, y = 140 + 50 * np.sin(2 * turn), 140 - 95 * np.cos(turn)
    drawing = Drawing.from_points([list(zip(x.tolist(), y.tolist(), strict=True))])
    benchmark(features_from_drawing, drawing)

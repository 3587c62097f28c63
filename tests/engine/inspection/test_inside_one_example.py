"""What is shown of one example equals what hand-written loops compute."""

import numpy as np
import pytest

from engine import (
    AveragePool1D,
    AveragePool2D,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool1D,
    LayerNormalization,
    MaxPool1D,
    MaxPool2D,
    Permute,
    Reshape,
    Sequential,
    SparseCategoricalCrossentropy,
    UpSampling2D,
    ZeroPadding2D,
)
from engine.inspection.activations import layer_outputs, softmax_steps, unit_sum
from engine.inspection.nearest import last_hidden, nearest, outputs_after
from engine.inspection.receptive_field import only_input, receptive_field
from engine.inspection.twin import is_linear, readable_twin, take_weights, with_random_weights
from engine.inspection.units import hidden_layers, layer_responses, unit_pushes, unit_weights

SIDE = 10
WITH_A_SUM = {
    "conv1d",
    "conv2d",
    "max_pool2d",
    "average_pool2d",
    "max_pool1d",
    "average_pool1d",
    "global_average_pool1d",
}


def small_cnn(seed=3):
    layers = [
        Conv2D(3, 3, padding="same", activation="relu"),
        MaxPool2D(2),
        Conv2D(2, 2, strides=2, activation="relu"),
        Flatten(),
        Dense(6, activation="relu"),
        Dense(4),
    ]
    network = Sequential(layers, seed=seed)
    network.build((SIDE, SIDE, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    rng = np.random.default_rng(seed)
    network.store.values[...] = rng.normal(0.1, 0.4, network.store.values.shape)
    return network


@pytest.fixture
def network():
    return small_cnn()


@pytest.fixture
def image(rng):
    return rng.random((SIDE, SIDE)).astype(np.float32)


def test_the_twin_answers_alike_and_shares_nothing(network, image):
    twin = readable_twin(network)
    inputs = image.reshape(1, SIDE, SIDE, 1)
    np.testing.assert_allclose(twin.logits(inputs), network.logits(inputs), rtol=1e-5, atol=1e-6)
    network.store.values += 1
    changed = network.store.snapshot()
    assert not np.allclose(twin.store.values, network.store.values)
    take_weights(twin, changed)
    np.testing.assert_allclose(twin.logits(inputs), network.logits(inputs), rtol=1e-4)


def test_random_weights_are_as_wide_but_others(network):
    random = with_random_weights(network)
    for learned, drawn in zip(network.store.parameters, random.store.parameters, strict=True):
        assert not np.allclose(learned.value, drawn.value)
        if learned.value.size > 20:
            assert drawn.value.std() == pytest.approx(learned.value.std(), rel=0.6)


def test_layer_outputs_are_the_layers_own(network, image):
    outputs = layer_outputs(readable_twin(network), image)
    assert [one.shape for one in outputs] == [(10, 10, 1), (10, 10, 3), (5, 5, 3), (2, 2, 2), (8,), (6,), (4,)]
    np.testing.assert_allclose(outputs[-1], network.logits(image.reshape(1, SIDE, SIDE, 1))[0], rtol=1e-5, atol=1e-6)


def looped_convolution(inputs, kernel, bias, row, column, channel, stride, before):
    total = float(bias[channel])
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            y, x = row * stride - before + i, column * stride - before + j
            if 0 <= y < inputs.shape[0] and 0 <= x < inputs.shape[1]:
                for c in range(inputs.shape[2]):
                    total += float(inputs[y, x, c]) * float(kernel[i, j, c, channel])
    return total


@pytest.mark.parametrize(("number", "place", "stride", "before"), [(0, (0, 9, 2), 1, 1), (2, (1, 1, 1), 2, 0)])
def test_a_convolutions_sum_is_the_loop(network, image, number, place, stride, before):
    twin = readable_twin(network)
    outputs = layer_outputs(twin, image)
    found = unit_sum(twin, outputs, number, place)
    kernel, bias = twin.layers[number].get_weights()
    expected = looped_convolution(outputs[number], kernel, bias, *place, stride, before)
    assert found.total == pytest.approx(expected, abs=1e-5)
    assert float(found.products.sum()) + found.bias == pytest.approx(expected, abs=1e-5)
    assert (found.rule, found.activation) == ("sum", "relu")
    assert found.output == pytest.approx(max(0.0, expected), abs=1e-5)


def test_a_maximum_and_a_dense_sum(network, image):
    twin = readable_twin(network)
    outputs = layer_outputs(twin, image)
    found = unit_sum(twin, outputs, 1, (2, 3, 1))
    assert found.total == found.output == max(float(outputs[1][y, x, 1]) for y in (4, 5) for x in (6, 7))
    dense = unit_sum(twin, outputs, 5, (2,))
    kernel, bias = twin.layers[5].get_weights()
    expected = float(bias[2]) + sum(float(outputs[5][i]) * float(kernel[i, 2]) for i in range(6))
    assert dense.total == pytest.approx(expected, abs=1e-5)
    assert dense.activation == ""
    assert unit_sum(twin, outputs, 3, (0,)) is None


@pytest.mark.parametrize(("number", "place"), [(0, (0, 4, 0)), (1, (2, 3, 1)), (2, (1, 0, 1)), (3, (5,)), (4, (0,))])
def test_only_the_receptive_field_matters(network, image, number, place):
    twin = readable_twin(network)
    top, bottom, left, right = receptive_field(twin, number, place)
    inside = np.zeros((SIDE, SIDE), bool)
    inside[top:bottom, left:right] = True
    other = np.where(inside, image, 1 - image).astype(np.float32)
    before, after = layer_outputs(twin, image)[number + 1][place], layer_outputs(twin, other)[number + 1][place]
    assert after == pytest.approx(before, abs=1e-6)
    if number == 2:
        assert (top, bottom, left, right) == (3, 9, 0, 5)


MOVED = {
    "border": [Conv2D(2, 3, padding="same"), ZeroPadding2D(2), Conv2D(2, 3, strides=2)],
    "blocks": [Conv2D(2, 3, strides=2), UpSampling2D(2), Conv2D(2, 2, dilation_rate=2)],
    "axes kept": [Conv2D(2, 3), Permute([1, 2, 3]), MaxPool2D(3, 2)],
    "axes turned": [Conv2D(2, (1, 5)), Permute([2, 1, 3]), AveragePool2D(2), Flatten()],
    "channels to columns": [Conv2D(8, 3), Permute([1, 3, 2]), MaxPool2D(2)],
    "rows cut": [Reshape([5, 20, 1]), Conv2D(2, 2)],
    "steps": [Reshape([10, 10]), Conv1D(3, 3, padding="causal"), MaxPool1D(2, padding="same"), LayerNormalization()],
    "mean": [Reshape([10, 10]), Conv1D(3, 3, 2, padding="same"), AveragePool1D(3, 2), GlobalAveragePool1D()],
}


@pytest.mark.parametrize("name", MOVED)
def test_the_receptive_field_is_where_a_pixel_changes_the_number(image, name):
    network = Sequential([*MOVED[name], Flatten(), Dense(2)], seed=1)
    network.build((SIDE, SIDE, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    twin = readable_twin(network, np.float64)
    outputs = layer_outputs(twin, image)
    # Each pixel with so much ink that it is the largest one, and with so little.
    others = np.repeat(image.reshape(1, -1).astype(np.float64), 2 * image.size, axis=0)
    others[np.arange(2 * image.size), np.arange(2 * image.size) % image.size] += np.repeat([50.0, -50.0], image.size)
    values = others.reshape(-1, SIDE, SIDE, 1)
    for number, layer in enumerate(twin.layers[: len(MOVED[name])]):
        values = layer.forward(values, False).copy()
        for share in (0.0, 0.5, 1.0):
            place = tuple(int(share * (side - 1)) for side in layer.output_shape)
            changed = np.abs(values[(slice(None), *place)] - outputs[number + 1][place]) > 1e-9
            rows, columns = np.nonzero(changed.reshape(2, SIDE, SIDE).any(axis=0))
            found = (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) if len(rows) else (0, 0, 0, 0)
            assert receptive_field(twin, number, place) == found
            total = unit_sum(twin, outputs, number, place)
            assert total is None or total.output == pytest.approx(total.total)
            assert (total is None) is (layer.kind not in WITH_A_SUM)
            if layer.kind in ("permute", "up_sampling2d", "reshape"):
                assert only_input(layer, outputs[number], place) == pytest.approx(float(outputs[number + 1][place]))
            elif total is not None or not len(rows) or layer.kind == "layer_normalization":
                assert only_input(layer, outputs[number], place) is None


def test_softmax_step_by_step():
    z = [1.0, -2.0, 0.5]
    steps = softmax_steps(z)
    powers = [np.e ** (value - 1.0) for value in z]
    np.testing.assert_allclose(steps, [z, [0.0, -3.0, -0.5], powers, [power / sum(powers) for power in powers]])


def test_only_flat_networks_are_linear(network):
    flat = Sequential([Flatten(), Dense(3)])
    flat.build((4, 4))
    assert is_linear(flat)
    assert not is_linear(network)
    assert last_hidden(flat) is None
    assert last_hidden(network) == 4
    assert hidden_layers(network) == [0, 2, 4]


def test_nearest_sorts_by_distance(rng):
    bank = rng.random((30, 5)).astype(np.float32)
    places, distances = nearest(bank[7], bank, 4)
    by_hand = [sum((float(a) - float(b)) ** 2 for a, b in zip(row, bank[7], strict=True)) ** 0.5 for row in bank]
    assert places.tolist() == np.argsort(by_hand, kind="stable")[:4].tolist()
    assert places[0] == 7
    np.testing.assert_allclose(distances, sorted(by_hand)[:4], rtol=1e-5)


def test_units_of_many_digits(network, rng):
    twin, images = readable_twin(network), rng.random((20, SIDE, SIDE)).astype(np.float32)
    told = []
    responses = layer_responses(twin, images, 0, told.append)
    assert told[-1] == 1.0
    for place in (0, 13):
        maps = layer_outputs(twin, images[place])[1]
        np.testing.assert_allclose(responses.values[place], maps.max(axis=(0, 1)), rtol=1e-5)
    assert responses.exciting(1, 3).tolist() == np.argsort(-responses.values[:, 1], kind="stable")[:3].tolist()
    hidden = outputs_after(twin, images, 4)
    pushes = unit_pushes(twin, images, 4)[2]
    np.testing.assert_allclose(pushes, hidden[:, 2].mean() * twin.layers[5].get_weights()[0][2], rtol=1e-4)
    assert unit_weights(network, 2, 1).shape == (2, 2, 3)

"""Which pixels decided: exact where it can be, complete where it should be, honest under random weights."""

import numpy as np
import pytest

from engine import (
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
    Permute,
    Reshape,
    Sequential,
    SparseCategoricalCrossentropy,
    ZeroPadding2D,
)
from engine.data import bundled_split
from engine.inspection.activations import layer_outputs, unit_sum
from engine.inspection.attribution import (
    contrast,
    input_gradients,
    integrated_gradients,
    linear_evidence,
    occlusion,
    strongest,
    values_of,
)
from engine.inspection.counterfactual import counterfactual
from engine.inspection.receptive_field import receptive_field
from engine.inspection.training_step import StepByStep
from engine.inspection.twin import readable_twin, with_random_weights
from engine.optimizers import SGD
from models import load

SIDE = 8


def built(layers, seed=1):
    network = Sequential(layers, seed=seed)
    network.build((SIDE, SIDE))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    network.store.values[...] = np.random.default_rng(seed).normal(0, 0.3, network.store.values.shape)
    return readable_twin(network)


@pytest.fixture
def linear():
    return built([Flatten(), Dense(4)])


@pytest.fixture
def deep():
    return built([Flatten(), Dense(40, activation="relu"), Dense(4)])


@pytest.fixture
def image(rng):
    drawn = rng.random((SIDE, SIDE))
    drawn[drawn < 0.6] = 0
    return drawn


def test_a_contrast_is_a_difference_of_logits(linear, image):
    logits = linear.logits(image[np.newaxis])[0]
    assert values_of(linear, image[np.newaxis], contrast(4, 2, 0))[0] == pytest.approx(logits[2] - logits[0], abs=1e-5)
    assert contrast(1, 1, 0).tolist() == [1.0]
    assert contrast(1, 0, 1).tolist() == [-1.0]
    assert contrast(3, 1).tolist() == [0.0, 1.0, 0.0]


def test_linear_evidence_is_the_sum_by_hand(linear, image):
    kernel, bias = linear.layers[-1].get_weights()
    found = linear_evidence(linear, image, contrast(4, 3, 1))
    total = float(bias[3]) - float(bias[1])
    for row in range(SIDE):
        for column in range(SIDE):
            weight = float(kernel[row * SIDE + column, 3]) - float(kernel[row * SIDE + column, 1])
            total += weight * image[row, column]
            assert found.products[row, column] == pytest.approx(weight * image[row, column], abs=1e-6)
            assert found.weights[row, column] == pytest.approx(weight, abs=1e-6)
    assert found.value == pytest.approx(total, abs=1e-5)
    assert values_of(linear, image[np.newaxis], contrast(4, 3, 1))[0] == pytest.approx(total, abs=1e-5)


def test_gradients_are_slopes(deep, image):
    weights, step = contrast(4, 0, 2), 1e-2
    found = input_gradients(deep, image[np.newaxis], weights)[0]
    for place in ((0, 0), (3, 5), (7, 7)):
        above, below = image.copy(), image.copy()
        above[place] += step
        below[place] -= step
        high, low = values_of(deep, np.stack([above, below]), weights)
        assert found[place] == pytest.approx((high - low) / (2 * step), abs=2e-2)


@pytest.mark.parametrize("baseline", [0.0, 0.4])
def test_integrated_gradients_are_complete(deep, image, baseline):
    start, weights = np.full_like(image, baseline), contrast(4, 1, 3)
    found = integrated_gradients(deep, image, start, weights)
    before, after = values_of(deep, np.stack([start, image]), weights)
    assert found.difference == pytest.approx(after - before, abs=1e-5)
    assert abs(found.pixels.sum() - (after - before)) < 1e-3
    assert found.gap == pytest.approx(found.pixels.sum() - found.difference, abs=1e-9)
    assert found.steps >= 50
    if baseline:
        assert found.pixels[image == 0].any(), "a baseline with ink also tells of ink that is not there"


def test_points_are_spent_where_the_integral_misses_most():
    digits = bundled_split()[1]
    twin = readable_twin(load("mlp").network)
    for place, most in ((0, 420), (46, 440)):
        first, second = np.argsort(-twin.logits(digits.images[place : place + 1])[0])[:2]
        weights = contrast(10, int(first), int(second))
        found = integrated_gradients(twin, digits.images[place], np.zeros((20, 20)), weights, most=most)
        assert abs(found.gap) < 1e-3 * abs(found.difference)
        assert found.steps <= most


def test_the_integral_ends_when_it_is_told_to(deep, image):
    def stop():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        integrated_gradients(deep, image, np.zeros_like(image), contrast(4, 1, 3), report=stop)


def test_on_a_linear_model_integrated_gradients_are_exact(linear, image):
    weights = contrast(4, 1, 3)
    found = integrated_gradients(linear, image, np.zeros_like(image), weights)
    np.testing.assert_allclose(found.pixels, linear_evidence(linear, image, weights).products, atol=1e-5)
    assert found.steps == 50


@pytest.mark.parametrize("ink", [0.0, 1.0])
def test_occlusion_is_the_loop(deep, image, ink):
    weights = contrast(4, 0, 1)
    found = occlusion(deep, image, weights, ink)
    rows = SIDE - 3
    assert found.positions.shape == (rows, rows)
    whole = values_of(deep, image[np.newaxis], weights)[0]
    drops = np.zeros((rows, rows))
    for row in range(rows):
        for column in range(rows):
            covered = image.copy()
            covered[row : row + 4, column : column + 4] = ink
            drops[row, column] = whole - values_of(deep, covered[np.newaxis], weights)[0]
    np.testing.assert_allclose(found.positions, drops, atol=1e-5)
    assert found.pixels[0, 0] == pytest.approx(drops[0, 0], abs=1e-5)
    assert found.pixels[1, 1] == pytest.approx(drops[:2, :2].mean(), abs=1e-5)


def test_the_strongest_places_come_first():
    pixels = np.array([[0.0, -3.0], [2.0, 1.0]])
    assert strongest(pixels, 3) == [(0, 1, -3.0), (1, 0, 2.0), (1, 1, 1.0)]


@pytest.mark.parametrize("kind", ["linear", "deep"])
def test_a_counterfactual_flips_the_answer_and_no_smaller_part_of_it_does(request, image, kind):
    twin = request.getfixturevalue(kind)
    order = np.argsort(-twin.logits(image[np.newaxis])[0])
    answer, rival = int(order[0]), int(order[-1])
    found = counterfactual(twin, image, answer, rival)
    assert int(twin.logits(found.image[np.newaxis])[0].argmax()) == rival
    assert 0 <= found.image.min() <= found.image.max() <= 1
    np.testing.assert_allclose(found.image, image + found.change)
    assert found.changed == np.count_nonzero(found.change)
    assert found.size == pytest.approx(np.linalg.norm(found.change))
    assert int(twin.logits((image + 0.9 * found.change)[np.newaxis])[0].argmax()) != rival


def test_one_logit_has_a_counterfactual_too(image):
    twin = built([Flatten(), Dense(1)])
    answer = int(twin.logits(image[np.newaxis])[0, 0] > 0)
    found = counterfactual(twin, image, answer, 1 - answer)
    assert int(twin.logits(found.image[np.newaxis])[0, 0] > 0) == 1 - answer


def test_where_nothing_can_be_changed_there_is_no_counterfactual(image):
    twin = built([Flatten(), Dense(2)])
    twin.store.values[...] = 0
    twin.layers[-1].parameters[1].value[...] = (1.0, 0.0)
    assert counterfactual(twin, image, 0, 1) is None


def test_an_honest_map_falls_apart_under_random_weights(deep, image):
    weights = contrast(4, 0, 1)
    learned = input_gradients(deep, image[np.newaxis], weights)[0].ravel()
    random = input_gradients(with_random_weights(deep), image[np.newaxis], weights)[0].ravel()
    assert abs(np.corrcoef(learned, random)[0, 1]) < 0.5


# Networks that people build for themselves.


@pytest.fixture
def own():
    twin = built(
        [
            *(Reshape((SIDE, SIDE, 1)), Permute((2, 1, 3)), Dropout(0.5), ZeroPadding2D(1)),
            *(DepthwiseConv2D(3, depth_multiplier=3, activation="tanh"), BatchNormalization()),
            *(Conv2D(4, 3, activation="relu"), MaxPool2D(2), Dropout(0.5), GlobalAveragePool2D(), Dense(4)),
        ]
    )
    state = np.random.default_rng(3).random(twin.store.state.shape)
    twin.store.state[...] = state.astype(np.float32) + 0.5
    return twin


@pytest.mark.parametrize("fused", [False, True])
def test_what_draws_or_couples_examples_in_training_rests_while_it_is_explained(own, fused):
    twin, weights = readable_twin(own, np.float64, fused=fused), contrast(4, 1, 2)
    # Without blank places, where several values are the largest one.
    pixels = np.random.default_rng(2).random((3, SIDE, SIDE))
    slopes = input_gradients(twin, pixels, weights)
    for place in ((0, 2, 3), (1, 4, 4), (2, 5, 1)):
        step = np.zeros_like(pixels)
        step[place] = 1e-5
        above, below = (values_of(twin, pixels + sign * step, weights)[place[0]] for sign in (1, -1))
        assert slopes[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-8)
    found = integrated_gradients(twin, pixels[0], pixels[1], weights)
    assert abs(found.gap) <= 1e-3 * max(1.0, abs(found.difference))


def test_the_gradient_check_of_a_network_with_dropout_and_batch_normalization(own, image):
    steps = StepByStep(own, SGD(0.1), np.stack([image, image.T]), np.array([1, 2]))
    steps.forward()
    assert all(steps.check(index).error < 1e-5 for index in np.flatnonzero(steps.records[0].gradients)[::9])


def test_sums_and_fields_of_layers_of_ones_own(own, image):
    outputs = layer_outputs(own, image)
    for number in (4, 6, 7, 9, 10):
        place = tuple(side // 2 for side in own.layers[number].output_shape)
        found = unit_sum(own, outputs, number, place)
        assert found.output == pytest.approx(float(outputs[number + 1][place]))
        if found.rule == "sum":
            squashed = {"tanh": np.tanh, "relu": lambda z: max(0.0, z), "": float}[found.activation](found.total)
            assert squashed == pytest.approx(found.output, abs=1e-5)
        else:
            assert found.total == pytest.approx(found.output, abs=1e-5)
        top, bottom, left, right = receptive_field(own, number, place)
        inside = np.zeros(image.shape, bool)
        inside[top:bottom, left:right] = True
        elsewhere = layer_outputs(own, np.where(inside, image, 1 - image))[number + 1][place]
        assert elsewhere == pytest.approx(found.output, abs=1e-5)
    assert unit_sum(own, outputs, 5, (1, 1, 1)) is None
    assert receptive_field(own, 1, (1, 6, 0)) == (6, 7, 1, 2)

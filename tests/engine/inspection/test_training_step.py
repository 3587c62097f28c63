"""One step with its numbers: the displayed lines equal hand-written loops and the weights that are written."""

import math
from itertools import pairwise

import numpy as np
import pytest

from engine import Dense, Flatten, Sequential, SparseCategoricalCrossentropy
from engine.inspection import training_step
from engine.inspection.landscape import BatchLoss, filter_normalized, landscape, weight_slice
from engine.inspection.training_step import StepByStep, weight_index
from engine.inspection.update_terms import update_terms
from engine.optimizers import optimizer_named

SIDE = 4
OPTIMIZERS = ("gradient_descent", "momentum", "nesterov", "rmsprop", "adam")


@pytest.fixture
def network():
    network = Sequential([Flatten(), Dense(5, activation="tanh"), Dense(3)], seed=2)
    network.build((SIDE, SIDE))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network


@pytest.fixture
def batch(rng):
    return rng.random((6, SIDE, SIDE)), np.array([0, 1, 2, 2, 1, 0])


def steps(network, batch, optimizer="gradient_descent", rate=0.1, watched=None):
    return StepByStep(network, optimizer_named(optimizer, learning_rate=rate), *batch, watched)


def test_a_softmax_step_is_the_loop(batch):
    network = Sequential([Flatten(), Dense(3)])
    network.build((SIDE, SIDE))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    images, labels = batch
    record = steps(network, batch, watched=images[0]).forward()
    kernel, bias = (part.astype(np.float64) for part in network.get_weights())
    loss, slopes = 0.0, np.zeros_like(kernel)
    for n in range(6):
        x = images[n].reshape(-1)
        z = [sum(x[i] * kernel[i, k] for i in range(16)) + bias[k] for k in range(3)]
        powers = [math.exp(value) for value in z]
        p = [power / sum(powers) for power in powers]
        np.testing.assert_allclose(record.logits[n], z, atol=1e-9)
        np.testing.assert_allclose(record.predictions[n], p, atol=1e-9)
        loss -= math.log(p[labels[n]]) / 6
        for k in range(3):
            slope = (p[k] - (k == labels[n])) / 6
            assert record.logit_gradients[n, k] == pytest.approx(slope, abs=1e-9)
            slopes[:, k] += slope * x
    assert record.loss == pytest.approx(loss, abs=1e-9)
    place = weight_index(network, 1, 0, (7, 2))
    assert record.gradients[place] == pytest.approx(slopes[7, 2], abs=1e-9)
    assert record.after[place] == pytest.approx(kernel[7, 2] - 0.1 * slopes[7, 2], abs=1e-9)
    assert record.loss_after < record.loss
    np.testing.assert_allclose(record.answer_before, record.predictions[0])
    assert not np.allclose(record.answer_after, record.answer_before, atol=1e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_lines_of_the_update_lead_to_the_weight_that_is_written(network, batch, optimizer):
    by_step = steps(network, batch, optimizer)
    place = weight_index(network, 1, 0, (3, 4))
    for _ in range(3):
        record = by_step.forward()
        terms = update_terms(by_step.optimizer, record, place)
        assert terms[-1].symbol == "w′"
        assert terms[-1].value == pytest.approx(record.after[place], rel=1e-9, abs=1e-12)
        assert record.after[place] != record.before[place]
    if optimizer == "adam":
        assert [term.symbol for term in terms] == ["m", "v", "m̂", "v̂", "w′"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_back_and_forward_again_is_the_same_step(network, batch, optimizer):
    by_step = steps(network, batch, optimizer)
    by_step.forward()
    once = by_step.network.store.values.copy()
    again = by_step.forward()
    assert by_step.back()
    np.testing.assert_array_equal(by_step.network.store.values, once)
    np.testing.assert_array_equal(by_step.forward().after, again.after)
    assert by_step.back()
    assert by_step.back()
    assert not by_step.back()
    np.testing.assert_allclose(by_step.network.store.values, network.store.values, atol=1e-7)


@pytest.mark.parametrize("price", [None, "l2"])
def test_ten_steps_are_the_networks_own_ten(batch, price):
    def layers():
        return [Flatten(), Dense(5, activation="tanh", kernel_regularizer=price), Dense(3, bias_regularizer=price)]

    network = Sequential(layers(), seed=2)
    network.build((SIDE, SIDE))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    by_step = steps(network, batch, "adam", rate=0.01)
    for _ in range(10):
        by_step.forward()
    assert all(by_step.check(index).agrees for index in range(network.count_params()))
    twin = Sequential(layers(), seed=2, dtype="float64")
    twin.build((SIDE, SIDE))
    twin.set_weights(network.get_weights())
    twin.compile(optimizer_named("adam", learning_rate=0.01), SparseCategoricalCrossentropy(from_logits=True))
    twin.fit(*batch, epochs=10, batch_size=6, shuffle=False, verbose=0)
    np.testing.assert_allclose(by_step.network.store.values, twin.store.values, rtol=1e-6, atol=1e-9)


def test_the_gradient_check_of_one_weight(network, batch):
    by_step = steps(network, batch)
    place = weight_index(network, 2, 1, (1,))
    found = by_step.check(place)
    assert found.error < 1e-7
    assert found.analytic == pytest.approx(by_step.forward().gradients[place])


def test_places_in_the_flat_vector(network):
    for number, parameter, place in ((1, 0, (15, 4)), (1, 1, (2,)), (2, 0, (4, 0)), (2, 1, (2,))):
        value = network.layers[number].parameters[parameter].value[place]
        assert network.store.values[weight_index(network, number, parameter, place)] == value


def test_the_landscapes_middle_is_the_loss_and_its_slopes_are_measured(network, batch):
    loss = BatchLoss(network, *batch)
    here = loss.at(loss.present)
    told = []
    path = np.stack([network.store.snapshot(), network.store.snapshot()])
    found = landscape(loss, path, radius=0.01, count=5, report=told.append)
    assert found.losses[2, 2] == pytest.approx(here)
    assert told[-1] == 1.0
    step = found.places[3]
    assert (found.losses[2, 3] - found.losses[2, 1]) / (2 * step) == pytest.approx(found.slope[0], rel=1e-2)
    assert (found.losses[3, 2] - found.losses[1, 2]) / (2 * step) == pytest.approx(found.slope[1], rel=5e-2, abs=1e-4)
    np.testing.assert_allclose(found.path, 0, atol=1e-6)


def test_the_path_is_found_on_the_plane(network, batch):
    loss = BatchLoss(network, *batch)
    first = filter_normalized(loss.network, loss.slopes())
    path = np.stack([loss.present - 0.5 * first])
    np.testing.assert_allclose(landscape(loss, path, count=3).path, [[-0.5, 0.0]], atol=1e-9)
    assert landscape(loss, path, count=3).places[-1] == 1
    # A picture of the path reaches not much farther than the path.
    near = loss.present + (path - loss.present) / 5
    found = landscape(loss, near, radius=None, count=3)
    np.testing.assert_allclose(found.path, [[-0.1, 0.0]], atol=1e-9)
    np.testing.assert_allclose(found.places, [-0.25, 0, 0.25])
    assert landscape(loss, path[:0], radius=None, count=3).places[-1] == 1


def test_each_unit_of_a_normalized_direction_is_as_long_as_its_weights(network, rng):
    direction = filter_normalized(network, rng.normal(size=network.store.values.shape))
    kernel, start = network.layers[1].parameters[0].value, 0
    steps_of_kernel = direction[start : kernel.size].reshape(kernel.shape)
    np.testing.assert_allclose(np.linalg.norm(steps_of_kernel, axis=0), np.linalg.norm(kernel, axis=0), rtol=1e-5)


def test_a_weights_slice_has_the_tangent(network, batch):
    loss, place = BatchLoss(network, *batch), weight_index(network, 1, 0, (0, 0))
    found = weight_slice(loss, place, radius=1e-3, count=3)
    assert found.values.tolist() == pytest.approx([found.weight - 1e-3, found.weight, found.weight + 1e-3])
    assert found.losses[1] == pytest.approx(found.loss)
    assert (found.losses[2] - found.losses[0]) / 2e-3 == pytest.approx(found.slope, rel=1e-3, abs=1e-7)


def test_many_steps_take_no_more_memory_than_they_may(network, batch, monkeypatch):
    every = steps(network, batch, "adam")
    records = [every.forward() for _ in range(7)]
    assert all(one.after is after.before for one, after in pairwise(records))
    monkeypatch.setattr(training_step, "MOST_BYTES", 3 * 4 * records[0].gradients.nbytes)
    few = steps(network, batch, "adam")
    for _ in range(7):
        few.forward()
    assert [one.number for one in few.records] == [5, 6, 7]
    np.testing.assert_array_equal(few.records[-1].after, records[-1].after)
    assert few.back()
    assert few.back()
    assert not few.back(), "the step before is not there to show"
    np.testing.assert_array_equal(few.forward().after, records[5].after)


@pytest.mark.parametrize(
    ("analytic", "numeric", "agrees"),
    [
        (5e-10, 5.001e-10, True),
        (0.0, 2e-11, True),
        (0.3, 0.3 + 2e-8, True),
        (0.3, 0.30001, False),
        (5e-10, 9e-10, False),
        (math.nan, 0.3, False),
    ],
)
def test_a_slope_agrees_where_rounding_or_the_formula_explains_the_difference(analytic, numeric, agrees):
    assert training_step.WeightCheck(analytic, numeric, rounding=2.2e-11).agrees is agrees


def test_the_check_of_every_weight_agrees_and_of_a_wrong_gradient_does_not(network, batch, monkeypatch):
    trained = steps(network, batch)
    trained.forward()
    assert all(trained.check(index).agrees for index in range(0, trained.network.count_params(), 7))
    real = trained.network.backward

    def wrong(gradient):
        real(gradient)
        trained.network.store.gradients[5] *= 1.01

    monkeypatch.setattr(trained.network, "backward", wrong)
    found = trained.check(5)
    assert not found.agrees
    assert found.error == pytest.approx(0.01 / 1.01, rel=1e-3)


def test_a_large_batch_is_the_same_step_though_few_examples_go_through_at_once(network, batch):
    images, targets = (np.concatenate(12 * [part])[:70] for part in batch)
    many = steps(network, (images, targets))
    held = []
    first = many.network.stages[0]
    first.forward, whole = lambda values, training: held.append(len(values)) or whole(values, training), first.forward
    record = many.forward()
    assert max(held) <= 32
    assert len(record.logits) == len(record.last_inputs) == len(record.logit_gradients) == 70
    loss = BatchLoss(network, images, targets)
    assert record.loss == pytest.approx(loss.at(loss.present), rel=1e-12)
    np.testing.assert_allclose(record.gradients, loss.slopes(), atol=1e-14)


def test_what_was_measured_holds_no_batch(network, batch, monkeypatch):
    loss, released = BatchLoss(network, *batch), []
    monkeypatch.setattr(loss.network, "release_buffers", lambda: released.append(loss.network.store.values.copy()))
    landscape(loss, np.zeros((0, len(loss.present))), count=3)
    weight_slice(loss, 0, count=3)
    assert len(released) == 2
    np.testing.assert_array_equal(released, [loss.present, loss.present])

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.core.parameters import ParameterSpec, ParameterStore
from engine.errors import ConfigurationError, DataError, ShapeError
from engine.losses import (
    LOSSES,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
    WeightPenalty,
    make_loss,
)
from engine.network.gradient_check import numeric_gradient
from tests.engine.loss_cases import loss_cases
from tests.tables import over

CASES = over("case", loss_cases())


@CASES
def test_gradient_is_the_slope_of_the_value(case):
    outputs = case.outputs.copy()
    _, gradient = case.loss.value_and_gradient(outputs, case.targets)
    slopes = numeric_gradient(lambda: case.loss.value(outputs, case.targets), outputs)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-9)


@CASES
def test_inputs_are_not_changed_and_gradient_has_their_type(case):
    for dtype in (np.float32, np.float64):
        outputs = case.outputs.astype(dtype)
        outputs_before, targets_before = outputs.copy(), case.targets.copy()
        value, gradient = case.loss.value_and_gradient(outputs, case.targets)
        assert type(value) is float
        assert gradient.dtype == dtype
        assert gradient.shape == outputs.shape
        assert not np.shares_memory(gradient, outputs)
        np.testing.assert_array_equal(outputs, outputs_before)
        np.testing.assert_array_equal(case.targets, targets_before)


@CASES
def test_parts_of_a_batch_add_up(case):
    weights = np.linspace(0.1, 2, len(case.outputs))
    whole, gradient = case.loss.value_and_gradient(case.outputs, case.targets, sample_weights=weights)
    total, pieces = 0.0, []
    for part in (slice(0, 3), slice(3, None)):
        value, piece = case.loss.value_and_gradient(
            case.outputs[part], case.targets[part], sample_weights=weights[part], normalizer=len(case.outputs)
        )
        total += value
        pieces.append(piece)
    assert total == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(np.concatenate(pieces), gradient, rtol=1e-12)


@CASES
def test_a_weight_of_two_is_an_example_twice(case):
    weights = np.ones(len(case.outputs))
    weights[2] = 2
    weighted, gradient = case.loss.value_and_gradient(case.outputs, case.targets, sample_weights=weights)
    rows = [*range(len(case.outputs)), 2]
    twice, _ = case.loss.value_and_gradient(case.outputs[rows], case.targets[rows], normalizer=len(case.outputs))
    assert weighted == pytest.approx(twice, rel=1e-12)
    plain = case.loss.value_and_gradient(case.outputs, case.targets)[1]
    np.testing.assert_allclose(gradient[2], 2 * plain[2], rtol=1e-12)


@CASES
def test_config_round_trip(case):
    copy = LOSSES[case.loss.kind].from_config(case.loss.config())
    assert copy.config() == case.loss.config()
    assert copy.value(case.outputs, case.targets) == case.loss.value(case.outputs, case.targets)


@CASES
@over("dtype", [np.float32, np.float64])
@over("size", [1000.0, 1e30])
def test_huge_outputs_give_finite_numbers(case, dtype, size):
    if case.loss.task != "values" and not case.loss.from_logits:
        outputs = (case.outputs > 0.5).astype(dtype)  # saturated: exactly 0 and exactly 1
    else:
        signs = np.ones_like(case.outputs) if case.positive else np.sign(case.outputs)
        outputs = (signs * size).astype(dtype)
    value, gradient = case.loss.value_and_gradient(outputs, case.targets)
    assert math.isfinite(value)
    assert np.isfinite(gradient).all()
    predictions = case.loss.to_predictions(outputs)
    assert np.isfinite(predictions).all()


@pytest.mark.parametrize("size", [1000.0, 1e30])
def test_huge_logits_give_the_right_numbers(size):
    """A logit of ±z with the wrong label costs z, with the right one nothing."""
    loss = BinaryCrossentropy(from_logits=True)
    logits = np.array([[size], [-size]])
    assert loss.value(logits, np.array([[1.0], [0.0]])) == 0
    assert loss.value(logits, np.array([[0.0], [1.0]])) == size
    both = np.array([[size, -size]])
    assert SparseCategoricalCrossentropy(from_logits=True).value(both, np.array([0])) == 0
    assert SparseCategoricalCrossentropy(from_logits=True).value(both, np.array([1])) == 2 * size


def test_the_textbook_formula_fails_where_ours_does_not():
    z, target = np.array([[1000.0], [-1000.0]]), np.array([[0.0], [1.0]])
    with np.errstate(all="ignore"):
        sigma = 1 / (1 + np.exp(-z))
        naive = -(target * np.log(sigma) + (1 - target) * np.log(1 - sigma)).mean()
        naive_softmax = np.exp(z) / np.exp(z).sum()
    assert not np.isfinite(naive)
    assert not np.isfinite(naive_softmax).all()
    assert BinaryCrossentropy(from_logits=True).value(z, target) == 1000
    # From probabilities the distance is lost: the guard makes it finite, but far too small.
    guarded = BinaryCrossentropy(from_logits=False).value(sigma, target)
    assert 10 < guarded < 20


def test_values_by_hand():
    assert BinaryCrossentropy(from_logits=True).value(np.zeros((2, 1)), np.array([[0.0], [1.0]])) == pytest.approx(
        math.log(2)
    )
    assert SparseCategoricalCrossentropy(from_logits=True).value(
        np.zeros((3, 10)), np.array([1, 2, 3])
    ) == pytest.approx(math.log(10))
    outputs, targets = np.array([[3.0, 0.0]]), np.array([[0.0, 0.5]])
    assert MeanSquaredError().value(outputs, targets) == pytest.approx((9 + 0.25) / 2)
    assert MeanAbsoluteError().value(outputs, targets) == pytest.approx((3 + 0.5) / 2)
    assert Huber().value(outputs, targets) == pytest.approx((2.5 + 0.125) / 2)


def test_multi_label_loss_is_the_mean_of_the_labels_losses(rng):
    logits, targets = rng.normal(size=(6, 4)), rng.integers(0, 2, (6, 4)).astype(float)
    loss = BinaryCrossentropy(from_logits=True)
    by_label = sum(loss.value(logits[:, [k]], targets[:, [k]]) for k in range(4))
    assert 4 * loss.value(logits, targets) == pytest.approx(by_label, rel=1e-14)


def test_sparse_and_dense_targets_agree(rng):
    logits, numbers = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    for smoothing in (0.0, 0.3):
        sparse = SparseCategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
        dense = CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
        a, b = sparse.value_and_gradient(logits, numbers), dense.value_and_gradient(logits, np.eye(3)[numbers])
        assert a[0] == pytest.approx(b[0], rel=1e-14)
        np.testing.assert_allclose(a[1], b[1], atol=1e-16)


def test_targets_are_never_broadcast():
    outputs = np.zeros((3, 1))
    for loss in (MeanSquaredError(), BinaryCrossentropy(from_logits=True)):
        assert loss.value_and_gradient(outputs, np.array([0.0, 1.0, 1.0]))[1].shape == (3, 1)
        with pytest.raises(ShapeError, match="targets of shape"):
            loss.value_and_gradient(outputs, np.zeros((3, 2)))


def test_targets_are_prepared():
    assert BinaryCrossentropy(from_logits=True).prepare_targets([0, 1, 1], (1,)).shape == (3, 1)
    assert BinaryCrossentropy(from_logits=True).prepare_targets([True, False], (1,)).dtype == np.float32
    numbers = SparseCategoricalCrossentropy(from_logits=True).prepare_targets(np.array([[3.0], [0.0]]), (4,))
    assert numbers.dtype == np.intp
    assert numbers.tolist() == [3, 0]


@over(
    ("loss", "targets", "shape", "error", "words"),
    [
        (BinaryCrossentropy(from_logits=True), [0, 2], (1,), DataError, "between 0"),
        (BinaryCrossentropy(from_logits=True), [[0, 1]], (3,), ShapeError, "do not fit"),
        (MeanSquaredError(), [np.nan], (1,), DataError, "not finite"),
        (MeanSquaredError(), ["a"], (1,), DataError, "numbers"),
        (SparseCategoricalCrossentropy(from_logits=True), [0, 4], (4,), DataError, "from 0 to 3"),
        (SparseCategoricalCrossentropy(from_logits=True), [0.5], (4,), DataError, "whole numbers"),
        (SparseCategoricalCrossentropy(from_logits=True), np.eye(4), (4,), ShapeError, "CategoricalCrossentropy"),
        (SparseCategoricalCrossentropy(from_logits=True), [0], (2, 2), ShapeError, "row of classes"),
        (CategoricalCrossentropy(from_logits=True), [0, 1], (4,), ShapeError, "SparseCategoricalCrossentropy"),
        (CategoricalCrossentropy(from_logits=True), [[0, 2.0]], (2,), DataError, "probabilities"),
    ],
)
def test_wrong_targets_are_refused_in_words(loss, targets, shape, error, words):
    with pytest.raises(error, match=words):
        loss.prepare_targets(targets, shape)


@given(
    logits=arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 9), st.integers(2, 12)),
        elements=st.floats(-(2.0**100), 2.0**100, width=32),
    ),
    draw=st.integers(0, 2**32 - 1),
)
def test_cross_entropies_of_any_logits(logits, draw):
    """Finite, not negative, and the pulls on the classes of an example cancel each other."""
    rows, classes = logits.shape
    numbers = np.random.default_rng(draw).integers(0, classes, rows)
    value, gradient = SparseCategoricalCrossentropy(from_logits=True).value_and_gradient(logits, numbers)
    assert 0 <= value < math.inf
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-5)
    value, gradient = BinaryCrossentropy(from_logits=True).value_and_gradient(logits, np.eye(classes)[numbers])
    assert 0 <= value < math.inf
    assert (np.abs(gradient) <= 1).all()


def test_names():
    assert isinstance(make_loss("mse"), MeanSquaredError)
    assert isinstance(make_loss("sparse_categorical_crossentropy"), SparseCategoricalCrossentropy)
    with pytest.raises(ConfigurationError, match="no loss 'nonsense'"):
        make_loss("nonsense")
    with pytest.raises(ConfigurationError, match="smoothing"):
        BinaryCrossentropy(from_logits=True, label_smoothing=1.0)
    with pytest.raises(ConfigurationError, match="delta"):
        Huber(delta=0)


def test_penalty_and_its_gradient(rng):
    store = ParameterStore(
        [
            ParameterSpec("kernel", (3, 2), rng.normal(size=(3, 2)), regularized=True),
            ParameterSpec("bias", (2,), rng.normal(size=2)),
            ParameterSpec("moving_mean", (2,), np.ones(2), trainable=False),
        ],
        np.float64,
    )
    penalty = WeightPenalty(store, l1=0.3, l2=0.7)
    kernel = store.parameters[0].value
    assert penalty.value() == pytest.approx(0.3 * np.abs(kernel).sum() + 0.7 * (kernel**2).sum())
    store.gradients[...] = 1
    assert penalty.add() == penalty.value()
    np.testing.assert_allclose(store.gradients - 1, numeric_gradient(penalty.value, store.values), atol=1e-8)
    np.testing.assert_array_equal(store.parameters[1].gradient, 1)

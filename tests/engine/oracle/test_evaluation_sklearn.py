"""Confusion, scores, reliability and paired comparison against scikit-learn and SciPy on random cases."""

import numpy as np
import pytest

from engine.errors import ConfigurationError, DataError, ShapeError
from engine.evaluation import comparison, confusion, reliability
from engine.evaluation.metrics import confusion_matrix, expected_calibration_error, macro_f1, top_k_accuracy
from models.scoring.matrix import DigitMatrix

metrics = pytest.importorskip("sklearn.metrics")
calibration = pytest.importorskip("sklearn.calibration")
stats = pytest.importorskip("scipy.stats")

each_seed = pytest.mark.parametrize("seed", range(5))


def random_case(seed, count=500, classes=10):
    rng = np.random.default_rng(seed)
    table = np.exp(2 * rng.standard_normal((count, classes)))
    table /= table.sum(axis=1, keepdims=True)
    targets = np.where(rng.random(count) < 0.7, table.argmax(axis=1), rng.integers(0, classes, count))
    return targets, table


@each_seed
def test_scores_equal_scikit_learn(seed):
    targets, table = random_case(seed)
    classes = np.arange(10)
    answers = table.argmax(axis=1)
    assert np.array_equal(confusion_matrix(targets, table, 10), metrics.confusion_matrix(targets, answers))
    # All of them, and so few that some classes are missing.
    for part in (slice(None), slice(5)):
        expected = metrics.f1_score(targets[part], answers[part], average="macro")
        assert macro_f1(targets[part], table[part]) == pytest.approx(expected, abs=1e-9)
    assert top_k_accuracy(targets, table, 3) == pytest.approx(
        metrics.top_k_accuracy_score(targets, table, k=3), abs=1e-9
    )
    assert reliability.losses(targets, table).mean() == pytest.approx(
        metrics.log_loss(targets, table, labels=classes), abs=1e-9
    )
    expected = metrics.brier_score_loss(targets, table, labels=classes, scale_by_half=False)
    assert reliability.brier_score(targets, table) == pytest.approx(expected, abs=1e-9)


@each_seed
@pytest.mark.parametrize("bins", [5, 10, 15])
def test_the_reliability_curve_equals_scikit_learns(seed, bins):
    targets, table = random_case(seed)
    right, sure = table.argmax(axis=1) == targets, table.max(axis=1)
    curve = reliability.reliability_curve(right, sure, bins)
    actual, claimed = calibration.calibration_curve(right, sure, n_bins=bins)
    filled = curve.counts > 0
    np.testing.assert_allclose(curve.accuracy[filled], actual, atol=1e-9)
    np.testing.assert_allclose(curve.confidence[filled], claimed, atol=1e-9)
    assert curve.counts.sum() == len(targets)
    assert np.array_equal(np.bincount(curve.places, minlength=bins), curve.counts)
    error = np.sum(curve.counts[filled] * np.abs(actual - claimed)) / len(targets)
    assert expected_calibration_error(targets, table, bins) == pytest.approx(error, abs=1e-9)


@each_seed
def test_shares_equal_scikit_learns_normalizations(seed):
    targets, table = random_case(seed)
    answers = table.argmax(axis=1)
    digits = tuple("0123456789")
    everything = np.arange(len(targets))
    matrix = DigitMatrix(digits, digits, "truth", "answer", everything, targets, answers, np.eye(10, dtype=bool))
    for measure, wanted in (("share of row", "true"), ("share of column", "pred")):
        shares = metrics.confusion_matrix(targets, answers, normalize=wanted)
        np.testing.assert_allclose(matrix.table(measure)[:-1, :-1], shares, atol=1e-9)
    sums = confusion.probability_sums(targets, table, 10)
    np.testing.assert_allclose(sums[3], table[targets == 3].sum(axis=0), atol=1e-9)


@pytest.mark.parametrize(("right", "count"), [(0, 10), (10, 10), (7, 10), (985, 1000)])
def test_the_interval_of_a_share_is_wilsons(right, count):
    expected = stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert comparison.wilson_interval(right, count) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (3, 3), (1, 9), (20, 41), (2000, 2100), (0, 3000)])
def test_p_is_the_exact_sign_test(one, other):
    expected = stats.binomtest(one, one + other).pvalue if one + other else 1.0
    assert comparison.mcnemar_p(one, other) == pytest.approx(expected, abs=1e-9)


def test_two_models_are_compared_example_by_example():
    first, second = np.array([1, 1, 1, 0, 0, 1], bool), np.array([1, 0, 0, 1, 0, 1], bool)
    found = comparison.compare(first, second)
    assert (found.both_right, found.only_first_right, found.only_second_right, found.both_wrong) == (2, 2, 1, 1)
    assert found.difference == pytest.approx(first.mean() - second.mean())
    assert found.low < found.difference < found.high
    mirrored = comparison.compare(second, first)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_the_interval_of_a_difference_holds_the_truth_at_least_as_often_as_it_says():
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        common = rng.random(300)
        first, second = common < 0.95, (common < 0.9) | (rng.random(300) < 0.2)
        found = comparison.compare(first, second)
        truth = 0.95 - (0.9 + 0.1 * 0.2)
        held += found.low <= truth <= found.high
    assert 0.94 < held / 400 < 1.0


def test_refusing_the_least_sure_raises_accuracy():
    curve = reliability.risk_coverage([True, True, False, True], [0.9, 0.8, 0.6, 0.6])
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.6]
    assert curve.coverage.tolist() == [0.25, 0.5, 1.0]
    assert curve.accuracy.tolist() == [1.0, 1.0, 0.75]


def test_lists_name_the_examples():
    assert confusion.most_confused([[9, 2, 0], [5, 9, 1], [0, 0, 9]]) == [(1, 0, 5), (0, 1, 2), (1, 2, 1)]
    assert confusion.margins([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]) == pytest.approx([0.2, 0.7])
    table = np.array([[0.9, 0.1], [0.8, 0.2], [0.05, 0.95], [0.2, 0.8], [0.4, 0.6]])
    # The third is labelled 0 and looks like 1 more than what is labelled 1 usually does.
    assert confusion.suspicious_labels(np.array([0, 0, 0, 1, 1]), table).tolist() == [2]


def test_bad_input_is_refused():
    with pytest.raises(DataError, match="3 of 2"):
        comparison.wilson_interval(3, 2)
    with pytest.raises(ShapeError):
        comparison.compare([True], [True, False])
    with pytest.raises(DataError):
        comparison.compare([], [])
    with pytest.raises(ConfigurationError):
        reliability.reliability_curve([True], [0.5], 0)
    with pytest.raises(ShapeError):
        reliability.losses([0, 1], [[0.5, 0.5]])

"""Temperature, the rule of rejection, and how both travel with a model."""

import numpy as np
import pytest

from engine.errors import ConfigurationError, DataError, ModelFileError
from engine.evaluation.calibration import (
    Calibration,
    energy,
    fit_calibration,
    fit_calibration_of_groups,
    fit_threshold,
    parse_calibration,
)
from engine.evaluation.metrics import expected_calibration_error
from engine.losses import OpenSetCrossentropy, SparseCategoricalCrossentropy
from engine.storage.model_file import from_bytes, to_bytes
from tests.engine.model_files import close_up, convolutional_model, open_up
from tests.tables import over


def honest_logits(rng, count=20_000):
    """Logits whose softmax are the true probabilities of the labels that come with them."""
    logits = rng.normal(0, 2, (count, 10))
    noise = rng.gumbel(size=logits.shape)
    return logits, (logits + noise).argmax(axis=1)


def test_the_temperature_that_made_logits_too_sure_is_found():
    logits, labels = honest_logits(np.random.default_rng(0))
    loss = SparseCategoricalCrossentropy(from_logits=True)
    temperature = fit_calibration(3 * logits, labels, loss).temperature
    assert temperature == pytest.approx(3, rel=0.05)
    probabilities = Calibration(temperature).probabilities(3 * logits, loss)
    assert expected_calibration_error(labels, probabilities) < 0.02
    assert expected_calibration_error(labels, loss.to_predictions(3 * logits)) > 0.1


def test_a_threshold_refuses_no_more_digits_than_was_asked():
    logits = np.random.default_rng(1).normal(0, 3, (1000, 10))
    for share in (0.0, 0.008, 0.1):
        refused = Calibration(1.0, fit_threshold(logits, share)).rejects(logits).mean()
        assert share - 0.002 <= refused <= share


def test_energy_is_the_log_of_the_summed_exponentials_and_never_overflows():
    logits = np.array([[0.0, 0.0], [1000.0, 0.0], [-1000.0, -1000.0]])
    np.testing.assert_allclose(energy(logits), [np.log(2), 1000.0, -1000 + np.log(2)])


def test_none_of_the_classes_is_answered_with_no_confidence():
    loss = OpenSetCrossentropy()
    probabilities = loss.to_predictions(np.array([[-20.0] * 10, [15.0] + [-5.0] * 9, [800.0] + [-800.0] * 9]))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(probabilities[0], 0.1, atol=1e-6)
    assert probabilities[1, 0] > 0.99999


def test_the_loss_takes_minus_one_for_none_and_refuses_less():
    loss = OpenSetCrossentropy()
    assert loss.prepare_targets([3, -1, 9], (10,)).tolist() == [3, -1, 9]
    for wrong in ([-2, 0], [10]):
        with pytest.raises(DataError):
            loss.prepare_targets(wrong, (10,))


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ConfigurationError):
        fit_threshold(np.zeros((3, 10)), share)


def test_fitting_without_examples_is_refused():
    loss, some, none = SparseCategoricalCrossentropy(from_logits=True), np.zeros((3, 10)), np.zeros((0, 10))
    with pytest.raises(DataError):
        fit_calibration(none, np.zeros(0, int), loss)
    with pytest.raises(DataError):
        fit_calibration_of_groups([], loss)
    with pytest.raises(DataError):
        fit_calibration_of_groups([(some, np.zeros(3, int)), (none, np.zeros(0, int))], loss)


def test_no_group_is_refused_more_than_was_asked_however_large_the_others_are():
    rng = np.random.default_rng(6)
    large, large_labels = honest_logits(rng, 8000)
    small, small_labels = honest_logits(rng, 500)
    small = small - 2
    loss = SparseCategoricalCrossentropy(from_logits=True)
    calibration = fit_calibration_of_groups([(large, large_labels), (small, small_labels)], loss, 0.01)
    assert calibration.rejects(small).mean() == pytest.approx(0.01, abs=0.002)
    assert calibration.rejects(large).mean() < 0.01


def test_groups_count_alike_for_the_temperature():
    rng = np.random.default_rng(7)
    loss = SparseCategoricalCrossentropy(from_logits=True)
    logits, labels = honest_logits(rng, 6000)
    sure, sure_labels = honest_logits(rng, 600)
    groups = [(logits, labels), (4 * sure, sure_labels)]
    temperature = fit_calibration_of_groups(groups, loss).temperature
    together = fit_calibration(
        np.concatenate([logits, 4 * sure]), np.concatenate([labels, sure_labels]), loss
    ).temperature
    alone = fit_calibration(logits, labels, loss).temperature
    assert alone < together < temperature < 4
    assert fit_calibration_of_groups([groups[0], groups[0]], loss) == fit_calibration(logits, labels, loss)


def test_the_calibration_travels_with_the_model_file():
    model = convolutional_model()
    images = np.random.default_rng(2).random((6, 20, 20))
    plain = model.answer(images)
    levels = np.sort(energy(model.logits(images)))
    model.calibration = Calibration(2.5, float(levels[2]))
    copy = from_bytes(to_bytes(model))
    assert copy.calibration == model.calibration
    assert copy.rejects(images).sum() == 2
    np.testing.assert_array_equal(copy.answer(images), model.answer(images))
    assert (copy.answer(images).max(axis=1) < plain.max(axis=1)).all()


def test_a_file_without_a_calibration_answers_everything():
    document, arrays = open_up(to_bytes(convolutional_model()))
    assert "calibration" not in document
    model = from_bytes(close_up(document, arrays))
    assert not model.rejects(np.zeros((3, 20, 20))).any()


@over(
    "entry",
    [
        None,
        {},
        {"temperature": 0, "rejection": None},
        {"temperature": True, "rejection": None},
        {"temperature": 1e9, "rejection": None},
        {"temperature": 1, "rejection": 3},
        {"temperature": 1, "rejection": {"rule": "energy"}},
        {"temperature": 1, "rejection": {"rule": "moon", "threshold": 0}},
        {"temperature": 1, "rejection": {"rule": "energy", "threshold": "low"}},
        {"temperature": 1, "rejection": {"rule": "energy", "threshold": 1e300}},
        {"temperature": 1, "rejection": None, "more": 1},
    ],
)
def test_a_damaged_calibration_is_refused(entry):
    with pytest.raises(ModelFileError):
        parse_calibration(entry)


def test_what_is_refused_is_never_answered_with_confidence():
    rng = np.random.default_rng(4)
    logits = rng.normal(-3, 1, (2000, 10))
    logits[np.arange(2000), rng.integers(0, 10, 2000)] += rng.uniform(0, 12, 2000)
    for threshold in (-0.5, 1.0, 3.0):
        calibration = Calibration(1.1, threshold)
        refused = calibration.rejects(logits)
        assert 0 < refused.mean() < 1
        assert calibration.probabilities(logits[refused], OpenSetCrossentropy()).max() < 0.8


def test_a_threshold_does_not_change_a_plain_softmax():
    logits = np.random.default_rng(5).normal(0, 3, (50, 10))
    loss = SparseCategoricalCrossentropy(from_logits=True)
    shifted = Calibration(1.5, 2.0).probabilities(logits, loss)
    np.testing.assert_allclose(shifted, Calibration(1.5).probabilities(logits, loss), atol=1e-12)


def test_a_digit_that_is_refused_by_a_little_is_doubted():
    logits = np.log(np.array([[1.0, 1.0], [0.5, 0.5], [0.1, 0.1]], np.float32)) + np.float32(3)
    calibration = Calibration(1.0, threshold=3.5)
    assert calibration.rejects(logits).tolist() == [False, True, True]
    assert calibration.doubts(logits).tolist() == [False, True, False]
    assert not Calibration().doubts(logits).any()

import math

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.evaluation.metrics import (
    METRICS,
    accuracy,
    batch_accuracy,
    confusion_matrix,
    exact_match,
    expected_calibration_error,
    label_accuracy,
    label_f1,
    macro_f1,
    precision_recall_f1,
    right_answers,
    task_metrics,
    top_k_accuracy,
)
from engine.evaluation.value_metrics import mean_absolute_error, r_squared, root_mean_squared_error
from engine.losses import BinaryCrossentropy, MeanSquaredError, OpenSetCrossentropy, SparseCategoricalCrossentropy
from tests.tables import over

TARGETS = np.array([0, 1, 2, 2])
PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3]])


def test_accuracy():
    assert accuracy(TARGETS, PROBABILITIES) == 0.5
    assert accuracy(np.eye(3)[TARGETS], PROBABILITIES) == 0.5
    assert accuracy(TARGETS, np.array([0, 1, 2, 0])) == 0.75
    assert accuracy(np.array([[1.0], [0.0]]), np.array([[0.5], [0.9]])) == 0.5
    assert math.isnan(accuracy(np.zeros(0, int), np.zeros((0, 3))))


def test_top_k():
    assert [top_k_accuracy(TARGETS, PROBABILITIES, k) for k in (1, 2, 3)] == [0.5, 1, 1]
    # Where all are equally probable, nothing has been recognised.
    assert top_k_accuracy(TARGETS, np.ones((4, 3)) / 3, 1) == 0


def test_confusion_and_what_follows_from_it():
    confusion = confusion_matrix(TARGETS, PROBABILITIES)
    assert confusion.tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 1]]
    precision, recall, f1 = precision_recall_f1(confusion)
    np.testing.assert_allclose(precision, [0.5, 0, 1])
    np.testing.assert_allclose(recall, [1, 0, 0.5])
    np.testing.assert_allclose(f1, [2 / 3, 0, 2 / 3])
    assert macro_f1(TARGETS, PROBABILITIES) == pytest.approx(4 / 9)
    assert confusion_matrix(TARGETS, PROBABILITIES, classes=5).shape == (5, 5)


def test_labels():
    targets = np.array([[1, 0, 1], [0, 0, 0]])
    probabilities = np.array([[0.9, 0.2, 0.4], [0.1, 0.3, 0.2]])
    assert label_accuracy(targets, probabilities) == pytest.approx(5 / 6)
    assert exact_match(targets, probabilities) == 0.5
    np.testing.assert_allclose(label_f1(targets, probabilities), [1, 0, 0])


def test_regression_figures():
    targets, predictions = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [5.0]])
    assert root_mean_squared_error(targets, predictions) == pytest.approx(math.sqrt(4 / 3))
    assert mean_absolute_error(targets, predictions) == pytest.approx(2 / 3)
    assert r_squared(targets, predictions) == pytest.approx(-1)
    assert r_squared(targets, targets) == 1
    assert math.isnan(r_squared(np.ones(3), predictions))


def test_calibration():
    """Ten answers with 80 % confidence of which eight are right are perfectly calibrated."""
    targets = np.array([0] * 8 + [1] * 2)
    honest = np.tile([0.8, 0.2], (10, 1))
    assert expected_calibration_error(targets, honest) == pytest.approx(0, abs=1e-12)
    assert expected_calibration_error(targets, np.tile([1.0, 0.0], (10, 1))) == pytest.approx(0.2)
    # One output: the confidence of "no" is 1 − p.
    assert expected_calibration_error(np.zeros(4, int), np.full((4, 1), 0.1)) == pytest.approx(0.1)


def test_figures_of_each_task(rng):
    logits = rng.normal(size=(6, 4))
    classes = task_metrics(
        SparseCategoricalCrossentropy(from_logits=True), logits, np.arange(6) % 4, ["top_3_accuracy"]
    )
    assert list(classes) == ["accuracy", "top_3_accuracy"]
    labels = (rng.random((6, 4)) > 0.5).astype(float)
    assert set(task_metrics(BinaryCrossentropy(from_logits=True), logits, labels)) == {"accuracy", "f1", "exact_match"}
    assert set(task_metrics(BinaryCrossentropy(from_logits=True), logits[:, :1], labels[:, :1])) == {"accuracy"}
    assert set(task_metrics(MeanSquaredError(), logits, labels)) == {"rmse", "mae", "r2"}


def test_batch_accuracy_is_the_same_figure(rng):
    logits, labels = rng.normal(size=(9, 3)), (rng.random((9, 3)) > 0.5).astype(float)
    cases = [
        (SparseCategoricalCrossentropy(from_logits=True), logits, np.arange(9) % 3),
        (BinaryCrossentropy(from_logits=True), logits, labels),
        (BinaryCrossentropy(from_logits=True), logits[:, :1], labels[:, :1]),
    ]
    for loss, outputs, targets in cases:
        assert batch_accuracy(loss, outputs, targets) == pytest.approx(
            task_metrics(loss, outputs, targets)["accuracy"], abs=1e-15
        )
    assert math.isnan(batch_accuracy(MeanSquaredError(), logits, labels))


@pytest.mark.parametrize("spoil", ["nothing", "ties", "nan", "none of the classes"])
def test_right_answers_do_not_depend_on_the_order_in_memory(rng, spoil):
    outputs, targets = rng.normal(size=(40, 4)), rng.integers(0, 4, 40)
    loss = SparseCategoricalCrossentropy(from_logits=True)
    if spoil == "ties":
        outputs = np.round(outputs)
    elif spoil == "nan":
        outputs[3, 2] = np.nan
    elif spoil == "none of the classes":
        loss, targets = OpenSetCrossentropy(), np.where(targets == 0, -1, targets)
    expected = (outputs.argmax(axis=1) == targets).astype(int)
    # Also a part of a larger array, as the outputs of an epoch are.
    large = np.zeros((50, 4), order="F")
    large[5:45] = outputs
    for table in (outputs, np.asfortranarray(outputs), large[5:45]):
        right, judged = right_answers(loss, table, targets)
        np.testing.assert_array_equal(right, expected)
        np.testing.assert_array_equal(judged, targets >= 0)


@over("name", METRICS)
def test_different_lengths_are_refused(name):
    with pytest.raises(ShapeError, match="3 targets but 4 predictions"):
        METRICS[name](np.zeros((3, 2)), np.zeros((4, 2)))


@over("name", ["f1", "exact_match", "label_accuracy", "rmse", "mae", "mse", "r2"])
def test_class_numbers_are_not_spread_over_the_classes(name):
    numbers, probabilities = np.arange(5) % 3, np.full((5, 3), 1 / 3)
    with pytest.raises(ShapeError, match=r"\(5,\).*\(5, 3\)"):
        METRICS[name](numbers, probabilities)

"""Metrics of a model, against metrics that were worked out by hand."""

import numpy as np
import pytest

from engine.data import Dataset, load_bundled
from engine.errors import DataError
from engine.evaluation.calibration import UNCALIBRATED
from models import PRESETS, load
from models.scoring import answer_dataset, common_digits, compare_answers, evaluate
from models.scoring.metrics import metrics_of


class Oracle:
    """A model that answers what it is told; the first pixel of an image says which answer is meant."""

    calibration = UNCALIBRATED
    dtype = np.dtype(np.float32)
    example_shape = (20, 20)

    def __init__(self, task, labels, answers):
        self.task, self.labels = task, labels
        self.answers = np.array(answers, float)

    @property
    def network(self):
        return self

    def replica(self):
        return self

    def logits(self, images):
        return self.answers[np.rint(images[:, 0, 0] * 100).astype(int)]

    def probabilities(self, logits):
        return logits


def dataset(labels):
    images = np.zeros((len(labels), 20, 20), np.float32)
    images[:, 0, 0] = np.arange(len(labels)) / 100
    return Dataset(images, np.array(labels, np.int64), "made up")


def test_two_digits():
    model = Oracle("binary", ("7", "2"), [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5], [0.3, 0.7]])
    metrics = evaluate(model, dataset([7, 2, 2, 5, 7]))
    assert (metrics["count"], metrics["left_out"]) == (4, 1)
    assert metrics["confusion"] == [[1, 1], [1, 1]]
    assert metrics["accuracy"] == 0.5
    assert metrics["precision"] == [0.5, 0.5]


def test_ten_digits():
    model = Oracle("multiclass", tuple("0123456789"), np.eye(10)[[3, 3, 0]])
    metrics = evaluate(model, dataset([3, 4, 0]))
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert metrics["confusion"][4][3] == 1
    assert metrics["confusion"][3][3] == 1
    assert np.sum(metrics["confusion"]) == 3


def test_properties():
    labels = PRESETS["multilabel"].labels
    model = Oracle("multilabel", labels, [[0.9, 0.9, 0.1, 0.2], [0.9, 0.1, 0.1, 0.9]])
    metrics = evaluate(model, dataset([2, 6]))
    assert metrics["accuracy"] == 0.5
    assert metrics["label_accuracy"] == pytest.approx(7 / 8)
    assert metrics["confusion"][0] == [[0, 0], [0, 2]]
    assert metrics["confusion"][2] == [[1, 0], [1, 0]]


def test_unknown_properties_and_digits():
    with pytest.raises(DataError, match="'round'"):
        evaluate(Oracle("multilabel", ("round",), [[0.5]]), dataset([1]))
    with pytest.raises(DataError, match="none of the digits"):
        evaluate(Oracle("binary", ("7", "2"), [[0.5, 0.5]]), dataset([1]))


@pytest.mark.parametrize("name", ["cnn", "logistic", "multilabel", "angle"])
def test_answers_are_those_of_the_model(name):
    model, digits = load(name), load_bundled().subset(np.arange(700))
    shares = []
    answers = answer_dataset(model, digits, shares.append)
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    np.testing.assert_allclose(answers.predictions, model.answer(answers.images), rtol=1e-5, atol=1e-5)
    assert np.array_equal(answers.refused, model.rejects(answers.images))
    if name != "angle":
        assert np.array_equal(answers.images, digits.images[answers.places])
    assert len(answers.errors) == len(answers.right) == len(answers) <= 700
    assert answers.right.mean() > 0.9
    assert answers.errors[answers.right].mean() <= answers.errors.mean()


def test_a_cancelled_work_ends():
    def report(share):
        if share > 0:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        answer_dataset(load("softmax"), load_bundled().subset(np.arange(700)), report)


def test_two_models_are_compared_on_what_both_know():
    digits = dataset([7, 2, 2, 5, 7])
    two = Oracle("binary", ("7", "2"), [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5], [0.3, 0.7]])
    ten = Oracle("multiclass", tuple("0123456789"), np.eye(10)[[7, 1, 2, 5, 9]])
    first, second = answer_dataset(two, digits), answer_dataset(ten, digits)
    assert [part.tolist() for part in common_digits(first, second)] == [[0, 1, 2, 3], [0, 1, 2, 4]]
    found = compare_answers(first, second)
    assert (found.count, found.both_right, found.only_first_right) == (4, 1, 1)
    assert (found.only_second_right, found.both_wrong) == (1, 1)
    assert metrics_of(answer_dataset(ten, digits), can_reject=False)["macro_f1"] == pytest.approx(
        (2 / 3 + 2 / 3 + 1) / 5
    )
    other = answer_dataset(Oracle("binary", ("5", "0"), [[1, 0]] * 5), digits)
    with pytest.raises(DataError, match="no digit in common"):
        compare_answers(first, other)
    with pytest.raises(DataError, match="different questions"):
        compare_answers(second, answer_dataset(load("angle"), digits))


def test_what_a_model_refuses_is_counted():
    metrics = evaluate(load("cnn"), load_bundled().subset(np.arange(300)))
    assert 0.0 <= metrics["refused"] < 0.1
    assert 1 - metrics["refused"] - 0.05 < metrics["right_and_answered"] <= 1 - metrics["refused"]

"""Figures of a model, against figures that were worked out by hand."""

import numpy as np
import pytest

from engine.data import Dataset
from engine.errors import DataError
from models import PRESETS
from models.scoring import evaluate


class Oracle:
    """A model that answers what it is told; the first pixel of an image says which answer is meant."""

    def __init__(self, task, labels, answers):
        self.task, self.labels = task, labels
        self.answers = np.array(answers, float)

    def answer(self, images):
        return self.answers[np.rint(images[:, 0, 0] * 100).astype(int)]


def dataset(labels):
    images = np.zeros((len(labels), 20, 20), np.float32)
    images[:, 0, 0] = np.arange(len(labels)) / 100
    return Dataset(images, np.array(labels, np.int64), "made up")


def test_two_digits():
    model = Oracle("binary", ("7", "2"), [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5], [0.3, 0.7]])
    figures = evaluate(model, dataset([7, 2, 2, 5, 7]))
    assert (figures["count"], figures["left_out"]) == (4, 1)
    assert figures["confusion"] == [[1, 1], [1, 1]]
    assert figures["accuracy"] == 0.5
    assert figures["precision"] == [0.5, 0.5]


def test_ten_digits():
    model = Oracle("multiclass", tuple("0123456789"), np.eye(10)[[3, 3, 0]])
    figures = evaluate(model, dataset([3, 4, 0]))
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["confusion"][4][3] == 1
    assert figures["confusion"][3][3] == 1
    assert np.sum(figures["confusion"]) == 3


def test_properties():
    labels = PRESETS["multilabel"].labels
    model = Oracle("multilabel", labels, [[0.9, 0.9, 0.1, 0.2], [0.9, 0.1, 0.1, 0.9]])
    figures = evaluate(model, dataset([2, 6]))
    assert figures["accuracy"] == 0.5
    assert figures["label_accuracy"] == pytest.approx(7 / 8)
    assert figures["confusion"][0] == [[0, 0], [0, 2]]
    assert figures["confusion"][2] == [[1, 0], [1, 0]]


def test_unknown_properties_and_digits():
    with pytest.raises(DataError, match="'round'"):
        evaluate(Oracle("multilabel", ("round",), [[0.5]]), dataset([1]))
    with pytest.raises(DataError, match="none of the digits"):
        evaluate(Oracle("binary", ("7", "2"), [[0.5, 0.5]]), dataset([1]))

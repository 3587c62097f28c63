"""Digits that were read wrongly: the shipped recogniser notices, and says what would mend it."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import Reading, bundled_split
from models.data_check import doubts_about


@pytest.fixture(scope="module")
def reading() -> Reading:
    digits = bundled_split()[1].subset(np.arange(200))
    return Reading(digits.images, digits.labels, "digits")


def test_digits_that_were_read_rightly_raise_no_doubt(reading):
    assert doubts_about(reading) == ()
    assert doubts_about(replace(reading, labels=None)) == ()


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (lambda x: x.transpose(0, 2, 1), lambda y: y, "look transposed"),
        (lambda x: x[:, :, ::-1], lambda y: y, "look mirrored"),
        (lambda x: x[:, ::-1], lambda y: y, "stood on their head"),
        (lambda x: x[:, ::-1, ::-1], lambda y: y, "rotated by 180"),
        (lambda x: np.rot90(x, 1, (1, 2)), lambda y: y, "rotated by 90"),
        (lambda x: 1 - x, lambda y: y, "look inverted"),
        (lambda x: x, lambda y: (y + 1) % 10, "shifted by one: each is the digit + 1"),
        (lambda x: x, lambda y: (y - 1) % 10, "shifted by one: each is the digit − 1"),
    ],
)
def test_usual_mistakes_are_named(reading, images, labels, words):
    wrong = replace(reading, images=images(reading.images), labels=labels(reading.labels))
    (doubt,) = doubts_about(wrong)
    assert words in doubt


def test_noise_is_no_mistake_of_reading(reading):
    rng = np.random.default_rng(0)
    assert doubts_about(replace(reading, labels=rng.permutation(reading.labels))) == ()

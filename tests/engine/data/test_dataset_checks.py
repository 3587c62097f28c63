"""What is told about a data set: split, mixtures, duplicates, order, rare classes."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import Dataset, bundled_split
from engine.data.dataset_checks import check_dataset, class_averages, equal_groups
from engine.data.mixture import mix
from engine.data.split import Split
from engine.errors import ConfigurationError


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return replace(bundled_split()[0].subset(np.arange(600)), name="few")


def kinds(dataset, split=Split()):  # noqa: B008
    return {finding.kind: finding for finding in check_dataset(dataset, *split.places(dataset))}


def test_ordinary_digits_raise_no_warning(digits):
    assert kinds(digits) == {}


def test_duplicates_are_told_within_and_across_the_split(digits):
    split = Split(0.25, 3)
    training, validation = (part.tolist() for part in split.places(digits))
    copies = digits.images.copy()
    copies[training[1]] = copies[training[0]]
    copies[validation[1]] = copies[training[2]]
    labels = digits.labels.copy()
    labels[training[1]] = labels[training[0]]
    labels[validation[1]] = labels[training[2]]
    found = {f.kind: f for f in check_dataset(replace(digits, images=copies, labels=labels), *split.places(digits))}
    assert sorted(found["within"].places.tolist()) == sorted(training[:2])
    assert sorted(found["across"].places.tolist()) == sorted([training[2], validation[1]])
    assert "contradiction" not in found
    assert "better than they are" in found["across"].sentence


def test_equal_digits_with_two_labels_contradict_each_other(digits):
    images, labels = digits.images.copy(), digits.labels.copy()
    images[7], labels[7] = images[3], (labels[3] + 1) % 10
    assert kinds(replace(digits, images=images, labels=labels))["contradiction"].places.tolist() == [3, 7]
    assert equal_groups(images)[7] == 3


def test_a_sorted_file_is_noticed_and_shuffled_before_the_split(digits):
    in_order = digits.subset(np.argsort(digits.labels, kind="stable"))
    assert "shuffled" in kinds(in_order)["sorted"].sentence
    training, validation = Split(0.2).places(in_order)
    assert set(in_order.labels[training]) == set(in_order.labels[validation]) == set(range(10))
    assert np.count_nonzero(np.diff(in_order.labels[training])) > 0.8 * len(training)


def test_rare_and_missing_classes_and_blank_digits_are_named(digits):
    sevens = np.flatnonzero(digits.labels == 7)
    few = digits.subset(np.setdiff1d(np.flatnonzero(digits.labels != 4), sevens[3:]))
    images = few.images.copy()
    images[5] = 0
    found = kinds(replace(few, images=images))
    assert "no 4" in found["missing"].sentence
    assert few.labels[found["few"].places].tolist() == [7, 7, 7]
    assert found["blank"].places.tolist() == [5]


def test_writers_stay_together(digits):
    people = replace(digits, writers=np.arange(600) % 20)
    training, validation = Split(0.2, 1, by_writer=True).places(people)
    assert sorted(np.concatenate([training, validation]).tolist()) == list(range(600))
    assert not set(people.writers[training]) & set(people.writers[validation])
    assert len(validation) == 120
    again = Split(0.2, 1, by_writer=True).places(people)
    assert validation.tolist() == again[1].tolist()
    assert validation.tolist() != Split(0.2, 2, by_writer=True).places(people)[1].tolist()
    with pytest.raises(ConfigurationError, match="one writer"):
        Split(0.2, by_writer=True).places(replace(digits, writers=np.zeros(600, int)))


def test_a_split_by_writer_may_lack_a_class_and_says_so(digits):
    people = replace(digits, writers=(digits.labels == 3).astype(np.int64))
    found = check_dataset(people, *Split(0.1, 0, by_writer=True).places(people))
    lacking = {finding.sentence for finding in found if finding.kind == "lacking"}
    assert "The validation digits hold no 3, the others do." in lacking


def test_mixtures_keep_what_all_parts_have(digits):
    whole = replace(digits, writers=np.arange(600) % 3, originals=np.zeros((600, 28, 28), np.uint8))
    other = replace(whole.subset(np.arange(100)), name="other")
    both = mix([whole, other], "both")
    assert len(both) == 700
    assert len(np.unique(both.writers)) == 6
    assert both.originals.shape == (700, 28, 28)
    assert both.guesses == ("600 of few", "100 of other")
    assert mix([whole, replace(other, writers=None, originals=None)], "x").writers is None
    drawn = mix([whole, other], "drawn", most=200, seed=5)
    assert len(drawn) == 300
    shares = np.bincount(drawn.labels[:200]) / 200 - np.bincount(whole.labels) / 600
    assert np.abs(shares).max() < 0.01


def test_averages_are_those_of_each_class(digits):
    averages = class_averages(digits.subset(digits.labels != 9))
    np.testing.assert_allclose(averages[2], digits.images[digits.labels == 2].mean(axis=0), atol=1e-6)
    assert not averages[9].any()


def test_a_fingerprint_tells_digits_labels_and_order(digits):
    assert digits.fingerprint == replace(digits, name="other").fingerprint
    assert digits.fingerprint != digits.subset(np.arange(600)[::-1]).fingerprint
    assert digits.fingerprint != replace(digits, labels=(digits.labels + 1) % 10).fingerprint
    assert len(digits.fingerprint) == 32

import hashlib
import tracemalloc

import numpy as np
import pytest
import rebuild_digits as rebuild

from engine.data import Dataset, bundled_split, load_bundled, split_stratified
from engine.errors import ConfigurationError, DataError
from engine.ink import features_from_mnist


@pytest.fixture(scope="module")
def bundled() -> Dataset:
    return load_bundled()


def test_bundled_digits_are_the_verified_ones(bundled: Dataset) -> None:
    tiles = np.rint(bundled.images * 255).astype(np.uint8)
    labels = bundled.labels.astype(np.uint8)
    assert hashlib.sha256(tiles.tobytes() + labels.tobytes()).hexdigest() == rebuild.EXPECTED_SHA256
    assert bundled.labels[:12].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5]
    np.testing.assert_array_equal(labels, rebuild.read_order())


def test_bundled_digits_fill_the_digit_image_and_are_features(bundled: Dataset) -> None:
    assert bundled.images.shape == (10_000, 20, 20)
    assert bundled.images.dtype == np.float32
    assert bundled.labels.dtype == np.int64
    assert bundled.images.max(axis=(1, 2)).min() > 0.99  # a few of MNIST are at 254 of 255
    longer = np.maximum((bundled.images > 0).any(2).sum(1), (bundled.images > 0).any(1).sum(1))
    assert np.mean(longer == 20) > 0.99


def test_split_is_fixed_stratified_shuffled_and_disjoint(bundled: Dataset) -> None:
    training, validation = bundled_split()
    assert (len(training), len(validation)) == (8500, 1500)
    digest = hashlib.sha256(validation.labels.tobytes() + training.labels.tobytes()).hexdigest()
    assert digest == "c9a2eabc1846aa47a2ee755c6477ce7ef5eafb81d6d1b77395d21bd9be5677ed"
    expected = np.bincount(bundled.labels, minlength=10) * 0.15
    assert np.abs(np.bincount(validation.labels, minlength=10) - expected).max() <= 1
    for part in (training, validation):
        # Sorted labels would have 9 changes; mixed ones change nine times in ten.
        assert np.mean(np.diff(part.labels) != 0) > 0.8
    keys = [{image.tobytes() for image in part.images} for part in (training, validation)]
    assert not keys[0] & keys[1]


def test_loading_is_light() -> None:
    tracemalloc.start()
    try:
        load_bundled()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64e6


def test_rebuilding_merges_groups_back_into_the_order() -> None:
    labels = np.array([3, 1, 3], np.uint8)
    groups = {
        1: np.full((1, 28, 28), 11, np.uint8),
        3: np.stack([np.full((28, 28), 30, np.uint8), np.full((28, 28), 31, np.uint8)]),
    }
    assert rebuild.merge(groups, labels)[:, 0, 0].tolist() == [30, 11, 31]
    with pytest.raises(DataError, match="digit 3"):
        rebuild.merge({3: groups[3][:1]}, labels)
    with pytest.raises(DataError, match="not the bundled ones"):
        rebuild.pack(groups[3], labels[:2])


def test_mnist_images_come_through_without_loss() -> None:
    rng = np.random.default_rng(0)
    images = np.zeros((3, 28, 28), np.uint8)
    tile = rng.integers(1, 256, (20, 14), dtype=np.uint8)
    images[0, 3:23, 9:23] = tile
    images[1, 8:28, 0:14] = tile  # ink at the rim
    features = features_from_mnist(images)
    np.testing.assert_array_equal(np.rint(features[0, :, 3:17] * 255), tile)
    np.testing.assert_array_equal(features[0], features[1])
    assert not features[2].any()


def test_larger_ink_than_the_tile_is_area_averaged() -> None:
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, 2:26, 8:20] = 200
    features = features_from_mnist(images)[0]
    assert features.max() == 1.0
    np.testing.assert_allclose(features[:, 5:15], 1.0, atol=1e-6)
    assert not features[:, :5].any()
    assert not features[:, 15:].any()


@pytest.mark.parametrize("count", [1, 7, 0.25])
def test_split_keeps_every_digit_once(bundled: Dataset, count: int | float) -> None:
    small = bundled.subset(np.arange(40))
    training, validation = split_stratified(small, count, seed=3)
    assert len(training) + len(validation) == 40
    assert len(validation) == (10 if isinstance(count, float) else count)
    again = split_stratified(small, count, seed=3)[1]
    np.testing.assert_array_equal(validation.images, again.images)


@pytest.mark.parametrize("count", [0, 40, 0.0, -3])
def test_split_refuses_an_empty_part(bundled: Dataset, count: int | float) -> None:
    with pytest.raises(ConfigurationError):
        split_stratified(bundled.subset(np.arange(40)), count)


def test_dataset_refuses_what_cannot_be_right() -> None:
    images = np.zeros((2, 20, 20), np.float32)
    good = np.array([1, 2])
    for wrong_images, labels, writers, words in [
        (images[:, :10], good, None, "shape"),
        (images + 2, good, None, "from 0 to 1"),
        (images * np.nan, good, None, "from 0 to 1"),
        (images, np.array([1, 10]), None, "label 10 of image 2"),
        (images, np.array([1, 2, 3]), None, "2 images but labels"),
        (images, np.array([1.0, 2.0]), None, "whole numbers"),
        (images, good, np.array([1]), "writers"),
    ]:
        with pytest.raises(DataError, match=words):
            Dataset(wrong_images, labels, "Mine", writers)

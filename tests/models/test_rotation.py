"""Turned digits: the right way round, the right angle, fitted to the tile."""

import numpy as np

from engine.data import load_bundled
from engine.data.augmentation.rotation import rotate_digits


def bar(height, width):
    """An upright bar in the middle of the tile."""
    image = np.zeros((20, 20), np.float32)
    image[10 - height // 2 : 10 + height // 2, 10 - width // 2 : 10 + width // 2] = 1
    return image


def slope_degrees(image):
    """The angle of the ink's longest axis against the vertical, positive when its top leans right."""
    y, x = np.mgrid[:20, :20] - 9.5
    total = image.sum()
    xx, yy, xy = ((a * b * image).sum() / total for a, b in ((x, x), (y, y), (x, y)))
    return np.degrees(0.5 * np.arctan2(-2 * xy, yy - xx))


def test_positive_is_clockwise_and_the_angle_is_exact():
    images = np.repeat(bar(20, 4)[np.newaxis], 7, axis=0)
    degrees = np.array([-45, -30, -10, 0, 10, 30, 45], np.float32)
    turned = rotate_digits(images, degrees)
    for image, angle in zip(turned, degrees, strict=True):
        assert abs(slope_degrees(image) - angle) < 1.5


def test_the_ink_fills_the_tile_again():
    digits = load_bundled().images[:60]
    turned = rotate_digits(digits, np.linspace(-45, 45, 60).astype(np.float32))
    assert turned.dtype == np.float32
    assert turned.shape == (60, 20, 20)
    np.testing.assert_allclose(turned.max(axis=(1, 2)), 1, rtol=1e-6)
    assert turned.min() >= 0
    for image in turned:
        rows, columns = np.nonzero(image > 0.05)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


def test_no_turn_changes_little():
    digits = load_bundled().images[:60]
    assert np.abs(rotate_digits(digits, np.zeros(60, np.float32)) - digits).mean() < 0.06


def test_the_middle_and_the_size_do_not_matter():
    """A turned drawing is fitted to the tile: a small one off the middle gives what a large one gives."""
    small = np.zeros((20, 20), np.float32)
    small[2:12, 3:5] = 1
    turned = rotate_digits(np.stack([bar(20, 4), small]), np.full(2, 20, np.float32))
    assert np.abs(turned[0] - turned[1]).mean() < 0.05


def test_blank_stays_blank():
    assert not rotate_digits(np.zeros((2, 20, 20), np.float32), np.array([10, -10], np.float32)).any()
    assert rotate_digits(np.zeros((0, 20, 20), np.float32), np.zeros(0, np.float32)).shape == (0, 20, 20)


def test_many_at_once_equal_one_at_a_time():
    digits = load_bundled().images[:1100]
    degrees = np.linspace(-45, 45, 1100).astype(np.float32)
    turned = rotate_digits(digits, degrees)
    for index in (0, 500, 1023, 1024, 1099):
        np.testing.assert_array_equal(turned[index], rotate_digits(digits[[index]], degrees[[index]])[0])

"""Marks by which pictures are known again."""

import numpy as np

from engine.data.picture_marks import picture_marks


def test_equal_pictures_have_equal_marks_and_others_have_not():
    images = np.random.default_rng(0).random((2100, 20, 20), np.float32)
    images[5] = images[2050]
    images[6] = images[7].T
    marks = picture_marks(images)
    assert marks[5] == marks[2050]
    assert len(np.unique(marks)) == 2099
    np.testing.assert_array_equal(picture_marks(images[::-1]), marks[::-1])
    assert len(picture_marks(images[:0])) == 0

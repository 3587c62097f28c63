"""Digits of few pixels look as their strokes do, in arrays and as pictures, and are read."""

from pathlib import Path

import numpy as np
import pytest
from test_thin_pens import DRAWINGS, painted

from engine.data import read_digits
from engine.ink import features_from_drawings, features_from_image
from models import load

LABELS = np.array([drawing.label for drawing in DRAWINGS])


@pytest.mark.parametrize(("side", "pen"), [(8, 1.0), (10, 1.0), (14, 1.2), (16, 1.8), (28, 1.2)])
def test_arrays_and_pictures_look_as_their_strokes_do_and_are_answered(side: int, pen: float, tmp_path: Path) -> None:
    length = 14 / 28 if side == 28 else 0.9
    images = np.stack([painted(drawing, side, pen, length) for drawing in DRAWINGS])
    np.savez(tmp_path / "small.npz", images=images, labels=LABELS)
    reading = read_digits(tmp_path / "small.npz")
    assert "small digits" in reading.told
    model = load()
    for features in (reading.images, np.stack([features_from_image(image) for image in images])):
        assert np.abs(features - np.stack(features_from_drawings(DRAWINGS))).mean() < (0.08 if side > 8 else 0.1)
        right = (model.answer(features).argmax(axis=1) == LABELS) & ~model.rejects(features)
        assert right.mean() >= 0.9


def test_small_digits_in_frames_of_28_keep_what_they_came_as(tmp_path: Path) -> None:
    images = np.stack([painted(drawing, 28, 1.2, 0.5) for drawing in DRAWINGS])
    images[2] = 0
    np.savez(tmp_path / "small.npz", images=images, labels=LABELS)
    reading = read_digits(tmp_path / "small.npz")
    np.testing.assert_array_equal(reading.originals, images)
    assert not reading.images[2].any()


def test_a_speck_is_no_small_digit() -> None:
    speck = np.zeros((12, 12), np.uint8)
    speck[5:7, 5:7] = 255
    found = features_from_image(speck)
    assert found is None or load().rejects(found[None])[0]

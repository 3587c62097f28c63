from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from engine.data import ImageVariation, StrokeVariation, augment_drawing, augment_images, load_bundled
from engine.data.augmentation.images import REFITTED_VARIATION, inverse_maps
from engine.errors import ShapeError
from engine.ink import PreprocessingSteps, features_from_drawing, features_from_drawings
from engine.ink.drawing import Drawing, Stroke

NOTHING = ImageVariation(rotation=0, shear=0, scale=(1, 1), shift=0, unchanged=0)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return load_bundled().images[:300]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_equal_seeds_give_equal_images_whatever_the_shape(images: np.ndarray) -> None:
    first = augment_images(images, rng())
    np.testing.assert_array_equal(augment_images(images, rng()), first)
    np.testing.assert_array_equal(augment_images(images.reshape(-1, 400), rng()).reshape(first.shape), first)
    out = np.empty((300, 20, 20, 1), np.float32)
    assert augment_images(images[:, :, :, None], rng(), out) is out
    np.testing.assert_array_equal(out[:, :, :, 0], first)
    assert first.dtype == np.float32
    assert 0 <= first.min() <= first.max() <= 1
    assert not np.array_equal(augment_images(images, np.random.default_rng(6)), first)


def test_input_is_not_changed_and_a_share_stays(images: np.ndarray) -> None:
    before = images.copy()
    result = augment_images(images, rng())
    np.testing.assert_array_equal(images, before)
    same = np.abs(result - images).max(axis=(1, 2)) < 1e-5
    assert 0.12 < same.mean() < 0.3
    np.testing.assert_allclose(augment_images(images, rng(), None, NOTHING), images, atol=1e-6)


def test_maps_agree_with_an_independent_warp(images: np.ndarray) -> None:
    variation = ImageVariation(rotation=30, shear=0.3, scale=(0.7, 1.2), shift=3, unchanged=0)
    generator = rng()
    maps = inverse_maps(20, generator, variation, generator.random(20) >= 0)
    result = augment_images(images[:20], rng(), None, variation)
    for image, affine, warped in zip(images, maps, result, strict=False):
        swap = affine[::-1, [1, 0, 2]]  # SciPy counts rows first
        expected = ndimage.affine_transform(
            np.pad(image, 30), swap[:, :2], swap[:, 2] + 30 - swap[:, :2] @ [30, 30], order=1
        )
        np.testing.assert_allclose(warped, expected[30:50, 30:50], atol=2e-4)


def test_amounts_keep_within_their_ranges(images: np.ndarray) -> None:
    shifted = augment_images(images, rng(), None, ImageVariation(0, 0, (1, 1), 2.0, 0))
    columns = np.arange(20)

    def centre(batch: np.ndarray) -> np.ndarray:
        return (batch.sum(axis=1) * columns).sum(axis=1) / batch.sum(axis=(1, 2))

    narrow = (images > 0).any(axis=1).sum(axis=1) <= 12
    moved = (centre(shifted) - centre(images))[narrow]
    assert np.abs(moved).max() <= 2.3  # rows that leave at the top or the bottom move the centre a little
    assert moved.std() > 0.8


def test_refitted_ink_fills_the_tile_again(images: np.ndarray) -> None:
    varied = augment_images(images, rng(), None, replace(REFITTED_VARIATION, elastic=0.0, unchanged=0.0))
    ink = varied > 0.05
    rows, columns = ink.any(axis=2), ink.any(axis=1)
    longer = np.maximum(rows.sum(axis=1), columns.sum(axis=1))
    assert longer.min() >= 17  # a faint tip may fade
    assert np.median(longer) == 20
    for sides in (rows, columns):
        before, after = sides.argmax(axis=1), sides[:, ::-1].argmax(axis=1)
        assert np.abs(before - after).max() <= 3
    assert np.abs(varied - images).mean() > 0.05


def test_an_empty_image_stays_empty_when_refitted() -> None:
    blank = np.zeros((3, 20, 20), np.float32)
    assert not augment_images(blank, rng(), None, REFITTED_VARIATION).any()


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 20), (20, 20), (3, 20, 20, 2)])
def test_wrong_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError):
        augment_images(np.zeros(shape, np.float32), rng())
    with pytest.raises(ShapeError):
        augment_images(np.zeros((3, 20, 20), np.float32), rng(), np.zeros((2, 20, 20), np.float32))


def test_empty_batch() -> None:
    assert augment_images(np.zeros((0, 20, 20), np.float32), rng()).shape == (0, 20, 20)


def four() -> Drawing:
    t = np.linspace(0, 1, 40)
    hook = np.r_[np.c_[6 - 6 * t[:20] * 2, 20 * t[:20]], np.c_[np.linspace(0, 12, 20), np.full(20, 10.0)]]
    return Drawing((Stroke(hook), Stroke(np.c_[8 + 0 * t, 16 * t + 8])), 4, {"writer": 7})


def test_varied_drawings_are_the_same_digit_differently() -> None:
    source = four()
    original = features_from_drawing(source)
    generator = rng()
    variants = [augment_drawing(source, generator) for _ in range(60)]
    assert all(variant.label == 4 and variant.extra == {"writer": 7} for variant in variants)
    tiles = features_from_drawings(variants)
    differences = [float(np.abs(tile - original).mean()) for tile in tiles if tile is not None and original is not None]
    assert len(differences) == 60
    assert 0.02 < np.median(differences) < 0.25
    again = np.random.default_rng(5)
    for variant in variants[:3]:
        for one, other in zip(variant.strokes, augment_drawing(source, again).strokes, strict=True):
            np.testing.assert_array_equal(one.points, other.points)
    counts = {len(variant.strokes) for variant in variants}
    assert counts == {1, 2}
    assert min(sum(len(stroke.points) for stroke in variant.strokes) for variant in variants) < 50
    own_pens = features_from_drawings(variants, PreprocessingSteps(one_pen=False))
    inks = [float(tile.mean()) for tile in own_pens if tile is not None]
    assert max(inks) > 1.5 * min(inks)
    np.testing.assert_array_equal(source.strokes[0].points, four().strokes[0].points)


def test_no_variation_changes_nothing_but_the_pen() -> None:
    still = StrokeVariation(0, 0, 1, 0, (0.1, 0.1), 1, 0, 0)
    variant = augment_drawing(four(), rng(), still)
    for one, other in zip(variant.strokes, four().strokes, strict=True):
        np.testing.assert_allclose(one.points, other.points, atol=1e-12)
        assert one.width == pytest.approx(2.4)


def test_dots_and_blanks_survive() -> None:
    assert augment_drawing(Drawing(), rng()).is_blank
    dot = augment_drawing(Drawing.from_points([[(3, 4)]], 1), rng())
    assert features_from_drawing(dot) is not None
    two = augment_drawing(Drawing.from_points([[(3, 4)], [(3, 9), (3, 9)]], 1), rng())
    assert all(np.isfinite(stroke.points).all() for stroke in two.strokes)

"""Simulated photographs give the features of the strokes that they show; what is printed or in shadow is no ink."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.data.synthetic.writing_styles import draw_style
from engine.ink import features_from_drawing, features_from_image, open_image
from engine.ink.photos.background import contrast_on_uneven_paper
from engine.ink.photos.ruling import without_frames, without_ruling
from tests.engine.photographs import PHOTOGRAPHS


@pytest.mark.parametrize(("kind", "habit"), list(zip(PHOTOGRAPHS, 13 * ["crossed 7", "flat 3"], strict=True)))
def test_a_photograph_shows_its_strokes(kind, habit, tmp_path):
    drawing = draw_style(habit, np.random.default_rng(1))
    path = tmp_path / "photo"
    path.write_bytes(PHOTOGRAPHS[kind](drawing, np.random.default_rng(2)))
    features = features_from_image(open_image(path))
    assert features is not None
    # A wrong crop or wrong ink differs by 0.1 and more; another way to the pen's width by about 0.02.
    assert np.abs(features - features_from_drawing(drawing)).mean() < 0.045


def test_equal_seeds_give_equal_photographs():
    drawing = draw_style("crossed 7", np.random.default_rng(1))
    for kind in ("uneven light", "ruled paper", "transparent"):
        first, second, other = (PHOTOGRAPHS[kind](drawing, np.random.default_rng(seed)) for seed in (3, 3, 4))
        assert first == second != other


def page(draw, size=(640, 480), ink=255):
    picture = Image.new("L", size, 0)
    draw(ImageDraw.Draw(picture), ink)
    return np.asarray(picture) / 255


def thick_seven(painter, ink):
    painter.line([(200, 120), (420, 120), (300, 380)], fill=ink, width=50, joint="curve")


@pytest.mark.parametrize("is_dark", [True, False])
def test_a_pen_wider_than_the_smallest_windows_is_found_whole(is_dark):
    ink = page(thick_seven)
    light = np.linspace(0.9, 0.5, 640)[None, :]
    levels = light * (1 - 0.6 * ink) if is_dark else 0.1 + 0.2 * light + 0.5 * ink
    noisy = (levels + np.random.default_rng(0).normal(0, 0.01, levels.shape))[:, :, None].astype(np.float32)
    contrast = contrast_on_uneven_paper(noisy)
    inked = ink > 0.5
    assert contrast[inked].mean() > 0.4
    assert contrast[~inked].mean() < 0.03


def test_ink_in_a_shadow_has_the_contrast_of_ink_in_the_light():
    ink = page(lambda painter, fill: painter.line([(80, 240), (560, 240)], fill=fill, width=12))
    levels = np.where(np.arange(640) < 320, 0.9, 0.45)[None, :] * (1 - 0.7 * ink)
    contrast = contrast_on_uneven_paper(levels[:, :, None].astype(np.float32))
    assert contrast[240, 100] == pytest.approx(contrast[240, 500], abs=0.02)


def test_the_gaps_of_dark_ink_are_no_light_ink():
    rings = page(
        lambda painter, fill: [painter.ellipse([x, 150, x + 170, 330], outline=fill, width=40) for x in (120, 330)]
    )
    levels = np.linspace(0.8, 0.6, 640)[None, :] * (1 - 0.6 * rings)
    contrast = contrast_on_uneven_paper(levels[:, :, None].astype(np.float32))
    assert contrast[rings > 0.5].mean() > 0.5
    assert contrast[rings < 0.5].max() < 0.3


def test_ruling_is_taken_away_and_the_pen_that_crosses_it_stays():
    seven = page(thick_seven) > 0.5
    ruled = seven.copy()
    ruled[::40] = ruled[1::40] = True
    ruled[:, ::40] = True
    cleaned = without_ruling(ruled)
    assert (cleaned & seven).sum() > 0.98 * seven.sum()
    assert (cleaned & ~seven).sum() < 0.1 * seven.sum()
    np.testing.assert_array_equal(without_ruling(seven), seven)


def test_ruling_in_perspective_is_taken_away():
    seven = page(thick_seven) > 0.5
    y, x = np.mgrid[:480, :640]
    ruled = seven | ((y + (0.12 + 0.05 * y / 480) * x) % 45 < 2.5)
    cleaned = without_ruling(ruled)
    assert (cleaned & seven).sum() > 0.98 * seven.sum()
    assert (cleaned & ~seven).sum() < 0.1 * seven.sum()


def test_nothing_is_left_of_ruling_alone():
    lines = np.zeros((480, 640), bool)
    lines[20::40] = lines[21::40] = True
    assert not without_ruling(lines).any()
    lines[:, ::40] = True
    assert not without_ruling(lines).any()
    two = np.zeros((480, 640), bool)
    two[100] = two[300] = True
    np.testing.assert_array_equal(without_ruling(two), two)


def test_lines_that_are_broken_where_they_are_pale_are_found_in_the_faint_ink():
    seven = page(thick_seven) > 0.5
    faint = seven.copy()
    faint[20::40] = faint[21::40] = True
    broken = seven | faint & (np.random.default_rng(0).random(seven.shape) < 0.3)
    cleaned = without_ruling(broken, faint)
    assert (cleaned & seven).sum() > 0.98 * seven.sum()
    assert (cleaned & ~seven).sum() < 0.05 * seven.sum()


def test_ink_that_fills_the_picture_to_its_rim_is_no_ruling():
    two = page(
        lambda painter, ink: painter.line(
            [(20, 100), (320, 20), (600, 180), (20, 460), (639, 460)], fill=ink, width=40, joint="curve"
        )
    )
    rows, columns = np.flatnonzero(two.any(axis=1)), np.flatnonzero(two.any(axis=0))
    tight = two[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0.5
    np.testing.assert_array_equal(without_ruling(tight), tight)


def test_a_line_that_crosses_the_whole_picture_alone_is_ink():
    one = page(lambda painter, ink: painter.line([(320, 0), (320, 479)], fill=ink, width=20)) > 0.5
    np.testing.assert_array_equal(without_ruling(one), one)


def test_a_frame_is_taken_away_unless_it_is_all_there_is():
    frame = page(lambda painter, ink: painter.rectangle([10, 10, 629, 469], outline=ink, width=3)) > 0.5
    seven = page(thick_seven) > 0.5
    np.testing.assert_array_equal(without_frames(frame | seven), seven)
    np.testing.assert_array_equal(without_frames(frame), frame)
    ring = page(lambda painter, ink: painter.ellipse([100, 20, 540, 460], outline=ink, width=12)) > 0.5
    dotted = ring.copy()
    dotted[230:250, 310:330] = True
    np.testing.assert_array_equal(without_frames(dotted), dotted)


WIDTH, HEIGHT = 320, 240


def small_page(draw):
    """The same page of fewer pixels, which is read faster."""
    return np.asarray(Image.fromarray(page(draw)).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST))


def lit(kind):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / HEIGHT
    light = {
        "ramp": 0.9 - 0.4 * x,
        "slanting ramp": 0.9 - 0.3 * x - 0.25 * y,
        "spot": 0.3 + 0.6 * np.exp(-((x - 0.1) ** 2 + (y - 0.3) ** 2) / 0.3),
        "vignette": 0.9 - 0.7 * ((x - 0.67) ** 2 + (y - 0.5) ** 2),
        "shadow's edge": np.where(x + 0.3 * y < 0.8, 0.9, 0.45),
        "shadow across a corner": np.where(x + y < 0.5, 0.5, 0.9),
    }[kind]
    return light + np.random.default_rng(0).normal(0, 0.012, light.shape)


LIGHTS = ["ramp", "slanting ramp", "spot", "vignette", "shadow's edge", "shadow across a corner"]


@pytest.mark.parametrize("kind", LIGHTS)
def test_light_on_blank_paper_is_no_ink(kind):
    assert features_from_image((255 * np.clip(lit(kind), 0, 1)).astype(np.uint8)) is None


@pytest.mark.parametrize("kind", LIGHTS)
def test_light_on_a_sheet_does_not_matter(kind):
    ink = small_page(thick_seven)
    found = features_from_image((255 * np.clip(lit(kind) * (1 - 0.65 * ink), 0, 1)).astype(np.uint8))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.03


def test_ink_that_touches_the_rim_in_uneven_light_is_whole():
    ink = small_page(lambda painter, fill: painter.line([(30, 30), (610, 30), (300, 479)], fill=fill, width=50))
    found = features_from_image((255 * np.clip(lit("ramp") * (1 - 0.65 * ink), 0, 1)).astype(np.uint8))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.03


def flat_scan(contrast):
    """Paper of one tone, no light on it, as a scanner gives it."""
    levels = 0.9 * (1 - contrast)
    levels[::2, ::3] += 2 / 255
    return (255 * np.clip(levels, 0, 1)).round().astype(np.uint8)


def test_the_shadow_of_a_hand_beside_and_under_the_ink_is_no_ink():
    ink = small_page(thick_seven)
    hand = small_page(lambda painter, fill: painter.ellipse([230, 220, 480, 470], fill=fill))
    found = features_from_image(flat_scan(1 - (1 - 0.4 * hand) * (1 - 0.7 * ink)))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.02


def test_ink_that_is_pale_in_a_glare_is_no_half_tone():
    ink = small_page(thick_seven)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / HEIGHT
    glare = np.exp(-((x - 0.75) ** 2 + (y - 0.5) ** 2) / 0.05)
    levels = 0.7 + 0.25 * glare - ink * (0.5 - 0.15 * glare) + np.random.default_rng(0).normal(0, 0.01, ink.shape)
    found = features_from_image((255 * np.clip(levels, 0, 1)).astype(np.uint8))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.03


def test_a_transparent_pen_that_is_darker_where_it_crosses_itself_is_ink():
    ink = small_page(thick_seven)
    crossing = ink * small_page(lambda painter, fill: painter.ellipse([380, 90, 440, 150], fill=fill))
    found = features_from_image(flat_scan(0.4 * ink + 0.35 * crossing))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.02


def test_ink_is_found_in_the_noise_of_the_dark():
    ink = small_page(thick_seven)
    rng = np.random.default_rng(1)
    coarse = rng.normal(0, 0.05, (HEIGHT // 4, WIDTH // 4, 3)).repeat(4, 0).repeat(4, 1)
    levels = 0.35 * (1 - 0.7 * ink[:, :, None]) * np.array([1, 0.9, 0.7]) + coarse
    found = features_from_image((255 * np.clip(levels, 0, 1)).astype(np.uint8))
    assert found is not None
    assert np.abs(found - features_from_image((255 * (1 - ink)).astype(np.uint8))).mean() < 0.04

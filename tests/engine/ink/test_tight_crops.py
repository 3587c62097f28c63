"""Pictures that are cut so closely that the ink touches their rim."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.data.synthetic.writing_styles import draw_style
from engine.ink import features_from_drawing, features_from_image
from engine.ink.drawing import Drawing
from engine.ink.photos.tight_crop import contrast_of_tight_crop

SIDE, PEN = 140, 13


def crop(drawing: Drawing, margin: float, chalk: bool = False, seed: int = 0) -> np.ndarray:
    """A noisy photograph on unevenly lit paper, `margin` sides of the digit around its ink."""
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    lower, upper = points.min(axis=0), points.max(axis=0)
    scale, room = SIDE / float((upper - lower).max()), SIDE * margin + PEN / 2
    width, height = np.ceil((upper - lower) * scale + 2 * room).astype(int)
    picture = Image.new("L", (int(width), int(height)))
    for stroke in drawing.strokes:
        places = [tuple(place) for place in (stroke.points - lower) * scale + room]
        ImageDraw.Draw(picture).line(places, fill=255, width=PEN, joint="curve")
    ink = np.asarray(picture) / 255
    light = np.linspace(0.55, 0.95, int(width)) + np.random.default_rng(seed).normal(0, 0.015, ink.shape)
    levels = light * (1 - 0.85 * ink)
    return np.asarray(np.clip(255 * (1 - levels if chalk else levels), 0, 255), np.uint8)


@pytest.mark.parametrize("margin", [-0.02, 0.0, 0.05])
@pytest.mark.parametrize("habit", ["slashed 0", "ringed 8", "looped 2", "detached 5"])
def test_ink_at_the_rim_is_found_whole(habit: str, margin: float) -> None:
    drawing = draw_style(habit, np.random.default_rng(1))
    found = features_from_image(crop(drawing, margin))
    assert found is not None
    assert np.abs(found - features_from_drawing(drawing)).mean() < 0.07


def test_chalk_is_read_alike() -> None:
    drawing = draw_style("flat 3", np.random.default_rng(1))
    found = features_from_image(crop(drawing, 0.0, chalk=True))
    assert np.abs(found - features_from_drawing(drawing)).mean() < 0.07


def test_pictures_with_room_shadows_and_tables_are_left_to_the_windows() -> None:
    drawing = draw_style("flat 3", np.random.default_rng(1))
    roomy = crop(drawing, 0.4)[:, :, None] / np.float32(255)
    assert contrast_of_tight_crop(roomy.astype(np.float32)) is None
    table = crop(drawing, 0.0)[:, :, None] / np.float32(255)
    table[:, :60] *= 0.2
    assert contrast_of_tight_crop(table.astype(np.float32)) is None
    assert contrast_of_tight_crop(np.full((40, 40, 1), 0.7, np.float32)) is None
    assert contrast_of_tight_crop(np.zeros((4, 40, 1), np.float32)) is None


def test_a_table_along_the_rim_is_no_closely_cut_ink() -> None:
    page = np.full((120, 160, 1), 0.9, np.float32)
    page[40:80, 70:76] = 0.7
    page[:9] = 0.1
    assert contrast_of_tight_crop(page) is None

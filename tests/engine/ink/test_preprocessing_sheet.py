"""The sheet in the picture: what lies beside it is no ink, and neither light nor ink is taken for a sheet."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.ink import features_from_image
from engine.ink.photos.sheet import find_sheet, on_sheet

SIZE = (480, 360)
SHEET = [(90, 60), (400, 40), (420, 300), (110, 330)]
SEVEN = [(190, 110), (320, 110), (250, 260)]


def seven(ink=0, paper=255, size=SIZE):
    picture = Image.new("L", size, paper)
    ImageDraw.Draw(picture).line(SEVEN, fill=ink, width=16, joint="curve")
    return picture


def on_desk(desk=60, paper=230, ink=40, *, has_ink=True):
    picture = Image.new("L", SIZE, desk)
    painter = ImageDraw.Draw(picture)
    painter.polygon(SHEET, fill=paper)
    if has_ink:
        painter.line(SEVEN, fill=ink, width=16, joint="curve")
    return picture


def noisy(picture):
    levels = np.asarray(picture) + np.random.default_rng(0).normal(0, 3, np.asarray(picture).shape)
    return np.clip(levels, 0, 255).astype(np.uint8)


def levels_of(array):
    return np.asarray(array, np.float32)[:, :, None] / np.float32(255)


def framed():
    picture = seven()
    ImageDraw.Draw(picture).rectangle([0, 0, SIZE[0] - 1, SIZE[1] - 1], outline=0, width=6)
    return np.asarray(picture)


def clear_around():
    sheet = np.asarray(seven())
    opacity = np.zeros_like(sheet)
    opacity[30:-30, 40:-40] = 255
    return np.dstack([np.where(opacity > 0, sheet, 0)] * 3 + [opacity])


PICTURES = {
    "light sheet, dark desk": noisy(on_desk()),
    "light sheet, grey desk": noisy(on_desk(130)),
    "blackboard, light wall": noisy(on_desk(210, 50, 220)),
    "ink of the desk's tone": noisy(on_desk(60, 230, 60)),
    "frame along the rim": framed(),
    "transparent around the sheet": clear_around(),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_lies_beside_the_sheet_is_no_ink(name):
    found, wanted = features_from_image(PICTURES[name]), features_from_image(seven())
    assert np.abs(found - wanted).mean() < 0.02


def test_the_sheet_is_what_is_inside_its_edges():
    sheet = find_sheet(levels_of(noisy(on_desk())))
    assert sheet is not None
    left, top, right, bottom = sheet.box
    np.testing.assert_allclose(sheet.box, (90 / 480, 40 / 360, 420 / 480, 330 / 360), atol=0.03)
    assert left > 90 / 480
    assert top > 40 / 360
    assert right < 420 / 480
    assert bottom < 330 / 360
    assert sheet.inside[sheet.inside.shape[0] // 2, sheet.inside.shape[1] // 2]
    assert not sheet.inside[0, 0]


def test_a_box_on_a_sheet_is_looked_into():
    picture = on_desk()
    ImageDraw.Draw(picture).rectangle([150, 85, 370, 285], outline=60, width=5)
    assert np.abs(features_from_image(noisy(picture)) - features_from_image(seven())).mean() < 0.02


def light(kind):
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] / SIZE[1]
    page = np.asarray(seven(ink=60, paper=240)) / 255
    return {
        "ramp": page * (0.5 + 0.35 * x),
        "shadow's edge": page * np.where(x + 0.4 * y < 0.75, 1, 0.5),
        "spot": page * np.where(np.hypot(x - 0.7, y - 0.5) < 0.4, 1, 0.5),
        "vignette": page * (1 - 0.5 * np.hypot(x - 0.67, y - 0.5) ** 2),
    }[kind][:, :, None].astype(np.float32)


@pytest.mark.parametrize("kind", ["ramp", "shadow's edge", "spot", "vignette"])
def test_light_is_no_sheet(kind):
    assert find_sheet(light(kind)) is None


@pytest.mark.parametrize("is_lit", [True, False])
def test_the_corner_that_the_edge_of_a_shadow_cuts_off_is_no_sheet(is_lit):
    picture = np.asarray(seven(20, 235)) / np.float32(255)
    corner = Image.new("L", SIZE, 0)
    ImageDraw.Draw(corner).polygon([(0, 110), (0, 359), (300, 359), (110, 200)], fill=1)
    picture *= np.where(np.asarray(corner) == is_lit, 1, 0.6)
    assert find_sheet(picture[:, :, None].astype(np.float32)) is None
    # A desk has a color of its own.
    beside = np.where((np.asarray(corner) == 0)[:, :, None], (1.0, 0.7, 0.5), 1.0) * picture[:, :, None]
    assert find_sheet(beside.astype(np.float32)) is not None


def test_the_margin_beside_a_printed_line_is_no_sheet():
    picture = seven()
    ImageDraw.Draw(picture).line([(80, 0), (80, 360)], fill=120, width=3)
    assert find_sheet(levels_of(picture)) is None


@pytest.mark.parametrize("spacing", [45, 90, 150])
def test_the_space_between_two_printed_lines_is_no_sheet(spacing):
    picture = seven()
    for y in range(30, SIZE[1], spacing):
        ImageDraw.Draw(picture).line([(0, y), (SIZE[0], y + 12)], fill=90, width=3)
    assert find_sheet(levels_of(picture)) is None


@pytest.mark.parametrize("spacing", [46, 53, 61])
def test_cells_of_squared_paper_are_no_sheet(spacing):
    """Lines of two pixels, black as the ink, are lost in part where sheets are looked for."""
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    lines = ((rows + 20) % spacing < 2) | ((columns + 30) % spacing < 2)
    squared = np.where(lines, 20, seven(20, 235)).astype(np.uint8)
    assert find_sheet(levels_of(squared)) is None
    assert np.abs(features_from_image(squared) - features_from_image(seven(20, 235))).mean() < 0.1


@pytest.mark.parametrize("width", [20, 60, 100])
def test_ink_is_no_sheet(width):
    picture = Image.new("L", SIZE, 255)
    ImageDraw.Draw(picture).ellipse([100, 10, 380, 350], outline=0, width=width)
    assert find_sheet(levels_of(picture)) is None
    assert find_sheet(levels_of(seven())) is None
    for size in ((1, 1), (500, 3), (28, 28)):
        assert find_sheet(levels_of(Image.new("L", size, 200))) is None


def test_what_is_beside_the_sheet_takes_the_nearest_level_on_it():
    levels = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    inside = np.zeros((3, 4), bool)
    inside[:, 1:3] = True
    np.testing.assert_array_equal(on_sheet(levels, inside)[0, :, 0], [1, 1, 2, 2])
    np.testing.assert_array_equal(on_sheet(levels, np.zeros((3, 4), bool)), levels)

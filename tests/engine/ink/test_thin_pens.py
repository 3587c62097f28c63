"""Arrays of thin lines get MNIST's pen; MNIST's own images stay as they are to the bit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.data import ReadOptions, load_bundled, read_dataset, read_digits
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.ink.photos.thin_pens import are_thin, pen_widths

DRAWINGS = read_drawings(Path(__file__).parents[2] / "habits" / "drawings.jsonl.gz")[::20]


def painted(drawing: Drawing, side: int, pen: float, length: float = 0.7) -> np.ndarray:
    """(side, side) uint8: the strokes, `length` of the side long, drawn `pen` pixels broad and averaged."""
    lower = np.min([stroke.points.min(axis=0) for stroke in drawing.strokes], axis=0)
    upper = np.max([stroke.points.max(axis=0) for stroke in drawing.strokes], axis=0)
    scale = length * 8 * side / float((upper - lower).max())
    picture = Image.new("L", (8 * side, 8 * side))
    for stroke in drawing.strokes:
        places = (stroke.points - (lower + upper) / 2) * scale + 4 * side
        ImageDraw.Draw(picture).line([tuple(place) for place in places], fill=255, width=round(8 * pen), joint="curve")
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


@pytest.mark.parametrize(("side", "pen"), [(28, 0.8), (28, 1.2), (32, 1.0), (112, 3.0)])
def test_thin_lines_look_as_their_strokes_do(side: int, pen: float, tmp_path: Path) -> None:
    images = np.stack([painted(drawing, side, pen) for drawing in DRAWINGS])
    np.savez(tmp_path / "thin.npz", images=images, labels=[drawing.label for drawing in DRAWINGS])
    reading = read_digits(tmp_path / "thin.npz")
    wanted = np.stack(features_from_drawings(DRAWINGS))
    assert "thin pen" in reading.told
    assert np.median(pen_widths(reading.images)) == pytest.approx(np.median(pen_widths(wanted)), abs=0.15)
    assert np.abs(reading.images - wanted).mean() < 0.05


def test_the_width_is_that_of_the_pen_also_of_grey_lines() -> None:
    line = np.zeros((2, 20, 20), np.float32)
    line[0, :, 9:12] = 1
    line[1, :, 9:11] = 0.5
    assert pen_widths(line) == pytest.approx([3, 2], rel=0.2)
    assert pen_widths(np.zeros((1, 20, 20), np.float32)) == [0]


def test_mnists_own_images_stay_as_they_are(tmp_path: Path) -> None:
    digits = load_bundled()
    images = np.pad(np.rint(digits.images[:200] * 255).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    np.savez(tmp_path / "mnist.npz", images=images, labels=digits.labels[:200])
    read = read_dataset(tmp_path / "mnist.npz", ReadOptions())
    np.testing.assert_array_equal(read.images, digits.images[:200])


def test_a_few_thin_digits_prove_nothing() -> None:
    thin = np.zeros((9, 20, 20), np.float32)
    thin[:, :, 10] = 1
    assert not are_thin(thin)
    assert are_thin(np.concatenate([thin, thin]))


def test_a_folder_of_small_images_is_repainted_alike(tmp_path: Path) -> None:
    images = np.stack([painted(drawing, 28, 0.9, 0.64) for drawing in DRAWINGS])
    for number, (image, drawing) in enumerate(zip(images, DRAWINGS, strict=True)):
        Image.fromarray(255 - image).save(tmp_path / f"{drawing.label}_{number:03}.png")
    wanted = np.stack(features_from_drawings(DRAWINGS))
    names = sorted(range(len(DRAWINGS)), key=lambda number: (DRAWINGS[number].label, number))
    reading = read_digits(tmp_path)
    assert "thin pen" in reading.told
    assert np.abs(reading.images - wanted[names]).mean() < 0.05


def test_an_image_without_ink_among_thin_ones_stays_empty(tmp_path: Path) -> None:
    images = np.stack([painted(drawing, 28, 1.0) for drawing in DRAWINGS])
    images[3] = 0
    np.savez(tmp_path / "thin.npz", images=images, labels=[drawing.label for drawing in DRAWINGS])
    read = read_dataset(tmp_path / "thin.npz", ReadOptions())
    assert not read.images[3].any()
    assert read.images[2].any()

"""Drawings written for other programs come back equal."""

import numpy as np
import pytest
from PIL import Image

from engine.data import load_bundled, read_digits
from engine.data.exporting import EXPORT_FORMATS
from engine.data.image_drawings import drawing_features, image_drawing
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings


def _drawings():
    seven = [[(1, 1), (9, 1), (5, 12)]]
    drawings = [
        Drawing.from_points([[(k * x, y) for x, y in stroke] for stroke in strokes], label)
        for k in (1, 1.5, 0.5)
        for label, strokes in (
            (7, seven),
            (1, [[(4, 0), (4.5, 9)]]),
            (4, [[(1, 0), (0, 6), (8, 6)], [(6, 0), (6, 12)]]),
        )
    ]
    image = np.zeros((20, 20), np.float32)
    image[:, 8:12] = np.linspace(0.1, 1, 80, dtype=np.float32).reshape(20, 4)
    return [*drawings, image_drawing(image, 1)]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_every_format_reads_back_equal(name, tmp_path):
    drawings, path = _drawings(), tmp_path / f"mine{EXPORT_FORMATS[name].suffix}"
    EXPORT_FORMATS[name].write(path, drawings)
    digits = read_digits(path).dataset()
    wanted = {
        (drawing.label, np.rint(255 * features).astype(np.uint8).tobytes())
        for drawing, features in zip(drawings, drawing_features(drawings), strict=True)
    }
    levels = np.rint(255 * digits.images).astype(np.uint8)
    assert {(int(label), level.tobytes()) for label, level in zip(digits.labels, levels, strict=True)} == wanted
    assert len(digits) == len(drawings)
    if name in ("drawings", "npz"):
        np.testing.assert_array_equal(digits.images, np.stack(drawing_features(drawings)))


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_images_that_came_as_28_by_28_go_as_they_came(name, tmp_path):
    bundled = load_bundled().subset(np.arange(9))
    frames = np.zeros((9, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(255 * bundled.images)
    path = tmp_path / f"mine{EXPORT_FORMATS[name].suffix}"
    given = zip(bundled.images, bundled.labels.tolist(), frames, strict=True)
    EXPORT_FORMATS[name].write(path, [image_drawing(image, label, None, frame) for image, label, frame in given])
    digits = read_digits(path).dataset()
    order = np.argsort(bundled.labels, kind="stable") if name == "png" else np.arange(9)
    np.testing.assert_allclose(digits.images, bundled.images[order], atol=0.003)
    if name == "png":
        assert np.asarray(Image.open(path / "5" / "00000.png")).tolist() == frames[0].tolist()
    else:
        np.testing.assert_array_equal(digits.originals, frames)


def test_a_drawing_file_keeps_the_strokes(tmp_path):
    drawings = _drawings()[:3]
    EXPORT_FORMATS["drawings"].write(tmp_path / "mine.jsonl", drawings)
    for before, after in zip(drawings, read_drawings(tmp_path / "mine.jsonl"), strict=True):
        assert [stroke.points.tolist() for stroke in before.strokes] == [s.points.tolist() for s in after.strokes]


@pytest.mark.parametrize("name", ["idx", "png"])
def test_a_folder_with_something_in_it_is_left_alone(name, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OSError, match="exists already"):
        EXPORT_FORMATS[name].write(tmp_path / "mine", _drawings())
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "letter.txt"]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_nothing_is_refused_in_words(name, tmp_path):
    with pytest.raises(DataError, match="there is no d"):
        EXPORT_FORMATS[name].write(tmp_path / "mine", [])


@pytest.mark.parametrize("image", ["no base 64", "AAAA", 7])
def test_an_image_that_is_none_is_a_blank_drawing(image):
    assert drawing_features([Drawing((), 3, {"image": image})]) == [None]

import io
import struct
import warnings
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from engine.data import load_bundled
from engine.errors import DataError, ShapeError
from engine.ink import features_from_drawing, features_from_image, features_from_mnist, open_image
from engine.ink.drawing import Drawing
from tests.tables import over

# A 5 with a detached bar: several pieces, no symmetry.
FIVE = [
    [(0.1, 0.02), (0.75, 0.0)],
    [(0.12, 0.04), (0.08, 0.42), (0.35, 0.36), (0.62, 0.5), (0.66, 0.75), (0.4, 0.98), (0.0, 0.9)],
]


@cache
def painted(side: int, size: float, pen: float, place: tuple[float, float]) -> Image.Image:
    """Dark ink on white, mode L, painted four times as large and averaged."""
    large = Image.new("L", (side * 4, side * 4), 255)
    painter = ImageDraw.Draw(large)
    for stroke in FIVE:
        points = [
            (((x - 0.33) * size + place[0]) * side * 4, ((y - 0.5) * size + place[1]) * side * 4) for x, y in stroke
        ]
        painter.line(points, fill=0, width=round(pen * 4))
        for x, y in points:
            painter.ellipse([x - pen * 2, y - pen * 2, x + pen * 2, y + pen * 2], fill=0)
    return large.reduce(4)


def picture(
    side: int = 280, size: float = 0.6, pen: float = 20, place: tuple[float, float] = (0.5, 0.5)
) -> Image.Image:
    """A copy of its own to paint on."""
    return painted(side, size, pen, place).copy()


def features(image: Image.Image | np.ndarray) -> np.ndarray:
    result = features_from_image(image)
    assert result is not None
    assert result.shape == (20, 20)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() == 1
    return result


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    return features(picture())


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def test_images_and_strokes_agree(expected: np.ndarray) -> None:
    dense = []
    for stroke in FIVE:
        points = np.array(stroke)
        t = np.arange(len(points))
        fine = np.linspace(0, len(points) - 1, 200)
        dense.append(np.c_[np.interp(fine, t, points[:, 0]), np.interp(fine, t, points[:, 1])])
    strokes = features_from_drawing(Drawing.from_points(dense))
    assert strokes is not None
    assert distance(strokes, expected) < 0.03


@pytest.mark.parametrize("size", [0.2, 0.5, 0.85])
@pytest.mark.parametrize("pen", [5, 12, 22])
def test_size_place_and_pen_hardly_matter(expected: np.ndarray, size: float, pen: float) -> None:
    if pen / size <= 60:
        place = (0.5 + 0.1 * (1 - size), 0.5 - 0.1 * (1 - size))
        assert distance(features(picture(280, size, pen, place)), expected) < 0.035
        assert distance(features(picture(560, size, pen * 2, place)), expected) < 0.035


@cache
def variants() -> dict[str, Image.Image]:
    base = picture()
    ink = np.asarray(ImageOps.invert(base))
    blank = np.zeros_like(ink)
    transparent = Image.fromarray(np.dstack([blank, blank, blank, ink]))
    white_on_clear = Image.fromarray(np.dstack([ink * 0 + 255, ink * 0 + 255, ink * 0 + 255, ink]))
    palette = transparent.quantize(64, method=Image.Quantize.FASTOCTREE)
    red = Image.merge("RGB", [base.point(lambda level: 200 + level // 5), base, base])
    return {
        "1": base.convert("1", dither=Image.Dither.NONE),
        "L": base,
        "L inverted": ImageOps.invert(base),
        "LA": Image.merge("LA", [Image.new("L", base.size, 0), Image.fromarray(ink)]),
        "P": base.convert("P"),
        "P with transparency": palette,
        "RGB": base.convert("RGB"),
        "RGB in red ink": red,
        "RGBA black on nothing": transparent,
        "RGBA white on nothing": white_on_clear,
        "RGBA cut out of white": Image.fromarray(np.dstack([blank + 255, blank + 255, blank + 255, 255 - ink])),
        "RGBA cut out of black": Image.fromarray(np.dstack([blank, blank, blank, 255 - ink])),
        "RGBA opaque": base.convert("RGBA"),
        "I;16": Image.fromarray(np.asarray(base).astype(np.uint16) * 257),
        "12 of 16 bits": Image.fromarray(np.asarray(base).astype(np.uint16) * 16),
        "I": Image.fromarray(np.asarray(base).astype(np.int32)),
        "F": Image.fromarray(np.asarray(base).astype(np.float32) / 255),
        "CMYK": base.convert("RGB").convert("CMYK"),
        "YCbCr": base.convert("RGB").convert("YCbCr"),
        "grey paper, pale ink": base.point(lambda level: 120 + level // 4),
    }


@pytest.mark.parametrize("name", list(variants()))
def test_every_mode_gives_the_same_features(name: str, expected: np.ndarray, tmp_path: Path) -> None:
    image = variants()[name]
    assert distance(features(image), expected) < 0.01
    suffix = {"F": "tif", "I": "tif", "CMYK": "tif", "YCbCr": "jpg"}.get(name, "png")
    image.save(tmp_path / f"digit.{suffix}")
    assert distance(features(open_image(tmp_path / f"digit.{suffix}")), expected) < 0.015


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(orientation: int, expected: np.ndarray, tmp_path: Path) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture().transpose(undo[orientation]) if orientation in undo else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "photo.jpg", exif=exif, quality=90)
    assert distance(features(open_image(tmp_path / "photo.jpg")), expected) < 0.02


@pytest.mark.parametrize("seed", range(6))
def test_photographs_in_uneven_light(seed: int, expected: np.ndarray) -> None:
    rng = np.random.default_rng(seed)
    side = 420
    paper = np.asarray(picture(side, 0.3, 7.2, (0.35, 0.6)), np.float64) / 255
    y, x = np.mgrid[0:side, 0:side] / side
    light = 0.8 + rng.uniform(-0.3, 0.3) * x + rng.uniform(-0.3, 0.3) * y
    angle = rng.uniform(0, 2 * np.pi)
    edge = (x - 0.4) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    light = light * (1 - 0.35 / (1 + np.exp(-edge * 60)))
    levels = light[:, :, None] * (0.35 + 0.65 * paper[:, :, None]) * np.array([1, 0.96, 0.88])
    levels = levels + rng.normal(0, 0.03, levels.shape)
    if seed % 2:
        levels[:, : side // 20] = 0.12  # the dark table beside the sheet
    stream = io.BytesIO()
    Image.fromarray((np.clip(levels, 0, 1) * 255).astype(np.uint8)).save(stream, "JPEG", quality=60)
    assert distance(features(Image.open(stream)), expected) < 0.05


def test_chalk_on_a_board(expected: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    paper = np.asarray(picture(500, 0.4, 12), np.float64) / 255
    board = 0.2 + 0.15 * np.linspace(0, 1, 500)[None, :] + 0.6 * (1 - paper) + rng.normal(0, 0.02, paper.shape)
    assert distance(features((np.clip(board, 0, 1) * 255).astype(np.uint8)), expected) < 0.05


def test_specks_do_no_harm(expected: np.ndarray) -> None:
    image = picture()
    painter = ImageDraw.Draw(image)
    for x, y in ((10, 15), (250, 260), (30, 200)):
        painter.ellipse([x, y, x + 3, y + 3], fill=60)
    assert distance(features(image), expected) < 0.01


def test_small_digit_in_a_large_picture(expected: np.ndarray) -> None:
    assert distance(features(picture(2400, 0.035, 9, (0.8, 0.2))), expected) < 0.05


def test_mnist_like_images_keep_every_grey_level() -> None:
    frames = np.zeros((10, 28, 28), np.uint8)
    frames[:, 4:24, 3:23] = np.rint(load_bundled().images[:10] * 255)
    frames[0] = np.minimum(frames[0], 254)
    exact = features_from_mnist(frames)
    for frame, tile in zip(frames, exact, strict=True):
        for image in (frame, 255 - frame, np.dstack([frame] * 3), np.ascontiguousarray(frame[4:24, 3:23])):
            found = features_from_image(image)
            assert found is not None
            np.testing.assert_allclose(found, tile, atol=1e-6)
        np.testing.assert_array_equal(features_from_image(Image.fromarray(frame)), tile)
    enlarged = [Image.fromarray(frame).resize((280, 280), Image.Resampling.BICUBIC) for frame in frames]
    # Enlarged, MNIST's varying pens are brought to one width, so only the usual difference is small.
    assert np.median([distance(features(image), tile) for image, tile in zip(enlarged, exact, strict=True)]) < 0.1


def test_repeated_pixels_are_taken_once() -> None:
    frame = np.zeros((28, 28), np.uint8)
    frame[4:24, 3:23] = np.rint(load_bundled().images[7] * 255)
    for image in (frame, np.dstack([frame] * 3)):
        for times in (2, 10, 40):
            enlarged = image.repeat(times, 0).repeat(times, 1)
            np.testing.assert_array_equal(features(enlarged), features(image))


def test_digits_smaller_than_the_tile_are_brought_to_it(expected: np.ndarray) -> None:
    assert distance(features(picture(28, 0.45, 1.5)), expected) < 0.06
    assert distance(features(picture(20, 0.7, 1.8, (0.5, 0.5))), expected) < 0.06


@pytest.mark.parametrize("size", [(800, 600), (2600, 1900)])
def test_a_line_of_one_pixel_is_whole(expected: np.ndarray, size: tuple[int, int]) -> None:
    image = Image.new("L", size, 255)
    painter = ImageDraw.Draw(image)
    for stroke in FIVE:
        painter.line([(200 + 310 * x, 130 + 310 * y) for x, y in stroke], fill=0, width=1)
    assert distance(features(image), expected) < 0.05


@over("level", [0, 7, 128, 255])
@over("size", [(1, 1), (28, 28), (3, 500), (640, 480)])
def test_blank_is_none(level: int, size: tuple[int, int]) -> None:
    assert features_from_image(Image.new("L", size, level)) is None


def test_noise_and_empty_paper_are_blank() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 4, (300, 400)) + np.linspace(150, 220, 400)
    assert features_from_image(noise.astype(np.uint8)) is None
    assert features_from_image(Image.new("RGBA", (50, 50), (0, 0, 0, 0))) is None
    assert features_from_image(np.zeros((0, 5), np.uint8)) is None


@pytest.mark.parametrize("size", [(28, 28), (1, 60), (400, 300), (2, 3000)])
def test_odd_pictures_give_numbers(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    one_pixel = np.zeros(size[::-1], np.uint8)
    one_pixel[-1, 0] = 255
    half = np.zeros(size[::-1], np.uint8)
    half[: (size[1] + 1) // 2] = 255
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for array in (one_pixel, half, rng.integers(0, 256, size[::-1], dtype=np.uint8)):
            result = features_from_image(array)
            assert result is None or (np.isfinite(result).all() and result.min() >= 0 and result.max() <= 1)


def test_wrong_arrays_are_refused() -> None:
    for array in (np.zeros((5, 5)), np.zeros((5, 5, 2), np.uint8), np.zeros(5, np.uint8)):
        with pytest.raises(ShapeError):
            features_from_image(array)


def fake_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def test_bad_image_files_are_refused(tmp_path: Path) -> None:
    good = io.BytesIO()
    picture().save(good, "PNG")
    path = tmp_path / "bad.png"
    for data, words in [
        (b"", "empty"),
        (b"x", "not an image"),
        (b"hello, this is text", "not an image"),
        (good.getvalue()[:60], "damaged"),
        (good.getvalue()[: len(good.getvalue()) // 2], "damaged"),
        (fake_png(20_000, 20_000), "pixels"),
        (fake_png(100_000, 100_000), "pixels"),
        (fake_png(10**9, 1), "pixels|damaged"),
        (b"%PDF-1.4 nothing", "not an image"),
    ]:
        path.write_bytes(data)
        with pytest.raises(DataError, match=words) as caught:
            open_image(path)
        assert "bad.png" in str(caught.value)
        assert "\n" not in str(caught.value)
    for wrong in (tmp_path, tmp_path / "missing.png"):
        with pytest.raises(DataError):
            open_image(wrong)


def test_first_frame_of_an_animation(expected: np.ndarray, tmp_path: Path) -> None:
    frames = [picture(), *(Image.new("L", (280, 280), 255) for _ in range(3))]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert distance(features(open_image(tmp_path / "moving.gif")), expected) < 0.02

"""Images from anywhere (photo, scan, screenshot, clipboard) to the digit image."""

import io
import math
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.errors import DataError, ShapeError
from engine.ink.digit_image import DIGIT_SIDE
from engine.ink.photos.found_ink import Box, FoundInk, within
from engine.ink.photos.ink_mask import crop_to_ink, extract_ink, small_clean_ink
from engine.ink.photos.pen_width import digit_image_with_one_pen
from engine.ink.photos.sheet import find_sheet, on_sheet

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
MAX_FILE_BYTES = 64_000_000
MAX_PIXELS = 50_000_000
# No digit is in a strip that is longer: its pixels alone cost as much as those of a large photo.
MAX_SIDE = 30_000
# Netpbm's pictures written as text; a megabyte takes a fifth of a second.
_TEXT_FORMATS = (b"P1", b"P2", b"P3")
_MAX_TEXT_BYTES = 4_000_000
# Longer side at which the ink is searched; a digit of a tenth of the picture still has 64 pixels.
_WORKING_SIDE = 640
_EVEN = 0.01  # mean difference of shades in paper without ink
_MOST_REPEATED = 64  # times that a thumbnail's pixels are repeated
_ENOUGH = 120  # pixels of the digit's longer side; where there are fewer, they are taken from the full picture


def open_image(path: str | os.PathLike[str]) -> "Image.Image":
    """Open an image file of a known format, turned upright by its EXIF tag; of an animation the first frame.

    Raises:
        DataError: the file is missing, empty, damaged, no image of a known format, or has more than 50 million
            pixels; one sentence that names the file.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = Path(path)
    with SourceFile(path) as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"{path}: the file is larger than {MAX_FILE_BYTES // 10**6} MB, too large to be read.")
    if data[:2] in _TEXT_FORMATS and len(data) > _MAX_TEXT_BYTES:
        raise DataError(f"{path}: the image is written as a long text; save it as PNG or as binary PPM.")
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures, which are measured here, and of odd tags, which don't matter.
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise DataError(
                    f"{path}: the image has {width}×{height} pixels, more than {MAX_PIXELS // 10**6} million; "
                    f"make it smaller."
                )
            if max(width, height) > MAX_SIDE:
                raise DataError(
                    f"{path}: the image has {width}×{height} pixels, one side of more than {MAX_SIDE:,}; cut it."
                )
            # JPEG decoders can skip detail that would be averaged away.
            image.draft(None, (2 * _WORKING_SIDE, 2 * _WORKING_SIDE))
            image.load()
            return ImageOps.exif_transpose(image)
    except DataError:
        raise
    except Image.DecompressionBombError:
        raise DataError(f"{path}: the image has too many pixels; make it smaller.") from None
    except UnidentifiedImageError:
        raise DataError(
            f"{path}: this is not an image that can be read (PNG, JPEG, BMP, GIF, WebP, TIFF, PPM)."
        ) from None
    except MemoryError:
        raise DataError(f"{path}: there is not enough memory for this image; make it smaller.") from None
    except Exception:  # Pillow's decoders raise errors of a dozen types on damaged files.
        raise DataError(f"{path}: the image is damaged or cut off; get a fresh copy.") from None


def features_from_image(image: "Image.Image | NDArray[np.uint8]") -> FloatArray | None:
    """The features of a picture of one digit, or None when it is blank.

    Ink may be darker or lighter than its background, which may be uneven, noisy or transparent. A small picture
    that is MNIST-like already (clean background, ink of 10 to 20 pixels) keeps every grey level; in all others the
    ink is separated, specks are dropped, and the pen's width is brought to MNIST's.

    Args:
        image: a Pillow image of any mode, or uint8 (height, width), (height, width, 3) or (height, width, 4).

    Returns:
        (20, 20) float32 in [0, 1], 0 is background and 1 is ink.

    Raises:
        ShapeError: an array of another shape or type.
    """
    picture = _picture_of(image) if isinstance(image, np.ndarray) else image
    clean = _small_clean_ink(picture)
    if clean is not None:
        return clean
    found = find_ink(picture)
    return None if found is None else digit_image_with_one_pen(found.levels)


def features_and_ink(image: "Image.Image | NDArray[np.uint8]") -> tuple[FloatArray, FoundInk] | None:
    """What `features_from_image` gives, and where the ink is; None for a blank picture.

    Raises:
        ShapeError: an array of another shape or type.
    """
    picture = _picture_of(image) if isinstance(image, np.ndarray) else image
    found = find_ink(picture)
    if found is None:
        return None
    clean = _small_clean_ink(picture)
    return digit_image_with_one_pen(found.levels) if clean is None else clean, found


def find_ink(picture: "Image.Image") -> FoundInk | None:
    """The ink of a picture, whatever it shows, and where it lies; None when the picture is blank."""
    if min(picture.size) == 0:
        return None
    ink = _ink_of(_pixels_once(picture))
    if ink is None:
        return None
    levels, box, sheet = ink
    return FoundInk(levels, picture.size, box, sheet)


def _small_clean_ink(picture: "Image.Image") -> FloatArray | None:
    """The digit image of a picture that is MNIST-like already, without loss; None of any other."""
    if min(picture.size) == 0:
        return None
    picture = _pixels_once(picture)
    return small_clean_ink(levels_of(picture)) if max(picture.size) <= 2 * DIGIT_SIDE else None


def _pixels_once(picture: "Image.Image") -> "Image.Image":
    """A thumbnail that was enlarged by repeating its pixels, in its own size; every other picture as it is."""
    least = -(-max(picture.size) // (2 * DIGIT_SIDE))
    if least == 1 or least > _MOST_REPEATED or math.gcd(*picture.size) < least:
        return picture
    pixels = np.asarray(picture)
    factor = math.gcd(*picture.size)
    for axis in (0, 1):
        steps = np.flatnonzero((np.diff(pixels, axis=axis) != 0).any(axis=tuple({0, 1, pixels.ndim - 1} - {axis})))
        factor = math.gcd(factor, *(steps + 1).tolist())
    if factor < least:
        return picture
    from PIL import Image

    return picture.resize((picture.width // factor, picture.height // factor), Image.Resampling.NEAREST)


def _ink_of(
    picture: "Image.Image", inside: NDArray[np.bool_] | None = None, sheets: int = 3
) -> tuple[FloatArray, Box, Box | None] | None:
    """The ink of a picture, cropped, its box and that of the sheet under it; None when it is blank.

    Args:
        picture: of any size.
        inside: what of it belongs to the sheet, at any size; None for everything.
        sheets: how many sheets may lie on each other: paper on a desk, and a box on the paper.
    """
    levels = _levels(picture, inside)
    sheet = find_sheet(levels) if sheets else None
    if sheet is not None:
        inner = _ink_of(_part(picture, sheet.box), sheet.inside, sheets - 1)
        if inner is not None:
            ink, ink_box, inner_sheet = inner
            # The innermost sheet is the one that the ink is on.
            under = within(sheet.box, inner_sheet) if inner_sheet is not None else sheet.box
            return ink, within(sheet.box, ink_box), under
    found = extract_ink(levels)
    if found is None:
        return None
    box = crop_to_ink(found)
    whole: Box = (0.0, 0.0, 1.0, 1.0)
    extent = max(box[1] - box[0], box[3] - box[2])
    if max(picture.size) > 1.5 * _WORKING_SIDE and extent < _ENOUGH:
        # The digit is a small part of a large picture: look at that part again, with more pixels.
        height, width = found.shape
        margin = max(extent, 8)
        shares = (
            max(0, box[2] - margin) / width,
            max(0, box[0] - margin) / height,
            min(width, box[3] + margin) / width,
            min(height, box[1] + margin) / height,
        )
        near = None if inside is None else np.asarray(_part(_picture_of(inside.astype(np.uint8)), shares)) > 0
        closer = extract_ink(_levels(_part(picture, shares), near))
        if closer is not None:
            found, box, whole = closer, crop_to_ink(closer), shares
    height, width = found.shape
    place = (box[2] / width, box[0] / height, box[3] / width, box[1] / height)
    return found[box[0] : box[1], box[2] : box[3]], within(whole, place), None


def _levels(picture: "Image.Image", inside: NDArray[np.bool_] | None) -> FloatArray:
    levels = levels_of(_reduced(picture, max(picture.size) / _WORKING_SIDE))
    return levels if inside is None else on_sheet(levels, inside)


def _part(picture: "Image.Image", shares: tuple[float, float, float, float]) -> "Image.Image":
    """What lies between left, top, right and bottom, as shares of the width and height."""
    left, top, right, bottom = shares
    width, height = picture.size
    return picture.crop((int(left * width), int(top * height), math.ceil(right * width), math.ceil(bottom * height)))


def _picture_of(array: NDArray[Any]) -> "Image.Image":
    from PIL import Image

    if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise ShapeError(
            f"An image array is uint8 (height, width), (height, width, 3) or (height, width, 4), "
            f"not {array.shape} of type {array.dtype}."
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _reduced(picture: "Image.Image", factor: float) -> "Image.Image":
    """The picture area-averaged so that it is `factor` times smaller; as it is when that is 1 or less."""
    if factor <= 1:
        return picture
    from PIL import Image

    if picture.mode in ("1", "P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
        picture = _plain(picture)
    if picture.mode in ("I;16", "I;16B", "I;16L", "I;16N"):
        picture = picture.convert("I")
    size = (max(1, round(picture.width / factor)), max(1, round(picture.height / factor)))
    return picture.resize(size, Image.Resampling.BOX)


def _plain(picture: "Image.Image") -> "Image.Image":
    """The picture in one of the modes L, LA, RGB and RGBA, where it has 8 bits."""
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode in ("P", "PA", "L", "RGB") and picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("L", "LA", "RGB", "RGBA"):
        return picture
    if picture.mode in ("La", "RGBa"):
        return picture.convert("RGBA" if picture.mode == "RGBa" else "LA")
    return picture.convert("RGB")


def levels_of(picture: "Image.Image") -> FloatArray:
    """The picture as (height, width, channels) float32 in [0, 1], one channel or three, nothing transparent."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _deep_levels(np.asarray(picture))
    levels = np.asarray(_plain(picture), np.float32) / np.float32(255)
    if levels.ndim == 2:
        return levels[:, :, None]
    if levels.shape[2] in (1, 3):
        return levels
    colour, opacity = levels[:, :, :-1], levels[:, :, -1:]
    if float(opacity.min()) >= 1:
        return colour
    # Dark ink on nothing was meant for white paper, light ink on nothing for a dark page; and ink that is cut out of
    # light paper shows what is dark behind it.
    shade, whole = colour.mean(axis=2, keepdims=True), max(float(opacity.sum()), 1e-6)
    brightness = float((shade * opacity).sum()) / whole
    is_even = float((np.abs(shade - brightness) * opacity).sum()) / whole < _EVEN
    page = 0.0 if brightness > 0.5 and (is_even or float(opacity.mean()) < 0.9) else 1.0
    return np.asarray(colour * opacity + np.float32(page) * (1 - opacity))


def _deep_levels(values: NDArray[Any]) -> FloatArray:
    """16-bit, 32-bit and floating-point grey levels; white is the smallest usual maximum that fits."""
    levels = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    levels -= min(float(levels.min()), 0.0)
    highest = float(levels.max())
    is_float = values.dtype.kind == "f"
    # Cameras and scanners store 10, 12 and 14 bits in 16.
    usual = [1.0, 255.0, 65535.0] if is_float else [255.0, 1023.0, 4095.0, 16383.0, 65535.0]
    white = next((value for value in usual if highest <= value), highest)
    return (levels / white).astype(np.float32)[:, :, None]

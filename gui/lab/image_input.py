"""What a model receives of an image that was opened, dropped or pasted."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.errors import DataError
from engine.ink import open_image
from engine.ink.photos.found_ink import Box, FoundInk, ink_pieces
from engine.ink.photos.images import features_and_ink
from gui.lab.drawing_document import OpenedImage
from gui.lab.kept_picture import pixels_of

if TYPE_CHECKING:
    from PIL.Image import Image

# Of what is shown: the canvas has hardly more pixels.
SHOWN_SIDE = 1024


def read_image(source: Path | QImage, name: str) -> OpenedImage:
    """An image file, or an image of the clipboard, with what was found on it; slow.

    Raises:
        DataError, OSError: the image cannot be read, or there is nothing to recognise on it.
    """
    from PIL import Image

    picture = open_image(source) if isinstance(source, Path) else Image.fromarray(pixels_of(source))
    outcome = features_and_ink(picture)
    if outcome is None:
        raise DataError(f"{name}: there is nothing to recognise in this image.")
    features, found = outcome
    shown = _shown(picture)
    height, width = shown.shape[:2]
    sheet = None if found.sheet is None else _corners(found.sheet) * (width, height)
    return OpenedImage(shown, features, name, _mask(found, width, height), sheet, found.levels, ink_pieces(found))


def _shown(picture: "Image") -> NDArray[np.uint8]:
    """Red, green, blue and opacity, (height, width, 4), no larger than can be shown."""
    picture = picture.copy()
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return np.asarray(picture.convert("RGBA"))


def _mask(found: FoundInk, width: int, height: int) -> NDArray[np.bool_]:
    """Where the ink is in the picture as it is shown, (height, width)."""
    from PIL import Image

    left, top, right, bottom = found.box
    x, y = min(width - 1, round(left * width)), min(height - 1, round(top * height))
    end_x, end_y = max(x + 1, round(right * width)), max(y + 1, round(bottom * height))
    ink = Image.fromarray(found.levels).resize((end_x - x, end_y - y), Image.Resampling.BOX)
    mask = np.zeros((height, width), bool)
    mask[y:end_y, x:end_x] = np.asarray(ink)[: height - y, : width - x] > 0.5
    return mask


def _corners(box: Box) -> NDArray[np.float64]:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])

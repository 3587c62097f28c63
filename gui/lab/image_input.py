"""What a model receives of an image that was opened, dropped or pasted."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engine.errors import DataError
from gui.lab.drawing_document import OpenedImage

LARGEST_SIDE = 1500


def read_image(source: Path | QImage, name: str) -> OpenedImage:
    """An image file, or an image of the clipboard, with what was found on it; slow.

    Raises:
        DataError, OSError: the image cannot be read, or there is nothing to recognise on it.
    """
    from engine.ink import features_from_image, open_image

    picture = open_image(source) if isinstance(source, Path) else pixels_of(source)
    features = features_from_image(picture)
    if features is None:
        raise DataError(f"{name}: there is nothing to recognise in this image.")
    pixels = picture if isinstance(picture, np.ndarray) else np.asarray(picture.convert("RGBA"))
    return OpenedImage(pixels, features, name)


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Red, green, blue and opacity of each pixel, (height, width, 4), as a file of the same image would give them.

    Large images are made smaller first: a digit needs no more than `LARGEST_SIDE` pixels.
    """
    if max(image.width(), image.height()) > LARGEST_SIDE:
        image = image.scaled(
            LARGEST_SIDE,
            LARGEST_SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()

"""What a model receives of an image that was opened, dropped or pasted."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engine.core.parameters import FloatArray

LARGEST_SIDE = 1500


def features_of(source: Path | QImage) -> FloatArray | None:
    """(20, 20) as a model receives an image file or an image of the clipboard; None where nothing is to recognise.

    Raises:
        DataError, OSError: the image cannot be read.
    """
    from engine.ink import features_from_image, open_image

    return features_from_image(open_image(source) if isinstance(source, Path) else pixels_of(source))


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

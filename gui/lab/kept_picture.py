"""The picture that a filed image came as: kept beside what models receive of it, as large as a canvas shows it."""

import base64
import binascii
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage

from engine.core.parameters import FloatArray
from engine.ink.digit_image import features_from_mnist

PICTURE: Final = "picture"
_MOST_READ_PX: Final = 1500
_MOST_KEPT_PX: Final = 280
_MNIST_SIDE: Final = 28


def picture_text(pixels: NDArray[np.uint8]) -> str:
    """Pixels (height, width, 4) as a PNG in base 64; larger ones are made smaller."""
    height, width = pixels.shape[:2]
    image = QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    if max(width, height) > _MOST_KEPT_PX:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(_MOST_KEPT_PX, _MOST_KEPT_PX, keep, smooth)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return base64.b64encode(data.data()).decode("ascii")


def picture_pixels(text: object) -> NDArray[np.uint8] | None:
    """The pixels (height, width, 4) of such a text; None where it is none."""
    try:
        image = QImage.fromData(base64.b64decode(text, validate=True) if isinstance(text, str) else b"")
    except (ValueError, binascii.Error):
        return None
    return None if image.isNull() else pixels_of(image)


def mnist_frame(pixels: NDArray[np.uint8], features: FloatArray) -> NDArray[np.uint8] | None:
    """The picture (28, 28) with 0 as background where it is one of MNIST's kind and gives just these features."""
    if pixels.shape[:2] != (_MNIST_SIDE, _MNIST_SIDE):
        return None
    for frame in (pixels[:, :, 0], 255 - pixels[:, :, 0]):
        if np.abs(features_from_mnist(frame[None])[0] - features).max() < 1 / 255:
            return frame
    return None


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Red, green, blue and opacity of each pixel, (height, width, 4), as a file of the same image would give them.

    Large images are made smaller first: a digit needs no more than 1,500 pixels a side.
    """
    if max(image.width(), image.height()) > _MOST_READ_PX:
        image = image.scaled(
            _MOST_READ_PX,
            _MOST_READ_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()

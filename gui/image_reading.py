"""Finds the digit in a photograph while the window goes on: that takes a few tenths of a second."""

import contextlib
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from engine.errors import DataError, EngineError
from engine.parameters import FloatArray

LARGEST_SIDE = 1500


class ImageReading(QObject):
    """Reads images, each in a thread of its own; only the newest one is told of.

    Signals, delivered in the thread of this object:
        done(features, name): (20, 20) as a model receives them, or None where there is nothing to recognise.
        failed(exception): the image could not be read.
    """

    done = Signal(object, str)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0

    def read(self, source: Path | QImage, name: str) -> None:
        """Read a file, or an image of the clipboard, that is called so."""
        self._newest += 1
        # A window that closes need not wait for it.
        threading.Thread(
            target=self._read, args=(self._newest, source, name), name="digitlab-image", daemon=True
        ).start()

    def _read(self, number: int, source: Path | QImage, name: str) -> None:
        from engine.preprocessing import features_from_image, open_image

        features: FloatArray | None = None
        problem: Exception | None = None
        try:
            features = features_from_image(open_image(source) if isinstance(source, Path) else pixels_of(source))
        except MemoryError:
            problem = DataError(f"{name}: there is not enough memory for this image.")
        except (EngineError, OSError) as error:
            problem = error
        if number != self._newest:
            return
        # A closed window has taken this object with it.
        with contextlib.suppress(RuntimeError):
            if problem is not None:
                self.failed.emit(problem)
            else:
                self.done.emit(features, name)


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

"""A few digit images in a row."""

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.parameters import FloatArray
from gui.theme.manager import ThemeManager
from gui.widgets.pixel_image import image_atlas

_SIDE, _GAP_PX = 20, 6
_IMAGE_PX = 2 * _SIDE


class DigitStrip(QWidget):
    """Shows as many images as there is room for, in the ink's colour on the canvas'."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.images: FloatArray = np.zeros((0, _SIDE, _SIDE), np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes.changed.connect(self.update)

    def set_images(self, images: FloatArray) -> None:
        """Show other images, (n, 20, 20)."""
        self.images = images
        self.update()

    def sizeHint(self) -> QSize:
        """One image is enough."""
        return QSize(_IMAGE_PX, _IMAGE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images side by side."""
        if not len(self.images):
            return
        painter, theme, side = QPainter(self), self._themes.theme, _IMAGE_PX
        atlas = image_atlas(self.images, theme.canvas, theme.ink)
        for number in range(min(len(self.images), (self.width() + _GAP_PX) // (side + _GAP_PX))):
            target = QRect(number * (side + _GAP_PX), 0, side, side)
            painter.drawImage(target, atlas, QRect(0, number * _SIDE, _SIDE, _SIDE))

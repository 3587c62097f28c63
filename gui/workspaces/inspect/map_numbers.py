"""The numbers that are written into the cells of a map where these are large."""

from typing import Final

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QPainter

from engine.core.parameters import FloatArray
from gui.theme.color_scales import Pixels, text_color

NUMBER_CELL_PX: Final = 30
# The height of the letters in a cell: "−0.23" fits.
_NUMBER_SHARE: Final = 0.3


def write_numbers(painter: QPainter, values: FloatArray, colors: Pixels, target: QRect, scale: int) -> None:
    """Write a map, (height, width), over its cells of these colors, (height, width, 3), where there is room."""
    usual, small = painter.font(), painter.font()
    small.setPixelSize(min(QFontInfo(usual).pixelSize(), int(_NUMBER_SHARE * scale)))
    painter.setFont(small)
    metrics = QFontMetrics(small)
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        if np.isnan(value):
            continue
        painter.setPen(QColor(text_color(*colors[row, column].tolist())))
        text = f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
        if metrics.horizontalAdvance(text) < scale:
            left, top = target.x() + column * scale, target.y() + row * scale
            painter.drawText(QRect(left, top, scale, scale), Qt.AlignmentFlag.AlignCenter, text)
    painter.setFont(usual)

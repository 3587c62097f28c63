"""The 20×20 image that the model receives, pixel by pixel."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.core.parameters import FloatArray
from engine.ink import DIGIT_SIDE
from gui.theme.manager import ThemeManager
from gui.widgets.pixel_image import ink_image

USUAL_CELL_PX: Final = 6


class FeaturePreview(QWidget):
    """Shows features in the canvas's own colours with the grid of pixels; each pixel's value on hover."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("featurePreview")
        self.setAccessibleName("The 20 by 20 image that the model receives")
        self.setToolTip("What the model receives: the drawing, cut out, scaled to 20×20 and thinned to one pen width.")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._cell_px = USUAL_CELL_PX
        self._features: FloatArray | None = None
        self._image = QImage()
        self._themes = themes
        themes.changed.connect(self._on_theme_changed)
        self._describe()

    @property
    def features(self) -> FloatArray | None:
        """What is shown, (20, 20), or None."""
        return self._features

    def set_features(self, features: FloatArray | None) -> None:
        """Show other features, (20, 20) in [0, 1], or None for a blank drawing."""
        if features is None and self._features is None:
            return
        self._features = features
        self._make_image()
        self._describe()
        self.update()

    def value_at(self, place: QPoint) -> str:
        """What is said of the pixel under a place of the widget; "" outside and where nothing is shown."""
        area, cell = self.grid()
        column, row = int((place.x() - area.x()) // cell), int((place.y() - area.y()) // cell)
        if self._features is None or not (0 <= row < DIGIT_SIDE and 0 <= column < DIGIT_SIDE):
            return ""
        return f"row {row + 1}, column {column + 1}: {float(self._features[row, column]):.2f}"

    def set_cell_size(self, pixels: int) -> None:
        """Wish for cells of this many logical pixels, for a large screen."""
        if pixels != self._cell_px:
            self._cell_px = pixels
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As large as was wished for."""
        return QSize(self._cell_px * DIGIT_SIDE + 1, self._cell_px * DIGIT_SIDE + 1)

    def minimumSizeHint(self) -> QSize:
        """Four pixels a cell are high enough; its width is not given up, as the answer beside it has its own."""
        return QSize(self._cell_px * DIGIT_SIDE + 1, 4 * DIGIT_SIDE + 1)

    def event(self, event: QEvent) -> bool:
        """The value of the pixel under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.value_at(event.pos()) or self.toolTip(), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells and grid."""
        theme = self._themes.theme
        area, cell = self.grid()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.fillRect(area, theme.color("canvas"))
        if self._features is not None:
            painter.drawImage(area, self._image)
        # Hairlines on whole device pixels: no antialiasing, and a cell is a whole number of pixels wide.
        hair = 1 / self.devicePixelRatioF()
        x, y, side = area.x(), area.y(), area.width() + hair
        places = [index * cell for index in range(DIGIT_SIDE + 1)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        # At once: this is painted with every movement of the pen.
        painter.drawRects(
            [QRectF(x + at, y, hair, side) for at in places] + [QRectF(x, y + at, side, hair) for at in places]
        )
        painter.end()

    def grid(self) -> tuple[QRectF, float]:
        """Where the cells are, and the side of one, in logical pixels."""
        ratio = self.devicePixelRatioF()
        side = min(self.width(), self.height()) - 1
        cell = max(1.0, side * ratio // DIGIT_SIDE) / ratio
        top = (self.height() - DIGIT_SIDE * cell) / 2
        return QRectF(0.0, round(top * ratio) / ratio, DIGIT_SIDE * cell, DIGIT_SIDE * cell), cell

    def _make_image(self) -> None:
        if self._features is not None:
            self._image = ink_image(self._features, self._themes.theme.color("ink"))

    def _describe(self) -> None:
        inked = 0 if self._features is None else int(np.count_nonzero(self._features))
        self.setAccessibleDescription(f"Ink in {inked} of {DIGIT_SIDE * DIGIT_SIDE} pixels." if inked else "Blank.")

    @Slot(object)
    def _on_theme_changed(self, _theme: object) -> None:
        self._make_image()
        self.update()

"""The 20×20 image that the model receives, pixel by pixel."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.core.parameters import FloatArray
from gui.theme.manager import Theme, ThemeManager

CELLS: Final = 20
USUAL_CELL_PX: Final = 6
_LEVELS: Final = 256


class FeaturePreview(QWidget):
    """Shows features in the canvas's own colours with the grid of pixels; each pixel's value on hover."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("featurePreview")
        self.setAccessibleName("The 20 by 20 image that the model receives")
        self.setToolTip("What the model receives: the drawing, cut out, scaled to 20×20 and thinned to one pen width.")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._cell_px = USUAL_CELL_PX
        self._features: FloatArray | None = None
        self._image = QImage()
        self._colors = np.zeros(_LEVELS, np.uint32)
        self._themes = themes
        themes.changed.connect(self._apply_theme)
        self._apply_theme(themes.theme)
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
        area, cell = self._grid()
        column, row = int((place.x() - area.x()) // cell), int((place.y() - area.y()) // cell)
        if self._features is None or not (0 <= row < CELLS and 0 <= column < CELLS):
            return ""
        return f"row {row + 1}, column {column + 1}: {float(self._features[row, column]):.2f}"

    def set_cell_size(self, pixels: int) -> None:
        """Wish for cells of this many logical pixels, for a large screen."""
        if pixels != self._cell_px:
            self._cell_px = pixels
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As large as was wished for."""
        return QSize(self._cell_px * CELLS + 1, self._cell_px * CELLS + 1)

    def minimumSizeHint(self) -> QSize:
        """Four pixels a cell."""
        return QSize(4 * CELLS + 1, 4 * CELLS + 1)

    def event(self, event: QEvent) -> bool:
        """The value of the pixel under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.value_at(event.pos()) or self.toolTip(), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells and grid."""
        theme = self._themes.theme
        area, cell = self._grid()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        if self._features is None:
            painter.fillRect(area, theme.color("canvas"))
        else:
            painter.drawImage(area, self._image)
        # Hairlines on whole device pixels: no antialiasing, and a cell is a whole number of pixels wide.
        hair = 1 / self.devicePixelRatioF()
        line = theme.color("line")
        for index in range(CELLS + 1):
            at = index * cell
            painter.fillRect(QRectF(area.x() + at, area.y(), hair, area.height() + hair), line)
            painter.fillRect(QRectF(area.x(), area.y() + at, area.width() + hair, hair), line)
        painter.end()

    def _grid(self) -> tuple[QRectF, float]:
        """Where the cells are, and the side of one, in logical pixels."""
        ratio = self.devicePixelRatioF()
        side = min(self.width(), self.height()) - 1
        cell = max(1.0, side * ratio // CELLS) / ratio
        top = (self.height() - CELLS * cell) / 2
        return QRectF(0.0, round(top * ratio) / ratio, CELLS * cell, CELLS * cell), cell

    def _make_image(self) -> None:
        if self._features is None:
            return
        levels = np.rint(np.clip(self._features, 0.0, 1.0) * (_LEVELS - 1)).astype(np.intp)
        pixels = self._colors[levels]
        # The copy owns its memory; the number of bytes a line must be given, as Qt expects padded lines otherwise.
        self._image = QImage(pixels.data, CELLS, CELLS, pixels.strides[0], QImage.Format.Format_RGB32).copy()

    def _describe(self) -> None:
        inked = 0 if self._features is None else int(np.count_nonzero(self._features))
        self.setAccessibleDescription(f"Ink in {inked} of {CELLS * CELLS} pixels." if inked else "Blank.")

    @Slot(object)
    def _apply_theme(self, theme: Theme) -> None:
        ground, ink = theme.color("canvas"), theme.color("ink")
        colors = [_mixed(ground, ink, level / (_LEVELS - 1)) for level in range(_LEVELS)]
        self._colors = np.array(colors, np.uint32)
        self._make_image()
        self.update()


def _mixed(ground: QColor, ink: QColor, part: float) -> int:
    """A colour between two, as Qt's 0xffRRGGBB."""
    channels = [
        round(one + (two - one) * part)
        for one, two in (
            (ground.red(), ink.red()),
            (ground.green(), ink.green()),
            (ground.blue(), ink.blue()),
        )
    ]
    return 0xFF000000 | channels[0] << 16 | channels[1] << 8 | channels[2]

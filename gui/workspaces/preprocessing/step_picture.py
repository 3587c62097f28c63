"""One picture of the strip from the drawing to the 20×20: lines, or pixels."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.parameters import FloatArray
from engine.ink import DIGIT_SIDE, DrawingStep
from gui.theme.manager import ThemeManager
from gui.widgets.pixel_image import ink_image

# Three pixels a cell of the 20×20 can just be told apart; four usual pictures fit beside each other in most windows.
SMALLEST_SIDE_PX: Final = 84
LARGEST_SIDE_PX: Final = 480
_CORNER_PX: Final = 6.0
# A centre line has no width of its own; thin enough to be taken for a line, thick enough to be seen.
_LINE_PX: Final = 1.6


class StepPicture(QWidget):
    """Shows a `DrawingStep` in the canvas's colours, or an empty frame."""

    def __init__(self, themes: ThemeManager, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Picture")
        self.setAccessibleName(f"Picture: {name}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(LARGEST_SIDE_PX)
        self._themes = themes
        self._step: DrawingStep | None = None
        themes.changed.connect(self._on_theme_changed)
        self.set_step(None)

    @property
    def step(self) -> DrawingStep | None:
        """What is shown."""
        return self._step

    def set_step(self, step: DrawingStep | None) -> None:
        """Show this step, or nothing."""
        self._step = step
        text = step.explanation if step is not None else "Blank."
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        """As small as can be: what room there is the layout gives to it."""
        return QSize(SMALLEST_SIDE_PX, SMALLEST_SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        """The cells can just be told apart."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Never be higher than wide: the sentence stands close below the square."""
        super().resizeEvent(event)
        self.setMaximumHeight(min(LARGEST_SIDE_PX, max(SMALLEST_SIDE_PX, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, the ink, the frame."""
        theme = self._themes.theme
        side = min(self.width(), self.height())
        square = QRectF((self.width() - side) / 2, 0, side, side)
        painter = QPainter(self)
        painter.fillRect(square, theme.color("canvas"))
        painter.setClipRect(square)
        step = self._step
        if step is not None and step.image is not None:
            self._paint_image(painter, square, step.image)
        elif step is not None:
            self._paint_lines(painter, square, step)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), _CORNER_PX, _CORNER_PX)
        painter.end()

    def _paint_lines(self, painter: QPainter, square: QRectF, step: DrawingStep) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_thin = step.pen_width <= 0
        width = _LINE_PX if is_thin else max(_LINE_PX, step.pen_width * square.width())
        color = self._themes.theme.color("accent" if is_thin else "ink")
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        for curve in step.curves:
            places = curve * square.width() + (square.x(), square.y())
            points = [QPointF(x, y) for x, y in places.tolist()]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(QPolygonF(points))

    def _paint_image(self, painter: QPainter, square: QRectF, image: FloatArray) -> None:
        picture = ink_image(image, self._themes.theme.color("ink"))
        # The pixels of the digit image are meant to be seen; the large picture is meant to look smooth.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.width() > 2 * DIGIT_SIDE)
        painter.drawImage(square, picture)

    @Slot(object)
    def _on_theme_changed(self, _theme: object) -> None:
        self.update()

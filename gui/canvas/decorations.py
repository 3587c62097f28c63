"""What the canvas shows beside ink: its rounded frame, the hint on a blank one, the keyboard's cross, a cursor."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QPainter, QPainterPath, QPen, QPixmap

from gui.theme.tokens import Theme

CORNER_RADIUS_PX: Final = 10
HINT: Final = "Draw a digit"
_MAXIMUM_CURSOR_PX: Final = 128


def paint_frame(painter: QPainter, square: QRect, theme: Theme, focused: bool) -> None:
    """Round the corners over the ink, and draw the border; a wide one in the accent where the canvas has the focus."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = 2.0 if focused else 1.0
    inner = QRectF(square).adjusted(width / 2, width / 2, -width / 2, -width / 2)
    rounded = QPainterPath()
    rounded.addRoundedRect(inner, CORNER_RADIUS_PX, CORNER_RADIUS_PX)
    # Even-odd: the square without the rounded one is what lies outside the corners.
    outside = QPainterPath()
    outside.addRect(QRectF(square))
    outside.addPath(rounded)
    painter.fillPath(outside, theme.color("surface"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("accent" if focused else "line"), width))
    painter.drawPath(rounded)


def paint_hint(painter: QPainter, square: QRect, theme: Theme, font: QFont) -> None:
    """Say what to do, in the middle of a blank canvas."""
    large = QFont(font)
    large.setPixelSize(max(13, min(18, square.width() // 14)))
    painter.setFont(large)
    painter.setPen(theme.color("muted"))
    painter.drawText(square, Qt.AlignmentFlag.AlignCenter, HINT)


def paint_cross(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Where the keyboard's pen is."""
    painter.setPen(QPen(theme.color("accent"), 2))
    painter.drawLine(at - QPointF(8, 0), at + QPointF(8, 0))
    painter.drawLine(at - QPointF(0, 8), at + QPointF(0, 8))


def circle_cursor(diameter_px: float, ratio: float) -> QCursor:
    """A ring as large as the eraser, legible on any ground."""
    extent = min(_MAXIMUM_CURSOR_PX, max(8, round(diameter_px))) + 4
    pixmap = QPixmap(round(extent * ratio), round(extent * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ring = QRectF(2, 2, extent - 4, extent - 4)
    for color, width in ((QColor(255, 255, 255, 200), 3.0), (QColor(60, 66, 76), 1.2)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(ring)
    painter.end()
    return QCursor(pixmap, extent // 2, extent // 2)

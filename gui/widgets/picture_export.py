"""A chart or map as a picture for a report: pixels (PNG) or lines and letters (SVG)."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QImageWriter, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsView, QWidget

from gui.theme.tokens import Theme

# What was painted as the bytes of a file: for another thread, as pixels take long to pack. It may raise `OSError`.
Encode = Callable[[], bytes]

# Pixels of a PNG for each of the widget's.
_SCALE = 2
_PADDING_PX = 16
_TITLE_PX = 24


def view_painted(ending: str, view: QWidget, title: str, theme: Theme) -> Encode:
    """Paint what a plot or another view shows, under a title, on the theme's surface: ".svg", else PNG."""
    shown = _shown_part(view).size()
    wide = max(shown.width(), QFontMetrics(_title_font(view)).horizontalAdvance(title))
    size = QSize(wide, shown.height()) + QSize(2 * _PADDING_PX, 2 * _PADDING_PX + _TITLE_PX)
    return painted(ending, size, title, partial(_paint, view, title, theme, QRect(QPoint(0, 0), size)))


def painted(ending: str, size: QSize, title: str, paint: Callable[[QPainter], None]) -> Encode:
    """Have `paint` paint on an area of this size: as drawing for ".svg", else as pixels, twice as fine."""
    if ending.lower() == ".svg":
        buffer, generator = _open_buffer(), QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(0, 0), size))
        generator.setTitle(title)
        # One unit of the drawing for one pixel of the screen: fonts keep their size.
        generator.setResolution(96)
        painter = QPainter(generator)
        paint(painter)
        painter.end()
        drawing = bytes(buffer.data().data())
        return lambda: drawing
    image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return partial(_png, image)


def _png(image: QImage) -> bytes:
    buffer = _open_buffer()
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise OSError("It could not be turned into a PNG picture.")
    return bytes(buffer.data().data())


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _shown_part(view: QWidget) -> QRect:
    return view.viewport().rect() if isinstance(view, QGraphicsView) else view.rect()


def _title_font(view: QWidget) -> QFont:
    font = view.font()
    font.setBold(True)
    return font


def _paint(view: QWidget, title: str, theme: Theme, whole: QRect, painter: QPainter) -> None:
    area = _shown_part(view)
    painter.fillRect(whole, QColor(theme.surface))
    painter.setFont(_title_font(view))
    painter.setPen(QColor(theme.text))
    place = QRect(_PADDING_PX, _PADDING_PX // 2, whole.width() - 2 * _PADDING_PX, _TITLE_PX)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(view.font())
    corner = QPoint(_PADDING_PX, _PADDING_PX + _TITLE_PX)
    if isinstance(view, QGraphicsView):
        view.render(painter, QRectF(corner, area.size()), area)
    else:
        # Without the frame of the focus, which is a part of its own.
        view.render(painter, corner, QRegion(), QWidget.RenderFlag(0))
